/**
 * Writes numbers of any width into bytes. Bit 0 of byte 0 comes first, so a value that starts at bit 0 of a byte reads as
 * little-endian there.
 *
 * Each write is one 32-bit store at the current byte, plus one byte when the value reaches into a fifth. There is no
 * accumulator to flush: `view`, `rewindTo` and `copyBits` work at any time, and nothing is allocated but by growth.
 *
 * A value that does not fit, or a full buffer, throws RangeError and writes nothing: the caller should have clamped.
 */
import { encodeUtf8, utf8Length } from './utf8.ts'
import { bitWidth, zigzag } from './width.ts'

/** A store covers 4 bytes from the current one, and a fifth follows: room behind the last usable byte. */
const SLACK_BYTES = 8

/** The longest `varuint`: 32 groups of one bit. */
const VARUINT_MAX_BITS = 64

/** From here on a native copy is faster than the loop over words. */
const NATIVE_COPY_BITS = 128 * 8

/** Lengths of which a view is kept. */
const MAX_VIEWS = 1024

/** Turns a float into its bits; its content never outlives one call. */
const scratch = new DataView(new ArrayBuffer(8))

export class BitWriter {
  private buffer: Uint8Array
  private cells: DataView
  /** What `view` returned, by length: a writer that is used again for many packets makes many of the same length. */
  private readonly views = new Map<number, Uint8Array>()
  /** Bits written. Whatever the buffer holds behind them is garbage, masked away by the next write. */
  private position = 0
  private capacityBits: number
  private readonly maxBytes: number

