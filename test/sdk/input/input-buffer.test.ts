import { defineGame, field } from '@tickwire/protocol'
import { InputCodec } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { InputBuffer } from '../../../sdk/src/input/input-buffer.ts'

const { input } = defineGame({
  name: 'inputs',
  tickRateHz: 60,
  input: {
    thrust: field.bool(),
    aim: field.fixed({ min: -1, max: 1, precision: 1 / 8 }),
    fire: field.press(),
    jump: field.press(),
  },
})

const newBuffer = (inputRateHz?: number): InputBuffer => new InputBuffer(new InputCodec(input), input, 60, inputRateHz)
const ticksOf = (buffer: InputBuffer): number[] => buffer.takeUnsent().map(({ tick }) => tick)

describe('an input', () => {
  it('is quantised before it is simulated, so that both ends simulate the same', () => {
    const buffer = newBuffer()
    expect(buffer.push(1, { aim: 0.3 }, -1)).toMatchObject({ aim: 0.25, thrust: false })
    expect(buffer.at(1)).toMatchObject({ aim: 0.25 })
  })

  it('is kept by its tick for replays, for longer than any replay', () => {
    const buffer = newBuffer()
    for (let tick = 1; tick <= 130; tick++) buffer.push(tick, { thrust: tick % 2 === 0 }, -1)
    for (let tick = 2; tick <= 130; tick++) expect(buffer.at(tick)).toMatchObject({ thrust: tick % 2 === 0 })
  })

  it('of a tick that was skipped is the last one, held, without its presses', () => {
    const buffer = newBuffer()
    buffer.press('fire')
    buffer.push(10, { thrust: true, aim: 0.5 }, -1)
    expect(buffer.at(11)).toEqual({ thrust: true, aim: 0.5, fire: false, jump: false })
  })

  it('is neutral before the first one, and when none came for half a second', () => {
    const buffer = newBuffer()
    const neutral = { thrust: false, aim: 0, fire: false, jump: false }
    expect(buffer.at(5)).toEqual(neutral)
    buffer.push(10, { thrust: true }, -1)
    expect(buffer.at(40)).toMatchObject({ thrust: true })
    expect(buffer.at(41)).toEqual(neutral)
  })
})

describe('a packet of inputs', () => {
  it('holds what no packet held yet', () => {
    const buffer = newBuffer()
    for (const tick of [1, 2]) buffer.push(tick, {}, -1)
    expect(ticksOf(buffer)).toEqual([1, 2])
    for (const tick of [3, 4]) buffer.push(tick, {}, -1)
    expect(ticksOf(buffer)).toEqual([3, 4])
  })

  it('repeats those of the two packets before where packets may be lost, and none from before a jump of time', () => {
    const buffer = newBuffer()
    const sent = [1, 3, 5, 7].map((first) => {
      for (const tick of [first, first + 1]) buffer.push(tick, {}, -1)
      return buffer.takeUnsent(true).map(({ tick }) => tick)
    })
    expect(sent).toEqual([
      [1, 2],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6, 7, 8],
    ])
    for (const tick of [20, 21]) buffer.push(tick, {}, -1)
    expect(buffer.takeUnsent(true).map(({ tick }) => tick)).toEqual([20, 21])
  })
})

describe('a press', () => {
  it('lives until exactly one tick has read it', () => {
    const buffer = newBuffer()
    buffer.press('fire')
    expect(buffer.push(1, {}, -1)).toMatchObject({ fire: true, jump: false })
    expect(buffer.push(2, {}, -1)).toMatchObject({ fire: false })
  })

  it('that came with a sample outlives frames in which no tick is due', () => {
    const buffer = newBuffer()
    buffer.latchPresses({ fire: true })
    buffer.latchPresses({ fire: false })
    expect(buffer.push(1, { fire: false }, -1)).toMatchObject({ fire: true })
  })

  it('twice between two ticks is one press', () => {
    const buffer = newBuffer()
    buffer.press('fire')
    buffer.press('fire')
    buffer.push(1, {}, -1)
    expect(buffer.push(2, {}, -1)).toMatchObject({ fire: false })
  })

  it('whose tick was jumped over before it was sent goes into the next one', () => {
    const buffer = newBuffer()
    buffer.press('jump')
    buffer.push(1, {}, -1)
    expect(buffer.push(30, {}, -1)).toMatchObject({ jump: true })
    expect(ticksOf(buffer)).toEqual([30])
  })

  it('of what the schema does not declare as one is refused by name', () => {
    expect(() => newBuffer().press('thrust')).toThrow(/room\.press: expected one of fire, jump, got "thrust"/)
  })
})

describe('a packet', () => {
  it('is due when two ticks wait, at 60 ticks and 30 packets per second', () => {
    const buffer = newBuffer()
    expect(buffer.ticksPerPacket).toBe(2)
    buffer.push(1, {}, -1)
    expect(buffer.isPacketDue).toBe(false)
    buffer.push(2, {}, -1)
    expect(buffer.isPacketDue).toBe(true)
    expect(ticksOf(buffer)).toEqual([1, 2])
    expect(ticksOf(buffer)).toEqual([])
  })

  it('holds every tick when packets are as frequent', () => {
    expect(newBuffer(60).ticksPerPacket).toBe(1)
    expect(newBuffer(1000).ticksPerPacket).toBe(1)
  })

  it('says with each input what its player had on screen', () => {
    const buffer = newBuffer()
    buffer.push(20, {}, 15 * 16 + 3)
    expect(buffer.takeUnsent()[0]).toMatchObject({ tick: 20, viewStamp: 15 * 16 + 3 })
  })
})
