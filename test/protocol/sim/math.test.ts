import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { atan2, cos, hypot, sin, wrapAngle } from '../../../protocol/src/sim/math.ts'
import { hashRandom } from '../../../protocol/src/sim/random.ts'

/** A number in (-size, size), dense at small magnitudes too. */
function signed(i: number, size: number): number {
  const magnitude = size * 10 ** (-8 * hashRandom(i, 1))
  return hashRandom(i, 2) < 0.5 ? -magnitude : magnitude
}

/** Math.* itself may be one unit in the last place off: its own error is part of what is seen here. */
function worstRelative(count: number, pair: (i: number) => [got: number, wanted: number]): number {
  let worst = 0
  for (let i = 0; i < count; i++) {
    const [got, wanted] = pair(i)
    worst = Math.max(worst, Math.abs((got - wanted) / wanted))
  }
  return worst
}

/** The same, but of products only: `**` may differ between engines, and inputs must not. */
function exactlySigned(i: number, size: number): number {
  const fraction = hashRandom(i, 3)
  return (hashRandom(i, 4) - 0.5) * 2 * size * fraction * fraction * fraction
}

/** SHA-256 over the bits of many results. */
function bitsHash(count: number, results: (i: number) => number): string {
  const bytes = new DataView(new ArrayBuffer(count * 8))
  for (let i = 0; i < count; i++) bytes.setFloat64(i * 8, results(i))
  return createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex')
}

describe('against the platform', () => {
  it('sin and cos are within 1e-15 relative for |x| up to 1e6', () => {
    expect(worstRelative(100_000, (i) => [sin(signed(i, 1e6)), Math.sin(signed(i, 1e6))])).toBeLessThan(1e-15)
    expect(worstRelative(100_000, (i) => [cos(signed(i, 1e6)), Math.cos(signed(i, 1e6))])).toBeLessThan(1e-15)
  })

  it('they stay so next to the zeros, where a sloppy reduction loses everything', () => {
    const nearZero = (i: number) => (i - 300_000) * (Math.PI / 2)
    expect(worstRelative(600_000, (i) => [sin(nearZero(i) || 1), Math.sin(nearZero(i) || 1)])).toBeLessThan(1e-15)
    expect(worstRelative(600_000, (i) => [cos(nearZero(i)), Math.cos(nearZero(i))])).toBeLessThan(1e-15)
  })

  it('atan2 is within 1e-15 relative in all directions', () => {
    const pair = (i: number): [number, number] => [signed(i, 1e4), signed(i + 1_000_000, 1e4)]
    expect(worstRelative(100_000, (i) => [atan2(...pair(i)), Math.atan2(...pair(i))])).toBeLessThan(1e-15)
  })

  it('hypot is within 1e-15 relative', () => {
    const triple = (i: number): [number, number, number] => [signed(i, 1e5), signed(-i, 1e5), signed(i * 7, 1e5)]
    expect(worstRelative(50_000, (i) => [hypot(...triple(i)), Math.hypot(...triple(i))])).toBeLessThan(1e-15)
    expect(hypot(3, -4)).toBe(5)
  })
})

describe('the same bits everywhere', () => {
  it('10,000 results of each have the bits they had when this was written', () => {
    expect({
      sin: bitsHash(10_000, (i) => sin(exactlySigned(i, 1e6))),
      cos: bitsHash(10_000, (i) => cos(exactlySigned(i, 1e6))),
      atan2: bitsHash(10_000, (i) => atan2(hashRandom(i) - 0.5, hashRandom(i, 9) - 0.5)),
      hypot: bitsHash(10_000, (i) => hypot(hashRandom(i), hashRandom(i, 9), hashRandom(i, 10))),
      wrapAngle: bitsHash(10_000, (i) => wrapAngle((hashRandom(i) - 0.5) * 1e4)),
    }).toEqual({
      sin: '3256f3dc5b6fcd59e335f07a4d206186b06fdbbf919b9a7eee71a6013d85e965',
      cos: '3d021513013e4742895627cfcfe181c5fb1656c32723791bf49b9227ca6e0fb9',
      atan2: '044cf4dbdfb57bf0ecae6ec0d9d2b828953c206f9edc86636f982d8a1943abc8',
      hypot: '18ce1adbe77214398afa9693c4648869849c59e3cb5727afa3f8c3c3e0ec320b',
      wrapAngle: 'b420b753fb4b2f8381beea74e78b959a5155a832c7068378cdc3b5878d762a77',
    })
  })
})

