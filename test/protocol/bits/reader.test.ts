import { Buffer } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { operations } from './operations.ts'

function readerOf(write: (writer: BitWriter) => void): BitReader {
  const writer = new BitWriter()
  write(writer)
  return new BitReader(writer.toBytes(), 0, writer.bitLength)
}

/** The DecodeError that `read` must end in. */
function faultOf(read: () => unknown): DecodeError {
  try {
    read()
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  return expect.fail('expected a DecodeError')
}

describe('round trips', () => {
  it('reads back any sequence of writes and ends with it', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const writer = new BitWriter(0)
        for (const operation of list) operation.write(writer)
        const reader = new BitReader(writer.toBytes())
        for (const { read, expected } of list) expect(read(reader)).toEqual(expected)
        expect(reader.bitOffset).toBe(writer.bitLength)
        reader.expectEnd()
      }),
      { numRuns: 500 },
    )
  })

  it('reads the same from the middle of other bytes', () => {
    fc.assert(
      fc.property(operations, fc.uint8Array({ maxLength: 3 }), fc.nat(7), (list, before, shift) => {
        // `align` counts from the first byte, not from where the part starts.
        const parts = list.filter(({ label }) => label !== 'align()')
        const body = new BitWriter()
        for (const operation of parts) operation.write(body)
        const whole = new BitWriter()
        whole.bytes(before)
        whole.bits((1 << shift) - 1, shift)
        const from = whole.bitLength
        whole.copyBits(body.view(), 0, body.bitLength)
        whole.bits(0xff, 8)
        const reader = new BitReader(whole.toBytes(), from, from + body.bitLength)
        for (const { read, expected } of parts) expect(read(reader)).toEqual(expected)
        expect(reader.bitsLeft).toBe(0)
      }),
    )
  })

  it('is reused for another message by reset', () => {
    const reader = new BitReader(Uint8Array.of(1, 2))
    reader.bits(11, 'old')
    reader.reset(Uint8Array.of(0xff, 3, 0xff), 8, 16)
    expect([reader.bitOffset, reader.bitsLeft, reader.bits(8, 'new'), reader.bitsLeft]).toEqual([8, 8, 3, 0])
  })

  it('refuses a range that is not in its bytes', () => {
    const bytes = new Uint8Array(2)
    expect(() => new BitReader(bytes, 0, 17)).toThrow(RangeError)
    expect(() => new BitReader(bytes, 5, 4)).toThrow(RangeError)
    expect(() => new BitReader(bytes, -1)).toThrow(RangeError)
  })
})

describe('truncation', () => {
  it('cut at any bit, any sequence of writes ends in `truncated` at or before the cut', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const writer = new BitWriter()
        for (const operation of list) operation.write(writer)
        const bytes = writer.toBytes()
        for (let cut = 0; cut < writer.bitLength; cut++) {
          const reader = new BitReader(bytes, 0, cut)
          const fault = faultOf(() => list.forEach((operation) => operation.read(reader)))
          if (fault.reason !== 'truncated' || fault.offset > cut) expect.fail(`cut at ${cut}: ${fault.message}`)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('says what was expected, what came and where', () => {
    const reader = new BitReader(Uint8Array.of(0xff, 0xff))
    reader.bits(11, 'flags')
    const fault = faultOf(() => reader.bits(10, 'input count'))
    expect(fault).toMatchObject({ code: 'decode-truncated', reason: 'truncated', offset: 11, what: 'input count' })
    expect(fault.message).toBe('input count: expected 10 more bits, got 5 at bit 11 (byte 1)')
  })

  it('every kind of read fails on no bytes at all', () => {
    const reads: ((reader: BitReader) => unknown)[] = [
      (reader) => reader.bits(1, 'x'),
      (reader) => reader.bool('x'),
      (reader) => reader.uintMax(1, 'x'),
      (reader) => reader.int(-1, 1, 'x'),
      (reader) => reader.varuint(9, 'x'),
      (reader) => reader.varint(-9, 9, 'x'),
      (reader) => reader.f32('x'),
      (reader) => reader.f64('x'),
      (reader) => reader.bytes(1, 'x'),
      (reader) => reader.text(9, 'x'),
      (reader) => reader.skipBits(1, 'x'),
    ]
    for (const read of reads) {
      expect(faultOf(() => read(new BitReader(new Uint8Array(0)))).reason).toBe('truncated')
    }
  })

  it('a count beyond the message fails before anything is allocated', () => {
    const reader = new BitReader(new Uint8Array(4))
    // As an allocation this would throw RangeError instead.
    for (const count of [2 ** 53, Number.NaN, -1]) {
      expect(faultOf(() => reader.bytes(count, 'payload')).reason).toBe('truncated')
      expect(faultOf(() => reader.skipBits(count, 'payload')).reason).toBe('truncated')
    }
  })

  it('values of no bits need none', () => {
    const reader = new BitReader(new Uint8Array(0))
    expect([reader.bits(0, 'x'), reader.uintMax(0, 'x'), reader.int(5, 5, 'x')]).toEqual([0, 0, 5])
    reader.align()
    reader.expectEnd()
  })
})

describe('bounds', () => {
  it('uintMax and int refuse the values that their bits could hold beyond their range', () => {
    for (let value = 6; value < 8; value++) {
      const unsigned = readerOf((writer) => writer.bits(value, 3))
      expect(faultOf(() => unsigned.uintMax(5, 'x'))).toMatchObject({ reason: 'out-of-range', offset: 0 })
      const signed = readerOf((writer) => writer.bits(value, 3))
      expect(faultOf(() => signed.int(-2, 3, 'x'))).toMatchObject({ reason: 'out-of-range', offset: 0 })
    }
  })

  it('varuint and varint refuse more than they were asked for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        fc.pre(one !== other)
        const reader = readerOf((writer) => writer.varuint(Math.max(one, other)))
        expect(faultOf(() => reader.varuint(Math.min(one, other), 'x'))).toMatchObject({
          reason: 'out-of-range',
          offset: 0,
        })
      }),
    )
    const below = readerOf((writer) => writer.varint(-6))
    expect(faultOf(() => below.varint(-5, 5, 'x')).reason).toBe('out-of-range')
    const above = readerOf((writer) => writer.varint(6))
    expect(faultOf(() => above.varint(-5, 5, 'x')).reason).toBe('out-of-range')
  })

  it('varuint refuses a number beyond 32 bits in every group size', () => {
    for (let groupBits = 1; groupBits < 32; groupBits++) {
      const groups = Math.ceil(33 / groupBits)
      const reader = readerOf((writer) => {
        for (let i = 1; i < groups; i++) writer.bits(2 ** groupBits, groupBits + 1)
        writer.bits(2 ** ((33 - 1) % groupBits), groupBits + 1)
      })
      expect(faultOf(() => reader.varuint(0xffff_ffff, 'x', groupBits)).reason).toBe('out-of-range')
    }
  })

  it('varuint without an end stops at 32 bits, not at the end of the message', () => {
    const endless = new BitReader(new Uint8Array(1000).fill(0b1000_0000))
    expect(faultOf(() => endless.varuint(0xffff_ffff, 'x', 7)).reason).toBe('out-of-range')
    expect(endless.bitOffset).toBeLessThanOrEqual(48)
  })

  it('text checks its length against the limit before the bytes', () => {
    const reader = readerOf((writer) => writer.text('too long', 100))
    const fault = faultOf(() => reader.text(7, 'chat'))
    expect(fault).toMatchObject({ reason: 'limit', offset: 0, what: 'chat' })
    expect(fault.message).toContain('at most 7 bytes of UTF-8, got 8')
    const huge = readerOf((writer) => writer.varuint(0xffff_ffff, 7))
    expect(faultOf(() => huge.text(7, 'chat')).reason).toBe('limit')
  })

  it('a count of more than 32 bits is a mistake of ours, not of the peer', () => {
    expect(() => new BitReader(new Uint8Array(9)).bits(33, 'x')).toThrow(RangeError)
  })
})

