/** Section 7 of docs/protocol.md: anchors, and how they move on. */
import { modulo } from './columns.ts'
import type { Column } from './columns.ts'
import type { Track } from './kinds.ts'

export interface Trend {
  readonly change: number
  readonly carry: number
}

/** A row of a track and its tick, with the hidden columns. Never changed, only replaced. */
export interface Anchor {
  readonly tick: number
  readonly row: readonly number[]
  /** The bytes of the columns of variable length, by their index. */
  readonly blobs: ReadonlyMap<number, Uint8Array>
  /** One per rate. */
  readonly carries: readonly number[]
  /** One per column that has a trend. */
  readonly trends: readonly Trend[]
}

const TREND_DEN = 16

/** The middle of a step: what is known of a carry when nothing is. */
export function middle(den: number): number {
  return Math.floor(den / 2)
}

/** The anchor moved on to a later tick, all ticks at once: trends first, rates with what they gave. */
export function movedOn(track: Track, anchor: Anchor, tick: number): Anchor {
  const ticks = tick - anchor.tick
  const row = [...anchor.row]
  const trends = track.trends.map((at, i) => {
    const { change, carry } = anchor.trends[i]!
    const next = increase(track.columns[at]!, row[at]!, carry, TREND_DEN, change * ticks)
    row[at] = next.value
    return { change, carry: next.carry }
  })
  const moved = withRates(track, anchor, row, tick)
  return { tick, row: moved.row, blobs: anchor.blobs, carries: moved.carries, trends }
}

/** The old places and carries moved on with the velocities of a newer row, which are taken for those of all the time. */
export function withRates(
  track: Track,
  old: Anchor,
  velocities: readonly number[],
  tick: number,
): Pick<Anchor, 'row' | 'carries'> {
  const row = [...velocities]
  const carries = track.rates.map(({ moved, mover, num, den }, i) => {
    const by = velocities[mover]! * num * (tick - old.tick)
    const next = increase(track.columns[moved]!, old.row[moved]!, old.carries[i]!, den, by)
    row[moved] = next.value
    return next.carry
  })
  return { row, carries }
}

interface Moved {
  readonly value: number
  readonly carry: number
}

/** `value * den + carry` increases by so much; an angle goes round, anything else stops at its walls. */
function increase({ min, max, isCircular }: Column, value: number, carry: number, den: number, by: number): Moved {
  const total = value * den + carry + by
  const next = Math.floor(total / den)
  if (isCircular) return { value: modulo(next, max + 1), carry: total - next * den }
  if (next < min || next > max) return { value: next < min ? min : max, carry: middle(den) }
  return { value: next, carry: total - next * den }
}

/** What both ends know of the hidden columns at first. */
export function fresh(track: Track): Pick<Anchor, 'carries' | 'trends'> {
  return {
    carries: track.rates.map(({ den }) => middle(den)),
    trends: track.trends.map(() => ({ change: 0, carry: middle(TREND_DEN) })),
  }
}

/** The hidden columns after a plain delta: what the miss of each expectation says. */
export function derived(
  track: Track,
  old: Anchor,
  expected: Anchor,
  now: readonly number[],
  tick: number,
): Pick<Anchor, 'carries' | 'trends'> {
  const ticks = Math.max(1, tick - old.tick)
  const carries = track.rates.map(({ moved, den }, i) =>
    carryAfter(miss(track.columns[moved]!, expected.row[moved]!, now[moved]!), expected.carries[i]!, den),
  )
  const trends = track.trends.map((at, i) => {
    const of = track.columns[at]!
    const missed = miss(of, expected.row[at]!, now[at]!)
    const moved = miss(of, old.row[at]!, now[at]!)
    const { change } = old.trends[i]!
    return {
      change: changeAfter(change, missed, moved, ticks),
      carry: carryAfter(missed, expected.trends[i]!.carry, TREND_DEN),
    }
  })
  return { carries, trends }
}

function carryAfter(missed: number, expected: number, den: number): number {
  if (missed === 0) return expected
  if (missed === 1) return 0
  return missed === -1 ? den - 1 : middle(den)
}

function changeAfter(change: number, missed: number, moved: number, ticks: number): number {
  if (moved === 0) return 0
  if (Math.abs(missed) <= 1) return Math.trunc((change * ticks + 4 * missed) / ticks)
  return Math.trunc((16 * moved) / ticks)
}

/** How far the truth is from what was expected; for angles the short way. */
export function miss({ isCircular, max }: Column, expected: number, truth: number): number {
  if (!isCircular) return truth - expected
  const half = (max + 1) / 2
  return modulo(truth - expected + half, max + 1) - half
}
