import type { Clock, Timer } from '../clock.ts'

/** Something that is looked at once per heartbeat. */
export interface Beating {
  /** When it was to be looked at; kept by `Heartbeats`. */
  plannedMs: number
  /** Says whether it is to be looked at again. */
  beat(): boolean
}

/** As many are looked at in one turn of the event loop: each may be sent a ping. */
const PER_TURN = 16

/**
 * The heartbeats of all connections, behind one timer. The interval is the same for all, so whoever was looked at goes to the
 * end of the line. A timer each would live just long enough for the garbage collector to copy it, twice.
 */
export class Heartbeats {
  private readonly clock: Clock
  private readonly intervalMs: number
  /** In the order of their times. */
  private readonly line = new Set<Beating>()
  private timer: Timer | null = null

  constructor(clock: Clock, intervalMs: number) {
    this.clock = clock
    this.intervalMs = intervalMs
  }

  add(one: Beating): void {
    one.plannedMs = this.clock.nowMs() + this.intervalMs
    this.line.add(one)
    if (this.timer === null) this.arm()
  }

  remove(one: Beating): void {
    this.line.delete(one)
    if (this.line.size > 0) return
    this.timer?.cancel()
    this.timer = null
  }

  private readonly wake = (): void => {
    try {
      this.lookAround()
    } finally {
      this.arm()
    }
  }

  private lookAround(): void {
    const nowMs = this.clock.nowMs()
    let looked = 0
    for (const one of this.line) {
      if (one.plannedMs > nowMs || looked++ === PER_TURN) return
      this.line.delete(one)
      if (one.beat()) this.add(one)
    }
  }

  private arm(): void {
    const [next] = this.line
    this.timer =
      next === undefined ? null : this.clock.setTimer(this.wake, Math.max(0, next.plannedMs - this.clock.nowMs()))
  }
}