describe('one encoding for each value', () => {
  it('varuint refuses needless groups', () => {
    for (let groupBits = 1; groupBits < 32; groupBits++) {
      const reader = readerOf((writer) => {
        writer.bits(2 ** groupBits + 1, groupBits + 1)
        writer.bits(0, groupBits + 1)
      })
      expect(faultOf(() => reader.varuint(0xffff_ffff, 'x', groupBits))).toMatchObject({
        reason: 'malformed',
        offset: 0,
      })
    }
  })

  it('align refuses set bits', () => {
    const reader = new BitReader(Uint8Array.of(0b100, 0))
    reader.bits(2, 'x')
    expect(faultOf(() => reader.align())).toMatchObject({ reason: 'malformed', offset: 2 })
  })

  it('floats must be finite', () => {
    const single = new BitReader(Uint8Array.of(0, 0, 0xc0, 0x7f))
    expect(faultOf(() => single.f32('x')).reason).toBe('malformed')
    const double = new BitReader(Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0xff))
    expect(faultOf(() => double.f64('x')).reason).toBe('malformed')
  })

  it('text must be UTF-8, and the offset is that of the byte at fault at any alignment', () => {
    for (let shift = 0; shift < 8; shift++) {
      const reader = readerOf((writer) => {
        writer.bits(0, shift)
        writer.varuint(3, 7)
        writer.bytes(Uint8Array.of(0x41, 0xff, 0x41))
      })
      reader.bits(shift, 'before')
      expect(faultOf(() => reader.text(9, 'name'))).toMatchObject({
        reason: 'malformed',
        offset: shift + 16,
        what: 'name',
      })
    }
  })
})

describe('the end', () => {
  it('accepts up to seven zero bits and refuses a byte more, or a set bit', () => {
    for (let used = 1; used <= 8; used++) {
      const padded = new BitReader(new Uint8Array(1))
      padded.bits(used, 'x')
      padded.expectEnd()
      const set = new BitReader(Uint8Array.of(0, 0x80))
      set.bits(8 + used - 1, 'x')
      expect(faultOf(() => set.expectEnd())).toMatchObject({ reason: 'trailing', offset: 8 + used - 1 })
    }
    const longer = new BitReader(new Uint8Array(3))
    longer.bits(8, 'x')
    expect(faultOf(() => longer.expectEnd()).message).toContain('16 more bits')
  })
})

describe('bytes', () => {
  it('are a copy, also of a Node Buffer, whose slice would be a view', () => {
    for (const before of [0, 3]) {
      const pooled = Buffer.alloc(4, 7)
      const reader = new BitReader(pooled)
      reader.bits(before, 'before')
      const copy = reader.bytes(2, 'payload')
      const kept = [...copy]
      pooled.fill(0)
      expect([...copy]).toEqual(kept)
    }
  })
})
