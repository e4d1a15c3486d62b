import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'

/**
 * An exponential Golomb code of k: k + 1 bits for the first 2^k numbers, two more for each doubling. So many ones as there are
 * doublings, a zero, then the number's low bits.
 */
export function writeGolomb(writer: BitWriter, value: number, k: number): void {
  const bits = 31 - Math.clz32(value + (1 << k))
  writer.bits((1 << (bits - k)) - 1, bits - k + 1)
  writer.bits(value + (1 << k) - (1 << bits), bits)
}

/** @param mostBits no number of the writer's has more */
export function readGolomb(reader: BitReader, k: number, mostBits: number, what: string): number {
  const start = reader.bitOffset
  let bits = k
  while (reader.bool(what)) {
    if (++bits > mostBits)
      throw new DecodeError('out-of-range', { what, expected: `at most ${mostBits} bits`, got: 'more', offset: start })
  }
  return reader.bits(bits, what) + (1 << bits) - (1 << k)
}

export function golombBits(value: number, k: number): number {
  return 2 * (31 - Math.clz32(value + (1 << k))) - k + 1
}
