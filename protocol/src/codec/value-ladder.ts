import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { unzigzag, zigzag } from '../bits/width.ts'
import { DecodeError } from '../errors.ts'
import { shortWay } from './extrapolate.ts'
import type { Column, Track } from './layout.ts'
import { readScalar, writeScalar } from './scalar-bits.ts'

/**
 * How one changed column travels: the miss of the prediction, never 0, in one of three widths.
 *
 *     0, near bits: a small miss      1 0, far bits: a middling one      1 1, the column's own bits: the value itself
 *
 * Narrow columns, 32-bit patterns and noise have no misses worth a ladder and travel as themselves.
 */
export interface Ladder {
  readonly near: number
  readonly far: number
}

const NARROW_BITS = 5

/**
 * The widths of each column of a track, at most 24 bits; null for those that travel as themselves. Chosen from histograms of the arena:
 * what moves by a rate, and a velocity that turns on, miss by one step or by many, other trends by half of their bits, what
 * is steered otherwise by most of its range.
 */
export function laddersOf({ columns, rates, trends, velocity }: Track): readonly (Ladder | null)[] {
  return columns.map((column, index) => {
    const { bits } = column
    if (isWhole(column)) return null
    if (rates.some(({ target }) => target === index)) return { near: 1, far: (bits >> 1) + 2 }
    if (velocity.some(({ target }) => target === index)) return { near: 1, far: Math.ceil((bits * 2) / 3) }
    if (trends.some(({ target }) => target === index)) return { near: bits >> 1, far: Math.ceil((bits * 3) / 4) }
    return { near: 4, far: Math.ceil((bits * 2) / 3) }
  })
}

/** Whether a column has no misses worth a code. */
export function isWhole({ bits, isNoise }: Column): boolean {
  return bits <= NARROW_BITS || bits === 32 || isNoise
}

/** Writes `truth`, which differs from `predicted`. */
export function writeChanged(
  writer: BitWriter,
  column: Column,
  ladder: Ladder | null,
  truth: number,
  predicted: number,
): void {
  if (ladder === null) {
    writeScalar(writer, column, truth)
    return
  }
  const coded = codedMiss(column, truth, predicted)
  if (coded < 1 << ladder.near) {
    writer.bits(coded << 1, ladder.near + 1)
  } else if (coded < 1 << ladder.far) {
    writer.bits((coded << 2) | 0b01, ladder.far + 2)
  } else {
    writer.bits(0b11, 2)
    writeScalar(writer, column, truth)
  }
}

export function readChanged(reader: BitReader, column: Column, ladder: Ladder | null, predicted: number): number {
  if (ladder === null) return readScalar(reader, column, column.name)
  const isNear = !reader.bool(column.name)
  if (!isNear && reader.bool(column.name)) return readScalar(reader, column, column.name)
  const miss = missOf(reader.bits(isNear ? ladder.near : ladder.far, column.name))
  return addMiss(reader, column, predicted, miss)
}

/** The number of a miss, which is never 0. */
export function codedMiss(column: Column, truth: number, predicted: number): number {
  return zigzag(shortWay(column, truth - predicted)) - 1
}

export function missOf(coded: number): number {
  return unzigzag(coded + 1)
}

export function addMiss(reader: BitReader, column: Column, predicted: number, miss: number): number {
  const value = predicted + miss
  if (column.wrap) return value & column.max
  if (value < column.min || value > column.max) {
    const expected = `${column.min} to ${column.max}`
    throw new DecodeError('out-of-range', { what: column.name, expected, got: `${value}`, offset: reader.bitOffset })
  }
  return value
}