describe('edges', () => {
  it('atan2 ignores the sign of a zero, because the wire does', () => {
    for (const zero of [0, -0]) {
      expect(atan2(zero, -1)).toBe(Math.PI)
      expect(Math.abs(atan2(zero, 1))).toBe(0)
      expect(atan2(1, zero)).toBe(Math.PI / 2)
      expect(atan2(-1, zero)).toBe(-Math.PI / 2)
      expect(atan2(zero, 0)).toBe(0)
      expect(atan2(zero, -0)).toBe(0)
    }
  })

  it('atan2 is exact on the diagonals and bounded by pi', () => {
    expect([atan2(1, 1), atan2(-1, 1)]).toEqual([Math.PI / 4, -Math.PI / 4])
    expect([atan2(1, -1), atan2(-1, -1)]).toEqual([(Math.PI * 3) / 4, (-Math.PI * 3) / 4])
    expect(Math.abs(atan2(-1e-300, -1))).toBeLessThanOrEqual(Math.PI)
    expect(atan2(5e-324, 5e-324)).toBe(Math.PI / 4)
  })

  it('sin and cos never leave -1 to 1, however large the angle', () => {
    for (let exponent = 0; exponent < 308; exponent++) {
      for (const angle of [1.7 * 10 ** exponent, -3.3 * 10 ** exponent]) {
        expect(Math.abs(sin(angle))).toBeLessThanOrEqual(1)
        expect(Math.abs(cos(angle))).toBeLessThanOrEqual(1)
      }
    }
  })

  it('keep the symmetries that game code relies on', () => {
    expect([sin(0), cos(0), sin(Math.PI / 2), cos(Math.PI)]).toEqual([0, 1, 1, -1])
    for (let i = 0; i < 1000; i++) {
      const angle = signed(i, 1e4)
      expect(sin(-angle)).toBe(-sin(angle))
      expect(cos(-angle)).toBe(cos(angle))
      expect(atan2(sin(angle), -cos(angle))).toBe(-atan2(-sin(angle), -cos(angle)))
    }
  })

  it('what is no number gives NaN', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect([sin(bad), cos(bad), wrapAngle(bad)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    }
    expect([atan2(Number.NaN, 1), atan2(1, Number.NaN), hypot(1, Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
  })
})

describe('wrapAngle', () => {
  it('leaves -pi (included) to pi (excluded) untouched', () => {
    for (const angle of [-Math.PI, -1, -0, 0, 1e-300, 3.14]) expect(wrapAngle(angle)).toBe(angle)
    expect(wrapAngle(Math.PI)).toBe(-Math.PI)
  })

  it('is always inside, and the same direction', () => {
    for (let i = 0; i < 20_000; i++) {
      const angle = i < 10_000 ? signed(i, 1e5) : (i - 15_000) * Math.PI
      const wrapped = wrapAngle(angle)
      if (!(wrapped >= -Math.PI && wrapped < Math.PI)) expect.fail(`${angle} became ${wrapped}`)
      expect(Math.hypot(sin(wrapped) - sin(angle), cos(wrapped) - cos(angle))).toBeLessThan(1e-10)
    }
  })

  it('stays inside next to every odd multiple of pi, where rounding decides', () => {
    const bits = new DataView(new ArrayBuffer(8))
    for (let turn = -166_900; turn <= 166_900; turn++) {
      bits.setFloat64(0, (2 * turn + 1) * Math.PI)
      const low = bits.getInt32(4)
      for (let step = -3; step <= 3; step++) {
        bits.setInt32(4, low + step)
        const wrapped = wrapAngle(bits.getFloat64(0))
        if (!(wrapped >= -Math.PI && wrapped < Math.PI)) expect.fail(`${bits.getFloat64(0)} became ${wrapped}`)
      }
    }
  })

  it('stays inside at any size', () => {
    for (let exponent = 6; exponent < 308; exponent++) {
      const wrapped = wrapAngle(-1.3 * 10 ** exponent)
      expect(wrapped >= -Math.PI && wrapped < Math.PI).toBe(true)
    }
  })
})
