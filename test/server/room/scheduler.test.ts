import { LIMITS } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../server/src/room/scheduler.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

/** A clock whose timers come late and whole milliseconds apart, as a platform's do. */
class CoarseClock {
  readonly exact = new FakeClock()
  private late = 1

  nowMs(): number {
    return this.exact.nowMs()
  }

  setTimer(fn: () => void, delayMs: number): { cancel(): void } {
    this.late = (this.late * 48_271) % 0x7fff_ffff
    return this.exact.setTimer(fn, Math.ceil(delayMs) + (this.late % 3))
  }
}

function start(clock: { nowMs(): number; setTimer(fn: () => void, ms: number): { cancel(): void } }): {
  scheduler: Scheduler
  faults: unknown[]
} {
  const faults: unknown[] = []
  const scheduler = new Scheduler(
    clock,
    (fn) => void clock.setTimer(fn, 0),
    (error) => void faults.push(error),
  )
  return { scheduler, faults }
}

describe('the scheduler', () => {
  it('runs exactly as many ticks as time allows over ten minutes, however late its timers come', () => {
    const clock = new CoarseClock()
    const { scheduler } = start(clock)
    const counts = [60, 30, 20, 5, 128].map((rateHz) => {
      const count = { rateHz, ticks: 0 }
      scheduler.add(rateHz, () => void count.ticks++)
      return count
    })
    clock.exact.advance(600_000)
    for (const { rateHz, ticks } of counts) {
      expect(ticks).toBeGreaterThanOrEqual(600 * rateHz - 1)
      expect(ticks).toBeLessThanOrEqual(600 * rateHz)
    }
  })

  it('counts ticks from 1, each at its time: room time is t when tick t runs', () => {
    const clock = new FakeClock()
    const { scheduler } = start(clock)
    const ticks: number[] = []
    const pace = scheduler.add(60, (tick) => {
      ticks.push(tick)
      expect(pace.timeAt(clock.nowMs())).toBeCloseTo(tick, 6)
    })
    expect(pace.timeAt(clock.nowMs())).toBeGreaterThanOrEqual(0)
    expect(pace.timeAt(clock.nowMs())).toBeLessThan(1)
    clock.advance(105)
    const last = Math.floor(pace.timeAt(clock.nowMs()))
    expect(ticks).toEqual(Array.from({ length: last }, (_, i) => i + 1))
    expect(pace.tick).toBe(last)
  })

  it('spreads the ticks of rooms over the interval', () => {
    const clock = new FakeClock()
    const { scheduler } = start(clock)
    const firsts: number[] = []
    for (let i = 0; i < 16; i++) {
      scheduler.add(10, (tick) => {
        if (tick === 1) firsts.push(clock.nowMs() % 100)
      })
    }
    clock.advance(200)
    const sorted = firsts.toSorted((a, b) => a - b)
    const gaps = sorted.map((at, i) => (i === 0 ? at + 100 - sorted.at(-1)! : at - sorted[i - 1]!))
    expect(sorted).toHaveLength(16)
    expect(Math.max(...gaps)).toBeLessThan(13)
    expect(Math.min(...gaps)).toBeGreaterThan(2)
  })

  it('after a stall runs at most maxCatchUpTicks in a row; drops and counts the rest', () => {
    const clock = new FakeClock()
    const { scheduler } = start(clock)
    const at: number[] = []
    let isStalled = false
    const pace = scheduler.add(10, () => {
      at.push(clock.nowMs())
      if (isStalled) clock.advanceTo(clock.nowMs() + 5000)
      isStalled = false
    })
    clock.advance(1000)
    const before = at.length
    isStalled = true
    clock.advance(150)
    clock.advance(0)
    const stalledAt = clock.nowMs()
    expect(at.filter((ms) => ms === stalledAt).length).toBe(LIMITS.maxCatchUpTicks)
    expect(pace.droppedTicks).toBe(50 - LIMITS.maxCatchUpTicks)
    expect(pace.tick).toBe(before + 1 + LIMITS.maxCatchUpTicks)
    expect(pace.timeAt(stalledAt)).toBeLessThan(pace.tick + 1)
    clock.advance(1000)
    expect(pace.tick).toBe(before + 1 + LIMITS.maxCatchUpTicks + 10)
  })

  it('lets the other rooms go first while one catches up', () => {
    const clock = new FakeClock()
    const { scheduler } = start(clock)
    const order: string[] = []
    scheduler.add(10, () => {
      order.push('slow')
      // Its ticks take longer than their interval: it is behind for good.
      clock.advanceTo(clock.nowMs() + 120)
    })
    scheduler.add(10, () => void order.push('quick'))
    clock.advance(5000)
    const quick = order.filter((name) => name === 'quick').length
    expect(quick).toBeGreaterThan(40)
  })

  it('looks at the sockets between two rooms that are due together', () => {
    const clock = new FakeClock()
    const waiting: (() => void)[] = []
    const ran: string[] = []
    const scheduler = new Scheduler(
      clock,
      (fn) => void waiting.push(fn),
      () => undefined,
    )
    scheduler.add(10, (tick) => {
      ran.push(`a${tick}`)
      if (tick === 1) clock.advanceTo(clock.nowMs() + 100)
    })
    scheduler.add(10, (tick) => void ran.push(`b${tick}`))
    scheduler.add(10, (tick) => void ran.push(`c${tick}`))
    while (waiting.length === 0) clock.advance(1)
    const before = ran.length
    expect(ran).toContain('a1')
    clock.advance(1)
    expect(ran).toHaveLength(before)
    for (let turn = 1; waiting.length > 0; turn++) {
      waiting.shift()!()
      expect(ran).toHaveLength(before + turn)
    }
    expect(ran).toEqual(expect.arrayContaining(['a2', 'b1', 'c1']))
  })

  it('reports what a tick throws, and runs the next one', () => {
    const clock = new FakeClock()
    const { scheduler, faults } = start(clock)
    let ticks = 0
    scheduler.add(10, (tick) => {
      ticks++
      if (tick === 2) throw new Error('a fault')
    })
    clock.advance(500)
    expect(ticks).toBe(5)
    expect(faults).toEqual([new Error('a fault')])
  })

  it('stops one room, or all, and leaves no timer behind', () => {
    const clock = new FakeClock()
    const { scheduler } = start(clock)
    let ticks = 0
    const first = scheduler.add(10, () => void ticks++)
    scheduler.add(10, () => void ticks++)
    clock.advance(1000)
    first.stop()
    clock.advance(1000)
    expect(ticks).toBe(30)
    scheduler.close()
    expect(clock.pending).toBe(0)
    clock.advance(1000)
    expect(ticks).toBe(30)
  })
})
