import { RttEstimator } from './rtt.ts'
import { TickTimeline } from './tick-timeline.ts'

/** What pings say of the way to the server and of the room's time. Filled by the link; read by pacer, stats and window. */
export interface ClockSync {
  /** Smoothed round trip, in ms; 0 before the first pong. */
  readonly rttMs: number
  /** Mean deviation of the round trip, in ms. */
  readonly jitterMs: number
  /** Least round trip of the last 10 s, in ms. */
  readonly minRttMs: number
  /** True once a pong has come on this connection. */
  readonly isReady: boolean
  /** The room's time on the server, in ticks with fraction, at `nowMs` of the client's clock. */
  serverTicksAt(nowMs: number): number
}

/** One answered ping. */
export interface PongSample {
  readonly sentMs: number
  readonly receivedMs: number
  /** How long the server held it. */
  readonly holdMs: number
  /** The room's time, in ticks, when the server answered. */
  readonly tick: number
}

/** A queue in the network makes a round trip longer by more than this part, and its halves unequal. */
const QUEUED_PART = 1.2
const QUEUED_MS = 2

/** `ClockSync` from timestamped pings. */
export class PingClock implements ClockSync {
  private readonly rtt = new RttEstimator()
  private readonly timeline: TickTimeline
  private readonly ticksPerMs: number

  constructor(tickRateHz: number) {
    this.timeline = new TickTimeline(tickRateHz)
    this.ticksPerMs = tickRateHz / 1000
  }

  get rttMs(): number {
    return this.rtt.meanMs
  }
  get jitterMs(): number {
    return this.rtt.deviationMs
  }
  get minRttMs(): number {
    return this.rtt.minMs
  }
  get isReady(): boolean {
    return this.rtt.hasSample
  }
  /** True if a ping now, rather than at its time, would tell a spike from a step. */
  get wantsPing(): boolean {
    return this.rtt.isInDoubt
  }

  serverTicksAt(nowMs: number): number {
    return this.timeline.at(nowMs)
  }

  addPong({ sentMs, receivedMs, holdMs, tick }: PongSample): void {
    const rttMs = Math.max(0, receivedMs - sentMs - holdMs)
    this.rtt.add(rttMs, receivedMs)
    // The way back took half of the round trip, if nothing queued: the farther above the least one, the less is known.
    const quality = Math.min(1, (QUEUED_PART * this.rtt.minMs + QUEUED_MS) / Math.max(rttMs, QUEUED_MS))
    this.timeline.add(tick + (rttMs / 2) * this.ticksPerMs, receivedMs, quality * quality)
  }

  /** A new connection: the way to the server is unknown again. The room's time runs on until the first pong. */
  reset(): void {
    this.rtt.reset()
  }
}
