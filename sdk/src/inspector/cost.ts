import type { Clock } from '../clock.ts'

/** Weight of a new frame. */
const GAIN = 1 / 30

/** What the inspector itself takes of each frame. */
export class Cost {
  /** Milliseconds per frame, mean of about the last half second. */
  perFrameMs = 0
  private readonly clock: Clock
  private spentMs = 0
  private sinceMs = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  begin(): void {
    this.sinceMs = this.clock.nowMs()
  }

  end(): void {
    this.spentMs += this.clock.nowMs() - this.sinceMs
  }

  /** A frame is over. */
  frame(): void {
    this.perFrameMs += GAIN * (this.spentMs - this.perFrameMs)
    this.spentMs = 0
  }
}
