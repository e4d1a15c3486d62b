import type { Track } from './layout.ts'

/**
 * The rule by which both ends continue an anchor: what has a rate moves by it, all else holds. Integers only: the state
 * of a target is `steps * den + carry` in units of 1/den step, which never rounds, so an entity in steady motion stays
 * exact for as long as it keeps its velocity, and costs nothing.
 *
 * An anchor is `[columns of the track | carries]`; `from` and `to` say where one starts in its array.
 */

/** Continues an anchor by `ticks` into `out`, which may be the same place. */
export function extrapolate(
  track: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  out: Int32Array,
  to: number,
): void {
  for (let i = 0; i < track.size; i++) out[to + i] = anchor[from + i]!
  if (ticks > 0) moveByRates(track, anchor, from, ticks, out, to)
}

/**
 * Puts the targets in `out` where `anchor` gets with the velocities that `out` holds. A reader that just learnt new
 * velocities predicts with those: they are nearer to what happened between the two anchors than the old ones.
 */
export function moveByRates(
  track: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  out: Int32Array,
  to: number,
): void {
  for (const { target, source, num, den, carry } of track.rates) {
    const column = track.columns[target]!
    let reached = anchor[from + target]! * den + anchor[from + carry]! + out[to + source]! * num * ticks
    if (column.wrap) {
      const turn = (column.max + 1) * den
      reached -= Math.floor(reached / turn) * turn
    }
    let steps = Math.floor(reached / den)
    let rest = reached - steps * den
    // At a wall of the range nothing is known of the fraction but that the middle is nearest to it.
    if (steps < column.min || steps > column.max) {
      steps = steps < column.min ? column.min : column.max
      rest = den >> 1
    }
    out[to + target] = steps
    out[to + carry] = rest
  }
}

/**
 * Gives a new anchor in `out` its carries, once its columns hold the truth: where the prediction was right its fraction
 * stays; where it was one step off, the truth has just crossed that border; else the middle. `predicted` is what
 * `moveByRates` said.
 */
export function settleCarries(track: Track, predicted: Int32Array, out: Int32Array, to: number): void {
  for (const { target, den, carry } of track.rates) {
    const miss = out[to + target]! - predicted[target]!
    out[to + carry] = miss === 0 ? predicted[carry]! : miss === 1 ? 0 : miss === -1 ? den - 1 : den >> 1
  }
}

/** The carries of an anchor that nothing came before: the middle of the step, which is where rounding puts it. */
export function freshCarries(track: Track, out: Int32Array, to: number): void {
  for (const { den, carry } of track.rates) out[to + carry] = den >> 1
}
