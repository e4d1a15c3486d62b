import { shortWay } from '../extrapolate.ts'
import { expectPattern } from '../scalar-bits.ts'
import type { Column, KindLayout, Track } from '../layout.ts'
import { codeMagnitude, MAGNITUDE_CONTEXTS } from './models.ts'
import type { BitCoder } from './models.ts'

/** How long an entity was silent, in snapshots: 1, 2, 3 to 4, 5 to 8, 9 to 16, longer. Who changed just now changes again. */
const AGES = 6
/** Whether the column before changed too. */
const NEIGHBOURS = 2
/** The sign of the column's trend: below, at or above 0. */
const SIGNS = 3
/** Busy or not: the sizes of misses differ. */
const MOODS = 2

const COLUMN_CONTEXTS = AGES * NEIGHBOURS + SIGNS + MOODS * MAGNITUDE_CONTEXTS

export function ageClass(snapshots: number): number {
  return snapshots <= 1 ? 0 : Math.min(AGES - 1, 32 - Math.clz32(snapshots - 1))
}

/** The contexts of one kind's public track, and how its records are coded with them, in both directions by one routine. */
export class EntityModels {
  readonly track: Track
  /** How many contexts it takes from `base` on. */
  static size({ tracks }: KindLayout): number {
    return AGES + tracks.all.columns.length * COLUMN_CONTEXTS
  }
  private readonly base: number
  private readonly trendOf: readonly number[]

  constructor({ tracks }: KindLayout, base: number) {
    this.track = tracks.all
    this.base = base
    this.trendOf = this.track.columns.map((_, i) => this.track.trends.find(({ target }) => target === i)?.change ?? -1)
  }

  /** Whether the entity is in the snapshot at all. */
  codeMention(coder: BitCoder, age: number, isMentioned: boolean): boolean {
    return coder.bit(this.base + age, isMentioned)
  }

  /** Whether a column differs from what was expected. */
  codeChanged(coder: BitCoder, i: number, age: number, neighbour: boolean, isChanged: boolean): boolean {
    return coder.bit(this.columnBase(i) + age * NEIGHBOURS + (neighbour ? 1 : 0), isChanged)
  }

  /**
   * The value of a column that differs.
   * @param held the older anchor, continued: its trend tells which sign is likely
   */
  codeValue(coder: BitCoder, i: number, age: number, value: number, expected: number, held: Int32Array): number {
    const column = this.track.columns[i]!
    const at = this.columnBase(i)
    if (column.bits === 32) {
      const pattern = coder.raw(value >>> 0, 32) | 0
      expectPattern(column, pattern, column.name)
      return pattern
    }
    const miss = shortWay(column, value - expected)
    const trend = this.trendOf[i]! < 0 ? 0 : Math.sign(held[this.trendOf[i]!]!)
    const isBelow = coder.bit(at + AGES * NEIGHBOURS + trend + 1, miss < 0)
    const magnitudes = at + AGES * NEIGHBOURS + SIGNS + (age === 0 ? 0 : MAGNITUDE_CONTEXTS)
    const size = codeMagnitude(coder, magnitudes, Math.abs(miss) - 1) + 1
    return settle(column, expected + (isBelow ? -size : size))
  }

  private columnBase(i: number): number {
    return this.base + AGES + i * COLUMN_CONTEXTS
  }
}

/** Keeps what a hostile body says in the column's range; an honest one is not changed by it. */
function settle(column: Column, value: number): number {
  if (column.wrap) return value & column.max
  return Math.max(column.min, Math.min(column.max, value))
}
