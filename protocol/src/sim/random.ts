/**
 * Randomness that both ends and every replay agree on. Two kinds: `Random` is a stream, whose state must be part of what
 * is saved and restored; `hashRandom` has no state and depends only on what it is asked about, so that a simulation may
 * call it in any order and again in each replay.
 */
import { finishHash, hashText, mixWord } from '../hash.ts'

/** How many values a u32 has. */
const U32_COUNT = 0x1_0000_0000
const TO_UNIT = 1 / U32_COUNT

/** A u32 that looks random and depends on up to four int32s, such as seed, tick, entity and purpose. */
export function hash32(a: number, b: number = 0, c: number = 0, d: number = 0): number {
  return finishHash(mixWord(mixWord(mixWord(mixWord(0, a), b), c), d), 4)
}

/** A number in [0, 1), in steps of 2^-32, that depends on up to four int32s. */
export function hashRandom(a: number, b: number = 0, c: number = 0, d: number = 0): number {
  return hash32(a, b, c, d) * TO_UNIT
}

/** The whole state of a `Random`: four u32s, fit for JSON. */
export type RandomState = readonly [a: number, b: number, c: number, counter: number]

/** Draws that are thrown away after seeding, until small differences between seeds have spread: as in PractRand. */
const WARM_UP_DRAWS = 12

/**
 * A seeded stream: sfc32 by Chris Doty-Humphrey (PractRand, public domain), which passes the usual batteries of tests and
 * has a period of at least 2^32. Not for secrets.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /**
   * @param seed a safe integer, all of whose bits count
   * @throws RangeError otherwise: a fraction like 0.3 would be cut to 0 and every stream be the same
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`Random seed: expected a safe integer, got ${seed}`)
    this.a = 0
    this.b = seed | 0
    this.c = Math.floor(seed * TO_UNIT) | 0
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.u32()
  }

  /** The next number in [0, 1), in steps of 2^-32. */
  next(): number {
    return this.u32() * TO_UNIT
  }

  /**
   * The next integer min..max, both included, all equally likely.
   * @throws RangeError unless both are safe integers, min <= max and max - min < 2^32
   */
  int(min: number, max: number): number {
    const count = max - min + 1
    const isRange = Number.isSafeInteger(min) && Number.isSafeInteger(max) && count >= 1 && count <= U32_COUNT
    if (!isRange) throw new RangeError(`Random.int: expected integers min <= max < min + 2^32, got ${min}, ${max}`)
    // The last, incomplete run of `count` values is drawn again: it would favour the small ones.
    const fair = U32_COUNT - (U32_COUNT % count)
    let draw = this.u32()
    while (draw >= fair) draw = this.u32()
    return min + (draw % count)
  }

  /**
   * One item of a list, all equally likely.
   * @throws RangeError when the list is empty
   */
  pick<Item>(list: readonly Item[]): Item {
    if (list.length === 0) throw new RangeError('Random.pick: expected a list with items, got an empty one')
    return list[this.int(0, list.length - 1)] as Item
  }

  /**
   * A stream of its own that depends on this one's present state and on `key` (an int32 or a name), and takes nothing from
   * this one: two forks with the same key and no draw between them are equal.
   */
  fork(key: number | string): Random {
    const { a, b, c, counter } = this
    const word = typeof key === 'string' ? hashText(key) : key
    const child = new Random(0)
    child.state = [hash32(a, b, c, word), hash32(b, c, counter, word), hash32(c, counter, a, word), 1]
    for (let i = 0; i < WARM_UP_DRAWS; i++) child.u32()
    return child
  }

  /** What to save; assigning it makes any `Random` continue from there. */
  get state(): RandomState {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.counter >>> 0]
  }

  /** @throws RangeError when it is not four u32s */
  set state(state: RandomState) {
    if (state.length !== 4 || state.some((word) => word >>> 0 !== word)) {
      throw new RangeError(`Random.state: expected four u32s, got ${String(state)}`)
    }
    this.a = state[0] | 0
    this.b = state[1] | 0
    this.c = state[2] | 0
    this.counter = state[3] | 0
  }

  private u32(): number {
    const { b, c, counter } = this
    const drawn = (this.a + b + counter) | 0
    this.counter = (counter + 1) | 0
    this.a = b ^ (b >>> 9)
    this.b = (c + (c << 3)) | 0
    this.c = (((c << 21) | (c >>> 11)) + drawn) | 0
    return drawn >>> 0
  }
}
