import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash32, hashRandom, Random } from '../../../protocol/src/sim/random.ts'

const draws = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next())

/** How far counts are from all being equal: about the number of bins for a fair source, with deviation sqrt(2 bins). */
function chiSquare(bins: number, count: number, draw: (i: number) => number): number {
  const hits = Array<number>(bins).fill(0)
  for (let i = 0; i < count; i++) hits[draw(i)]! += 1
  const expected = count / bins
  return hits.reduce((sum, hit) => sum + (hit - expected) ** 2 / expected, 0)
}

/** Four deviations on both sides: too even is as wrong as too uneven. Seeds are fixed, so this never flickers. */
function expectFair(bins: number, statistic: number): void {
  const slack = 4 * Math.sqrt(2 * (bins - 1))
  expect(statistic).toBeGreaterThan(bins - 1 - slack)
  expect(statistic).toBeLessThan(bins - 1 + slack)
}

/** sfc32 and its seeding as PractRand defines them, in BigInt. */
function* sfc32(seed: bigint): Generator<number, never> {
  const mask = 0xffff_ffffn
  let [a, b, c, counter] = [0n, seed & mask, (seed >> 32n) & mask, 1n]
  for (let i = 0; ; i++) {
    const drawn = (a + b + counter) & mask
    counter = (counter + 1n) & mask
    a = b ^ (b >> 9n)
    b = (c + (c << 3n)) & mask
    c = ((((c << 21n) | (c >> 11n)) & mask) + drawn) & mask
    if (i >= 12) yield Number(drawn)
  }
}

describe('Random', () => {
  it('is sfc32: equal to its definition for any seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const reference = sfc32(BigInt(seed))
        const random = new Random(seed)
        for (let i = 0; i < 20; i++) expect(random.next() * 2 ** 32).toBe(reference.next().value)
      }),
    )
  })

  it('draws the numbers it drew when this was written', () => {
    const random = new Random(42)
    expect(Array.from({ length: 6 }, () => random.int(0, 999_999))).toEqual([
      412_219, 509_147, 439_299, 167_922, 401_615, 193_053,
    ])
  })

  it('refuses a seed of which bits would be lost', () => {
    for (const seed of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
      expect(() => new Random(seed)).toThrow(RangeError)
  })

  it('neighbouring seeds give unrelated streams', () => {
    expectFair(
      64,
      chiSquare(64, 64_000, (i) => Math.floor(new Random(i).next() * 64)),
    )
    const firsts = new Set(Array.from({ length: 10_000 }, (_, i) => new Random(i - 5000).next()))
    expect(firsts.size).toBeGreaterThan(9_995)
  })

  it('next is even over [0, 1), alone and in pairs', () => {
    const random = new Random(7)
    expectFair(
      1000,
      chiSquare(1000, 200_000, () => Math.floor(random.next() * 1000)),
    )
    expectFair(
      1024,
      chiSquare(1024, 200_000, () => Math.floor(random.next() * 32) * 32 + Math.floor(random.next() * 32)),
    )
    const list = draws(random, 100_000)
    expect(Math.min(...list)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...list)).toBeLessThan(1)
  })

  it('int is even over min..max with both ends, also where 2^32 is no multiple of the count', () => {
    const random = new Random(11)
    expectFair(
      7,
      chiSquare(7, 70_000, () => random.int(-3, 3) + 3),
    )
    // Without drawing again, the lower half of this range would come twice as often.
    const wide = 3 * 2 ** 30
    expectFair(
      3,
      chiSquare(3, 30_000, () => Math.floor(random.int(0, wide - 1) / 2 ** 30)),
    )
  })

  it('int knows the edges of its domain', () => {
    const random = new Random(1)
    expect(random.int(5, 5)).toBe(5)
    const large = random.int(2 ** 52, 2 ** 52 + 1)
    expect(large === 2 ** 52 || large === 2 ** 52 + 1).toBe(true)
    expect(Number.isInteger(random.int(0, 2 ** 32 - 1))).toBe(true)
    for (const [min, max] of [
      [1, 0],
      [0.5, 2],
      [0, 2 ** 32],
      [0, Number.NaN],
    ] as const) {
      expect(() => random.int(min, max)).toThrow(RangeError)
    }
  })

  it('pick takes each item equally often, and refuses an empty list', () => {
    const random = new Random(3)
    const list = ['a', 'b', 'c', 'd', 'e']
    expectFair(
      5,
      chiSquare(5, 50_000, () => list.indexOf(random.pick(list))),
    )
    expect(() => random.pick([])).toThrow(RangeError)
  })

  it('continues from a saved state, through JSON too', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, used) => {
        const random = new Random(seed)
        draws(random, used)
        const saved = JSON.stringify(random.state)
        const expected = draws(random, 10)
        const restored = new Random(0)
        restored.state = JSON.parse(saved)
        expect(draws(restored, 10)).toEqual(expected)
      }),
    )
  })

  it('refuses a state that is not four u32s', () => {
    const random = new Random(0)
    const before = random.state
    for (const state of [
      [1, 2, 3],
      [1, 2, 3, 4, 5],
      [1, 2, 3, -1],
      [1, 2, 3, 0.5],
      [1, 2, 3, 2 ** 32],
    ]) {
      expect(() => (random.state = state as never)).toThrow(RangeError)
    }
    expect(random.state).toEqual(before)
  })

  it('fork depends on state and key, and takes nothing from its parent', () => {
    const random = new Random(5)
    const before = random.state
    const first = draws(random.fork(1), 5)
    expect(random.state).toEqual(before)
    expect(draws(random.fork(1), 5)).toEqual(first)
    expect(draws(random.fork(2), 5)).not.toEqual(first)
    expect(draws(random.fork('loot'), 5)).toEqual(draws(random.fork('loot'), 5))
    expect(draws(random.fork('loot'), 5)).not.toEqual(draws(random.fork('map'), 5))
    random.next()
    expect(draws(random.fork(1), 5)).not.toEqual(first)
  })

  it('streams forked by consecutive keys are unrelated', () => {
    const random = new Random(9)
    expectFair(
      64,
      chiSquare(64, 64_000, (i) => Math.floor(random.fork(i).next() * 64)),
    )
  })
})

