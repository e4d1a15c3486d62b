import { Expectation } from '../expectation.ts'
import { shortWay } from '../extrapolate.ts'
import type { Column, KindLayout, Track } from '../layout.ts'
import type { BlobBytes, OnBlob } from '../record.ts'
import { DIFFERENCES, Evidence, MENTIONS, SIDES, SIZES, WHETHERS } from './evidence.ts'
import { codeMagnitude, magnitudeContexts } from './models.ts'
import type { BitCoder } from './models.ts'

/** Behind the mentions: whether anything but velocities differs, whether anything cold does. */
const OTHERS_AT: number = MENTIONS
const COLD_AT: number = OTHERS_AT + WHETHERS
const KIND_CONTEXTS: number = COLD_AT + WHETHERS

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
  private readonly expectation: Expectation
  private readonly evidence: Evidence
  /** Of the record that is being coded. */
  private blobs: BlobBytes | null = null
  private onBlob: OnBlob | null = null

  /** @param base where its contexts begin */
  constructor({ tracks }: KindLayout, base: number) {
    const { columns } = tracks.all
    this.track = tracks.all
    this.base = base
    this.expectation = new Expectation(tracks.all)
    this.evidence = new Evidence(tracks.all, this.expectation)
    this.columnAt = new Int32Array(columns.length)
    let next = base + KIND_CONTEXTS
    for (const [i, column] of columns.entries()) {
      this.columnAt[i] = next
      next += DIFFERENCES
      if (hasMisses(column)) next += SIDES + SIZES * magnitudeContexts(column.bits)
    }
    this.end = next
  }

  /** Whether an entity, which the reader holds as of `ticks` ago, is in the snapshot at all. */
  codeMention(
    coder: BitCoder,
    snapshots: number,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    isMentioned: boolean,
  ): boolean {
    this.evidence.meet(snapshots, from, fromAt, ticks)
    return coder.bit(this.base + this.evidence.mention(), isMentioned)
  }

  /**
   * The record of who was just mentioned, from the anchor at `from` to the one at `next`, which a reader leaves to this
   * routine to fill, hidden columns included. Its parts are those of a plain delta.
   * @param blobs of a writer
   * @param onBlob of a reader
   */
  codeRecord(
    coder: BitCoder,
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
    this.codeColumns(coder, from, fromAt, ticks, next, nextAt)
    if (blobs !== null) return
    for (let i = 0; i < track.size; i++) next[nextAt + i] = expectation.columns[i]!
    expectation.settleMoved(from, fromAt, ticks, next, nextAt)
  }

  private codeColumns(
    coder: BitCoder,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
  ): void {
    const { columns, sourcesEnd, hotEnd } = this.track
    for (let i = 0; i < sourcesEnd; i++) this.codeColumn(coder, i, next[nextAt + i]!)
    if (sourcesEnd > 0) {
      this.expectation.move(from, fromAt, ticks)
      if (!this.codeWhether(coder, OTHERS_AT, sourcesEnd, next, nextAt)) return
    }
    for (let i = sourcesEnd; i < hotEnd; i++) this.codeColumn(coder, i, next[nextAt + i]!)
    if (hotEnd === columns.length || !this.codeWhether(coder, COLD_AT, hotEnd, next, nextAt)) return
    for (let i = hotEnd; i < columns.length; i++) this.codeColumn(coder, i, next[nextAt + i]!)
  }

  /** Whether any column from `start` on differs. */
  private codeWhether(coder: BitCoder, contexts: number, start: number, next: Int32Array, nextAt: number): boolean {
    const differs = this.blobs !== null && this.expectation.isOff(start, next, nextAt)
    return coder.bit(this.base + contexts + this.evidence.whether(), differs)
  }

  private codeColumn(coder: BitCoder, i: number, truth: number): void {
    const { expectation, evidence } = this
    const expected = expectation.columns[i]!
    if (coder.bit(this.columnAt[i]! + evidence.differs(i), truth !== expected)) {
      expectation.correct(i, this.codeValue(coder, i, truth, expected))
    } else {
      evidence.see(0)
    }
  }

  private codeValue(coder: BitCoder, i: number, truth: number, expected: number): number {
    const column = this.track.columns[i]!
    if (hasMisses(column)) return this.codeMiss(coder, i, column, truth, expected)
    this.evidence.see(1)
    if (column.blob < 0) return coder.whole(column, truth)
    const bytes = coder.blob(column, this.blobs?.(column.blob) ?? null)
    this.onBlob?.(column.blob, bytes)
    return (expected + 1) | 0
  }

  private codeMiss(coder: BitCoder, i: number, column: Column, truth: number, expected: number): number {
    const { evidence } = this
    const sides = this.columnAt[i]! + DIFFERENCES
    const miss = shortWay(column, truth - expected)
    const isBelow = coder.bit(sides + evidence.side(), miss < 0)
    const sizes = sides + SIDES + evidence.size() * magnitudeContexts(column.bits)
    const size = codeMagnitude(coder, sizes, column.bits, Math.abs(miss) - 1) + 1
    evidence.see(size)
    return settle(column, expected + (isBelow ? -size : size))
  }
}

/** Keeps what a hostile body says in the column's range; an honest one is not changed by it. */
function settle(column: Column, value: number): number {
  if (column.wrap) return value & column.max
  return value < column.min ? column.min : value > column.max ? column.max : value
}
