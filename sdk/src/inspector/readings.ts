import type { RoomStats } from '../room-api.ts'
import { readStats } from '../stats.ts'
import type { Probe } from './probe.ts'
import { Series } from './series.ts'

/** How often numbers are sampled, and for how long they are shown. */
const SAMPLE_MS = 100
const SAMPLES = 200

export interface ReadingSpec {
  readonly id: string
  readonly label: string
  readonly unit: string
  /** What a good number looks like. */
  readonly hint: string
  readonly shape: 'line' | 'bars'
  readonly read: (sample: Sample) => number
}

/** What there is to be read at one moment. */
interface Sample {
  readonly stats: RoomStats
  readonly correction: number
  readonly frameMs: number
  /** Since the sample before. */
  readonly starved: number
  readonly resumes: number
}

export const READINGS: readonly ReadingSpec[] = [
  {
    id: 'rtt',
    label: 'RTT',
    unit: 'ms',
    hint: 'Round trip of pings, smoothed',
    shape: 'line',
    read: ({ stats }) => stats.rttMs,
  },
  {
    id: 'jitter',
    label: 'Jitter',
    unit: 'ms',
    hint: 'How much the round trip varies',
    shape: 'line',
    read: ({ stats }) => stats.jitterMs,
  },
  {
    id: 'slack',
    label: 'Slack',
    unit: 'ticks',
    hint: 'How early inputs arrive; negative: too late',
    shape: 'line',
    read: ({ stats }) => stats.slackTicks,
  },
  {
    id: 'lead',
    label: 'Lead',
    unit: 'ticks',
    hint: 'How far this client simulates ahead of the newest snapshot',
    shape: 'line',
    read: ({ stats }) => stats.leadTicks,
  },
  {
    id: 'delay',
    label: 'Interpolation delay',
    unit: 'ms',
    hint: 'How far behind the newest snapshot others are drawn, on purpose',
    shape: 'line',
    read: ({ stats }) => stats.interpolationDelayMs,
  },
  {
    id: 'age',
    label: 'Snapshot age',
    unit: 'ms',
    hint: 'Time since the newest snapshot came',
    shape: 'line',
    read: ({ stats }) => stats.snapshotAgeMs,
  },
  {
    id: 'correction',
    label: 'Corrections',
    unit: 'units',
    hint: 'How far the picture of what you own had to be moved',
    shape: 'bars',
    read: ({ correction }) => correction,
  },
  {
    id: 'frame',
    label: 'Frame',
    unit: 'ms',
    hint: 'Longest time between two calls of room.advance',
    shape: 'line',
    read: ({ frameMs }) => frameMs,
  },
  {
    id: 'starved',
    label: 'Starved ticks',
    unit: 'ticks',
    hint: 'Ticks that the server ran without an input of yours',
    shape: 'bars',
    read: ({ starved }) => starved,
  },
  {
    id: 'resumes',
    label: 'Resumes',
    unit: '',
    hint: 'Connections that broke and came back',
    shape: 'bars',
    read: ({ resumes }) => resumes,
  },
]

/** The numbers of the last twenty seconds. */
export class Readings {
  readonly series: ReadonlyMap<string, Series> = new Map(READINGS.map(({ id }) => [id, new Series(SAMPLES)]))
  readonly received: Map<string, Series> = new Map()
  readonly sent: Map<string, Series> = new Map()
  /** The newest stats; null before there is a room. */
  stats: RoomStats | null = null
  /** Rises with each sample. */
  count = 0
  private readonly probe: Probe
  private sampledMs = Number.NEGATIVE_INFINITY

  constructor(probe: Probe) {
    this.probe = probe
  }

  /** Takes a sample if one is due. */
  update(nowMs: number): void {
    if (nowMs - this.sampledMs < SAMPLE_MS) return
    this.sampledMs = nowMs
    const { room } = this.probe.observed
    if (room === null) return
    const stats = readStats(room.parts.link, room.numbers)
    this.sample(stats, this.stats ?? stats)
    this.stats = stats
    this.count++
    this.sampleTraffic(this.received, this.probe.traffic.messageRates('received', nowMs))
    this.sampleTraffic(this.sent, this.probe.traffic.messageRates('sent', nowMs))
  }

  private sample(stats: RoomStats, before: RoomStats): void {
    const { correction, frameMs } = this.probe.takePeaks()
    const starved = Math.max(0, stats.starvedTicks - before.starvedTicks)
    const resumes = Math.max(0, stats.resumes - before.resumes)
    const sample = { stats, correction, frameMs, starved, resumes }
    for (const { id, read } of READINGS) this.series.get(id)!.push(read(sample))
  }

  private sampleTraffic(into: Map<string, Series>, rates: ReadonlyMap<string, number>): void {
    for (const [name, rate] of rates) {
      let series = into.get(name)
      if (series === undefined) into.set(name, (series = new Series(SAMPLES)))
      series.push(rate)
    }
  }
}
