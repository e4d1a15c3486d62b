import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import type { Scalar } from './scalars.ts'

/** A column's value as it is: its distance from the least one, in the bits of the range. */

export function writeScalar(writer: BitWriter, { min, bits }: Scalar, value: number): void {
  // A u32 stands in its column as an int32; `>>> 0` takes both that and every distance to what travels.
  writer.bits((value - min) >>> 0, bits)
}

/** @throws DecodeError for what is out of range, and for a float that is no number */
export function readScalar(reader: BitReader, scalar: Scalar, what: string): number {
  const start = reader.bitOffset
  const value = reader.int(scalar.min, scalar.max, what) | 0
  expectNumber(scalar, value, what, start)
  return value
}

function expectNumber({ isFloat }: Scalar, value: number, what: string, offset: number): void {
  if (!isFloat || (value & EXPONENT) !== EXPONENT) return
  throw new DecodeError('malformed', { what, expected: 'a finite number', got: 'NaN or an infinity', offset })
}

/** All exponent bits of a 32-bit float set: an infinity or NaN. */
const EXPONENT = 0x7f80_0000
