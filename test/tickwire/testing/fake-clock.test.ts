import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

describe('FakeClock', () => {
  it('runs timers in the order of their times, equal ones in the order they were set', () => {
    const clock = new FakeClock(0)
    const ran: string[] = []
    for (const [name, delayMs] of Object.entries({ a: 20, b: 10, c: 20, d: 0, e: 10 })) {
      clock.setTimer(() => ran.push(`${name}@${clock.nowMs()}`), delayMs)
    }
    clock.advance(20)
    expect(ran).toEqual(['d@0', 'b@10', 'e@10', 'a@20', 'c@20'])
  })

  it('runs within the same advance what a timer sets, at its own time, and nothing later', () => {
    const clock = new FakeClock(0)
    const ran: number[] = []
    const again = (): void => {
      ran.push(clock.nowMs())
      clock.setTimer(again, 4)
    }
    clock.setTimer(again, 4)
    clock.advance(13)
    expect(ran).toEqual([4, 8, 12])
    expect(clock.nowMs()).toBe(13)
    expect(clock.nextMs).toBe(16)
  })

  it('never runs a timer within setTimer, even with a delay of 0 or less', () => {
    const clock = new FakeClock()
    let runs = 0
    clock.setTimer(() => runs++, -5)
    expect(runs).toBe(0)
    clock.advance(0)
    expect(runs).toBe(1)
  })

  it('forgets a cancelled timer, also while another of the same moment runs', () => {
    const clock = new FakeClock()
    let runs = 0
    clock.setTimer(() => second.cancel(), 10)
    const second = clock.setTimer(() => runs++, 10)
    clock.advance(100)
    expect(runs).toBe(0)
    expect(clock.pending).toBe(0)
    second.cancel()
  })

  it('keeps thousands of timers in order', () => {
    const clock = new FakeClock(0)
    const ran: number[] = []
    for (let i = 0; i < 5000; i++) clock.setTimer(() => ran.push(clock.nowMs()), (i * 7919) % 1000)
    clock.advance(1000)
    expect(ran).toEqual([...ran].toSorted((a, b) => a - b))
    expect(ran).toHaveLength(5000)
  })

  it('lets time pass even in a delay that is lost in rounding', () => {
    const clock = new FakeClock(1e9)
    const goalMs = 1e9 + 2e-7
    const wait = (): void => {
      if (clock.nowMs() < goalMs) clock.setTimer(wait, 1e-9)
    }
    wait()
    clock.advance(1)
    expect(clock.pending).toBe(0)
  })

  it('ends a run of timers that never ends, instead of hanging', () => {
    const clock = new FakeClock()
    const again = (): void => void clock.setTimer(again, 0)
    clock.setTimer(again, 0)
    expect(() => clock.advance(1)).toThrow(/without end/)
  })

  it('refuses to run back', () => {
    expect(() => new FakeClock().advance(-1)).toThrow(RangeError)
  })
})
