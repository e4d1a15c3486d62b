/** How much of what a good sample says is believed, and how much of it is laid to the clocks' rates. */
const PHASE_GAIN = 0.5
const RATE_GAIN = 0.15
/** Quartz differs by 0.01 %; emulators and throttled machines by several per cent. */
const MAX_RATE_ERROR = 0.08
/** Corrections bend the line by at most so much, so it never runs back. */
const MAX_SLEW = 0.1
/** Farther off than this it is quicker to jump: a sleep, or another room time after a resume. */
const JUMP_MS = 250
/** Only a good sample may say so: one that a stall held up for a second is off by half of it. */
const JUMP_TRUST = 0.25
/** Samples closer together say nothing of the clocks' rates. */
const MIN_RATE_SPAN_MS = 500

/**
 * The server's tick as a line over this end's clock: follows samples by bending, not by jumping, and learns how much
 * faster one clock runs than the other.
 */
export class TickTimeline {
  private readonly ticksPerMs: number
  private samples = 0
  private atMs = 0
  private ticks = 0
  /** Still to be absorbed, in ticks. */
  private pending = 0
  private rateError = 0

  constructor(tickRateHz: number) {
    this.ticksPerMs = tickRateHz / 1000
  }

  at(nowMs: number): number {
    const run = (nowMs - this.atMs) * this.ticksPerMs * (1 + this.rateError)
    const bend = Math.min(Math.abs(this.pending), Math.max(0, run) * MAX_SLEW)
    return this.ticks + run + Math.sign(this.pending) * bend
  }

  /** @param trust 0 to 1: how good the sample is */
  add(ticks: number, nowMs: number, trust: number): void {
    const shown = this.at(nowMs)
    const error = ticks - shown
    const isFar = Math.abs(error) > JUMP_MS * this.ticksPerMs && trust >= JUMP_TRUST
    this.samples++
    const span = nowMs - this.atMs
    this.atMs = nowMs
    if (this.samples === 1 || isFar) {
      this.ticks = ticks
      this.pending = 0
      return
    }
    this.ticks = shown
    this.pending = PHASE_GAIN * trust * error
    const rate = error / (Math.max(span, MIN_RATE_SPAN_MS) * this.ticksPerMs)
    const learned = this.rateError + RATE_GAIN * trust * rate
    this.rateError = Math.max(-MAX_RATE_ERROR, Math.min(MAX_RATE_ERROR, learned))
  }
}
