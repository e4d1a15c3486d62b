import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { bitWidth } from '../bits/width.ts'
import { readBlob, writeBlob } from './blob-bits.ts'
import { Expectation } from './expectation.ts'
import { freshHidden, isFreshHidden, TREND_DEN } from './extrapolate.ts'
import type { Track } from './layout.ts'
import { readScalar, writeScalar } from './scalar-bits.ts'
import { laddersOf, readChanged, writeChanged } from './value-ladder.ts'
import type { Ladder } from './value-ladder.ts'

/** The bytes of a blob field of the entity that is being written. */
export type BlobBytes = (blob: number) => Uint8Array

/** Takes the bytes of a blob that was read, at most as many as its field allows. */
export type OnBlob = (blob: number, bytes: Uint8Array) => void

/** The widest column changes by its whole range in one tick. */
const MAX_TREND = (1 << 24) * TREND_DEN

/**
 * Records of one track: what moves a reader from the anchor that it holds to the newest one.
 *
 *     delta:    columns that move others | one bit for all that follow | hot columns | one bit for all cold | cold columns
 *     catch-up: delta | hidden columns
 *     full:     hot columns | one bit for all cold | cold columns | hidden columns
 *
 * A column is one bit, and behind a 1 its value: in a delta whether it is not as expected, in a full record whether it is not
 * the class default. Hidden columns (carries and trends) are one bit if they are fresh, a trend is one if it is none; one that
 * was just learnt, from one anchor to the next, is in whole steps.
 *
 * A delta leads along the chain of anchors: its reader derives the hidden columns by the writer's own rule (`chain`). A
 * catch-up skips anchors of the chain, so its reader is told.
 *
 * Anchors are passed as an array and the place where one starts in it.
 */
export class RecordCodec {
  readonly track: Track
  protected readonly expectation: Expectation
  private readonly ladders: readonly (Ladder | null)[]

  constructor(track: Track) {
    this.track = track
    this.expectation = new Expectation(track)
    this.ladders = laddersOf(track)
  }

  /** Gives the anchor at `next`, whose columns hold the truth, its hidden columns by the rule that both ends share. */
  chain(from: Int32Array, fromAt: number, ticks: number, next: Int32Array, nextAt: number): void {
    this.expectation.settle(from, fromAt, ticks, next, nextAt)
  }

  /** Writes what leads from an anchor `ticks` old to the one at `next`. */
  writeDelta(
    writer: BitWriter,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
    blobs: BlobBytes,
  ): void {
    const { columns, hotEnd, sourcesEnd } = this.track
    this.begin(from, fromAt, ticks)
    for (let i = 0; i < sourcesEnd; i++) this.writeColumn(writer, i, next[nextAt + i]!, blobs)
    if (sourcesEnd > 0) {
      this.move(from, fromAt, ticks)
      if (!this.writeWhether(writer, sourcesEnd, next, nextAt)) return
    }
    for (let i = sourcesEnd; i < hotEnd; i++) this.writeColumn(writer, i, next[nextAt + i]!, blobs)
    if (hotEnd === columns.length || !this.writeWhether(writer, hotEnd, next, nextAt)) return
    for (let i = hotEnd; i < columns.length; i++) this.writeColumn(writer, i, next[nextAt + i]!, blobs)
  }

  /** Reads a delta into `next`, hidden columns included, and hands over the blobs that it brought. */
  readDelta(
    reader: BitReader,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
    onBlob: OnBlob,
  ): void {
    const { track, expectation } = this
    this.begin(from, fromAt, ticks)
    this.readColumns(reader, from, fromAt, ticks, onBlob)
    for (let i = 0; i < track.size; i++) next[nextAt + i] = expectation.columns[i]!
    expectation.settleMoved(from, fromAt, ticks, next, nextAt)
  }

  private readColumns(reader: BitReader, from: Int32Array, fromAt: number, ticks: number, onBlob: OnBlob): void {
    const { columns, hotEnd, sourcesEnd } = this.track
    for (let i = 0; i < sourcesEnd; i++) this.readColumn(reader, i, onBlob)
    if (sourcesEnd > 0) {
      this.move(from, fromAt, ticks)
      if (!reader.bool('other columns')) return
    }
    for (let i = sourcesEnd; i < hotEnd; i++) this.readColumn(reader, i, onBlob)
    if (hotEnd === columns.length || !reader.bool('cold columns')) return
    for (let i = hotEnd; i < columns.length; i++) this.readColumn(reader, i, onBlob)
  }

  writeFull(writer: BitWriter, next: Int32Array, nextAt: number, blobs: BlobBytes): void {
    const { columns, hotEnd } = this.track
    for (let i = 0; i < hotEnd; i++) this.writeWhole(writer, i, next[nextAt + i]!, blobs)
    if (hotEnd < columns.length) {
      const isAnyCold = this.isTouched(hotEnd, next, nextAt)
      writer.bool(isAnyCold)
      if (isAnyCold) for (let i = hotEnd; i < columns.length; i++) this.writeWhole(writer, i, next[nextAt + i]!, blobs)
    }
    this.writeHidden(writer, next, nextAt)
  }

