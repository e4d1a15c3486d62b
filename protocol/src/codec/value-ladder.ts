import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { unzigzag, zigzag } from '../bits/width.ts'
import { DecodeError } from '../errors.ts'
import type { Column } from './layout.ts'

/**
 * How one changed column travels: the miss of the prediction, never 0, in one of three widths.
 *
 *     0 + 3 bits: |miss| <= 4      10 + 7 bits: |miss| <= 64      11 + the column's own bits: the value itself
 *
 * Narrow columns and 32-bit patterns have no misses worth a ladder and travel as themselves.
 */
const NARROW_BITS = 5
const NEAR_BITS = 3
const FAR_BITS = 7
const NEAR_MAX = 1 << NEAR_BITS
const FAR_MAX = 1 << FAR_BITS

/** The signed difference that the reader adds to its prediction, the short way round for angles and patterns. */
export function missOf(column: Column, truth: number, predicted: number): number {
  if (column.bits === 32) return (truth - predicted) | 0
  const miss = truth - predicted
  if (!column.wrap) return miss
  const turn = column.max + 1
  const half = turn / 2
  return miss >= half ? miss - turn : miss < -half ? miss + turn : miss
}

/** Writes `truth`, which differs from `predicted`. */
export function writeChanged(writer: BitWriter, column: Column, truth: number, predicted: number): void {
  if (column.bits <= NARROW_BITS || column.bits === 32) {
    writeAbsolute(writer, column, truth)
    return
  }
  const coded = zigzag(missOf(column, truth, predicted)) - 1
  if (coded < NEAR_MAX) {
    writer.bits(coded << 1, NEAR_BITS + 1)
  } else if (coded < FAR_MAX) {
    writer.bits((coded << 2) | 0b01, FAR_BITS + 2)
  } else {
    writer.bits(0b11, 2)
    writeAbsolute(writer, column, truth)
  }
}

export function readChanged(reader: BitReader, column: Column, predicted: number): number {
  if (column.bits <= NARROW_BITS || column.bits === 32) return readAbsolute(reader, column)
  if (!reader.bool(column.name))
    return addMiss(reader, column, predicted, unzigzag(reader.bits(NEAR_BITS, column.name) + 1))
  if (!reader.bool(column.name))
    return addMiss(reader, column, predicted, unzigzag(reader.bits(FAR_BITS, column.name) + 1))
  return readAbsolute(reader, column)
}

function addMiss(reader: BitReader, column: Column, predicted: number, miss: number): number {
  const value = predicted + miss
  if (column.wrap) return value & column.max
  if (value < column.min || value > column.max) {
    const expected = `${column.min} to ${column.max}`
    throw new DecodeError('out-of-range', { what: column.name, expected, got: `${value}`, offset: reader.bitOffset })
  }
  return value
}

export function writeAbsolute(writer: BitWriter, column: Column, value: number): void {
  writer.bits((value - column.min) >>> 0, column.bits)
}

export function readAbsolute(reader: BitReader, column: Column): number {
  if (column.bits === 32) return reader.bits(32, column.name) | 0
  return reader.int(column.min, column.max, column.name)
}
