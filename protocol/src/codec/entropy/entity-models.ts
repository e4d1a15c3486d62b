import { Expectation } from '../expectation.ts'
import { shortWay } from '../extrapolate.ts'
import type { Column, KindLayout, Track } from '../layout.ts'
import type { BlobBytes, OnBlob } from '../record.ts'
import { codeMagnitude, magnitudeContexts } from './models.ts'
import type { BitCoder } from './models.ts'

/** How long an entity was silent, in snapshots: 1, 2, 3 to 4, 5 to 8, 9 to 16, longer. Who changed just now changes again. */
const AGES = 6
/** Whether the decision before was a yes, too. */
const NEIGHBOURS = 2
const FLAGS: number = AGES * NEIGHBOURS
/** The sign of the column's trend: below, at or above 0. */
const SIGNS = 3
/** How fast a column changes by its trend: not at all, by less than 1, 4 or 16 steps per tick, faster. */
const PACES = 5

/** Mentions, whether anything but velocities differs, whether anything cold does. */
const KIND_CONTEXTS: number = 3 * FLAGS
const OTHERS_AT: number = FLAGS
const COLD_AT: number = 2 * FLAGS

export function ageClass(snapshots: number): number {
  return snapshots <= 1 ? 0 : Math.min(AGES - 1, 32 - Math.clz32(snapshots - 1))
}

function paceOf(change: number): number {
  const size = 32 - Math.clz32(Math.abs(change))
  return size === 0 ? 0 : size <= 4 ? 1 : size <= 6 ? 2 : size <= 8 ? 3 : 4
}

/** Columns of 32 bits are patterns, which have no misses; those of blobs are revisions. */
function hasMisses({ bits, blob }: Column): boolean {
  return bits < 32 && blob < 0
}

/** The contexts of one kind's public track, and how its records are coded with them, in both directions by one routine. */
export class EntityModels {
  readonly track: Track
  /** Behind its last context. */
  readonly end: number
  private readonly base: number
  /** Where the contexts of each column begin. */
  private readonly columnAt: Int32Array
  /** Where a column's trend stands in an anchor, or -1. */
  private readonly changeOf: Int32Array
  private readonly expectation: Expectation
  /** Of the record that is being coded. */
  private blobs: BlobBytes | null = null
  private onBlob: OnBlob | null = null

  /** @param base where its contexts begin */
  constructor({ tracks }: KindLayout, base: number) {
    const { columns, trends } = tracks.all
    this.track = tracks.all
    this.base = base
    this.expectation = new Expectation(tracks.all)
    this.columnAt = new Int32Array(columns.length)
    this.changeOf = new Int32Array(columns.length).fill(-1)
    for (const { target, change } of trends) this.changeOf[target] = change
    let next = base + KIND_CONTEXTS
    for (const [i, column] of columns.entries()) {
      this.columnAt[i] = next
      next += FLAGS
      if (hasMisses(column)) next += SIGNS + PACES * magnitudeContexts(column.bits)
    }
    this.end = next
  }

  /** Whether the entity is in the snapshot at all. */
  codeMention(coder: BitCoder, age: number, neighbour: boolean, isMentioned: boolean): boolean {
    return coder.bit(this.base + flagAt(age, neighbour), isMentioned)
  }

  /**
   * One record, from the anchor at `from` to the one at `next`, which a reader leaves to this routine to fill, hidden
   * columns included. Its parts are those of a plain delta.
   * @param blobs of a writer
   * @param onBlob of a reader
   */
  codeRecord(
    coder: BitCoder,
    age: number,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
    blobs: BlobBytes | null,
    onBlob: OnBlob | null,
  ): void {
    const { track, expectation } = this
    expectation.begin(from, fromAt, ticks)
    this.blobs = blobs
    this.onBlob = onBlob
    this.codeColumns(coder, age, from, fromAt, ticks, next, nextAt)
    if (blobs !== null) return
    for (let i = 0; i < track.size; i++) next[nextAt + i] = expectation.columns[i]!
    expectation.settleMoved(from, fromAt, ticks, next, nextAt)
  }

  private codeColumns(
    coder: BitCoder,
    age: number,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
  ): void {
    const { columns, sourcesEnd, hotEnd } = this.track
    let before = false
    for (let i = 0; i < sourcesEnd; i++) before = this.codeColumn(coder, i, age, before, next[nextAt + i]!)
    if (sourcesEnd > 0) {
      this.expectation.move(from, fromAt, ticks)
      before = this.codeWhether(coder, OTHERS_AT, age, before, sourcesEnd, next, nextAt)
      if (!before) return
    }
    for (let i = sourcesEnd; i < hotEnd; i++) before = this.codeColumn(coder, i, age, before, next[nextAt + i]!)
    if (hotEnd === columns.length || !this.codeWhether(coder, COLD_AT, age, before, hotEnd, next, nextAt)) return
    before = false
    for (let i = hotEnd; i < columns.length; i++) before = this.codeColumn(coder, i, age, before, next[nextAt + i]!)
  }

  /** Whether any column from `start` on differs. */
  private codeWhether(
    coder: BitCoder,
    contexts: number,
    age: number,
    before: boolean,
    start: number,
    next: Int32Array,
    nextAt: number,
  ): boolean {
    const differs = this.blobs !== null && this.expectation.isOff(start, next, nextAt)
    return coder.bit(this.base + contexts + flagAt(age, before), differs)
  }

  /** @returns whether the column differs */
  private codeColumn(coder: BitCoder, i: number, age: number, before: boolean, truth: number): boolean {
    const { expectation } = this
    const expected = expectation.columns[i]!
    if (!coder.bit(this.columnAt[i]! + flagAt(age, before), truth !== expected)) return false
    expectation.correct(i, this.codeValue(coder, i, truth, expected))
    return true
  }

  private codeValue(coder: BitCoder, i: number, truth: number, expected: number): number {
    const column = this.track.columns[i]!
    if (column.blob >= 0) {
      const bytes = coder.blob(column, this.blobs?.(column.blob) ?? null)
      this.onBlob?.(column.blob, bytes)
      return (expected + 1) | 0
    }
    return column.bits < 32 ? this.codeMiss(coder, i, column, truth, expected) : coder.whole(column, truth)
  }

  /** The trend of the column tells which sign is likely, and how large a miss. */
  private codeMiss(coder: BitCoder, i: number, column: Column, truth: number, expected: number): number {
    const at = this.columnAt[i]! + FLAGS
    const change = this.changeOf[i]! < 0 ? 0 : this.expectation.held[this.changeOf[i]!]!
    const miss = shortWay(column, truth - expected)
    const isBelow = coder.bit(at + Math.sign(change) + 1, miss < 0)
    const sizes = at + SIGNS + paceOf(change) * magnitudeContexts(column.bits)
    const size = codeMagnitude(coder, sizes, column.bits, Math.abs(miss) - 1) + 1
    return settle(column, expected + (isBelow ? -size : size))
  }
}

function flagAt(age: number, neighbour: boolean): number {
  return age * NEIGHBOURS + (neighbour ? 1 : 0)
}

/** Keeps what a hostile body says in the column's range; an honest one is not changed by it. */
function settle(column: Column, value: number): number {
  if (column.wrap) return value & column.max
  return value < column.min ? column.min : value > column.max ? column.max : value
}
