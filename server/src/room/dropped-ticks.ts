import { LIMITS } from '@tickwire/protocol'

const TELL_EVERY_MS = 30_000

/**
 * Says that rooms lose ticks: at once, and then twice a minute at most, with how many there were since. Whose fault it is cannot be
 * seen here: a slow tick makes all rooms of the process late.
 */
export class DroppedTicks {
  private readonly warn: (line: string) => void
  private count = 0
  private toldMs = -Infinity

  constructor(warn: (line: string) => void) {
    this.warn = warn
  }

  add(ticks: number, nowMs: number): void {
    this.count += ticks
    if (nowMs - this.toldMs < TELL_EVERY_MS) return
    this.warn(
      `the process is too slow: ${this.count} ticks were dropped, since a room was more than ${LIMITS.maxCatchUpTicks} behind; its time stood still ` +
        'meanwhile. A tick takes too long, something else blocks the process, or it slept: see tickwire_tick_duration_seconds in /metrics',
    )
    this.count = 0
    this.toldMs = nowMs
  }
}
