/** The picture is behind the newest snapshot by this many snapshot intervals at least: one to draw in, some for a late one. */
const DELAY_INTERVALS = 1.7
/** Plus one tick and so many mean deviations of the arrivals. */
const DELAY_JITTERS = 4
/** Weights of a new arrival. */
const MEAN_GAIN = 1 / 12
const JITTER_GAIN = 1 / 12
/** Critically damped: the clocks' rates are learnt as fast as the line can follow without swinging. */
const RATE_GAIN = (MEAN_GAIN * MEAN_GAIN) / 4
/** Quartz differs by 0.01 %; emulators and throttled machines by several per cent. */
const MAX_RATE_ERROR = 0.08
/** An arrival counts as late or early at most so much, in ticks and deviations: one stall must not move the picture. */
const OUTLIER_TICKS = 2
const OUTLIER_JITTERS = 3
/** The picture may run so much slower and faster. */
const MIN_SPEED = 0.85
const MAX_SPEED = 1.1
const SPEED_GAIN = 0.05
/** The delay itself changes by at most this part of the time that passes. */
const MAX_DELAY_CHANGE = 0.1
/** Farther off than this, after so long without a frame, or with the clock set anew, the picture jumps; forward only. */
const RESET_MS = 500
/** A longer gap between snapshots is a quiet room, or a cut, and says nothing of the interval. */
const MAX_INTERVAL_FACTOR = 5

/**
 * The time at which the others are drawn: the snapshots' ticks as a line over this client's clock, less a delay that
 * follows their jitter. It is a timeline of its own: it bends within narrow limits, never runs back, and does not care when
 * the clock's or the pacer's estimates change.
 */
export class Timeline {
  private readonly ticksPerMs: number
  private readonly snapshotTicks: number
  private readonly hasMotion: boolean
  /** Where the line is at `lineMs`; null before the first snapshot. */
  private line: number | null = null
  private lineMs = 0
  /** How much faster than this clock the server's runs. */
  private rateError = 0
  private jitter = 0
  private interval: number
  private delay: number
  private newestTick = -1
  /** The newest arrival, which does not count yet: of several in one read only the last does. */
  private pending: { readonly tick: number; readonly nowMs: number } | null = null
  private position: number | null = null
  private lastMs = 0

  /** @param hasMotion false: nothing in the game is drawn between two snapshots, so each is shown as it comes */
  constructor(tickRateHz: number, ticksPerSnapshot: number, hasMotion: boolean = true) {
    this.ticksPerMs = tickRateHz / 1000
    this.hasMotion = hasMotion
    this.snapshotTicks = ticksPerSnapshot
    this.interval = ticksPerSnapshot
    this.delay = this.wantedDelay
  }

  /** The tick, with fraction, that is drawn; -1 before the first frame. */
  get ticks(): number {
    return this.position ?? -1
  }

  get delayMs(): number {
    return this.delay / this.ticksPerMs
  }

  receive(tick: number, nowMs: number): void {
    if (this.pending !== null && this.pending.nowMs !== nowMs) this.settle()
    const gap = tick - this.newestTick
    if (this.newestTick >= 0 && gap <= this.snapshotTicks * MAX_INTERVAL_FACTOR) {
      this.interval += (Math.max(gap, this.snapshotTicks) - this.interval) * MEAN_GAIN
    }
    this.newestTick = tick
    this.pending = { tick, nowMs }
  }

  /** Moves on to `nowMs` and says which tick to draw; -1 before the first snapshot. */
  advance(nowMs: number): number {
    this.settle()
    if (this.line === null) return -1
    if (!this.hasMotion) return (this.position = this.newestTick)
    const elapsedMs = nowMs - this.lastMs
    const elapsed = this.ticksIn(elapsedMs)
    this.lastMs = nowMs
    if (this.position === null) {
      this.delay = this.wantedDelay
      this.position = this.lineAt(nowMs) - this.delay
      return this.position
    }
    // Nobody saw what was shown while the page was hidden: nothing to be smooth about.
    if (elapsedMs > RESET_MS) return this.jump(nowMs)
    const change = MAX_DELAY_CHANGE * elapsed
    this.delay += clamp(this.wantedDelay - this.delay, -change, change)
    const target = this.lineAt(nowMs) - this.delay
    const error = target - this.position - elapsed
    const limit = RESET_MS * this.ticksPerMs
    if (error > limit) this.position = target
    // Far ahead, as after a room was restored: the picture waits.
    else if (error > -limit) this.position += elapsed * clamp(1 + SPEED_GAIN * error, MIN_SPEED, MAX_SPEED)
    return this.position
  }

  /** To where the picture belongs now, and not back. */
  private jump(nowMs: number): number {
    this.delay = this.wantedDelay
    this.position = Math.max(this.position ?? 0, this.lineAt(nowMs) - this.delay)
    return this.position
  }

  private get wantedDelay(): number {
    if (!this.hasMotion) return 0
    return DELAY_INTERVALS * this.interval + DELAY_JITTERS * this.jitter + 1
  }

  private ticksIn(ms: number): number {
    return ms * this.ticksPerMs * (1 + this.rateError)
  }

  private lineAt(nowMs: number): number {
    return (this.line ?? 0) + this.ticksIn(nowMs - this.lineMs)
  }

  private settle(): void {
    if (this.pending === null) return
    const { tick, nowMs } = this.pending
    this.pending = null
    const expected = this.line === null ? tick : this.lineAt(nowMs)
    const off = tick - expected
    const limit = RESET_MS * this.ticksPerMs
    // No delay makes a snapshot come so early, and hardly one so late: the clocks are others than before.
    const isAnew = this.line === null || off > limit || off < -4 * limit
    if (isAnew) this.line = tick
    else this.follow(expected, off)
    this.lineMs = nowMs
  }

  private follow(expected: number, off: number): void {
    const limit = OUTLIER_TICKS + OUTLIER_JITTERS * this.jitter
    const counted = clamp(off, -limit, limit)
    this.line = expected + MEAN_GAIN * counted
    this.jitter += JITTER_GAIN * (Math.abs(counted) - this.jitter)
    const learned = this.rateError + (RATE_GAIN * counted) / this.interval
    this.rateError = clamp(learned, -MAX_RATE_ERROR, MAX_RATE_ERROR)
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
