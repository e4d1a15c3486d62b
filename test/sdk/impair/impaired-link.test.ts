import { ConfigError, Random } from '@tickwire/protocol'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ImpairedLink } from '../../../sdk/src/impair/impaired-link.ts'
import type { LinkKind } from '../../../sdk/src/impair/impaired-link.ts'
import type { Impairment } from '../../../sdk/src/impair/impairment.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

interface Arrival {
  readonly id: number
  readonly sentMs: number
  readonly atMs: number
}

let clock = new FakeClock(0)
let arrivals: Arrival[] = []

function make(impairment: Impairment, kind: LinkKind = 'ordered', seed = 1): ImpairedLink {
  const random = new Random(seed)
  return new ImpairedLink(clock, () => random.next(), impairment, kind)
}

function send(link: ImpairedLink, id: number, bytes = 100): void {
  const sentMs = clock.nowMs()
  link.send(bytes, () => arrivals.push({ id, sentMs, atMs: clock.nowMs() }))
}

/** One packet every `everyMs`, then silence until all that will arrive has. */
function stream(link: ImpairedLink, count: number, everyMs: number): readonly Arrival[] {
  for (let id = 0; id < count; id++) {
    send(link, id)
    clock.advance(everyMs)
  }
  clock.advance(120_000)
  return arrivals
}

const delays = (list: readonly Arrival[]): number[] => list.map(({ sentMs, atMs }) => atMs - sentMs)
const ids = (list: readonly Arrival[]): number[] => list.map(({ id }) => id)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id)

beforeEach(() => {
  clock = new FakeClock(0)
  arrivals = []
})

