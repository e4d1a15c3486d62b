import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { fromBits, numberToBits, operations, toBits, varuintToBits } from './operations.ts'

function written(write: (writer: BitWriter) => void): Uint8Array {
  const writer = new BitWriter()
  write(writer)
  return writer.toBytes()
}

/** Bytes without a pattern that a wrong shift could hide behind. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 0x9e37_79b1) >>> 11) & 0xff)
}

describe('golden bytes', () => {
  it('puts bit 0 of byte 0 first, so a value at a byte boundary is little-endian', () => {
    expect([...written((writer) => writer.bits(0x0403_0201, 32))]).toEqual([1, 2, 3, 4])
    expect([...written((writer) => [1, 0, 0, 0, 0, 0, 0, 0, 1].forEach((bit) => writer.bits(bit, 1)))]).toEqual([1, 1])
  })

  it('carries a value that starts inside a byte into a fifth', () => {
    const bytes = written((writer) => {
      writer.bits(0b101, 3)
      writer.bits(0xffff_ffff, 32)
    })
    expect([...bytes]).toEqual([0xfd, 0xff, 0xff, 0xff, 0x07])
  })

  it('writes varuint groups low first, each followed by its continuation bit', () => {
    expect([...written((writer) => writer.varuint(0))]).toEqual([0])
    expect([...written((writer) => writer.varuint(15))]).toEqual([0b01111])
    expect([...written((writer) => writer.varuint(16))]).toEqual([0b0011_0000, 0])
    expect([...written((writer) => writer.varuint(300, 7))]).toEqual([0b1010_1100, 0b10])
  })

  it('writes a text as the varuint(7) of its byte length and UTF-8, without alignment', () => {
    expect([...written((writer) => writer.text('\u00e9!', 10))]).toEqual([3, 0xc3, 0xa9, 0x21])
    const shifted = written((writer) => {
      writer.bool(true)
      writer.text('A', 10)
    })
    expect([...shifted]).toEqual([0b11, 0x82, 0])
  })

  it('writes floats as little-endian IEEE 754', () => {
    expect([...written((writer) => writer.f32(1))]).toEqual([0, 0, 0x80, 0x3f])
    expect([...written((writer) => writer.f64(-2))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0])
  })
})

describe('against an oracle of single bits', () => {
  it('bits of any width at any position are the bits of the number, low first', () => {
    const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 1, max: 32 })))
    fc.assert(
      fc.property(parts, (list) => {
        const values = list.map(([seed, count]) => ({ value: seed >>> (32 - count), count }))
        const bytes = written((writer) => values.forEach(({ value, count }) => writer.bits(value, count)))
        expect(bytes).toEqual(fromBits(values.flatMap(({ value, count }) => numberToBits(value, count))))
      }),
    )
  })

  it('varuint of any value and group size follows its definition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 1, max: 31 }), (value, groupBits) => {
        expect(written((writer) => writer.varuint(value, groupBits))).toEqual(fromBits(varuintToBits(value, groupBits)))
      }),
    )
  })

  it('copyBits moves every length from every alignment to every alignment', () => {
    const source = noise(24)
    const all = toBits(source)
    for (let from = 0; from < 8; from++) {
      for (let to = 0; to < 8; to++) {
        for (let length = 0; length <= 24 * 8 - from; length++) {
          const bytes = written((writer) => {
            writer.bits((1 << to) - 1, to)
            writer.copyBits(source, from, length)
            writer.bool(true)
          })
          const bits = [...Array<number>(to).fill(1), ...all.slice(from, from + length), 1]
          if (!isEqual(bytes, fromBits(bits))) expect.fail(`from ${from} to ${to}, ${length} bits`)
        }
      }
    }
  })

  it('copyBits of long ranges, where whole bytes are copied natively, is the same', () => {
    const source = noise(600)
    const all = toBits(source)
    for (const [from, to] of [
      [0, 0],
      [3, 3],
      [8, 5],
      [5, 0],
      [13, 6],
    ] as const) {
      for (const length of [1023, 1024, 1025, 1031, 1032, 4000, 4787]) {
        const writer = new BitWriter(16)
        writer.bits(0, to)
        writer.copyBits(source, from, length)
        const bits = [...Array<number>(to).fill(0), ...all.slice(from, from + length)]
        expect(writer.bitLength).toBe(bits.length)
        expect(isEqual(writer.toBytes(), fromBits(bits))).toBe(true)
      }
    }
  })
})

describe('copyBits of one body again and again', () => {
  it('copies what the body holds now, and the body of now', () => {
    const bodies = [noise(200), noise(200).toReversed(), noise(600).subarray(200, 400)]
    const writer = new BitWriter()
    for (const body of [0, 0, 1, 2, 2, 1, 0].map((i) => bodies[i]!)) {
      body[7]! += 1
      writer.reset()
      writer.copyBits(body, 0, 1600)
      expect(writer.toBytes()).toEqual(Uint8Array.from(body))
    }
  })
})

describe('copyFrom', () => {
  it('copies what copyBits copies of a view, whatever an earlier content left behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(), fc.nat(7), (bytes, a, b, at) => {
        const source = new BitWriter()
        source.bytes(new Uint8Array(bytes.length + 1).fill(0xff))
        source.reset()
        source.bytes(bytes)
        const from = a % (bytes.length * 8)
        const length = b % (bytes.length * 8 - from + 1)
        const [one, other] = [new BitWriter(), new BitWriter()]
        one.bits(0, at)
        other.bits(0, at)
        one.copyFrom(source, from, length)
        other.copyBits(bytes, from, length)
        expect(isEqual(one.toBytes(), other.toBytes())).toBe(true)
      }),
    )
  })
})

describe('positions', () => {
  it('rewindTo forgets what was written since: what follows is as if it never had been', () => {
    fc.assert(
      fc.property(operations, operations, operations, (before, dropped, after) => {
        const rewound = new BitWriter(0)
        for (const operation of before) operation.write(rewound)
        const mark = rewound.bitLength
        for (const operation of dropped) operation.write(rewound)
        rewound.rewindTo(mark)
        expect(rewound.bitLength).toBe(mark)
        const straight = new BitWriter()
        for (const operation of before) operation.write(straight)
        expect(rewound.toBytes()).toEqual(straight.toBytes())
        for (const operation of after) operation.write(rewound)
        for (const operation of after) operation.write(straight)
        expect(rewound.toBytes()).toEqual(straight.toBytes())
      }),
    )
  })

  it('rewindTo refuses a position that was not reached', () => {
    const writer = new BitWriter()
    writer.bits(1, 5)
    for (const position of [6, -1, 2.5, Number.NaN]) expect(() => writer.rewindTo(position)).toThrow(RangeError)
    expect(writer.bitLength).toBe(5)
  })

  it('a reset writer leaves no trace of its earlier content', () => {
    const writer = new BitWriter()
    writer.bytes(new Uint8Array(40).fill(0xff))
    writer.reset()
    expect(writer.bitLength).toBe(0)
    writer.bits(0, 3)
    expect([...writer.view()]).toEqual([0])
    writer.bits(1, 32)
    expect([...writer.view()]).toEqual([8, 0, 0, 0, 0])
  })

  it('view shows the written bytes in place, toBytes is a copy of its own', () => {
    const writer = new BitWriter()
    writer.bits(7, 12)
    const copy = writer.toBytes()
    const view = writer.view()
    expect([writer.byteLength, writer.bitLength]).toEqual([2, 12])
    writer.rewindTo(0)
    writer.bits(0xfff, 12)
    expect([...copy]).toEqual([7, 0])
    expect([...view]).toEqual([0xff, 0x0f])
  })

  it('view makes no new array for a length that it was asked for before', () => {
    const writer = new BitWriter(16)
    const viewOf = (length: number): Uint8Array => {
      writer.reset()
      for (let i = 0; i < length; i++) writer.bits(length, 8)
      return writer.view()
    }
    const five = viewOf(5)
    viewOf(7)
    expect(viewOf(5)).toBe(five)
    expect([...five]).toEqual([5, 5, 5, 5, 5])
    // Another storage, other views.
    viewOf(100)
    expect(viewOf(5)).not.toBe(five)
    expect([...viewOf(5)]).toEqual([5, 5, 5, 5, 5])
  })

  it('align fills up with zeros and does nothing at a byte boundary', () => {
    const writer = new BitWriter()
    writer.align()
    expect(writer.bitLength).toBe(0)
    writer.bits(0b111, 3)
    writer.align()
    writer.align()
    expect([writer.bitLength, ...writer.view()]).toEqual([8, 7])
  })

  it('copies from its own view, also when it has to grow', () => {
    const writer = new BitWriter(8)
    writer.bytes(noise(8))
    writer.bits(0b10, 2)
    writer.copyBits(writer.view(), 3, 60)
    const reader = new BitReader(writer.view())
    expect(reader.bytes(8, 'original')).toEqual(noise(8))
    reader.skipBits(2, 'between')
    const copied = Array.from({ length: 60 }, () => reader.bits(1, 'copied bit'))
    expect(copied).toEqual(toBits(noise(8)).slice(3, 63))
  })
})

describe('limits', () => {
  it('grows by doubling up to maxBytes and names the limit beyond it', () => {
    const writer = new BitWriter(1, 10)
    for (let i = 0; i < 10; i++) writer.bits(i, 8)
    expect([...writer.view()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(() => writer.bool(true)).toThrow('expected at most 10 bytes (maxBytes), got 11')
  })

  it('a write that does not fit into maxBytes writes nothing', () => {
    const writes: ((writer: BitWriter) => void)[] = [
      (writer) => writer.bits(1, 9),
      (writer) => writer.varuint(16),
      (writer) => writer.varuint(0xffff_ffff, 1),
      (writer) => writer.f64(1),
      (writer) => writer.text('a', 10),
      (writer) => writer.bytes(new Uint8Array(2)),
      (writer) => writer.copyBits(new Uint8Array(2), 3, 9),
    ]
    for (const write of writes) {
      const writer = new BitWriter(1, 2)
      writer.bits(3, 8)
      expect(() => write(writer)).toThrow(RangeError)
      expect(writer.bitLength).toBe(8)
      writer.bits(9, 8)
      expect([...writer.view()]).toEqual([3, 9])
    }
  })

  it('what fits exactly is written', () => {
    const writer = new BitWriter(0, 9)
    writer.text('12345678', 8)
    expect(writer.byteLength).toBe(9)
    const groups = new BitWriter(0, 8)
    groups.varuint(0xffff_ffff, 1)
    expect(groups.bitLength).toBe(64)
    const short = new BitWriter(0, 1)
    short.varuint(7)
    expect(short.bitLength).toBe(5)
  })

  it('refuses a storage that cannot be', () => {
    expect(() => new BitWriter(-1)).toThrow('initialBytes')
    expect(() => new BitWriter(20, 10)).toThrow('initialBytes')
    expect(() => new BitWriter(0, 0)).toThrow('maxBytes')
    expect(() => new BitWriter(0, 2 ** 27)).toThrow('maxBytes')
  })
})

describe("the caller's mistakes throw RangeError and write nothing", () => {
  const mistakes: Record<string, (writer: BitWriter) => void> = {
    'bits: a value wider than its count': (writer) => writer.bits(8, 3),
    'bits: a negative value': (writer) => writer.bits(-1, 32),
    'bits: a fraction': (writer) => writer.bits(0.5, 8),
    'bits: NaN': (writer) => writer.bits(Number.NaN, 8),
    'bits: 2^32': (writer) => writer.bits(2 ** 32, 32),
    'bits: 33 bits': (writer) => writer.bits(0, 33),
    'bits: -1 bits': (writer) => writer.bits(0, -1),
    'uintMax: above max': (writer) => writer.uintMax(6, 5),
    'uintMax: below zero': (writer) => writer.uintMax(-1, 5),
    'uintMax: a max beyond a u32': (writer) => writer.uintMax(1, 2 ** 32),
    'int: below min': (writer) => writer.int(-4, -3, 3),
    'int: above max': (writer) => writer.int(4, -3, 3),
    'int: a fraction': (writer) => writer.int(0.5, -3, 3),
    'varuint: below zero': (writer) => writer.varuint(-1),
    'varuint: 2^32': (writer) => writer.varuint(2 ** 32),
    'varint: beyond an int32': (writer) => writer.varint(2 ** 31),
    'f32: NaN': (writer) => writer.f32(Number.NaN),
    'f32: beyond the largest 32-bit float': (writer) => writer.f32(3.5e38),
    'f64: infinity': (writer) => writer.f64(Number.POSITIVE_INFINITY),
    'text: more bytes than maxBytes': (writer) => writer.text('\u00e9\u00e9', 3),
    'copyBits: past the end of its source': (writer) => writer.copyBits(new Uint8Array(2), 9, 8),
    'copyBits: before its source': (writer) => writer.copyBits(new Uint8Array(2), -1, 8),
    'copyFrom: more than was written': (writer) => writer.copyFrom(new BitWriter(), 0, 1),
  }
  for (const [name, mistake] of Object.entries(mistakes)) {
    it(name, () => {
      const writer = new BitWriter()
      expect(() => mistake(writer)).toThrow(RangeError)
      expect(writer.bitLength).toBe(0)
    })
  }
})

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}