  /**
   * @param initialBytes storage to begin with, doubled when it is full
   * @param maxBytes beyond it every write throws RangeError; at most 2^26, so that positions stay small integers
   */
  constructor(initialBytes: number = 256, maxBytes: number = 1 << 20) {
    if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > 1 << 26) {
      throw new RangeError(`BitWriter maxBytes: expected an integer 1..${1 << 26}, got ${maxBytes}`)
    }
    if (!Number.isInteger(initialBytes) || initialBytes < 0 || initialBytes > maxBytes) {
      throw new RangeError(`BitWriter initialBytes: expected an integer 0..${maxBytes}, got ${initialBytes}`)
    }
    this.maxBytes = maxBytes
    this.buffer = new Uint8Array(initialBytes + SLACK_BYTES)
    this.cells = new DataView(this.buffer.buffer)
    this.capacityBits = initialBytes * 8
  }

  /** Bits written so far. */
  get bitLength(): number {
    return this.position
  }

  /** Bytes that hold them, the last one perhaps in part. */
  get byteLength(): number {
    return (this.position + 7) >>> 3
  }

  /** Forgets everything written; the storage stays. */
  reset(): void {
    this.position = 0
  }

  /** The low `count` bits (0..32) of `value`, which must be an unsigned integer that fits. */
  bits(value: number, count: number): void {
    const isBad = value >>> 0 !== value || count >>> 0 > 32 || (count < 32 && value >>> count !== 0)
    if (isBad) throw new RangeError(`bits: expected an unsigned integer of ${count} bits (0..32), got ${value}`)
    this.put(value, count)
  }

  /** One bit. */
  bool(value: boolean): void {
    this.put(value ? 1 : 0, 1)
  }

  /** An integer 0..max (max <= 2^32 - 1) in `bitWidth(max)` bits. */
  uintMax(value: number, max: number): void {
    if (value >>> 0 !== value || value > max) throw outOfRange('uintMax', value, 0, max)
    this.put(value, bitWidth(max))
  }

  /** An integer min..max (max - min <= 2^32 - 1) as its distance from `min`. */
  int(value: number, min: number, max: number): void {
    const distance = value - min
    if (distance >>> 0 !== distance || value > max) throw outOfRange('int', value, min, max)
    this.put(distance, bitWidth(max - min))
  }

  /**
   * A u32 in groups of `groupBits` (1..31), low ones first, each followed by a bit that says whether another comes:
   * 5 bits for 0..15 with the default of 4, 8 bits for 0..127 with 7.
   */
  varuint(value: number, groupBits: number = 4): void {
    if (value >>> 0 !== value) throw outOfRange('varuint', value, 0, 0xffff_ffff)
    if (this.position + VARUINT_MAX_BITS > this.capacityBits) this.reserve(varuintBits(value, groupBits))
    const more = (1 << groupBits) >>> 0
    let rest = value
    while (rest >= more) {
      this.put((rest & (more - 1)) | more, groupBits + 1)
      rest >>>= groupBits
    }
    this.put(rest, groupBits + 1)
  }

  /** An int32 as the `varuint` of its zigzag: small magnitudes of either sign are short. */
  varint(value: number, groupBits: number = 4): void {
    if ((value | 0) !== value) throw outOfRange('varint', value, -0x8000_0000, 0x7fff_ffff)
    this.varuint(zigzag(value), groupBits)
  }

  /** The nearest 32-bit float. Only finite numbers travel: one NaN would spread through a whole simulation. */
  f32(value: number): void {
    const nearest = Math.fround(value)
    if (!Number.isFinite(nearest)) throw new RangeError(`f32: expected a finite 32-bit float, got ${value}`)
    scratch.setFloat32(0, nearest, true)
    this.put(scratch.getUint32(0, true), 32)
  }

  /** A 64-bit float, finite for the same reason. */
  f64(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`f64: expected a finite number, got ${value}`)
    scratch.setFloat64(0, value, true)
    const high = scratch.getUint32(4, true)
    this.reserve(64)
    this.put(scratch.getUint32(0, true), 32)
    this.put(high, 32)
  }

  /** Zero bits up to the next byte. */
  align(): void {
    this.put(0, -this.position & 7)
  }

  /** Whole bytes, at any bit position; their number is for the caller to write. */
  bytes(source: Uint8Array): void {
    this.copyBits(source, 0, source.length * 8)
  }

  /**
   * A text: its length in bytes of UTF-8 as `varuint(7)`, then those bytes. Never aligned, because a record that holds
   * a text must stay valid when `copyBits` moves it to another bit position.
   * @throws RangeError when it takes more than `maxBytes`
   */
  text(text: string, maxBytes: number): void {
    const length = utf8Length(text)
    if (length > maxBytes) throw new RangeError(`text: expected at most ${maxBytes} bytes of UTF-8, got ${length}`)
    this.reserve(varuintBits(length, 7) + length * 8)
    this.varuint(length, 7)
    if (length > 0) this.bytes(encodeUtf8(text))
  }

  /**
   * Bits `bitOffset` to `bitOffset + bitLength` of `source`: how records that were encoded once get into many bodies.
   * `source` may be this writer's own `view`.
   * @throws RangeError when `source` does not hold them
   */
  copyBits(source: Uint8Array, bitOffset: number, bitLength: number): void {
    if (!(bitOffset >= 0 && bitLength >= 0 && bitOffset + bitLength <= source.length * 8)) {
      const range = `${bitOffset} to ${bitOffset + bitLength}`
      throw new RangeError(`copyBits: expected a range within ${source.length * 8} bits, got ${range}`)
    }
    this.reserve(bitLength)
    // Up to the next byte of the target first: from there on every store is a whole word.
    const head = Math.min(bitLength, -this.position & 7)
    if (head > 0) this.put(peek(source, bitOffset, head), head)
    let left = bitLength - head
    let from = bitOffset + head
    if (left >= NATIVE_COPY_BITS && (from & 7) === 0) {
      const whole = left & ~7
      // A new array costs more than the bytes: what is copied whole, as into many messages, needs none.
      const isAll = from === 0 && whole === source.length * 8
      this.buffer.set(isAll ? source : source.subarray(from >>> 3, (from + whole) >>> 3), this.position >>> 3)
      this.position += whole
      left -= whole
      from += whole
    }
    this.copyWords(source, from, left)
  }

  /**
   * Bits of what another writer holds, without a view of it.
   * @throws RangeError when it has not written them
   */
  copyFrom(source: BitWriter, bitOffset: number, bitLength: number): void {
    if (bitOffset + bitLength > source.position) throw outOfRange('copyFrom', bitOffset + bitLength, 0, source.position)
    this.copyBits(source.buffer, bitOffset, bitLength)
  }

  /** The written bytes without a copy: valid until the next write. Unused bits of the last byte are zero. */
  view(): Uint8Array {
    this.clearTail()
    const { views, byteLength } = this
    let view = views.get(byteLength)
    if (view === undefined) {
      if (views.size === MAX_VIEWS) views.clear()
      views.set(byteLength, (view = this.buffer.subarray(0, byteLength)))
    }
    return view
  }

  /** The written bytes as a copy of their own. */
  toBytes(): Uint8Array {
    this.clearTail()
    return this.buffer.slice(0, this.byteLength)
  }

  /**
   * Goes back to an earlier `bitLength` and drops what was written since.
   * @throws RangeError when that is not an earlier position
   */
  rewindTo(bitLength: number): void {
    if (bitLength >>> 0 !== bitLength || bitLength > this.position)
      throw outOfRange('rewindTo', bitLength, 0, this.position)
    this.position = bitLength
  }

  /** The inner loop of `copyBits`: the target stands at a byte, the source anywhere. */
  private copyWords(source: Uint8Array, from: number, bitLength: number): void {
    const shift = from & 7
    let index = from >>> 3
    let at = this.position >>> 3
    let left = bitLength
    for (; left >= 32; left -= 32) {
      const word = source[index]! | (source[index + 1]! << 8) | (source[index + 2]! << 16) | (source[index + 3]! << 24)
      // Without a shift there is no fifth byte: it may not exist, and `<< 32` would be `<< 0`.
      const value = shift === 0 ? word : (word >>> shift) | (source[index + 4]! << (32 - shift))
      this.cells.setUint32(at, value, true)
      index += 4
      at += 4
    }
    this.position += bitLength - left
    if (left > 0) this.put(peek(source, index * 8 + shift, left), left)
  }

  /** Unchecked `bits`: `value` fits in `count` bits, 0..32. */
  private put(value: number, count: number): void {
    const start = this.position
    const end = start + count
    if (end > this.capacityBits) this.grow(end)
    const index = start >>> 3
    const shift = start & 7
    const kept = this.buffer[index]! & ((1 << shift) - 1)
    this.cells.setUint32(index, kept | (value << shift), true)
    if (shift + count > 32) this.buffer[index + 4] = value >>> (32 - shift)
    this.position = end
  }

  /** Makes room before a write of several parts, so that it happens whole or not at all. */
  private reserve(bitLength: number): void {
    if (this.position + bitLength > this.capacityBits) this.grow(this.position + bitLength)
  }

  private grow(neededBits: number): void {
    const neededBytes = Math.ceil(neededBits / 8)
    if (neededBytes > this.maxBytes) {
      throw new RangeError(`BitWriter: expected at most ${this.maxBytes} bytes (maxBytes), got ${neededBytes}`)
    }
    const bytes = Math.min(this.maxBytes, Math.max(neededBytes, (this.capacityBits >>> 3) * 2))
    const next = new Uint8Array(bytes + SLACK_BYTES)
    next.set(this.buffer.subarray(0, this.byteLength))
    this.buffer = next
    this.views.clear()
    this.cells = new DataView(next.buffer)
    this.capacityBits = bytes * 8
  }

  /** Zeroes what an earlier, longer content left in the last byte. */
  private clearTail(): void {
    const used = this.position & 7
    const last = this.position >>> 3
    if (used !== 0) this.buffer[last] = this.buffer[last]! & ((1 << used) - 1)
  }
}

/** `count` bits (1..32) of `source` from bit `offset` on, which the caller has checked to exist. */
function peek(source: Uint8Array, offset: number, count: number): number {
  let index = offset >>> 3
  const shift = offset & 7
  let value = source[index]! >>> shift
  for (let have = 8 - shift; have < count; have += 8) value |= source[++index]! << have
  return count === 32 ? value >>> 0 : value & ((1 << count) - 1)
}

function varuintBits(value: number, groupBits: number): number {
  return Math.max(1, Math.ceil(bitWidth(value) / groupBits)) * (groupBits + 1)
}

function outOfRange(method: string, value: number, min: number, max: number): RangeError {
  return new RangeError(`${method}: expected an integer ${min}..${max}, got ${value}`)
}
