/**
 * UTF-8, because `TextEncoder` is a platform's and not the language's. Encoding is forgiving (a lone surrogate, which
 * players' keyboards do produce, becomes U+FFFD), decoding is strict: two byte sequences never mean the same text.
 */
import { DecodeError } from '../errors.ts'

const REPLACEMENT = 0xfffd

/** Bytes that `encodeUtf8` makes of `text`. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (isPairAt(text, i)) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}

/** `text` as UTF-8 in an array of its own. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text))
  encodeUtf8Into(text, bytes, 0)
  return bytes
}

/**
 * Writes `text` as UTF-8 from `at` on and returns how many bytes that took.
 * @throws RangeError when `target` is too short; nothing is written then
 */
export function encodeUtf8Into(text: string, target: Uint8Array, at: number): number {
  const length = utf8Length(text)
  if (at + length > target.length) {
    throw new RangeError(`UTF-8 target: expected room for ${length} bytes, got ${target.length - at}`)
  }
  let end = at
  for (let i = 0; i < text.length; i++) {
    const point = codePointAt(text, i)
    if (point > 0xffff) i++
    end = writeCodePoint(point, target, end)
  }
  return length
}

/**
 * The text that bytes `from` (inclusive) to `to` (exclusive) encode. Refuses what no strict encoder writes: overlong
 * forms, surrogates, values beyond U+10FFFF, truncated sequences. A byte order mark is kept as a character.
 * @param bitOffset where byte `from` stands in its message, for the error's offset
 * @throws DecodeError `malformed`
 */
export function decodeUtf8(
  bytes: Uint8Array,
  from: number,
  to: number,
  what: string,
  bitOffset: number = from * 8,
): string {
  let text = ''
  let units: number[] = []
  for (let at = from; at < to;) {
    const size = sequenceLength(bytes, at, to)
    if (size === 0) throw malformed(bytes, at, what, bitOffset + (at - from) * 8)
    const point = readCodePoint(bytes, at, size)
    at += size
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff))
    else units.push(point)
    // In pieces: arguments live on the stack, and a long text would overflow it.
    if (units.length >= 1024) {
      text += String.fromCharCode(...units)
      units = []
    }
  }
  return text + String.fromCharCode(...units)
}

function malformed(bytes: Uint8Array, at: number, what: string, offset: number): DecodeError {
  const got = `byte 0x${bytes[at]!.toString(16).padStart(2, '0')} that starts no valid sequence`
  return new DecodeError('malformed', { what, expected: 'UTF-8', got, offset })
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}

// Past the end charCodeAt is NaN, and NaN is no low surrogate.
function isPairAt(text: string, i: number): boolean {
  return isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1))
}

function codePointAt(text: string, i: number): number {
  const unit = text.charCodeAt(i)
  if (isPairAt(text, i)) return 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(i + 1) & 0x3ff)
  return isHigh(unit) || isLow(unit) ? REPLACEMENT : unit
}

function writeCodePoint(point: number, target: Uint8Array, at: number): number {
  if (point < 0x80) {
    target[at] = point
    return at + 1
  }
  if (point < 0x800) {
    target[at] = 0xc0 | (point >> 6)
  } else if (point < 0x10000) {
    target[at++] = 0xe0 | (point >> 12)
    target[at] = 0x80 | ((point >> 6) & 0x3f)
  } else {
    target[at++] = 0xf0 | (point >> 18)
    target[at++] = 0x80 | ((point >> 12) & 0x3f)
    target[at] = 0x80 | ((point >> 6) & 0x3f)
  }
  target[at + 1] = 0x80 | (point & 0x3f)
  return at + 2
}

/** Bytes of the well-formed sequence at `at`, or 0 when there is none before `to` (Unicode standard, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  // C0 and C1 could only start overlong forms, F5 and up only values beyond U+10FFFF.
  if (lead < 0xc2 || lead > 0xf4 || at + size > to) return 0
  // The second byte's range is what shuts out the other overlong forms, the surrogates and the values too large.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  const second = bytes[at + 1]!
  if (second < lowest || second > highest) return 0
  for (let i = at + 2; i < at + size; i++) if ((bytes[i]! & 0xc0) !== 0x80) return 0
  return size
}

function readCodePoint(bytes: Uint8Array, at: number, size: number): number {
  const lead = bytes[at]!
  if (size === 1) return lead
  let point = lead & (0x7f >> size)
  for (let i = at + 1; i < at + size; i++) point = (point << 6) | (bytes[i]! & 0x3f)
  return point
}
