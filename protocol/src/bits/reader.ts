/**
 * Reads what `BitWriter` wrote. Every byte here is the peer's: each read is bounded by the message and by the caller, and
 * past the end there is an error, never a zero. Each value has one encoding only, so that equal messages are equal bytes.
 *
 * `what` names the value in the error. After a `DecodeError` the position is undefined: drop the message.
 */
import { DecodeError } from '../errors.ts'
import { decodeUtf8 } from './utf8.ts'
import { bitWidth, unzigzag } from './width.ts'

const U32_MAX = 0xffff_ffff

/** Turns bits into a float; its content never outlives one call. */
const scratch = new DataView(new ArrayBuffer(8))

export class BitReader {
  private source: Uint8Array
  private position = 0
  private end = 0

  /** Reads bits `bitOffset` to `bitEnd` of `bytes`, which must not change meanwhile. */
  constructor(bytes: Uint8Array, bitOffset: number = 0, bitEnd: number = bytes.length * 8) {
    this.source = bytes
    this.reset(bytes, bitOffset, bitEnd)
  }

  /**
   * Starts over on other bytes, or on a part of them.
   * @throws RangeError when the bits asked for are not in `bytes`
   */
  reset(bytes: Uint8Array, bitOffset: number = 0, bitEnd: number = bytes.length * 8): void {
    if (!(bitOffset >= 0 && bitOffset <= bitEnd && bitEnd <= bytes.length * 8)) {
      throw new RangeError(`BitReader: expected a range within ${bytes.length * 8} bits, got ${bitOffset} to ${bitEnd}`)
    }
    this.source = bytes
    this.position = bitOffset
    this.end = bitEnd
  }

  /** Sets another reader to what this one has not read yet. */
  lend(other: BitReader): void {
    other.reset(this.source, this.position, this.end)
  }

  /** Where the next read starts, in bits from the first bit of the bytes. */
  get bitOffset(): number {
    return this.position
  }

  get bitsLeft(): number {
    return this.end - this.position
  }

  /** An unsigned integer of `count` bits (0..32). */
  bits(count: number, what: string): number {
    if (count >>> 0 > 32) throw new RangeError(`bits: expected a count of 0..32, got ${count}`)
    const start = this.position
    const end = start + count
    if (end > this.end) throw this.truncated(count, what)
    this.position = end
    if (count === 0) return 0
    let index = start >>> 3
    const shift = start & 7
    let value = this.source[index]! >>> shift
    for (let have = 8 - shift; have < count; have += 8) value |= this.source[++index]! << have
    return count === 32 ? value >>> 0 : value & ((1 << count) - 1)
  }

  /** One bit. */
  bool(what: string): boolean {
    const start = this.position
    if (start >= this.end) throw this.truncated(1, what)
    this.position = start + 1
    return ((this.source[start >>> 3]! >>> (start & 7)) & 1) === 1
  }

  /** An integer 0..max (max <= 2^32 - 1). */
  uintMax(max: number, what: string): number {
    const start = this.position
    const value = this.bits(bitWidth(max), what)
    if (value > max) throw outOfRange(what, 0, max, value, start)
    return value
  }

  /** An integer min..max (max - min <= 2^32 - 1). */
  int(min: number, max: number, what: string): number {
    const start = this.position
    const value = min + this.bits(bitWidth(max - min), what)
    if (value > max) throw outOfRange(what, min, max, value, start)
    return value
  }

  /** A u32 in groups of `groupBits` (1..31), at most `max`, in its shortest form. */
  varuint(max: number, what: string, groupBits: number = 4): number {
    const start = this.position
    const more = (1 << groupBits) >>> 0
    let value = 0
    for (let shift = 0; ; shift += groupBits) {
      const group = this.bits(groupBits + 1, what)
      const low = group & (more - 1)
      const isLast = group < more
      if (isLast && low === 0 && shift > 0) throw malformed(what, 'the shortest form', 'a needless group', start)
      // Bits shifted out at the top do not come back: the number is beyond a u32, whatever follows.
      if (shift >= 32 || (low << shift) >>> shift !== low) throw outOfRange(what, 0, max, 'more than 32 bits', start)
      value = (value | (low << shift)) >>> 0
      if (value > max) throw outOfRange(what, 0, max, value, start)
      if (isLast) return value
    }
  }

