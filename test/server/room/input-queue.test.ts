import { defineGame, field } from '@tickwire/protocol'
import { InputCodec, VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputQueue, newInputCounters } from '../../../server/src/room/input-queue.ts'
import { InputRules } from '../../../server/src/room/input-rules.ts'

const schema = defineGame({
  name: 'inputs',
  tickRateHz: 60,
  input: { thrust: field.bool(), fire: field.press(), turn: field.int({ min: -1, max: 1 }), jump: field.press() },
})
const codec = new InputCodec(schema.input)
interface Input {
  thrust?: boolean
  fire?: boolean
  turn?: number
  jump?: boolean
}

const queueOf = (idle: 'repeat' | 'neutral' = 'repeat', tick = 10): InputQueue =>
  new InputQueue(new InputRules(codec, schema, idle), tick)
const input = (tick: number, values: Input, viewStamp = -1) => ({ tick, columns: codec.toColumns(values), viewStamp })
const taken = (queue: InputQueue, tick: number): Record<string, unknown> => codec.fromColumns(queue.take(tick).columns)
const neutral = { thrust: false, fire: false, turn: 0, jump: false }

describe('an input queue', () => {
  it('[INP4] gives each tick its own input, in whatever order they came', () => {
    const queue = queueOf()
    queue.push(input(13, { turn: 1 }), 10)
    queue.push(input(11, { thrust: true }), 10)
    queue.push(input(12, { fire: true }), 10)
    expect(taken(queue, 11)).toEqual({ ...neutral, thrust: true })
    expect(taken(queue, 12)).toEqual({ ...neutral, fire: true })
    expect(taken(queue, 13)).toEqual({ ...neutral, turn: 1 })
  })

  it('[INP4] counts beside other queues where it is told to', () => {
    const counters = newInputCounters()
    const rules = new InputRules(codec, schema, 'repeat')
    const queues = [new InputQueue(rules, 10, counters), new InputQueue(rules, 10, counters)]
    for (const queue of queues) for (const tick of [11, 11, 1000]) queue.push(input(tick, {}), 10)
    for (const queue of queues) for (const tick of [11, 12]) queue.take(tick)
    queues[0]!.push(input(12, {}), 12)
    expect(counters).toEqual({ late: 1, duplicate: 2, farFuture: 2, starved: 2 })
  })

  it('[INP4] takes the first of two inputs for one tick and counts the other', () => {
    const queue = queueOf()
    queue.push(input(11, { turn: 1 }), 10)
    queue.push(input(11, { turn: -1 }), 10)
    expect(taken(queue, 11)).toMatchObject({ turn: 1 })
    queue.push(input(11, { turn: -1, fire: true }), 12)
    expect(queue.counters).toMatchObject({ duplicate: 2, late: 0 })
    expect(taken(queue, 12)).toMatchObject({ turn: 1, fire: false })
  })

  it('[INP4] refuses inputs for a future beyond the ring', () => {
    const queue = queueOf()
    queue.push(input(74, { turn: 1 }), 10)
    queue.push(input(75, { turn: 1 }), 10)
    queue.push(input(4_000_000_000, { turn: 1 }), 10)
    expect(queue.counters.farFuture).toBe(2)
    for (let tick = 11; tick < 74; tick++) queue.take(tick)
    expect(taken(queue, 74)).toMatchObject({ turn: 1 })
  })

  it('says how early an input came that it had to refuse, or its sender would stay too far ahead for ever', () => {
    const queue = queueOf()
    queue.push(input(200, { turn: 1 }), 10)
    expect(queue.feedback.slackTicks).toBe(190)
  })

  it('repeats what was held, without its presses, for half a second at most', () => {
    const queue = queueOf()
    queue.push(input(11, { thrust: true, fire: true }), 10)
    expect(taken(queue, 11)).toMatchObject({ thrust: true, fire: true })
    for (let tick = 12; tick <= 41; tick++) expect(taken(queue, tick)).toEqual({ ...neutral, thrust: true })
    expect(taken(queue, 42)).toEqual(neutral)
  })

  it("with idleInput 'neutral' repeats nothing", () => {
    const queue = queueOf('neutral')
    queue.push(input(11, { thrust: true }), 10)
    queue.take(11)
    expect(taken(queue, 12)).toEqual(neutral)
  })

  it('[INP4] takes the presses of a late input over into the next tick, once', () => {
    const queue = queueOf()
    queue.take(11)
    queue.take(12)
    queue.push(input(11, { fire: true, turn: 1 }), 12.5)
    queue.push(input(11, { fire: true, turn: 1 }), 12.6)
    queue.push(input(13, { turn: -1, jump: true }), 12.5)
    expect(taken(queue, 13)).toEqual({ ...neutral, turn: -1, jump: true, fire: true })
    expect(taken(queue, 14)).toEqual({ ...neutral, turn: -1 })
    expect(queue.counters).toMatchObject({ late: 1, duplicate: 1 })
  })

  it('[INP4] takes over presses of several late inputs together, and none of a forgotten tick', () => {
    const queue = queueOf('repeat', 1000)
    for (let tick = 1001; tick <= 1100; tick++) queue.take(tick)
    queue.push(input(1099, { fire: true }), 1100)
    queue.push(input(1100, { jump: true }), 1100)
    queue.push(input(1001, { thrust: true }), 1100)
    expect(taken(queue, 1101)).toEqual({ ...neutral, fire: true, jump: true })
    queue.push(input(1030, { fire: true }), 1101)
    expect(taken(queue, 1102)).toEqual(neutral)
    expect(queue.counters.late).toBe(4)
  })

  it('[SNP3] tells the least slack since the last header, late ones included', () => {
    const queue = queueOf()
    expect(queue.feedback).toEqual({ slackTicks: null, starvedTicks: 0 })
    queue.push(input(13, {}), 10.5)
    queue.push(input(14, {}), 12.75)
    expect(queue.feedback.slackTicks).toBe(1.25)
    queue.take(11)
    queue.push(input(11, {}), 12)
    expect(queue.feedback.slackTicks).toBe(-1)
    queue.feedbackSent()
    expect(queue.feedback).toEqual({ slackTicks: null, starvedTicks: 0 })
  })

  it('[SNP3] counts starved ticks, but only after the first input and while the connection stands', () => {
    const queue = queueOf()
    queue.take(11)
    expect(queue.feedback.starvedTicks).toBe(0)
    queue.push(input(12, {}), 11)
    for (let tick = 12; tick <= 15; tick++) queue.take(tick)
    expect(queue.feedback.starvedTicks).toBe(3)
    queue.drop()
    for (let tick = 16; tick <= 20; tick++) queue.take(tick)
    expect(queue.feedback.starvedTicks).toBe(0)
    expect(queue.counters.starved).toBe(3)
  })

  it('goes neutral at once when the connection drops', () => {
    const queue = queueOf()
    queue.push(input(11, { thrust: true }), 10)
    queue.push(input(12, { thrust: true, fire: true }), 10)
    queue.take(11)
    queue.drop()
    expect(taken(queue, 12)).toEqual(neutral)
  })

  it('hands on what the player saw, moved on by a tick while inputs are missing', () => {
    const queue = queueOf()
    expect(queue.take(11).viewStamp).toBe(-1)
    queue.push(input(12, {}, 80), 11)
    expect(queue.take(12).viewStamp).toBe(80)
    expect(queue.take(13).viewStamp).toBe(80 + VIEW_STEPS_PER_TICK)
  })

  it('says whether an input differs from that of the tick before, also after a drop', () => {
    const queue = queueOf()
    for (const tick of [11, 12]) queue.push(input(tick, { turn: 1, fire: tick === 11 }), 10)
    const changes = [11, 12, 13].map((tick) => queue.take(tick).hasChanged)
    expect(changes).toEqual([true, true, false])
    queue.drop()
    expect(queue.take(14)).toMatchObject({ hasChanged: true, viewStamp: -1 })
    expect(taken(queue, 15)).toEqual(neutral)
  })

  it('keeps a copy of what it is given', () => {
    const queue = queueOf()
    const pushed = input(11, { turn: 1 })
    queue.push(pushed, 10)
    pushed.columns.fill(0)
    expect(taken(queue, 11)).toMatchObject({ turn: 1 })
  })

  it('fires once per press, whatever is late, lost or doubled', () => {
    const delivery = fc.record({ delay: fc.integer({ min: 0, max: 12 }), copies: fc.integer({ min: 0, max: 3 }) })
    fc.assert(
      fc.property(fc.array(delivery, { minLength: 5, maxLength: 40 }), (deliveries) => {
        const queue = queueOf('repeat', 0)
        // A press in every fifth input; input t is meant for tick t + 3 and comes `delay` ticks after it was made.
        const isPress = (made: number): boolean => made % 5 === 0
        let fired = 0
        for (let now = 0; now < deliveries.length + 30; now++) {
          for (const [made, { delay, copies }] of deliveries.entries()) {
            for (let i = 0; i < copies; i++) {
              if (made + delay + i === now) queue.push(input(made + 3, { fire: isPress(made) }), now)
            }
          }
          if (codec.fromColumns(queue.take(now + 1).columns)['fire'] === true) fired++
        }
        const arrived = deliveries.filter(({ copies }, made) => copies > 0 && isPress(made)).length
        expect(fired).toBeLessThanOrEqual(arrived)
        // Late presses that wait for the same tick are one: at most that many are missing.
        if (arrived > 0) expect(fired).toBeGreaterThan(0)
      }),
    )
  })
})
