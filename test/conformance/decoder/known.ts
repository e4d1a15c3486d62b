/** "Coded bodies" of docs/protocol.md: what is known ahead of a decision, in classes. */
import { modulo } from './columns.ts'
import type { Track } from './kinds.ts'
import type { Anchor } from './motion.ts'

/** Of an entity. */
export interface Known {
  readonly age: number
  readonly pace: number
  readonly edge: number
}

/** Of a column: its change, and where in its step it is expected; null: it has no carry. */
export interface ColumnKnown {
  readonly change: number
  readonly sixteenth: number | null
}

/** Snapshots that share an age; older ones share one more. */
const AGES = [1, 2, 4, 8, 16]
/** Changes below these, in size, are paces 0 to 3. */
const PACES = [1, 16, 64, 256]
/** Sums of misses below these are surprises 0 to 3. */
const SURPRISES = [1, 2, 4, 8]
const [MIDDLE, NO_EDGE] = [2, 3]

export function knownOf({ trends, rates }: Track, old: Anchor, tick: number, ticksPerSnapshot: number): Known {
  const ticks = tick - old.tick
  const edges = [
    ...trends.map((_, i) => {
      const { change, carry } = old.trends[i]!
      return change === 0 ? NO_EDGE : edgeOf(modulo(carry + change * ticks, 16))
    }),
    ...rates.map(({ mover, num, den }, i) => {
      const velocity = old.row[mover]!
      return velocity === 0 ? NO_EDGE : edgeOf(sixteenthOf(modulo(old.carries[i]! + velocity * num * ticks, den), den))
    }),
  ]
  return {
    age: countUpTo(AGES, Math.floor(ticks / ticksPerSnapshot)),
    pace: Math.max(0, ...old.trends.map(({ change }) => paceOf(change))),
    edge: Math.min(NO_EDGE, ...edges),
  }
}

/** @param expected the held anchor moved on, its carries by new velocities once these are known */
export function columnKnownOf({ trends, rates }: Track, expected: Anchor, index: number): ColumnKnown {
  const trend = expected.trends[trends.indexOf(index)]
  const rate = rates.findIndex(({ moved }) => moved === index)
  const sixteenth = rate === -1 ? (trend?.carry ?? null) : sixteenthOf(expected.carries[rate]!, rates[rate]!.den)
  return { change: trend?.change ?? 0, sixteenth }
}

export function paceOf(change: number): number {
  return PACES.filter((bound) => bound <= Math.abs(change)).length
}

export function edgeOf(sixteenth: number | null): number {
  if (sixteenth === null) return NO_EDGE
  return [0, 1, 1, MIDDLE][Math.min(sixteenth, 15 - sixteenth, 3)]!
}

/** How far the columns of a record missed until now. */
export class Misses {
  private sum = 0

  add(miss: number): void {
    this.sum = Math.floor(this.sum / 2) + Math.min(8, miss)
  }

  get surprise(): number {
    return SURPRISES.filter((bound) => bound <= this.sum).length
  }
}

function sixteenthOf(carry: number, den: number): number {
  return Math.floor((16 * carry) / den)
}

function countUpTo(bounds: readonly number[], value: number): number {
  return bounds.filter((bound) => bound < value).length
}
