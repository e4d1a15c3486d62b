import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitWidth, unzigzag, widen, widen16, zigzag } from '../../../protocol/src/bits/width.ts'

describe('bitWidth', () => {
  it('is the shortest width that holds 0..max, at every power of two', () => {
    expect(bitWidth(0)).toBe(0)
    for (let bits = 1; bits <= 32; bits++) {
      expect(bitWidth(2 ** bits - 1)).toBe(bits)
      expect(bitWidth(2 ** (bits - 1))).toBe(bits)
    }
  })

  it('refuses what is not a u32', () => {
    for (const max of [-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => bitWidth(max)).toThrow(RangeError)
    }
  })
})

describe('zigzag', () => {
  it('puts small magnitudes first', () => {
    expect([0, -1, 1, -2, 2, 0x7fff_ffff, -0x8000_0000].map(zigzag)).toEqual([0, 1, 2, 3, 4, 0xffff_fffe, 0xffff_ffff])
  })

  it('comes back for every int32', () => {
    fc.assert(fc.property(fc.integer(), (value) => unzigzag(zigzag(value)) === value))
  })
})

describe('widen', () => {
  it('finds the number again from any reference less than half a span away, on both sides', () => {
    const cases = fc.integer({ min: 1, max: 32 }).chain((bits) => {
      const half = 2 ** (bits - 1)
      const distance = fc.integer({ min: -half + 1, max: half - 1 })
      return fc.tuple(
        fc.constant(bits),
        fc.maxSafeNat().map((n) => n % 2 ** 48),
        distance,
      )
    })
    fc.assert(
      fc.property(cases, ([bits, truth, distance]) => {
        fc.pre(truth + distance >= 0)
        expect(widen(truth + distance, truth % 2 ** bits, bits)).toBe(truth)
      }),
    )
  })

  it('crosses the wrap forwards and backwards', () => {
    expect(widen16(0xffff, 0)).toBe(0x1_0000)
    expect(widen16(0x1_0000, 0xffff)).toBe(0xffff)
    expect(widen16(0x2_fff0, 0x0010)).toBe(0x3_0010)
    expect(widen16(0x3_0010, 0xfff0)).toBe(0x2_fff0)
    expect(widen(0xffff_ffff, 1, 8)).toBe(0x1_0000_0001)
    expect(widen(2 ** 32, 0xff, 8)).toBe(0xffff_ffff)
  })

  it('at exactly half a span takes the lower one', () => {
    expect(widen(1000, (1000 + 128) % 256, 8)).toBe(1000 - 128)
    expect(widen16(0x2_0000, 0x8000)).toBe(0x1_8000)
  })

  it('never goes below zero', () => {
    expect(widen16(0, 0xffff)).toBe(0xffff)
    expect(widen16(5, 0xfff0)).toBe(0xfff0)
    expect(widen(0, 0, 32)).toBe(0)
  })
})
