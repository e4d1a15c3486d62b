import { Random } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { RttEstimator } from '../../../sdk/src/time/rtt.ts'

let rtt: RttEstimator
let nowMs: number
beforeEach(() => {
  rtt = new RttEstimator()
  nowMs = 0
})

/** One sample a second. */
function add(...samples: number[]): void {
  for (const sample of samples) rtt.add(sample, (nowMs += 1000))
}
const steady = (ms: number, count: number): void => add(...Array.from({ length: count }, () => ms))

describe('the round trip', () => {
  it('is unknown at first, then the first sample', () => {
    expect([rtt.hasSample, rtt.meanMs, rtt.minMs]).toEqual([false, 0, 0])
    add(40)
    expect([rtt.hasSample, rtt.meanMs, rtt.deviationMs, rtt.minMs]).toEqual([true, 40, 0, 40])
  })

  it('is smoothed, with its mean deviation', () => {
    for (let i = 0; i < 50; i++) add(95, 105)
    expect(rtt.meanMs).toBeCloseTo(100, -0.5)
    expect(rtt.deviationMs).toBeGreaterThan(3)
    expect(rtt.deviationMs).toBeLessThan(8)
  })

  it('is not moved by one spike or by two', () => {
    steady(3, 20)
    add(300)
    expect(rtt.meanMs).toBe(3)
    expect(rtt.isInDoubt).toBe(true)
    add(280)
    expect(rtt.meanMs).toBe(3)
    add(3)
    expect(rtt.meanMs).toBe(3)
    expect(rtt.isInDoubt).toBe(false)
    expect(rtt.deviationMs).toBeLessThan(5)
  })

  it('follows a step after three samples, up and down', () => {
    steady(3, 20)
    add(150, 152, 149)
    expect(rtt.meanMs).toBe(150)
    expect(rtt.minMs).toBe(149)
    add(3, 4, 3)
    expect(rtt.meanMs).toBe(3)
    expect(rtt.minMs).toBe(3)
  })

  it('takes the pings that one stall held up together for one spike', () => {
    steady(40, 20)
    for (const sample of [2900, 1900, 900]) rtt.add(sample, nowMs + 3000)
    expect(rtt.meanMs).toBe(40)
    expect(rtt.minMs).toBe(40)
  })

  it('does not take spikes on both sides for a step', () => {
    steady(100, 20)
    add(200, 40, 200, 40)
    expect(rtt.meanMs).toBeGreaterThan(90)
    expect(rtt.meanMs).toBeLessThan(110)
  })

  it('learns of jitter that grows', () => {
    const random = new Random(4)
    steady(100, 20)
    for (let i = 0; i < 60; i++) add(100 + random.next() * 60)
    expect(rtt.meanMs).toBeGreaterThan(115)
    expect(rtt.meanMs).toBeLessThan(145)
    expect(rtt.deviationMs).toBeGreaterThan(8)
    expect(rtt.deviationMs).toBeLessThan(30)
  })

  it('follows a step down though packets of before it hold up the first ones after it', () => {
    steady(150, 20)
    for (const rttMs of [85, 72, 20, 20, 20]) add(rttMs)
    expect(rtt.meanMs).toBe(20)
  })

  it('believes in a step that jitters after six samples', () => {
    steady(20, 20)
    for (const rttMs of [150, 260, 140, 300, 150]) add(rttMs)
    expect(rtt.meanMs).toBe(20)
    add(200)
    expect(rtt.meanMs).toBe(200)
  })

  it('has as its least value that of the last 10 s', () => {
    add(30)
    steady(36, 10)
    expect(rtt.minMs).toBe(30)
    add(36)
    expect(rtt.minMs).toBe(36)
  })

  it('starts over on a new connection, and shows what was known until then', () => {
    steady(150, 20)
    rtt.reset()
    expect([rtt.hasSample, rtt.meanMs]).toEqual([false, 150])
    add(20)
    expect([rtt.meanMs, rtt.minMs]).toEqual([20, 20])
  })

  it('shows on a new connection nothing of the queues and the jitter that the old one died of', () => {
    steady(40, 20)
    add(900, 1500, 2000)
    add(40, 900, 40)
    rtt.reset()
    expect([rtt.meanMs, rtt.deviationMs]).toEqual([40, 0])
  })
})