  /** An int32 min..max in zigzag groups. */
  varint(min: number, max: number, what: string, groupBits: number = 4): number {
    const start = this.position
    const value = unzigzag(this.varuint(U32_MAX, what, groupBits))
    if (value < min || value > max) throw outOfRange(what, min, max, value, start)
    return value
  }

  /** A finite 32-bit float: NaN and the infinities would spread through a whole simulation. */
  f32(what: string): number {
    const start = this.position
    scratch.setUint32(0, this.bits(32, what), true)
    return finite(scratch.getFloat32(0, true), what, start)
  }

  /** A finite 64-bit float. */
  f64(what: string): number {
    const start = this.position
    if (this.bitsLeft < 64) throw this.truncated(64, what)
    scratch.setUint32(0, this.bits(32, what), true)
    scratch.setUint32(4, this.bits(32, what), true)
    return finite(scratch.getFloat64(0, true), what, start)
  }

  /** Skips to the next byte; the bits between must be zero. */
  align(what: string = 'padding'): void {
    const start = this.position
    if (this.bits(-start & 7, what) !== 0) throw malformed(what, 'zero bits', 'a set bit', start)
  }

  /** A copy of the next `count` bytes, at any bit position. */
  bytes(count: number, what: string): Uint8Array {
    // `count` is the peer's: it is held against what has arrived before anything is allocated.
    if (!(count >= 0 && count * 8 <= this.bitsLeft)) throw this.truncated(count * 8, what)
    const copy = new Uint8Array(count)
    if ((this.position & 7) === 0) {
      // Not `slice`: on a Node Buffer it would be a view into pooled memory.
      copy.set(this.source.subarray(this.position >>> 3, (this.position >>> 3) + count))
      this.position += count * 8
    } else {
      for (let i = 0; i < count; i++) copy[i] = this.bits(8, what)
    }
    return copy
  }

  /** A text of at most `maxBytes` bytes of UTF-8. Its length is checked before anything of it is read. */
  text(maxBytes: number, what: string): string {
    const start = this.position
    const length = this.varuint(U32_MAX, what, 7)
    if (length > maxBytes) {
      const expected = `at most ${maxBytes} bytes of UTF-8`
      throw new DecodeError('limit', { what, expected, got: `${length}`, offset: start })
    }
    const from = this.position
    const isAligned = (from & 7) === 0
    if (!isAligned) return decodeUtf8(this.bytes(length, what), 0, length, what, from)
    this.skipBits(length * 8, what)
    return decodeUtf8(this.source, from >>> 3, (from >>> 3) + length, what)
  }

  /** Passes over `count` bits without looking at them. */
  skipBits(count: number, what: string): void {
    if (!(count >= 0 && count <= this.bitsLeft)) throw this.truncated(count, what)
    this.position += count
  }

  /** The message must end here: less than one byte may be left, and all its bits must be zero. */
  expectEnd(): void {
    const left = this.bitsLeft
    const isEnd = left < 8 && (left === 0 || this.bits(left, 'end of message') === 0)
    if (isEnd) return
    const offset = this.end - left
    const got = left < 8 ? 'set bits in the padding' : `${left} more bits`
    throw new DecodeError('trailing', { what: 'end of message', expected: 'nothing more', got, offset })
  }

  private truncated(count: number, what: string): DecodeError {
    const expected = `${count} more bits`
    return new DecodeError('truncated', { what, expected, got: `${this.bitsLeft}`, offset: this.position })
  }
}

function finite(value: number, what: string, offset: number): number {
  if (!Number.isFinite(value)) throw malformed(what, 'a finite number', `${value}`, offset)
  return value
}

function malformed(what: string, expected: string, got: string, offset: number): DecodeError {
  return new DecodeError('malformed', { what, expected, got, offset })
}

function outOfRange(what: string, min: number, max: number, got: number | string, offset: number): DecodeError {
  return new DecodeError('out-of-range', { what, expected: `${min}..${max}`, got: `${got}`, offset })
}
