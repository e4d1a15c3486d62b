import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { bitWidth } from '../bits/width.ts'
import { Expectation } from './expectation.ts'
import { freshHidden, isFreshHidden, TREND_DEN } from './extrapolate.ts'
import type { Column, Track } from './layout.ts'
import { readScalar, writeScalar } from './scalar-bits.ts'
import { laddersOf, readChanged, writeChanged } from './value-ladder.ts'
import type { Ladder } from './value-ladder.ts'

/** The bytes of a blob field of the entity that is being written. */
export type BlobBytes = (blob: number) => Uint8Array

/** Takes the bytes of a blob that was read, at most as many as its field allows. */
export type OnBlob = (blob: number, bytes: Uint8Array) => void

const BLOB_LENGTH_BITS = 7
/** The widest column changes by its whole range in one tick. */
const MAX_TREND = (1 << 24) * TREND_DEN

/**
 * Records of one track: what moves a reader from the anchor that it holds to the newest one.
 *
 *     delta:    one bit per hot column | one bit for all cold | then one each; behind each 1 the column's value
 *     catch-up: delta | the hidden columns (carries and trends) as they are
 *     full:     one bit per column against the class default, behind each 1 the value as it is | one bit, hidden columns
 *
 * A delta leads along the chain of anchors: its reader derives the hidden columns by the writer's own rule (`chain`). A
 * catch-up skips anchors of the chain, so its reader is told.
 *
 * Anchors are passed as an array and the place where one starts in it.
 */
export class RecordCodec {
  readonly track: Track
  private readonly expectation: Expectation
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
    const { columns, hotEnd } = this.track
    this.expectation.begin(from, fromAt, ticks)
    this.expectation.moveLike(from, fromAt, ticks, next, nextAt)
    for (let i = 0; i < hotEnd; i++) this.writeColumn(writer, i, next[nextAt + i]!, blobs)
    if (hotEnd === columns.length) return
    const anyCold = this.differsFrom(hotEnd, next, nextAt)
    writer.bool(anyCold)
    if (!anyCold) return
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
    expectation.begin(from, fromAt, ticks)
    for (let i = 0; i < track.sourcesEnd; i++) this.readColumn(reader, i, onBlob)
    expectation.move(from, fromAt, ticks)
    for (let i = track.sourcesEnd; i < track.hotEnd; i++) this.readColumn(reader, i, onBlob)
    if (track.hotEnd < track.columns.length && reader.bool('cold columns')) {
      for (let i = track.hotEnd; i < track.columns.length; i++) this.readColumn(reader, i, onBlob)
    }
    for (let i = 0; i < track.size; i++) next[nextAt + i] = expectation.columns[i]!
    expectation.settleBegun(from, fromAt, ticks, next, nextAt)
  }

  writeFull(writer: BitWriter, next: Int32Array, nextAt: number, blobs: BlobBytes): void {
    const { columns, defaults, hasHidden } = this.track
    for (const [i, column] of columns.entries()) {
      const value = next[nextAt + i]!
      writer.bool(value !== defaults[i])
      if (value === defaults[i]) continue
      if (column.blob >= 0) writeBlob(writer, blobs(column.blob))
      else writeScalar(writer, column, value)
    }
    if (!hasHidden) return
    const isFresh = isFreshHidden(this.track, next, nextAt)
    writer.bool(isFresh)
    if (!isFresh) this.writeHidden(writer, next, nextAt)
  }

  readFull(reader: BitReader, next: Int32Array, nextAt: number, onBlob: OnBlob): void {
    const { columns, defaults, hasHidden } = this.track
    for (const [i, column] of columns.entries()) {
      next[nextAt + i] = defaults[i]!
      if (!reader.bool(column.name)) continue
      next[nextAt + i] = column.blob >= 0 ? 1 : readScalar(reader, column, column.name)
      if (column.blob >= 0) onBlob(column.blob, readBlob(reader, column))
    }
    freshHidden(this.track, next, nextAt)
    if (hasHidden && !reader.bool('fresh hidden columns')) this.readHidden(reader, next, nextAt)
  }

  writeHidden(writer: BitWriter, next: Int32Array, nextAt: number): void {
    const { rates, trends } = this.track
    for (const { carry, den } of rates) writer.bits(next[nextAt + carry]!, bitWidth(den - 1))
    for (const { change, carry } of trends) {
      writer.varint(next[nextAt + change]!)
      writer.bits(next[nextAt + carry]!, bitWidth(TREND_DEN - 1))
    }
  }

  readHidden(reader: BitReader, next: Int32Array, nextAt: number): void {
    const { rates, trends } = this.track
    for (const { carry, den } of rates) next[nextAt + carry] = reader.uintMax(den - 1, 'carry')
    for (const { change, carry } of trends) {
      next[nextAt + change] = reader.varint(-MAX_TREND, MAX_TREND, 'trend')
      next[nextAt + carry] = reader.uintMax(TREND_DEN - 1, 'carry of a trend')
    }
  }

  private differsFrom(start: number, next: Int32Array, nextAt: number): boolean {
    for (let i = start; i < this.track.columns.length; i++)
      if (next[nextAt + i] !== this.expectation.columns[i]) return true
    return false
  }

  private writeColumn(writer: BitWriter, i: number, value: number, blobs: BlobBytes): void {
    const column = this.track.columns[i]!
    const expected = this.expectation.columns[i]!
    writer.bool(value !== expected)
    if (value === expected) return
    if (column.blob >= 0) writeBlob(writer, blobs(column.blob))
    else writeChanged(writer, column, this.ladders[i]!, value, expected)
  }

  private readColumn(reader: BitReader, i: number, onBlob: OnBlob): void {
    const column = this.track.columns[i]!
    if (!reader.bool(column.name)) return
    // A blob's column counts its revisions: on the reader's side it only has to change.
    const expected = this.expectation.columns[i]!
    if (column.blob >= 0) onBlob(column.blob, readBlob(reader, column))
    this.expectation.columns[i] =
      column.blob >= 0 ? (expected + 1) | 0 : readChanged(reader, column, this.ladders[i]!, expected)
  }
}

function writeBlob(writer: BitWriter, bytes: Uint8Array): void {
  writer.varuint(bytes.length, BLOB_LENGTH_BITS)
  writer.bytes(bytes)
}

function readBlob(reader: BitReader, column: Column): Uint8Array {
  // The length is the peer's: it is held against the field's own limit before a copy is made.
  return reader.bytes(reader.varuint(column.blobMaxBytes, column.name, BLOB_LENGTH_BITS), column.name)
}