  readFull(reader: BitReader, next: Int32Array, nextAt: number, onBlob: OnBlob): void {
    const { columns, defaults, hotEnd } = this.track
    for (let i = 0; i < columns.length; i++) next[nextAt + i] = defaults[i]!
    for (let i = 0; i < hotEnd; i++) this.readWhole(reader, i, next, nextAt, onBlob)
    if (hotEnd < columns.length && reader.bool('cold columns')) {
      for (let i = hotEnd; i < columns.length; i++) this.readWhole(reader, i, next, nextAt, onBlob)
    }
    this.readHidden(reader, next, nextAt)
  }

  writeHidden(writer: BitWriter, next: Int32Array, nextAt: number): void {
    const { rates, trends, hasHidden } = this.track
    if (!hasHidden) return
    const isFresh = isFreshHidden(this.track, next, nextAt)
    writer.bool(isFresh)
    if (isFresh) return
    for (const { carry, den } of rates) writer.bits(next[nextAt + carry]!, bitWidth(den - 1))
    for (const { change, carry } of trends) {
      const isWhole = next[nextAt + carry] === TREND_DEN >> 1 && next[nextAt + change]! % TREND_DEN === 0
      const isRest = isWhole && next[nextAt + change] === 0
      writer.bool(isRest)
      if (isRest) continue
      writer.bool(isWhole)
      writer.varint(isWhole ? next[nextAt + change]! / TREND_DEN : next[nextAt + change]!)
      if (!isWhole) writer.bits(next[nextAt + carry]!, bitWidth(TREND_DEN - 1))
    }
  }

  readHidden(reader: BitReader, next: Int32Array, nextAt: number): void {
    const { rates, trends, hasHidden } = this.track
    freshHidden(this.track, next, nextAt)
    if (!hasHidden || reader.bool('fresh hidden columns')) return
    for (const { carry, den } of rates) next[nextAt + carry] = reader.uintMax(den - 1, 'carry')
    for (const { change, carry } of trends) {
      if (reader.bool('no trend')) continue
      const isWhole = reader.bool('whole trend')
      const unit = isWhole ? TREND_DEN : 1
      next[nextAt + change] = reader.varint(-MAX_TREND / unit, MAX_TREND / unit, 'trend') * unit
      next[nextAt + carry] = isWhole ? TREND_DEN >> 1 : reader.uintMax(TREND_DEN - 1, 'carry of a trend')
    }
  }

  /** Writes whether any column from `start` on is not as expected. */
  private writeWhether(writer: BitWriter, start: number, next: Int32Array, nextAt: number): boolean {
    const differs = this.expectation.isOff(start, next, nextAt)
    writer.bool(differs)
    return differs
  }

  private isTouched(start: number, next: Int32Array, nextAt: number): boolean {
    const { columns, defaults } = this.track
    for (let i = start; i < columns.length; i++) if (next[nextAt + i] !== defaults[i]) return true
    return false
  }

  /** Expects all where the older anchor leads. */
  protected begin(from: Int32Array, fromAt: number, ticks: number): void {
    this.expectation.begin(from, fromAt, ticks)
  }

  /** Expects what is moved where the new velocities lead. */
  protected move(from: Int32Array, fromAt: number, ticks: number): void {
    this.expectation.move(from, fromAt, ticks)
  }

  protected writeColumn(writer: BitWriter, i: number, value: number, blobs: BlobBytes): void {
    const column = this.track.columns[i]!
    const expected = this.expectation.columns[i]!
    writer.bool(value !== expected)
    if (value === expected) return
    if (column.blob >= 0) writeBlob(writer, blobs(column.blob))
    else this.writeMissed(writer, i, value, expected)
    this.expectation.correct(i, value)
  }

  protected readColumn(reader: BitReader, i: number, onBlob: OnBlob): void {
    const column = this.track.columns[i]!
    if (!reader.bool(column.name)) return
    // A blob's column counts its revisions: on the reader's side it only has to change.
    const expected = this.expectation.columns[i]!
    if (column.blob >= 0) onBlob(column.blob, readBlob(reader, column))
    const value = column.blob >= 0 ? (expected + 1) | 0 : this.readMissed(reader, i, expected)
    this.expectation.correct(i, value)
  }

  /** Writes a value that was expected to be another one. */
  protected writeMissed(writer: BitWriter, i: number, value: number, expected: number): void {
    writeChanged(writer, this.track.columns[i]!, this.ladders[i]!, value, expected)
  }

  protected readMissed(reader: BitReader, i: number, expected: number): number {
    return readChanged(reader, this.track.columns[i]!, this.ladders[i]!, expected)
  }

  private writeWhole(writer: BitWriter, i: number, value: number, blobs: BlobBytes): void {
    const column = this.track.columns[i]!
    const isDefault = value === this.track.defaults[i]
    writer.bool(!isDefault)
    if (isDefault) return
    if (column.blob >= 0) writeBlob(writer, blobs(column.blob))
    else writeScalar(writer, column, value)
  }

  private readWhole(reader: BitReader, i: number, next: Int32Array, nextAt: number, onBlob: OnBlob): void {
    const column = this.track.columns[i]!
    if (!reader.bool(column.name)) return
    next[nextAt + i] = column.blob >= 0 ? 1 : readScalar(reader, column, column.name)
    if (column.blob >= 0) onBlob(column.blob, readBlob(reader, column))
  }
}
