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

/** Where a velocity gets by turning on: what turned the one before into this one turns this one too. */
export function turned(track: Track, old: Anchor, ticks: number): ReadonlyMap<number, number> {
  const parts = track.velocity.map((at) => {
    const { change, carry } = old.trends[track.trends.indexOf(at)]!
    const a = TREND_DEN * old.row[at]! + carry
    return { at, a, b: a - change * ticks }
  })
  const sum = (product: (part: { a: number; b: number }) => number): number =>
    parts.reduce((total, part) => total + product(part), 0)
  const [aa, ab, bb] = [sum(({ a }) => a * a), sum(({ a, b }) => a * b), sum(({ b }) => b * b)]
  if (ab <= 0 || aa > 4 * bb || bb > 4 * aa) return new Map()
  return new Map(
    parts.map(({ at, a, b }) => {
      const { min, max } = track.columns[at]!
      return [at, Math.min(max, Math.max(min, Math.floor((2 * ab * a - aa * b) / bb / TREND_DEN)))]
    }),
  )
}

/** The three components that travel of the rotation whose largest one stands at `at`, for another largest one. */
export function reexpressed(track: Track, row: readonly number[], at: number, largest: number): number[] {
  const h = track.columns[at + 1]!.max
  const three = row.slice(at + 1, at + 4)
  const rest = 2 * h * h - three.reduce((total, one) => total + one * one, 0)
  const four = three.toSpliced(row[at]!, 0, Math.floor(Math.sqrt(Math.max(0, rest))))
  const sign = four[largest]! < 0 ? -1 : 1
  return four.toSpliced(largest, 1).map((one) => Math.min(h, Math.max(-h, sign * one)))
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
  const carries = track.rates.map(({ moved, mover, den }, i) => {
    const missed = miss(track.columns[moved]!, expected.row[moved]!, now[moved]!)
    return now[mover] === 0 ? middle(den) : carryAfter(missed, expected.carries[i]!, den)
  })
  const trends = track.trends.map((at, i) => {
    const of = track.columns[at]!
    const before = knownOf(track, old.row, at, now)
    const missed = before === null ? miss(of, expected.row[at]!, now[at]!) : Infinity
    const moved = miss(of, before ?? old.row[at]!, now[at]!)
    const change = changeAfter(old.trends[i]!.change, missed, moved, ticks)
    return {
      change,
      carry: change === 0 ? middle(TREND_DEN) : carryAfter(missed, expected.trends[i]!.carry, TREND_DEN),
    }
  })
  return { carries, trends }
}

/** What an old row says of a part of a rotation in the terms of a new one; null: the terms are the same. */
function knownOf(track: Track, old: readonly number[], at: number, now: readonly number[]): number | null {
  const start = track.quaternions.find((first) => at > first && at <= first + 3)
  if (start === undefined || old[start] === now[start]) return null
  return reexpressed(track, old, start, now[start]!)[at - start - 1]!
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
