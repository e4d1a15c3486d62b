import { describe, expect, it } from 'vitest'
import { flyer } from './flyer.ts'
import type { Flyer } from './flyer.ts'
import { RoomSetup, SEAT } from './room-setup.ts'

const WAY = { upMs: () => 50, downMs: () => 50 }

function flying(): RoomSetup<Flyer> {
  const setup = new RoomSetup<Flyer>(flyer, WAY, (world) => {
    world.addPlayer(1)
    world.spawn('ship', { x: 500, y: 500 }, { owner: SEAT })
    world.spawn('ship', { x: 200, y: 200, vx: 60 }, { owner: 1 })
  })
  setup.run(1000)
  return setup
}

interface Heard {
  readonly x: number
  readonly tick: number
  readonly predicted: boolean
  readonly atMs: number
}

function listen(setup: RoomSetup<Flyer>, event: 'shot' | 'boom'): Heard[] {
  const heard: Heard[] = []
  setup.room.onEvent(event, ({ x }, { tick, predicted }) => {
    heard.push({ x, tick, predicted, atMs: setup.clock.nowMs() })
  })
  return heard
}

/** Runs something once behind the next tick of the server. */
function onceOnTick(setup: RoomSetup<Flyer>, run: () => void): void {
  setup.authority.onTick = () => {
    setup.authority.onTick = () => undefined
    run()
  }
}

describe('an event of this player', () => {
  it('is heard at once, as predicted, and once: not again when the server confirms it', () => {
    const setup = flying()
    const heard = listen(setup, 'shot')
    const pressedMs = setup.clock.nowMs()
    setup.room.press('fire')
    setup.run(1000)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ x: 500, predicted: true })
    expect(heard[0]!.atMs - pressedMs).toBeLessThan(40)
  })

  it('is heard once although its tick is replayed', () => {
    const setup = flying()
    const heard = listen(setup, 'shot')
    setup.room.press('fire')
    setup.run(35)
    for (const ship of setup.authority.all('ship')) ship.vy = 3
    setup.run(1000)
    expect(setup.room.stats.corrections).toBeGreaterThan(0)
    expect(heard).toHaveLength(1)
  })

  it('that it did not predict is heard when it comes', () => {
    const setup = flying()
    const heard = listen(setup, 'shot')
    // It reaches the server before the client's own one for that tick.
    const input = { tick: setup.authority.tick + 6, viewStamp: -1 }
    setup.authority.input(SEAT, { ...input, columns: setup.link.codec.inputs.toColumns({ fire: true }) })
    const firedMs = setup.clock.nowMs()
    setup.run(1000)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ predicted: false, tick: input.tick })
    expect(heard[0]!.atMs - firedMs).toBeLessThan(240)
  })
})

describe('a predicted event that does not come true', () => {
  /** The server is told beforehand what it is to take for the next ticks, and believes the client nothing. */
  function decide(setup: RoomSetup<Flyer>, ticks: number, firesAfter: number | null): void {
    const { codec } = setup.link
    for (let n = 1; n <= ticks; n++) {
      const columns = codec.inputs.toColumns(n === firesAfter ? { fire: true } : {})
      setup.authority.input(SEAT, { tick: setup.authority.tick + n, viewStamp: -1, columns })
    }
  }

  it('is taken back once, by what its listener returned, and what never was predicted is not', () => {
    const setup = flying()
    const log: string[] = []
    setup.room.onEvent('shot', () => {
      log.push('shot')
      return () => void log.push('taken back')
    })
    setup.room.onEvent('boom', () => () => void log.push('no boom'))
    decide(setup, 60, null)
    onceOnTick(setup, () => setup.authority.emit('boom', { x: 1 }))
    setup.room.press('fire')
    setup.run(250)
    expect(log).toEqual(['shot'])
    setup.run(1500)
    expect(log).toEqual(['shot', 'taken back'])
  })

  it('is the same when the server takes its press some ticks later: heard once, and not taken back', () => {
    const setup = flying()
    const log: string[] = []
    setup.room.onEvent('shot', () => {
      log.push('shot')
      return () => void log.push('taken back')
    })
    decide(setup, 60, 16)
    setup.room.press('fire')
    setup.run(2000)
    expect(log).toEqual(['shot'])
  })

  it('is reported when taking it back throws, and is not taken back after the server confirmed it', () => {
    const setup = flying()
    const undone: number[] = []
    setup.room.onEvent('shot', (_shot, { tick }) => () => {
      undone.push(tick)
      throw new Error('no such sprite')
    })
    setup.room.press('fire')
    setup.run(2000)
    expect(undone).toEqual([])
    decide(setup, 60, null)
    setup.room.press('fire')
    setup.run(2000)
    expect(undone).toHaveLength(1)
    expect(setup.reports.map(({ message }) => message)).toContain(
      "room.onEvent('shot'): what the listener returned threw",
    )
  })
})

describe('an event of others', () => {
  it('is heard when the picture has reached its tick: where it says, there its emitter is drawn', () => {
    const setup = flying()
    const shownX: number[] = []
    const heard: number[] = []
    setup.room.onEvent('boom', ({ x }) => {
      heard.push(x)
      shownX.push([...setup.room.view('ship')].find(({ mine }) => !mine)!.x)
    })
    onceOnTick(setup, () => {
      const [other] = [...setup.authority.all('ship')].filter(({ owner }) => owner === 1)
      setup.authority.emit('boom', { x: other!.x })
    })
    setup.run(100)
    expect(heard).toEqual([])
    setup.run(300)
    expect(heard).toHaveLength(1)
    expect(Math.abs(shownX[0]! - heard[0]!)).toBeLessThan(1.5)
  })

  it('come in the order of their ticks', () => {
    const setup = flying()
    const heard = listen(setup, 'boom')
    let n = 0
    setup.authority.onTick = () => void (n < 20 && setup.authority.emit('boom', { x: n++ }))
    setup.run(1000)
    expect(heard.map(({ x }) => x)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('are dropped when a hidden page has missed them by more than a second', () => {
    const setup = flying()
    const heard = listen(setup, 'boom')
    setup.draws = false
    setup.run(500)
    onceOnTick(setup, () => setup.authority.emit('boom', { x: 1 }))
    setup.run(5000)
    onceOnTick(setup, () => setup.authority.emit('boom', { x: 2 }))
    setup.run(500)
    setup.draws = true
    setup.run(500)
    expect(heard.map(({ x }) => x)).toEqual([2])
  })
})

describe('a listener', () => {
  it('that throws is reported once and stops neither the others nor the room', () => {
    const setup = flying()
    setup.room.onEvent('boom', () => {
      throw new Error('no sound')
    })
    const heard = listen(setup, 'boom')
    let n = 0
    setup.authority.onTick = () => void (n++ < 3 && setup.authority.emit('boom', { x: n }))
    setup.run(1000)
    expect(heard).toHaveLength(3)
    expect(setup.reports.map(({ message }) => message)).toEqual(["room.onEvent('boom'): the listener threw"])
  })

  it('hears nothing any more once it has unsubscribed', () => {
    const setup = flying()
    let calls = 0
    const stop = setup.room.onEvent('boom', () => calls++)
    stop()
    onceOnTick(setup, () => setup.authority.emit('boom', { x: 1 }))
    setup.run(1000)
    expect(calls).toBe(0)
  })

  it('for an event that the schema does not have is refused by name', () => {
    const setup = flying()
    expect(() => setup.room.onEvent('bang' as 'boom', () => undefined)).toThrow(
      /room\.onEvent: expected one of shot, boom, got "bang"/,
    )
  })
})
