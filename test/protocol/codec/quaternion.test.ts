import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intsToQuaternion, quaternionToInts, reexpress } from '../../../protocol/src/codec/quaternion.ts'

type Parts = readonly [x: number, y: number, z: number, w: number]

const row = new Int32Array(4)
const halfOf = (bits: number): number => 2 ** (bits - 1) - 1

function toInts([x, y, z, w]: Parts, bits: number): number[] {
  quaternionToInts({ x, y, z, w }, bits, row, 0)
  return [...row]
}
function fromInts(ints: readonly number[], bits: number): Parts {
  const { x, y, z, w } = intsToQuaternion(bits, Int32Array.from(ints), 0)
  return [x!, y!, z!, w!]
}

const bits = fc.integer({ min: 4, max: 16 })
const part = fc.double({ min: -1, max: 1, noNaN: true })
const any = fc.tuple(part, part, part, part).filter((parts) => Math.hypot(...parts) > 0.01)
/** Two to four components of nearly one size, such as a quarter turn has: where rounding decides which is largest. */
const tied = fc
  .tuple(
    fc.double({ min: 0.2, max: 1, noNaN: true }),
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
    fc.nat(2),
  )
  .map(([size, noise, free]) =>
    [0, 1, 2, 3].map((i) =>
      i <= free - 1 ? noise[i]! * size : Math.sign(noise[i]! || 1) * size * (1 + noise[i + 4]! * 1e-3),
    ),
  )
  .map((parts) => parts as unknown as Parts)

describe('quaternionToInts', () => {
  it('[VAL4] keeps what it has once made, also where two components are nearly equal', () => {
    fc.assert(
      fc.property(fc.oneof(any, tied), bits, (parts, width) => {
        const once = toInts(parts, width)
        expect(toInts(fromInts(once, width), width)).toEqual(once)
      }),
      { numRuns: 5000 },
    )
  })

  it('keeps a quarter turn about each axis, and gives it back to one step', () => {
    for (const width of [4, 9, 16]) {
      for (let axis = 0; axis < 3; axis++) {
        const parts = [0, 0, 0, Math.SQRT1_2]
        parts[axis] = Math.SQRT1_2
        const once = toInts(parts as unknown as Parts, width)
        expect(toInts(fromInts(once, width), width)).toEqual(once)
        for (const [i, one] of fromInts(once, width).entries()) {
          expect(Math.abs(one - parts[i]!)).toBeLessThanOrEqual(1 / halfOf(width))
        }
      }
    }
  })

  it('is off by two steps at most in any component', () => {
    fc.assert(
      fc.property(fc.oneof(any, tied), bits, (parts, width) => {
        const back = fromInts(toInts(parts, width), width)
        const norm = Math.hypot(...parts)
        const sign = Math.sign(back.reduce((sum, one, i) => sum + one * parts[i]!, 0))
        for (const [i, one] of back.entries()) {
          expect(Math.abs(one - (sign * parts[i]!) / norm)).toBeLessThanOrEqual((2 * Math.SQRT1_2) / halfOf(width))
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('keeps every part in its column', () => {
    fc.assert(
      fc.property(fc.oneof(any, tied), bits, (parts, width) => {
        const [largest, ...others] = toInts(parts, width)
        expect(largest! >= 0 && largest! <= 3).toBe(true)
        for (const one of others) expect(Math.abs(one)).toBeLessThanOrEqual(halfOf(width))
      }),
    )
  })

  it('means the same rotation by a quaternion, its negative and any multiple', () => {
    const [x, y, z, w]: Parts = [0.1, -0.2, 0.3, 0.9]
    const once = toInts([x, y, z, w], 12)
    expect(toInts([-x, -y, -z, -w], 12)).toEqual(once)
    expect(toInts([7 * x, 7 * y, 7 * z, 7 * w], 12)).toEqual(once)
  })

  it('[VAL2] refuses what is no rotation', () => {
    for (const parts of [
      [0, 0, 0, 0],
      [Number.NaN, 0, 0, 1],
      [Infinity, 0, 0, 0],
      [1e200, 1e200, 0, 0],
    ] as const) {
      expect(() => toInts(parts, 9)).toThrow('the quaternion is not a rotation')
    }
    expect(() => quaternionToInts({ x: 0, y: 0, z: 1 }, 9, row, 0)).toThrow('the quaternion is not a rotation')
  })
})

describe('intsToQuaternion', () => {
  it('is a rotation whatever a peer has put into the columns', () => {
    const hostile = bits.chain((width) => {
      const half = halfOf(width)
      const one = fc.integer({ min: -half, max: half })
      return fc.tuple(fc.constant(width), fc.tuple(fc.nat(3), one, one, one))
    })
    fc.assert(
      fc.property(hostile, ([width, ints]) => {
        expect(Math.hypot(...fromInts(ints, width))).toBeCloseTo(1, 12)
      }),
    )
    expect(Math.hypot(...fromInts([0, 255, 255, 255], 9))).toBeCloseTo(1, 12)
  })

  it('gives the identity back exactly', () => {
    expect(fromInts(toInts([0, 0, 0, 1], 9), 9)).toEqual([0, 0, 0, 1])
  })
})

describe('reexpress', () => {
  it('[REC5] is the same rotation, within two steps, with another component left out', () => {
    fc.assert(
      fc.property(tied, fc.integer({ min: 6, max: 16 }), fc.nat(3), (parts, width, largest) => {
        const norm = Math.hypot(...parts)
        const [sizes, sign] = [parts.map((one) => Math.abs(one) / norm), parts[largest]! < 0 ? -1 : 1]
        // What is left out comes from a square root, which knows little of what is nearly 0.
        fc.pre(sizes[largest]! > 0.2 && Math.max(...sizes) < Math.SQRT1_2)
        const out = new Int32Array(4)
        reexpress(Int32Array.from(toInts(parts, width)), 0, largest, halfOf(width), out, 0)
        const wanted = parts
          .filter((_, i) => i !== largest)
          .map((one) => (sign * one * Math.SQRT2 * halfOf(width)) / norm)
        for (const [i, one] of wanted.entries()) expect(Math.abs(out[i + 1]! - one)).toBeLessThan(4)
      }),
    )
  })

  it('[REC5] holds each component within the range that it travels in', () => {
    const out = new Int32Array(4)
    reexpress(Int32Array.of(3, 0, 0, 0), 0, 0, 255, out, 0)
    expect([...out]).toEqual([0, 0, 0, 255])
    reexpress(Int32Array.of(3, -200, 200, 0), 0, 0, 255, out, 0)
    expect([...out]).toEqual([0, -200, 0, -223])
  })
})
