import { extrapolate, moveByRates, settleCarries, settleTrends } from './extrapolate.ts'
import type { Track } from './layout.ts'

/**
 * Where a reader that holds an older anchor expects the newest one. Columns that move others are expected as they were
 * held or trended; what they move is expected with the *new* velocities, which the reader learns first.
 */
export class Expectation {
  /** What each column is compared with, and a reader corrects. */
  readonly columns: Int32Array
  private readonly track: Track
  /** The older anchor, continued by nothing but itself. */
  readonly held: Int32Array

  constructor(track: Track) {
    this.track = track
    this.columns = new Int32Array(track.size)
    this.held = new Int32Array(track.size)
  }

  /** Continues the older anchor by `ticks`: what is known before anything of the newest is. */
  begin(from: Int32Array, fromAt: number, ticks: number): void {
    extrapolate(this.track, from, fromAt, ticks, this.held, 0)
    for (let i = 0; i < this.track.size; i++) this.columns[i] = this.held[i]!
  }

  /** Moves the targets, now that `columns` holds the new velocities. */
  move(from: Int32Array, fromAt: number, ticks: number): void {
    moveByRates(this.track, from, fromAt, ticks, this.columns, 0)
  }

  /** The same for a writer, who knows the velocities of `next` but compares them with what was held. */
  moveLike(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    for (const { source } of this.track.rates) this.columns[source] = next[nextAt + source]!
    this.move(from, fromAt, ticks)
    for (const { source } of this.track.rates) this.columns[source] = this.held[source]!
  }

  /** Gives the anchor at `next`, whose columns hold the truth, its hidden columns by the rule that both ends share. */
  settle(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    if (!this.track.hasHidden) return
    this.begin(from, fromAt, ticks)
    this.settleBegun(from, fromAt, ticks, next, nextAt)
  }

  /** The same for a reader, who began with this anchor and has corrected `columns` since. */
  settleBegun(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    if (!this.track.hasHidden) return
    this.moveLike(from, fromAt, ticks, next, nextAt)
    settleCarries(this.track, this.columns, next, nextAt)
    settleTrends(this.track, from, fromAt, ticks, this.held, next, nextAt)
  }
}
