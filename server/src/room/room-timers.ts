import { ConfigError } from '@tickwire/protocol'
import type { RoomTimer } from './room-api.ts'

interface Pending {
  readonly dueTick: number
  readonly fn: () => void
}

/** Timers on room time: they run before the simulation of their tick, in the order in which they fall due. */
export class RoomTimers {
  private readonly tickRateHz: number
  /** By due tick; equal ones in the order they were set. */
  private pending: Pending[] = []

  constructor(tickRateHz: number) {
    this.tickRateHz = tickRateHz
  }

  /** When the pending ones fall due, soonest first. */
  get dueTicks(): readonly number[] {
    return this.pending.map(({ dueTick }) => dueTick)
  }

  /** @param tick the tick being run, or that ran last; the timer runs in a later one */
  after(tick: number, seconds: number, fn: () => void): RoomTimer {
    if (!(seconds >= 0) || !Number.isFinite(seconds)) throw new ConfigError('room.after', 'seconds >= 0', seconds)
    if (typeof fn !== 'function') throw new ConfigError('room.after', 'a function to run', fn)
    // A thousandth of a tick of tolerance: 0.05 s at 60 Hz is 3 ticks, whatever the product is in binary.
    const timer: Pending = { dueTick: tick + Math.max(1, Math.ceil(seconds * this.tickRateHz - 0.001)), fn }
    const at = this.pending.findLastIndex(({ dueTick }) => dueTick <= timer.dueTick) + 1
    this.pending.splice(at, 0, timer)
    return { cancel: () => void (this.pending = this.pending.filter((one) => one !== timer)) }
  }

  /** Runs what is due; a timer set or cancelled meanwhile counts at once. */
  run(tick: number, runOne: (fn: () => void) => void): void {
    while (this.pending.length > 0 && this.pending[0]!.dueTick <= tick) runOne(this.pending.shift()!.fn)
  }

  clear(): void {
    this.pending = []
  }
}
