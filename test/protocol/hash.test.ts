import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashInts, hashText } from '../../protocol/src/hash.ts'
import { hash32 } from '../../protocol/src/sim/random.ts'
import { murmur3 } from './murmur3.ts'

const int32s = fc.array(fc.integer(), { maxLength: 40 }).map((list) => Int32Array.from(list))

function bytesOf(words: Int32Array): number[] {
  return Array.from(words).flatMap((word) => [word, word >> 8, word >> 16, word >> 24].map((byte) => byte & 0xff))
}

describe('the oracle', () => {
  it('gives the published values of MurmurHash3_x86_32', () => {
    const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0))
    expect(murmur3([], 0)).toBe(0)
    expect(murmur3([], 1)).toBe(0x514e_28b7)
    expect(murmur3(ascii('test'), 0)).toBe(0xba6b_d213)
    expect(murmur3(ascii('Hello, world!'), 0)).toBe(0xc036_3e43)
    expect(murmur3(ascii('The quick brown fox jumps over the lazy dog'), 0)).toBe(0x2e4f_f723)
    expect(murmur3(ascii('aaaa'), 0x9747_b28c)).toBe(0x5a97_808a)
  })
})

describe('hashInts', () => {
  it('is MurmurHash3 of the little-endian bytes, for any words and seed', () => {
    fc.assert(
      fc.property(int32s, fc.integer(), (words, seed) => {
        expect(hashInts(words, 0, words.length, seed)).toBe(murmur3(bytesOf(words), seed))
      }),
    )
  })

  it('reads its range only', () => {
    fc.assert(
      fc.property(int32s, fc.nat(40), fc.nat(40), (words, one, other) => {
        const to = Math.min(Math.max(one, other), words.length)
        const from = Math.min(one, other, to)
        expect(hashInts(words, from, to, 7)).toBe(hashInts(words.slice(from, to), 0, to - from, 7))
      }),
    )
  })

  it('refuses a range beyond the array: unread words would hash as zeros', () => {
    const words = new Int32Array(4)
    for (const [from, to] of [
      [0, 5],
      [-1, 2],
      [3, 2],
      [0, Number.NaN],
    ] as const) {
      expect(() => hashInts(words, from, to, 0)).toThrow(RangeError)
    }
  })

  it('tells rows apart that differ in length only', () => {
    const lengths = [0, 1, 2, 3, 4].map((to) => hashInts(new Int32Array(4), 0, to, 0))
    expect(new Set(lengths).size).toBe(5)
  })
})

describe('hash32', () => {
  it('is hashInts of its four words', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), fc.integer(), (a, b, c, d) => {
        expect(hash32(a, b, c, d)).toBe(hashInts(Int32Array.of(a, b, c, d), 0, 4, 0))
      }),
    )
    expect(hash32(5)).toBe(hash32(5, 0, 0, 0))
  })
})

describe('hashText', () => {
  it('is a u32 that never changes between versions, for a schema hash is compared across them', () => {
    expect([hashText(''), hashText('a'), hashText('ship.hp:uint(100)'), hashText('\u20ac\u{1f680}')]).toEqual([
      0, 1_455_541_201, 1_627_273_802, 2_543_029_547,
    ])
  })

  it('is hashInts of the code units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const units = Int32Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
        expect(hashText(text)).toBe(hashInts(units, 0, units.length, 0))
      }),
    )
  })

  it('tells 50,000 similar names apart as well as chance allows', () => {
    const hashes = new Set(Array.from({ length: 50_000 }, (_, i) => hashText(`field${i}`)))
    // Expected collisions: n^2 / 2^33 = 0.3.
    expect(hashes.size).toBeGreaterThan(50_000 - 4)
  })
})
