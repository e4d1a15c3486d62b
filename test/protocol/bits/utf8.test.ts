import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8, encodeUtf8Into, utf8Length } from '../../../protocol/src/bits/utf8.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'

const platformEncoder = new TextEncoder()
const platformDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Any UTF-16, lone surrogates included. */
const utf16 = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.nat(0x90)))
  .map((units) => String.fromCharCode(...units))

function decode(bytes: Uint8Array): string | null {
  try {
    return decodeUtf8(bytes, 0, bytes.length, 'text')
  } catch (error) {
    if (error instanceof DecodeError && error.reason === 'malformed') return null
    throw error
  }
}

function platformDecode(bytes: Uint8Array): string | null {
  try {
    return platformDecoder.decode(bytes)
  } catch {
    return null
  }
}

describe('encodeUtf8', () => {
  it('writes the bytes of TextEncoder for any UTF-16, U+FFFD for a lone surrogate', () => {
    fc.assert(
      fc.property(utf16, (text) => {
        const bytes = platformEncoder.encode(text)
        expect(encodeUtf8(text)).toEqual(bytes)
        expect(utf8Length(text)).toBe(bytes.length)
      }),
      { numRuns: 1000 },
    )
    expect([...encodeUtf8('\ud800')]).toEqual([0xef, 0xbf, 0xbd])
  })

  it('writes into an array from an index on, or nothing at all', () => {
    const target = new Uint8Array(5)
    expect(encodeUtf8Into('\u20ac', target, 1)).toBe(3)
    expect([...target]).toEqual([0, 0xe2, 0x82, 0xac, 0])
    expect(() => encodeUtf8Into('\u20ac', target, 3)).toThrow('expected room for 3 bytes, got 2')
    expect([...target]).toEqual([0, 0xe2, 0x82, 0xac, 0])
  })
})

describe('decodeUtf8', () => {
  it('reads every character of Unicode as TextEncoder writes it', () => {
    for (let start = 0; start <= 0x10ffff; start += 0x400) {
      if (start >= 0xd800 && start < 0xe000) continue
      const text = String.fromCodePoint(...Array.from({ length: 0x400 }, (_, i) => start + i))
      if (decode(platformEncoder.encode(text)) !== text) expect.fail(`from U+${start.toString(16)}`)
    }
  })

  it('accepts and refuses exactly what a strict TextDecoder does', () => {
    const tricky = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
    )
    const byte = fc.oneof(tricky, fc.constantFrom(0xf0, 0xf4, 0xf5, 0xff), fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (list) => {
        const bytes = Uint8Array.from(list)
        expect(decode(bytes)).toBe(platformDecode(bytes))
      }),
      { numRuns: 20_000 },
    )
  })

  it('agrees with it on every lead byte followed by the edges of every range', () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
    const disagreements: number[][] = []
    for (let lead = 0; lead < 256; lead++) {
      for (const second of edges) {
        for (const third of edges) {
          for (const size of [1, 2, 3, 4]) {
            const bytes = Uint8Array.of(lead, second, third, 0x80).subarray(0, size)
            if (decode(bytes) !== platformDecode(bytes)) disagreements.push([...bytes])
          }
        }
      }
    }
    expect(disagreements).toEqual([])
  })

  it.each([
    ['an overlong NUL', [0xc0, 0x80]],
    ['an overlong slash of three bytes', [0xe0, 0x80, 0xaf]],
    ['an overlong of four bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a value beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte at the end', [0x41, 0xe2, 0x82]],
    ['a continuation without a lead', [0x80]],
  ])('refuses %s', (_name, list) => {
    expect(() => decodeUtf8(Uint8Array.from(list), 0, list.length, 'text')).toThrow(DecodeError)
  })

  it('does not look beyond its range, even when the sequence is whole there', () => {
    const bytes = platformEncoder.encode('a\u20acb')
    expect(decodeUtf8(bytes, 1, 4, 'text')).toBe('\u20ac')
    expect(() => decodeUtf8(bytes, 1, 3, 'text')).toThrow(DecodeError)
  })

  it('names the bit of the first byte at fault, in the message and not in the text', () => {
    const bytes = Uint8Array.of(0x41, 0x42, 0xfe)
    expect(() => decodeUtf8(bytes, 1, 3, 'name')).toThrow('got byte 0xfe that starts no valid sequence at bit 16')
    expect(() => decodeUtf8(bytes, 1, 3, 'name', 1003)).toThrow('at bit 1011')
  })

  it('keeps a byte order mark, and texts of any length', () => {
    expect(decode(platformEncoder.encode('\ufeffx'))).toBe('\ufeffx')
    const long = 'a\u00e9\u20ac\u{1f680}'.repeat(20_000)
    expect(decode(platformEncoder.encode(long))).toBe(long)
  })
})
