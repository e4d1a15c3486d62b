import { LIMITS } from '@tickwire/protocol'

/** Weights of a new sample, as in RFC 6298. */
const MEAN_GAIN = 1 / 8
const DEVIATION_GAIN = 1 / 4
/** A sample this far off, in mean deviations or as a part of the mean or in ms, is a spike until others confirm it. */
const SPIKE_DEVIATIONS = 4
const SPIKE_PART = 1 / 4
const SPIKE_MS = 2
/** So many in a row on the same side that agree are no spike but the new round trip; */
const STEP_SAMPLES = 3
/** and so many that do not agree: the new one jitters. Packets of before the step still hold up the first ones after it. */
const MAX_SUSPECTS = 6

interface Timed {
  readonly atMs: number
  readonly rttMs: number
}

/**
 * Round trip from ping samples: smoothed, with its mean deviation and its least value of late. One spike moves nothing;
 * a step (another route, a VPN) is believed after three samples in a row and adopted at once, where a plain moving
 * average would take many times as long.
 */
export class RttEstimator {
  meanMs = 0
  deviationMs = 0
  private samples = 0
  /** A sample is a suspect from so far off the mean on. */
  private limitMs = 0
  private suspects: Timed[] = []
  /** Candidates for the least value: later ones that are not below an earlier one push it out. */
  private floor: Timed[] = []

  get hasSample(): boolean {
    return this.samples > 0
  }

  /** Least sample of the last 10 s. */
  get minMs(): number {
    return this.floor[0]?.rttMs ?? 0
  }

  /** True while a spike may be a step: another sample soon would tell. */
  get isInDoubt(): boolean {
    return this.suspects.length > 0
  }

  add(rttMs: number, nowMs: number): void {
    this.samples++
    this.addToFloor(rttMs, nowMs)
    if (this.samples === 1) {
      this.adopt([rttMs])
      return
    }
    const error = rttMs - this.meanMs
    // While in doubt the limit stands: the deviation that the suspects themselves make must not acquit the next one.
    if (!this.isInDoubt)
      this.limitMs = Math.max(SPIKE_DEVIATIONS * this.deviationMs, SPIKE_PART * this.meanMs, SPIKE_MS)
    const { limitMs } = this
    if (Math.abs(error) > limitMs) this.suspect(rttMs, limitMs, nowMs)
    else this.smooth(error)
  }

  /** A new connection may take another way: the next sample starts over. Until then the old one shows without its queues. */
  reset(): void {
    this.meanMs = this.floor[0]?.rttMs ?? this.meanMs
    this.deviationMs = 0
    this.samples = 0
    this.suspects = []
    this.floor = []
  }

  private smooth(error: number): void {
    this.suspects = []
    this.deviationMs += DEVIATION_GAIN * (Math.abs(error) - this.deviationMs)
    this.meanMs += MEAN_GAIN * error
  }

  private suspect(rttMs: number, limitMs: number, nowMs: number): void {
    const isAbove = rttMs > this.meanMs
    this.suspects = this.suspects.filter((other) => other.rttMs > this.meanMs === isAbove)
    // Pings that were under way together met the same stall: only what left after the first answer says something more.
    const first = this.suspects[0]
    if (first === undefined || nowMs - rttMs > first.atMs - 1) this.suspects.push({ atMs: nowMs, rttMs })
    // A spike counts as deviation only as far as the limit, so that jitter which grows is followed and one stall is not.
    this.deviationMs += DEVIATION_GAIN * (limitMs - this.deviationMs)
    if (this.suspects.length < STEP_SAMPLES) return
    const newest = this.suspects.slice(-STEP_SAMPLES).map((suspect) => suspect.rttMs)
    const samples = newest.toSorted((a, b) => a - b)
    const agreed = Math.max(SPIKE_PART * samples[1]!, SPIKE_MS)
    if (samples.at(-1)! - samples[0]! > agreed && this.suspects.length < MAX_SUSPECTS) return
    this.floor = samples.map((sample) => ({ atMs: nowMs, rttMs: sample }))
    this.adopt(samples)
    this.suspects = []
  }

  private adopt(samples: readonly number[]): void {
    const median = samples.toSorted((a, b) => a - b)[samples.length >> 1]!
    this.meanMs = median
    this.deviationMs = samples.reduce((sum, sample) => sum + Math.abs(sample - median), 0) / samples.length
  }

  private addToFloor(rttMs: number, nowMs: number): void {
    while (this.floor.length > 0 && this.floor.at(-1)!.rttMs >= rttMs) this.floor.pop()
    this.floor.push({ atMs: nowMs, rttMs })
    while (this.floor[0]!.atMs < nowMs - LIMITS.minRttWindowMs) this.floor.shift()
  }
}
