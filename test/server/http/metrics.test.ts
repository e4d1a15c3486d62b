import { describe, expect, it } from 'vitest'
import { Counters } from '../../../server/src/counters.ts'
import { Metrics } from '../../../server/src/http/metrics.ts'
import type { MetricsSource } from '../../../server/src/http/metrics.ts'
import { newTraffic } from '../../../server/src/traffic.ts'
import { emptySource } from './metrics-source.ts'

const source = (changes: Partial<MetricsSource> = {}): MetricsSource => ({
  ...emptySource(),
  links: { online: 3, dropped: 1 },
  traffic: { ...newTraffic(), bytesIn: 10, bytesOut: 100, snapshotBytes: 80, snapshots: 4, snapshotsSkipped: 1 },
  rooms: new Map([['arena', { rooms: 2, players: 5, bots: 7 }]]),
  ...changes,
})

/** The value of a line that begins so. */
async function value(metrics: Metrics, line: string): Promise<number> {
  const found = (await metrics.page()).split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.slice(line.length))
}

describe('metrics', () => {
  it('are read when they are asked for', async () => {
    let now = source()
    const metrics = new Metrics(() => now)
    expect(await value(metrics, 'tickwire_links{state="online"}')).toBe(3)
    now = source({ links: { online: 8, dropped: 0 } })
    expect(await value(metrics, 'tickwire_links{state="online"}')).toBe(8)
    expect(await value(metrics, 'tickwire_players{game="arena"}')).toBe(5)
    expect(await value(metrics, 'tickwire_bytes_total{kind="out_other"}')).toBe(20)
    expect(await value(metrics, 'tickwire_snapshots_total{result="skipped"}')).toBe(1)
  })

  it('do not grow by being read', async () => {
    const metrics = new Metrics(() => source())
    await metrics.page()
    await metrics.page()
    expect(await value(metrics, 'tickwire_bytes_total{kind="in"}')).toBe(10)
  })

  it('forget what is gone', async () => {
    let now = source()
    const metrics = new Metrics(() => now)
    await metrics.page()
    now = source({ rooms: new Map() })
    expect(await value(metrics, 'tickwire_rooms{game="arena"}')).toBeNaN()
  })

  it('count ticks by how long they took and how late they began, in seconds', async () => {
    const metrics = new Metrics(() => source())
    metrics.observeTick('arena', 2.5, 0.2)
    metrics.observeTick('arena', 9, 0.2)
    const duration = 'tickwire_tick_duration_seconds_bucket'
    expect(await value(metrics, `${duration}{le="0.003",game="arena"}`)).toBe(1)
    expect(await value(metrics, `${duration}{le="0.012",game="arena"}`)).toBe(2)
    expect(await value(metrics, 'tickwire_tick_lateness_seconds_bucket{le="0.0005",game="arena"}')).toBe(2)
    expect(await metrics.tickPercentileMs(0.5)).toBe(3)
    expect(await metrics.tickPercentileMs(0.99)).toBe(12)
    metrics.observeTick('arena', 500, 0)
    expect(await metrics.tickPercentileMs(0.99)).toBeNull()
  })

  it('of two servers in one process are apart', async () => {
    const [one, two] = [new Metrics(() => source()), new Metrics(() => source())]
    one.observeTick('arena', 1, 0)
    expect(await value(two, 'tickwire_tick_duration_seconds_count{game="arena"}')).toBeNaN()
  })

  it('name every limit that refused something', async () => {
    const counters = { ...new Counters().toObject(), slowReaders: 4 }
    const metrics = new Metrics(() => source({ counters }))
    expect(await value(metrics, 'tickwire_events_total{event="slowReaders"}')).toBe(4)
  })
})
