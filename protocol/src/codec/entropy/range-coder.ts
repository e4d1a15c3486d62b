import type { BitReader } from '../../bits/reader.ts'
import { learnt, probabilityOf } from './context.ts'

/**
 * A binary range coder: each bit costs what its probability says, down to hundredths of a bit. The construction is the
 * one of LZMA (Igor Pavlov): a 32-bit range is split in proportion to the probability, bytes leave at the top, and a carry
 * may still run through those that are held back. Probabilities are of a 0, in 1/65536, and never 0 or 1.
 */
export const PROBABILITY_BITS = 16
const TOP = 2 ** 24
const WORD = 2 ** 32

export class RangeEncoder {
  private bytes: Uint8Array
  private used = 0
  /** The bottom of the range: 32 bits and a carry, as a double because bitwise operators would lose the carry. */
  private low = 0
  private range = 0xffff_ffff
  /** The last byte that left, held back for a carry, and how many bytes of 255 behind it; -1 before the first. */
  private held = -1
  private heldFull = 0

  constructor(initialBytes: number = 1024) {
    this.bytes = new Uint8Array(initialBytes)
  }

  reset(): void {
    this.used = 0
    this.low = 0
    this.range = 0xffff_ffff
    this.held = -1
    this.heldFull = 0
  }

  /** @param probability of a 0, 1 to 65535 */
  bit(value: boolean, probability: number): void {
    const bound = (this.range >>> PROBABILITY_BITS) * probability
    if (value) {
      this.low += bound
      this.range -= bound
    } else {
      this.range = bound
    }
    while (this.range < TOP) {
      this.range = (this.range << 8) >>> 0
      this.shift()
    }
  }

  /**
   * Ends the body; the view is valid until the next write. A reader takes zeros behind the end, so of all numbers in the
   * range the one with the most zeros at its end is chosen, and those are left out.
   */
  finish(): Uint8Array {
    const end = this.low + this.range - 1
    let chosen = end
    for (let bits = 32; bits > 0; bits -= 8) {
      const step = 2 ** bits
      const rounded = Math.floor(end / step) * step
      if (rounded >= this.low) {
        chosen = rounded
        break
      }
    }
    this.low = chosen
    for (let i = 0; i < 5; i++) this.shift()
    let length = this.used
    while (length > 0 && this.bytes[length - 1] === 0) length--
    return this.bytes.subarray(0, length)
  }

  /** Moves the top byte of `low` out. */
  private shift(): void {
    const carry = this.low >= WORD ? 1 : 0
    const low = this.low - carry * WORD
    if (low < 0xff00_0000 || carry === 1) {
      if (this.held >= 0) this.put((this.held + carry) & 0xff)
      for (; this.heldFull > 0; this.heldFull--) this.put((0xff + carry) & 0xff)
      this.held = low >>> 24
    } else {
      this.heldFull++
    }
    this.low = (low << 8) >>> 0
  }

  private put(byte: number): void {
    if (this.used === this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2)
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes[this.used++] = byte
  }
}

export class RangeDecoder {
  private bytes: Uint8Array = new Uint8Array(256)
  private at = 0
  private end = 0
  /** Range and code: as fields, numbers beyond 2^31 would be boxed. */
  private readonly state = new Uint32Array(2)

  /** Takes `count` bytes from a reader, and starts on them. */
  begin(reader: BitReader, count: number): void {
    // The count is the peer's: it is held against what has arrived before anything grows.
    if (count * 8 > reader.bitsLeft) reader.skipBits(count * 8, 'coded body')
    if (count > this.bytes.length) this.bytes = new Uint8Array(2 * count)
    for (let i = 0; i < count; i++) this.bytes[i] = reader.bits(8, 'coded body')
    this.end = count
    this.state[0] = 0xffff_ffff
    this.state[1] = ((this.byteAt(0) << 24) | (this.byteAt(1) << 16) | (this.byteAt(2) << 8) | this.byteAt(3)) >>> 0
    this.at = 4
  }

  /** One decision by the context of `models`, which learns from it. */
  bit(models: Int32Array, context: number): boolean {
    const { state } = this
    const cell = models[context]!
    let range = state[0]!
    let code = state[1]!
    const bound = Math.imul(range >>> PROBABILITY_BITS, probabilityOf(cell)) >>> 0
    const value = code >= bound
    if (value) {
      code -= bound
      range -= bound
    } else {
      range = bound
    }
    models[context] = learnt(cell, value)
    while (range < TOP) {
      range = (range << 8) >>> 0
      code = ((code << 8) | this.byteAt(this.at++)) >>> 0
    }
    state[0] = range
    state[1] = code
    return value
  }

  private byteAt(at: number): number {
    return at < this.end ? this.bytes[at]! : 0
  }
}
