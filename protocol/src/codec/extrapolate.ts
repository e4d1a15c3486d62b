import type { Column, Track } from './layout.ts'
import { reexpress } from './quaternion.ts'

/**
 * The rule by which both ends continue an anchor: what has a rate moves by it, what has a trend goes on changing as it
 * did, all else holds. Integers only: a moving column is `steps * den + carry` in units of 1/den step, which never rounds,
 * so an entity in steady motion stays exact for as long as it keeps its velocity, and costs nothing.
 *
 * An anchor is `[columns of the track | hidden columns]`; `from` and `to` say where one starts in its array.
 */

/** Trends are in 1/16 step per tick: finer ones would only learn the noise of rounding. */
export const TREND_DEN = 16
/** How much of a miss of one step is taken for a change of the trend: a quarter, the rest is noise. */
const TREND_GAIN = TREND_DEN / 4

/** Continues an anchor by `ticks` into `out`, which may be the same place. */
export function extrapolate(
  track: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  out: Int32Array,
  to: number,
): void {
  goOn(track, anchor, from, ticks, out, to)
  if (ticks > 0) moveByRates(track, anchor, from, ticks, out, to, out, to)
}

/** The first half of `extrapolate`: what has a trend goes on, all else holds, also what has a rate. */
export function goOn(
  { size, columns, trends }: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  out: Int32Array,
  to: number,
): void {
  for (let i = 0; i < size; i++) out[to + i] = anchor[from + i]!
  if (ticks === 0) return
  for (let i = 0; i < trends.length; i++) {
    const { target, change, carry } = trends[i]!
    const perTick = anchor[from + change]!
    // What does not change keeps its carry, too.
    if (perTick === 0) continue
    const reached = anchor[from + target]! * TREND_DEN + anchor[from + carry]! + perTick * ticks
    place(columns[target]!, reached, TREND_DEN, out, to + target, to + carry)
  }
}

/**
 * Puts the targets and their carries in `out` where `anchor` gets with the velocities of `moving`. A reader that just learnt
 * new velocities predicts with those: they are nearer to what happened between the two anchors than the old ones.
 */
export function moveByRates(
  { columns, rates }: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  moving: Int32Array,
  movingAt: number,
  out: Int32Array,
  to: number,
): void {
  for (let i = 0; i < rates.length; i++) {
    const { target, source, num, den, carry } = rates[i]!
    const reached = anchor[from + target]! * den + anchor[from + carry]! + moving[movingAt + source]! * num * ticks
    place(columns[target]!, reached, den, out, to + target, to + carry)
  }
}

/**
 * Puts the targets in `out` where they get in so many ticks while the velocities go evenly from those of `anchor` to those of
 * `out`: the sum of those after each tick. Who turned went along an arc, and that is longer than the chord between its ends.
 */
export function moveAlong(track: Track, anchor: Int32Array, from: number, ticks: number, out: Int32Array): void {
  if (ticks < 2) return
  const bulge = bulgeOf(track, anchor, from, out) * (1 - 1 / (ticks * ticks))
  for (const { target, source, num, den, carry } of track.rates) {
    const old = anchor[from + source]!
    const now = out[source]!
    const isTurning = track.velocity.some((one) => one.target === source)
    const sum = old * (ticks - 1) + now * (ticks + 1) + (isTurning ? (old + now) * ticks * bulge : 0)
    const reached = anchor[from + target]! * den + anchor[from + carry]! + Math.floor((num * sum) / 2)
    out[target] = stepsOf(track.columns[target]!, reached, den)
  }
}

/** By what part an arc of many steps is longer than its chord: a third of the square of the tangent of half the angle turned. */
function bulgeOf(track: Track, anchor: Int32Array, from: number, out: Int32Array): number {
  let oldOld = 0
  let nowNow = 0
  let oldNow = 0
  for (const { target } of track.velocity) {
    const old = anchor[from + target]!
    const now = out[target]!
    oldOld += old * old
    nowNow += now * now
    oldNow += old * now
  }
  if (oldNow <= 0 || nowNow > 4 * oldOld || oldOld > 4 * nowNow) return 0
  const both = Math.sqrt(oldOld * nowNow)
  return (both - oldNow) / (both + oldNow) / 3
}

/**
 * Puts the velocity of `out` where it gets by turning on: whoever steers in a circle changes its velocity by as much each
 * time, but in another direction. `a` is the velocity at the anchor, `b` the one as many ticks before; what turned `b` into
 * `a` turns `a` once more. In any number of dimensions that is (2 (a b) a - (a a) b) / (b b).
 */
export function turnVelocity(track: Track, anchor: Int32Array, from: number, ticks: number, out: Int32Array): void {
  let aa = 0
  let ab = 0
  let bb = 0
  for (const { target, change, carry } of track.velocity) {
    const a = anchor[from + target]! * TREND_DEN + anchor[from + carry]!
    const b = a - anchor[from + change]! * ticks
    aa += a * a
    ab += a * b
    bb += b * b
  }
  // What stopped, started or turned back is not in a curve.
  if (ab <= 0 || aa > 4 * bb || bb > 4 * aa) return
  for (const { target, change, carry } of track.velocity) {
    const a = anchor[from + target]! * TREND_DEN + anchor[from + carry]!
    const b = a - anchor[from + change]! * ticks
    const { min, max } = track.columns[target]!
    const steps = Math.floor((2 * ab * a - aa * b) / bb / TREND_DEN)
    out[target] = steps < min ? min : steps > max ? max : steps
  }
}

/**
 * Whether an anchor, continued by `ticks`, gives the truth: what `extrapolate` would say, without writing it down. Where
 * this is asked nearly always, the first column that differs ends it.
 */
