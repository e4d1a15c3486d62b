import { describe, expect, it } from 'vitest'
import { MinRtt } from '../../../server/src/replication/min-rtt.ts'

describe('MinRtt', () => {
  it('is unknown until something was measured', () => {
    expect(new MinRtt().get(0)).toBeNull()
  })

  it('is the least of the last 10 s', () => {
    const rtt = new MinRtt()
    rtt.add(80, 0)
    rtt.add(50, 1000)
    rtt.add(70, 2000)
    rtt.add(60, 3000)
    expect(rtt.get(11_000)).toBe(50)
    expect(rtt.get(11_001)).toBe(60)
    expect(rtt.get(13_000)).toBe(60)
  })

  it('keeps the last value when nothing newer comes', () => {
    const rtt = new MinRtt()
    rtt.add(80, 0)
    expect(rtt.get(1_000_000)).toBe(80)
    rtt.add(90, 1_000_000)
    expect(rtt.get(1_000_000)).toBe(90)
  })

  it('agrees with a plain search over the window', () => {
    const rtt = new MinRtt()
    const all: { at: number; value: number }[] = []
    for (let at = 0; at < 60_000; at += 700) {
      const value = 40 + ((at * 7919) % 61)
      all.push({ at, value })
      rtt.add(value, at)
      const expected = Math.min(...all.filter((one) => one.at >= at - 10_000).map((one) => one.value))
      expect(rtt.get(at)).toBe(expected)
    }
  })

  it('forgets another path', () => {
    const rtt = new MinRtt()
    rtt.add(1, 0)
    rtt.reset()
    expect(rtt.get(0)).toBeNull()
  })
})