describe('hashRandom', () => {
  it('is even over each of its arguments', () => {
    expectFair(
      128,
      chiSquare(128, 50_000, (i) => Math.floor(hashRandom(i) * 128)),
    )
    expectFair(
      128,
      chiSquare(128, 50_000, (i) => Math.floor(hashRandom(1, i) * 128)),
    )
    expectFair(
      128,
      chiSquare(128, 50_000, (i) => Math.floor(hashRandom(1, 2, i) * 128)),
    )
    expectFair(
      128,
      chiSquare(128, 50_000, (i) => Math.floor(hashRandom(1, 2, 3, i) * 128)),
    )
    expectFair(
      256,
      chiSquare(256, 50_000, (i) => Math.floor(hashRandom(i >> 8, i & 255) * 256)),
    )
  })

  it('is in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const value = hashRandom(a, b)
        expect(value >= 0 && value < 1).toBe(true)
      }),
    )
  })

  it('every bit of every argument changes each bit of the result about every second time', () => {
    const trials = 400
    for (let argument = 0; argument < 4; argument++) {
      for (let bit = 0; bit < 32; bit++) {
        const flips = Array<number>(32).fill(0)
        for (let i = 0; i < trials; i++) {
          const words: [number, number, number, number] = [hash32(i, 1), hash32(i, 2), hash32(i, 3), hash32(i, 4)]
          const before = hash32(...words)
          words[argument]! ^= 1 << bit
          const changed = before ^ hash32(...words)
          for (let out = 0; out < 32; out++) flips[out]! += (changed >>> out) & 1
        }
        // Six deviations of a fair coin: 4096 coins are thrown here.
        const slack = 6 * Math.sqrt(trials / 4)
        for (const count of flips)
          if (Math.abs(count - trials / 2) > slack) expect.fail(`argument ${argument} bit ${bit}`)
      }
    }
  })
})