export function leadsTo(
  track: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  truth: Int32Array,
  at: number,
): boolean {
  const { columns, resting, trends, rates } = track
  for (const i of resting) if (anchor[from + i] !== truth[at + i]) return false
  for (const { target, change, carry } of trends) {
    const reached = anchor[from + target]! * TREND_DEN + anchor[from + carry]! + anchor[from + change]! * ticks
    if (stepsOf(columns[target]!, reached, TREND_DEN) !== truth[at + target]) return false
  }
  for (const { target, source, num, den, carry } of rates) {
    // The sources have been compared: they are as they would be continued.
    const reached = anchor[from + target]! * den + anchor[from + carry]! + truth[at + source]! * num * ticks
    if (stepsOf(columns[target]!, reached, den) !== truth[at + target]) return false
  }
  return true
}

/** The whole steps of `reached`, in 1/den step, kept within the column's range. */
function stepsOf(column: Column, reached: number, den: number): number {
  const steps = Math.floor(turnedBack(column, reached, den) / den)
  if (steps < column.min) return column.min
  return steps > column.max ? column.max : steps
}

/** What wraps, brought back into its first turn. */
function turnedBack(column: Column, reached: number, den: number): number {
  if (!column.wrap) return reached
  const turn = (column.max + 1) * den
  return reached - Math.floor(reached / turn) * turn
}

/** Splits `reached`, in 1/den step, into the column's whole steps and its carry. */
function place(column: Column, reached: number, den: number, out: Int32Array, at: number, carryAt: number): void {
  const turned = turnedBack(column, reached, den)
  const steps = Math.floor(turned / den)
  const isInside = steps >= column.min && steps <= column.max
  out[at] = isInside ? steps : steps < column.min ? column.min : column.max
  // At a wall of the range nothing is known of the fraction but that the middle is nearest to it.
  out[carryAt] = isInside ? turned - steps * den : den >> 1
}

/**
 * The carry of a column that turned out `miss` steps away from where it was expected: unchanged if it was right; if it
 * is one step off, it has just crossed that border; else the middle.
 */
function settled(miss: number, expectedCarry: number, den: number): number {
  if (miss === 0) return expectedCarry
  if (miss === 1) return 0
  return miss === -1 ? den - 1 : den >> 1
}

/**
 * Gives a new anchor in `out` its carries, once its columns hold the truth. `expected` is what `moveByRates` said.
 */
export function settleCarries(track: Track, expected: Int32Array, out: Int32Array, to: number): void {
  const { rates, columns } = track
  for (let i = 0; i < rates.length; i++) {
    const { target, source, den, carry } = rates[i]!
    const miss = shortWay(columns[target]!, out[to + target]! - expected[target]!)
    // What rests is where a newcomer is told that it is: all that rest travel with one bit for their carries.
    out[to + carry] = out[to + source] === 0 ? den >> 1 : settled(miss, expected[carry]!, den)
  }
}

/**
 * Gives a new anchor its trends: a miss of one step corrects the old trend a little, a larger one replaces it by what
 * happened since the anchor before. `held` is that anchor at `from`, continued by `ticks`.
 *
 * What did not move at all has no trend, and fractions are cut towards 0: else the noise of a trend that has ended would
 * swing for ever between two small changes, and a resting entity would send for ever.
 */
export function settleTrends(
  track: Track,
  anchor: Int32Array,
  from: number,
  ticks: number,
  held: Int32Array,
  out: Int32Array,
  to: number,
): void {
  const { trends, columns } = track
  for (let i = 0; i < trends.length; i++) {
    const { target, change, carry, largest } = trends[i]!
    const column = columns[target]!
    const isSwitched = largest >= 0 && out[to + largest] !== anchor[from + largest]
    if (isSwitched) reexpress(anchor, from + largest, out[to + largest]!, column.max, before, 0)
    const old = isSwitched ? before[target - largest]! : anchor[from + target]!
    const miss = isSwitched ? FAR : shortWay(column, out[to + target]! - held[target]!)
    const moved = shortWay(column, out[to + target]! - old)
    const isNear = miss >= -1 && miss <= 1
    const since = isNear ? held[change]! * ticks + miss * TREND_GAIN : moved * TREND_DEN
    const next = moved === 0 ? 0 : Math.trunc(since / Math.max(1, ticks))
    out[to + change] = next
    out[to + carry] = next === 0 ? TREND_DEN >> 1 : settled(miss, held[carry]!, TREND_DEN)
  }
}

/** The rotation of an older anchor in the terms of a newer one. */
const before = new Int32Array(4)
/** Any miss that replaces a trend. */
const FAR = 2

/** A difference of angles is at most half a turn. */
export function shortWay(column: Column, difference: number): number {
  if (!column.wrap) return difference
  const turn = column.max + 1
  const half = turn / 2
  return difference >= half ? difference - turn : difference < -half ? difference + turn : difference
}

/** The hidden columns of an anchor that nothing came before: at rest, in the middle of the step, where rounding puts it. */
export function freshHidden(track: Track, out: Int32Array, to: number): void {
  for (const { den, carry } of track.rates) out[to + carry] = den >> 1
  for (const { change, carry } of track.trends) {
    out[to + change] = 0
    out[to + carry] = TREND_DEN >> 1
  }
}

/** Whether an anchor's hidden columns are still those of `freshHidden`. */
export function isFreshHidden(track: Track, row: Int32Array, at: number): boolean {
  return (
    track.rates.every(({ den, carry }) => row[at + carry] === den >> 1) &&
    track.trends.every(({ change, carry }) => row[at + change] === 0 && row[at + carry] === TREND_DEN >> 1)
  )
}
