import type { Expectation } from '../expectation.ts'
import { TREND_DEN } from '../extrapolate.ts'
import type { Rate, Track, Trend } from '../track.ts'

/** How long an entity was silent, in snapshots: 1, 2, 3 to 4, 5 to 8, 9 to 16, longer. Who changed just now changes again. */
const AGES = 6

/** How fast a column changes by its trend: not at all, by less than 1, 4 or 16 steps per tick, faster. By the bits of the change. */
const PACES = 5
const PACE_OF = Uint8Array.from({ length: 33 }, (_, bits) =>
  bits <= 4 ? Math.min(1, bits) : Math.min(4, (bits - 1) >> 1),
)

/**
 * How far the columns before missed: not at all, by 1, 2 to 3, 4 to 7, more. What was pushed is off in all directions. A miss
 * counts for 8 at most, and for half as much with each column behind it.
 */
const SURPRISES = 5
const LARGEST_MISS = 8
const SURPRISE_OF = Uint8Array.from({ length: 2 * LARGEST_MISS }, (_, missed) =>
  Math.min(SURPRISES - 1, bitsOf(missed)),
)

/**
 * Where in its step a value is expected, in sixteenths: at an edge, where it is soon in the next step or still in the one
 * before; near one; in the middle; nowhere, as it does not move.
 */
const NOWHERE = 16
const EDGES = 4
const NO_EDGE = 3
const EDGE_OF = Uint8Array.of(0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 0, NO_EDGE)
/** Which half of the step it is matters for the side of a miss, not for whether there is one. */
const EIGHTHS = 8
/** The sign of a column's trend: below, at or above 0. */
const SIGNS = 3

/** How many contexts each kind of decision has: see the methods of `Evidence`. */
export const MENTIONS: number = PACES * EDGES * AGES
export const WHETHERS: number = PACES * SURPRISES * AGES
export const DIFFERENCES: number = PACES * SURPRISES * EDGES
export const SIDES: number = SURPRISES * EIGHTHS * SIGNS
export const SIZES: number = PACES + SURPRISES - 1

/**
 * What both ends know ahead of each decision about an entity, in classes. A decision has a context for every combination of
 * those that tell most about it; which these are was found by trying (decision 0009).
 *
 * Asked a thousand times per snapshot: hence the tables, and the fields for what the next question needs again.
 */
export class Evidence {
  private readonly track: Track
  private readonly expectation: Expectation
  /** What moves each column, if anything does. */
  private readonly trends: readonly (Trend | null)[]
  private readonly rates: readonly (Rate | null)[]
  /** Classes of the entity. */
  private age = 0
  private pace = 0
  private edge = NO_EDGE
  private missed = 0
  /** Of the column in question. */
  private change = 0
  private columnPace = 0
  private sixteenth = NOWHERE

  constructor(track: Track, expectation: Expectation) {
    this.track = track
    this.expectation = expectation
    this.trends = track.columns.map((_, i) => track.trends.find(({ target }) => target === i) ?? null)
    this.rates = track.columns.map((_, i) => track.rates.find(({ target }) => target === i) ?? null)
  }

  /** Begins with an entity, whose anchor is so many ticks old. It is as fast as its fastest column, and as near to an edge. */
  meet(snapshots: number, anchor: Int32Array, at: number, ticks: number): void {
    const { trends, rates } = this.track
    let fastest = 0
    let edge = NO_EDGE
    for (let i = 0; i < trends.length; i++) {
      const { change, carry } = trends[i]!
      const perTick = anchor[at + change]!
      if (perTick === 0) continue
      fastest = Math.max(fastest, Math.abs(perTick))
      edge = Math.min(edge, EDGE_OF[(anchor[at + carry]! + perTick * ticks) & (TREND_DEN - 1)]!)
    }
    for (let i = 0; i < rates.length; i++) {
      const { source, num, den, carry } = rates[i]!
      const velocity = anchor[at + source]!
      if (velocity === 0) continue
      const reached = ((anchor[at + carry]! + velocity * num * ticks) % den) | 0
      edge = Math.min(edge, EDGE_OF[sixteenthOf(reached < 0 ? reached + den : reached, den)]!)
    }
    this.age = snapshots <= 1 ? 0 : Math.min(AGES - 1, bitsOf(snapshots - 1))
    this.pace = PACE_OF[bitsOf(fastest)]!
    this.edge = edge
    this.missed = 0
  }

  /** For whether the entity is mentioned. */
  mention(): number {
    return (this.pace * EDGES + this.edge) * AGES + this.age
  }

  /** For whether any of several columns differs. */
  whether(): number {
    return (this.pace * SURPRISES + SURPRISE_OF[this.missed]!) * AGES + this.age
  }

  /** Goes on to a column: for whether it differs. */
  differs(i: number): number {
    const { held, moved } = this.expectation
    const trend = this.trends[i]!
    const rate = this.rates[i]!
    this.change = trend === null ? 0 : held[trend.change]!
    this.columnPace = PACE_OF[bitsOf(Math.abs(this.change))]!
    this.sixteenth =
      rate !== null ? sixteenthOf(moved[rate.carry]!, rate.den) : trend !== null ? held[trend.carry]! : NOWHERE
    return (this.columnPace * SURPRISES + SURPRISE_OF[this.missed]!) * EDGES + EDGE_OF[this.sixteenth]!
  }

  /** For which way it does. */
  side(): number {
    const eighth = (this.sixteenth >> 1) % EIGHTHS
    return (SURPRISE_OF[this.missed]! * EIGHTHS + eighth) * SIGNS + Math.sign(this.change) + 1
  }

  /** For how far: the surprise, and without one the pace. */
  size(): number {
    return this.missed > 0 ? PACES - 1 + SURPRISE_OF[this.missed]! : this.columnPace
  }

  /** Takes in how far it missed. */
  see(miss: number): void {
    this.missed = (this.missed >> 1) + Math.min(LARGEST_MISS, miss)
  }
}

/** Of a carry in 1/den. */
function sixteenthOf(carry: number, den: number): number {
  return ((carry * 16) / den) | 0
}

function bitsOf(value: number): number {
  return 32 - Math.clz32(value)
}