describe('ImpairedLink', () => {
  it('delivers within the call when nothing is impaired', () => {
    send(make({}), 7)
    expect(arrivals).toEqual([{ id: 7, sentMs: 0, atMs: 0 }])
    expect(clock.pending).toBe(0)
  })

  it('delays each packet by the latency', () => {
    expect(delays(stream(make({ latencyMs: 75 }), 10, 5))).toEqual(Array(10).fill(75))
  })

  it('spreads jitter evenly over its range when packets are far apart', () => {
    const measured = delays(stream(make({ latencyMs: 50, jitterMs: 30 }), 1000, 100))
    expect(Math.min(...measured)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...measured)).toBeLessThanOrEqual(80)
    const mean = measured.reduce((sum, delay) => sum + delay, 0) / measured.length
    expect(mean).toBeGreaterThan(63)
    expect(mean).toBeLessThan(67)
  })

  it('keeps the order under jitter, also for datagrams unless they may be reordered', () => {
    for (const kind of ['ordered', 'datagram'] as const) {
      arrivals = []
      expect(ids(stream(make({ jitterMs: 200 }, kind), 100, 5))).toEqual(upTo(100))
    }
    arrivals = []
    const overtaken = ids(stream(make({ jitterMs: 200, reorder: true }, 'datagram'), 100, 5))
    expect(overtaken).not.toEqual(upTo(100))
    expect(overtaken.toSorted((a, b) => a - b)).toEqual(upTo(100))
  })

  it('never reorders an ordered link, whatever is asked of it', () => {
    expect(ids(stream(make({ jitterMs: 200, reorder: true }), 100, 5))).toEqual(upTo(100))
  })

  it('delays a lost packet of an ordered link, and all behind it, by a retransmission of at least 200 ms', () => {
    const measured = delays(stream(make({ latencyMs: 20, lossPercent: 2 }), 500, 10))
    expect(measured).toHaveLength(500)
    const lost = measured.indexOf(220)
    expect(lost).toBeGreaterThan(0)
    // Those behind it wait for it: each was sent 10 ms later and arrives with it.
    expect(measured.slice(lost, lost + 4)).toEqual([220, 210, 200, 190])
  })

  it('retransmits after two latencies where these are longer', () => {
    expect(delays(stream(make({ latencyMs: 150, lossPercent: 100 }), 1, 1))).toEqual([450])
  })

  it('drops what a datagram link loses, as often as asked', () => {
    const arrived = stream(make({ lossPercent: 20 }, 'datagram'), 5000, 1).length
    expect(arrived).toBeGreaterThan(3850)
    expect(arrived).toBeLessThan(4150)
  })

  it('lets nothing arrive during a stall, then everything at once', () => {
    const list = stream(make({ latencyMs: 10, stall: { everyMs: 1000, forMs: 300 } }), 200, 10)
    for (const { atMs } of list) expect(atMs >= 1000 && atMs < 1300).toBe(false)
    expect(list.filter(({ atMs }) => atMs === 1300)).toHaveLength(31)
    expect(ids(list)).toEqual(upTo(200))
  })

  it('queues for its bandwidth by bytes', () => {
    const link = make({ throttleKbps: 80, latencyMs: 5 })
    for (let id = 0; id < 4; id++) send(link, id, 1000)
    clock.advance(1000)
    send(link, 4, 500)
    clock.advance(1000)
    // 80 kbps are 10 bytes per millisecond.
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([105, 205, 305, 405, 1055])
  })

  it('says when it delivers within the call: when nothing is impaired, under way or held', () => {
    const link = make({})
    expect(link.isClear).toBe(true)
    link.stall(10)
    expect(link.isClear).toBe(false)
    clock.advance(10)
    expect(link.isClear).toBe(true)
    for (const part of ['latencyMs', 'jitterMs', 'lossPercent', 'throttleKbps'] as const) {
      link.set({ [part]: 50 })
      expect(link.isClear).toBe(false)
    }
    send(link, 0)
    link.set({})
    expect(link.isClear).toBe(false)
    clock.advance(1000)
    expect([link.isClear, ids(arrivals)]).toEqual([true, [0]])
  })

  it('forgets a queue for bandwidth when the bandwidth changes, but never the order', () => {
    const link = make({ throttleKbps: 8 })
    send(link, 0, 100)
    expect([link.queueMs, link.queueBytes]).toEqual([100, 100])
    link.set({ throttleKbps: 800 })
    expect(link.queueMs).toBe(0)
    send(link, 1, 100)
    clock.advance(99)
    expect(arrivals).toEqual([])
    clock.advance(1)
    expect(ids(arrivals)).toEqual([0, 1])
  })

  it('is stalled once on request, holds what is already on its way, and can be healed', () => {
    const link = make({ latencyMs: 20 })
    send(link, 0)
    link.stall(300)
    clock.advance(250)
    expect(arrivals).toEqual([])
    clock.advance(50)
    expect(arrivals).toEqual([{ id: 0, sentMs: 0, atMs: 300 }])
    link.stall(Infinity)
    send(link, 1)
    clock.advance(1_000_000)
    expect(arrivals).toHaveLength(1)
    link.heal()
    expect(arrivals).toHaveLength(2)
    expect(clock.pending).toBe(0)
  })

  it('applies a change to what is sent later, and nothing overtakes', () => {
    const link = make({ latencyMs: 100 })
    send(link, 0)
    link.set({})
    send(link, 1)
    clock.advance(100)
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([100, 100])
    send(link, 2)
    expect(ids(arrivals)).toEqual([0, 1, 2])
  })

  it('forgets everything when it is cleared', () => {
    const link = make({ latencyMs: 10 })
    send(link, 0)
    link.clear()
    clock.advance(100)
    expect(arrivals).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('does the same again with the same seed', () => {
    const run = (seed: number): readonly Arrival[] => {
      clock = new FakeClock(0)
      arrivals = []
      return stream(make({ latencyMs: 40, jitterMs: 60, lossPercent: 5 }, 'ordered', seed), 200, 7)
    }
    const first = run(5)
    expect(run(5)).toEqual(first)
    expect(run(6)).not.toEqual(first)
  })

  it('delivers every packet of an ordered link exactly once, in order and never early, under any impairment', () => {
    const impairments = fc.record(
      {
        latencyMs: fc.integer({ min: 0, max: 300 }),
        jitterMs: fc.integer({ min: 0, max: 300 }),
        lossPercent: fc.integer({ min: 0, max: 100 }),
        stall: fc.constantFrom({ everyMs: 100, forMs: 99 }, { everyMs: 333, forMs: 0.1 }),
        throttleKbps: fc.integer({ min: 50, max: 10_000 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(impairments, fc.integer({ min: 1, max: 20 }), fc.integer(), (impairment, everyMs, seed) => {
        clock = new FakeClock(0)
        arrivals = []
        const list = stream(make(impairment, 'ordered', seed), 50, everyMs)
        expect(ids(list)).toEqual(upTo(50))
        for (const delay of delays(list)) expect(delay).toBeGreaterThanOrEqual((impairment.latencyMs ?? 0) - 1e-6)
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it.each<[Impairment | Record<string, unknown>, RegExp]>([
    [{ latencyMs: -1 }, /impair\.latencyMs: expected a number from 0 to 60000, got -1/],
    [{ jitterMs: Number.NaN }, /impair\.jitterMs/],
    [{ lossPercent: 101 }, /impair\.lossPercent/],
    [{ throttleKbps: 0 }, /impair\.throttleKbps/],
    [{ cutAfterMs: 0 }, /impair\.cutAfterMs/],
    [{ stall: { everyMs: 100, forMs: 100 } }, /impair\.stall\.forMs/],
    [{ stall: { everyMs: 0, forMs: 1 } }, /impair\.stall\.everyMs/],
    [{ reorder: 'yes' }, /impair\.reorder/],
    [{ latencyMs: '20' }, /impair\.latencyMs.*got "20"/],
    [{ latency: 20 }, /only latencyMs.*got "latency"/],
  ])('refuses %j at once, saying what may stand there', (impairment, message) => {
    expect(() => make(impairment as Impairment)).toThrow(message)
    expect(() => make({}).set(impairment as Impairment)).toThrow(ConfigError)
  })

  it('refuses a stall of no length', () => {
    expect(() => make({}).stall(Number.NaN)).toThrow(ConfigError)
  })

  it('carries both kinds side by side: what may be lost is lost, and waits for nothing that is sent again', () => {
    const link = make({ latencyMs: 20, lossPercent: 50 })
    for (let id = 0; id < 200; id++) {
      const sentMs = clock.nowMs()
      const kind = id % 2 === 0 ? 'ordered' : 'datagram'
      link.send(10, () => arrivals.push({ id, sentMs, atMs: clock.nowMs() }), kind)
      clock.advance(10)
    }
    clock.advance(120_000)
    const [ordered, datagrams] = [0, 1].map((kind) => arrivals.filter(({ id }) => id % 2 === kind))
    expect(ids(ordered!)).toEqual(upTo(100).map((n) => 2 * n))
    expect(datagrams!.length).toBeGreaterThan(30)
    expect(datagrams!.length).toBeLessThan(70)
    for (const delay of delays(datagrams!)) expect(delay).toBeCloseTo(20)
  })
})
