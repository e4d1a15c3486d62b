/** Bending bytes, and holding readers to a value or a `DecodeError`. */
import { expect } from 'vitest'
import { BitWriter } from '../../protocol/src/bits/writer.ts'
import { DecodeError } from '../../protocol/src/errors.ts'
import { Random } from '../../protocol/src/sim/random.ts'

export function bytesOf(write: (writer: BitWriter) => void): Uint8Array {
  const writer = new BitWriter()
  write(writer)
  return writer.toBytes()
}
/** Bytes that a reader was made for, and others made of them. */
export function bend(random: Random, valid: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(valid)
  switch (random.int(0, 6)) {
    case 0:
      return bytes.subarray(0, random.int(0, bytes.length))
    case 1:
      return noise(random, random.int(0, 64))
    case 2:
      return Uint8Array.from([
        ...bytes.subarray(0, random.int(0, bytes.length)),
        ...other.subarray(random.int(0, other.length)),
      ])
    case 3:
      return Uint8Array.from([...bytes, ...noise(random, random.int(1, 9))])
    case 4: {
      // The largest of whatever stands there: lengths, counts, gaps.
      const at = random.int(0, Math.max(0, bytes.length - 1))
      bytes.fill(0xff, at, at + random.int(1, 6))
      return bytes
    }
    default:
      return flip(random, bytes, random.int(1, 4))
  }
}

/** The same bytes but for a few bits. */
export function flip(random: Random, valid: Uint8Array, count: number): Uint8Array {
  const bytes = Uint8Array.from(valid)
  for (let left = bytes.length === 0 ? 0 : count; left > 0; left--) {
    const at = random.int(0, bytes.length - 1)
    bytes[at] = bytes[at]! ^ (1 << random.int(0, 7))
  }
  return bytes
}

export const noise = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.int(0, 255))

/** True if `read` took the bytes, false if it refused them; anything but a `DecodeError` fails the test. */
export function isTaken(seed: number, bytes: Uint8Array, read: (bytes: Uint8Array) => void): boolean {
  try {
    read(bytes)
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw new Error(`seed ${seed}, bytes ${Buffer.from(bytes).toString('hex')}`, { cause: error })
  }
}

export interface Tried {
  taken: number
  refused: number
}
/** Tries bent bytes of each corpus, and every corpus whole and cut at each of its bytes. */
export function fuzz(
  seed: number,
  runs: number,
  corpus: readonly Uint8Array[],
  read: (bytes: Uint8Array) => void,
): Tried {
  const random = new Random(seed)
  const tried: Tried = { taken: 0, refused: 0 }
  const one = (bytes: Uint8Array): boolean => {
    const taken = isTaken(seed, bytes, read)
    tried[taken ? 'taken' : 'refused']++
    return taken
  }
  for (const bytes of corpus) {
    expect(one(bytes), `the corpus itself: ${Buffer.from(bytes).toString('hex')}`).toBe(true)
    for (let length = 0; length < bytes.length; length++) one(bytes.subarray(0, length))
  }
  for (let run = 0; run < runs; run++) one(bend(random, random.pick(corpus), random.pick(corpus)))
  return tried
}

/** Both ways must have been gone, or the corpus proves nothing. */
export function expectBoth({ taken, refused }: Tried): void {
  expect(Math.min(taken, refused)).toBeGreaterThan(20)
}
