import { goOn, moveAlong, moveByRates, settleCarries, settleTrends, turnVelocity } from './extrapolate.ts'
import { reexpress } from './quaternion.ts'
import type { Track } from './layout.ts'

/**
 * Where a reader that holds an older anchor expects the newest one. Columns that move others are expected as they were
 * held or trended; what they move is expected with the *new* velocities, which the reader learns first.
 */
export class Expectation {
  /** What each column is compared with, and a reader corrects. */
  readonly columns: Int32Array
  private readonly track: Track
  /** The older anchor, continued by its own trends. */
  readonly held: Int32Array
  /** Where the new velocities lead: targets and their carries. */
  readonly moved: Int32Array

  constructor(track: Track) {
    this.track = track
    this.columns = new Int32Array(track.size)
    this.held = new Int32Array(track.size)
    this.moved = new Int32Array(track.size)
  }

  /** Continues the older anchor by `ticks`: what is known before anything of the newest is. */
  begin(from: Int32Array, fromAt: number, ticks: number): void {
    const { track, held, columns } = this
    goOn(track, from, fromAt, ticks, held, 0)
    for (let i = 0; i < track.size; i++) columns[i] = held[i]!
    if (track.velocity.length > 0) turnVelocity(track, from, fromAt, ticks, columns)
  }

  /**
   * Takes in what a column turned out to be. Which part of a rotation is the largest says in which terms the others are
   * expected.
   */
  correct(i: number, value: number): void {
    this.columns[i] = value
    if (this.track.columns[i]!.isLargest) reexpress(this.held, i, value, this.halfOf(i), this.columns, i)
  }

  /** Moves the targets with the new velocities, which `columns` holds by now. */
  move(from: Int32Array, fromAt: number, ticks: number): void {
    this.moveWith(from, fromAt, ticks, this.columns, 0)
  }

  /** The same, but on the way the velocities changed evenly; for `settle` they did not. */
  lead(from: Int32Array, fromAt: number, ticks: number): void {
    this.move(from, fromAt, ticks)
    moveAlong(this.track, from, fromAt, ticks, this.columns)
  }

  /** Gives the anchor at `next`, whose columns hold the truth, its hidden columns by the rule that both ends share. */
  settle(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    if (!this.track.hasHidden) return
    goOn(this.track, from, fromAt, ticks, this.held, 0)
    this.moveWith(from, fromAt, ticks, next, nextAt)
    this.settleMoved(from, fromAt, ticks, next, nextAt)
  }

  /** The same behind `begin` and `move`. */
  settleMoved(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    settleCarries(this.track, this.moved, next, nextAt)
    settleTrends(this.track, from, fromAt, ticks, this.held, next, nextAt)
  }

  private moveWith(from: Int32Array, fromAt: number, ticks: number, moving: Int32Array, movingAt: number): void {
    const { track, moved, columns } = this
    moveByRates(track, from, fromAt, ticks, moving, movingAt, moved, 0)
    for (let i = 0; i < track.rates.length; i++) {
      const { target } = track.rates[i]!
      columns[target] = moved[target]!
    }
  }

  /** Whether any column from `start` on is not as expected. */
  isOff(start: number, next: Int32Array, nextAt: number): boolean {
    for (let i = start; i < this.track.columns.length; i++) if (next[nextAt + i] !== this.columns[i]) return true
    return false
  }

  private halfOf(largest: number): number {
    return this.track.columns[largest + 1]!.max
  }
}
