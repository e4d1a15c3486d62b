import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { COUNTERS } from '../counters.ts'
import type { CounterName } from '../counters.ts'
import type { InputCounters } from '../room/input-queue.ts'
import type { Traffic } from '../traffic.ts'

/** What metrics are read from when they are asked for. */
export interface MetricsSource {
  readonly links: { readonly online: number; readonly dropped: number }
  readonly traffic: Readonly<Traffic>
  readonly counters: Readonly<Record<CounterName, number>>
  readonly inputs: Readonly<InputCounters>
  /** By game. */
  readonly rooms: ReadonlyMap<string, { readonly rooms: number; readonly players: number; readonly bots: number }>
  /** Tickets that wait, by queue. */
  readonly queues: ReadonlyMap<string, number>
}

/** Half a millisecond to a tenth of a second; 60 Hz leaves 16.7 ms. */
const TICK_BUCKETS = [0.0005, 0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012, 0.016, 0.024, 0.032, 0.064, 0.1]

/**
 * The numbers of a server for Prometheus. Ticks are observed as they run; everything else is read when somebody asks, so
 * that nobody pays for metrics that are not looked at.
 */
export class Metrics {
  private readonly registry = new Registry()
  private readonly duration: Histogram
  private readonly lateness: Histogram

  constructor(source: () => MetricsSource) {
    const { registry } = this
    const ticks = { labelNames: ['game'] as const, buckets: TICK_BUCKETS, registers: [registry] }
    this.duration = new Histogram({
      name: 'tickwire_tick_duration_seconds',
      help: 'How long a tick of a room took, snapshots included',
      ...ticks,
    })
    this.lateness = new Histogram({
      name: 'tickwire_tick_lateness_seconds',
      help: 'How late a tick of a room began',
      ...ticks,
    })
    addGauges(registry, source)
    addTotals(registry, source)
    collectDefaultMetrics({ register: registry })
  }

  /** A tick has run; `lateMs` is how long after its time it began. */
  readonly observeTick = (game: string, tookMs: number, lateMs: number): void => {
    this.duration.observe({ game }, tookMs / 1000)
    this.lateness.observe({ game }, lateMs / 1000)
  }

  /** The bound in ms that so many of all ticks since the start stayed within; null: there was none, or beyond all bounds. */
  async tickPercentileMs(share: number): Promise<number | null> {
    const { values } = await this.duration.get()
    const counts = new Map<number, number>()
    for (const { metricName, labels, value } of values) {
      if (metricName?.endsWith('_bucket') !== true) continue
      const bound = Number(labels['le'] === '+Inf' ? Infinity : labels['le'])
      counts.set(bound, (counts.get(bound) ?? 0) + value)
    }
    const sorted = [...counts].toSorted((a, b) => a[0] - b[0])
    const total = sorted.at(-1)?.[1] ?? 0
    const found = sorted.find(([bound, count]) => total > 0 && Number.isFinite(bound) && count >= share * total)
    return found === undefined ? null : found[0] * 1000
  }

  /** The page, in Prometheus' text format. */
  page(): Promise<string> {
    return this.registry.metrics()
  }

  get contentType(): string {
    return this.registry.contentType
  }
}

function addGauges(registry: Registry, source: () => MetricsSource): void {
  const gauge = (name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void => {
    const made: Gauge = new Gauge({
      name: `tickwire_${name}`,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        // What is gone must not keep its last value for ever.
        made.reset()
        for (const [value, count] of read()) made.set({ [label]: value }, count)
      },
    })
  }
  const perGame = (pick: 'rooms' | 'players' | 'bots'): [string, number][] =>
    [...source().rooms].map(([game, numbers]) => [game, numbers[pick]])
  gauge('links', 'Links, by whether their client is connected', 'state', () => Object.entries(source().links))
  gauge('rooms', 'Rooms that are open', 'game', () => perGame('rooms'))
  gauge('players', 'Seats that are held by people', 'game', () => perGame('players'))
  gauge('bots', 'Seats that are held by bots', 'game', () => perGame('bots'))
  gauge('queue_tickets', 'Tickets that wait for a match', 'queue', () => source().queues)
}

function addTotals(registry: Registry, source: () => MetricsSource): void {
  const total = (name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void => {
    const made: Counter = new Counter({
      name: `tickwire_${name}_total`,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        made.reset()
        for (const [value, count] of read()) made.inc({ [label]: value }, count)
      },
    })
  }
  total('bytes', 'Bytes of packets, by direction and kind', 'kind', () => {
    const { bytesIn, bytesOut, snapshotBytes } = source().traffic
    return [
      ['in', bytesIn],
      ['out_snapshots', snapshotBytes],
      ['out_other', bytesOut - snapshotBytes],
    ]
  })
  total('snapshots', 'Snapshots, sent or skipped because too many were under way', 'result', () => {
    const { snapshots, snapshotsSkipped } = source().traffic
    return [
      ['sent', snapshots],
      ['skipped', snapshotsSkipped],
    ]
  })
  total('inputs', 'Inputs of players that did not come in time, and ticks without one', 'fate', () =>
    Object.entries(source().inputs),
  )
  total('events', 'What happened to links and joins, and what was refused by which limit', 'event', () =>
    COUNTERS.map((name) => [name, source().counters[name]] as const),
  )
}
