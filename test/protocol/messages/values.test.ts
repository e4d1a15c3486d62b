import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { ConfigError, DecodeError } from '../../../protocol/src/errors.ts'
import { decodeBlob, encodeBlob, NO_PACKER, readValues, writeValues } from '../../../protocol/src/messages/values.ts'
import type { Packer } from '../../../protocol/src/messages/values.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { Field, FieldMap } from '../../../protocol/src/schema/field.ts'
import type { Audience, StandardSchema } from '../../../protocol/src/schema/spec.ts'
import { expectClose } from '../close.ts'
import { anySample } from '../fields.ts'

type AnyField = Field<unknown, Audience>
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A packer of JSON: what msgpackr does, readable. */
const JSON_PACKER: Packer = {
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
}
const titled: StandardSchema<{ title: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const title = (value as { title?: unknown } | null)?.title
      return typeof title === 'string' ? { value: { title } } : { issues: [{ message: 'title is missing' }] }
    },
  },
}

function written(fields: FieldMap, values: object, packer: Packer = NO_PACKER): BitWriter {
  const writer = new BitWriter()
  writeValues(writer, fields, values, packer)
  return writer
}
const one = (declared: AnyField, value: unknown, packer?: Packer): BitWriter =>
  written({ it: declared }, { it: value }, packer)
const readOne = (declared: AnyField, bytes: Uint8Array, packer: Packer = NO_PACKER): unknown =>
  readValues(new BitReader(bytes), { it: declared }, packer)['it']

describe('writeValues and readValues', () => {
  it('give back any fields in the order of the schema, and read no bit more', () => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 6 }), (samples) => {
        const fields = Object.fromEntries(samples.map(({ declared }, i) => [`f${i}`, declared]))
        const writer = written(fields, Object.fromEntries(samples.map(({ value }, i) => [`f${i}`, value])))
        const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
        const values = readValues(reader, fields, NO_PACKER)
        for (const [i, { value, tolerance }] of samples.entries()) expectClose(values[`f${i}`], value, tolerance)
        expect(Object.keys(values)).toEqual(Object.keys(fields))
        expect(reader.bitsLeft).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })

  it('[VAL1] refuse to send what does not fit, and name the field, its range and the value', () => {
    const refusals: readonly (readonly [AnyField, unknown, string])[] = [
      [field.uint({ max: 9 }), 10, 'it: expected 0 to 9, got 10'],
      [field.int({ min: -2, max: 2 }), -3, 'it: expected -2 to 2, got -3'],
      [field.fixed({ min: 0, max: 8, precision: 1 / 4 }), 8, 'it: expected 0 to below 8, got 8'],
      [field.vec2({ min: 0, max: 8, precision: 1 }), { x: 1, y: 77 }, 'it: expected 0 to below 8, got 77'],
      [field.vec2({ min: 0, max: 8, precision: 1 }), undefined, 'it: expected an object with x and y, got undefined'],
      [field.uint({ max: 9 }), undefined, 'it: expected a number, got undefined'],
      [field.angle(), 'north', 'it: expected a number, got "north"'],
      [field.tick(), -1, 'it: expected 0 to 4294967295, got -1'],
      [field.seat(), 2000, 'it: expected 0 to 1022, got 2000'],
      [field.entity(), 2 ** 33, 'it: expected an id, got 8589934592'],
      [field.uint({ max: 9 }), 5n, 'it: expected a number, got 5n'],
      [field.oneOf('a', 'b'), 'c', 'it: expected one of a, b, got "c"'],
      [field.text({ maxBytes: 3 }), 'zoë', 'it: expected at most 3 bytes, got 4'],
      [field.text({ maxBytes: 3 }), 7, 'it: expected a string, got number'],
      [field.bytes({ maxBytes: 3 }), [1, 2], 'it: expected a Uint8Array, got object'],
      [field.list(field.bool(), { maxItems: 2 }), [true, true, true], 'it: expected an array of at most 2 items'],
      [field.list(field.uint({ max: 9 }), { maxItems: 2 }), [1, 10], 'it: expected 0 to 9, got 10'],
      [field.quaternion(), { x: 0, y: 0, z: 0, w: 0 }, 'it: the quaternion is not a rotation'],
    ]
    for (const [declared, value, message] of refusals)
      expect(() => one(declared, value)).toThrow(new RangeError(message))
  })

  it('[VAL2] send and take no NaN and no infinity', () => {
    for (const value of [Number.NaN, Infinity, -Infinity, 1e39])
      expect(() => one(field.f32(), value)).toThrow(RangeError)
    expect(() => one(field.uint({ max: 9 }), Number.NaN)).toThrow('it: the value is NaN')
    for (const pattern of ['0000807f', '000080ff', '0000c07f', '010080ff']) {
      const bytes = Uint8Array.from(Buffer.from(pattern, 'hex'))
      expect(() => readOne(field.f32(), bytes)).toThrow(expect.objectContaining({ reason: 'malformed', what: 'it' }))
    }
  })

  it('[VAL1] take nothing out of range from a peer', () => {
    const cases: readonly (readonly [AnyField, number, number])[] = [
      [field.uint({ max: 9 }), 10, 4],
      [field.int({ min: -2, max: 2 }), 5, 3],
      [field.int({ min: -(2 ** 31), max: 0 }), 0x8000_0001, 32],
      [field.fixed({ min: 0, max: 5, precision: 1 }), 5, 3],
      [field.oneOf('a', 'b', 'c'), 3, 2],
      [field.list(field.bool(), { maxItems: 4 }), 5, 3],
      [field.quaternion({ bits: 4 }), 0b1111_00, 14],
    ]
    for (const [declared, value, bits] of cases) {
      const writer = new BitWriter()
      writer.bits(value, bits)
      writer.bits(0, 32)
      expect(() => readOne(declared, writer.toBytes()), declared.spec.kind).toThrow(DecodeError)
    }
  })

  it('[BIT3] hold the length of a text against its field, and against what has arrived', () => {
    const writer = new BitWriter()
    writer.varuint(4, 7)
    const failing = (maxBytes: number) => () => readOne(field.text({ maxBytes }), writer.toBytes())
    expect(failing(3)).toThrow(expect.objectContaining({ reason: 'out-of-range' }))
    expect(failing(4)).toThrow(expect.objectContaining({ reason: 'truncated' }))
  })

  it('[BIT2] take no text that is not UTF-8', () => {
    expect(() => readOne(field.text({ maxBytes: 9 }), Uint8Array.of(2, 0xc0, 0x80))).toThrow(
      expect.objectContaining({ reason: 'malformed' }),
    )
  })
})

describe('packed fields', () => {
  const declared = field.packed(titled, { maxBytes: 40 })

  it('[VAL3] travel through the packer and their validator, both ways', () => {
    const bytes = one(declared, { title: 'a', more: 1 }, JSON_PACKER).toBytes()
    expect(readOne(declared, bytes, JSON_PACKER)).toEqual({ title: 'a' })
    expect(() => one(declared, {}, JSON_PACKER)).toThrow(new RangeError('it: title is missing'))
    expect(() => one(declared, { title: 'x'.repeat(40) }, JSON_PACKER)).toThrow('it: expected at most 40 bytes')
  })

  it('[VAL3] of a peer are refused if the validator does, or the packer cannot read them', () => {
    const send = (text: string): Uint8Array => one(field.text({ maxBytes: 40 }), text).toBytes()
    for (const text of ['{}', 'null', '{"title":', '']) {
      expect(() => readOne(declared, send(text), JSON_PACKER)).toThrow(expect.objectContaining({ reason: 'malformed' }))
    }
  })

  it('need a packer, and a validator that answers at once: anything else is a mistake of the game', () => {
    expect(() => one(declared, { title: 'a' })).toThrow(ConfigError)
    expect(() => readOne(declared, Uint8Array.of(1, 0))).toThrow(ConfigError)
    const slow: StandardSchema = { '~standard': { version: 1, vendor: 't', validate: async (value) => ({ value }) } }
    expect(() => one(field.packed(slow, { maxBytes: 9 }), 1, JSON_PACKER)).toThrow(ConfigError)
  })
})

describe('encodeBlob and decodeBlob', () => {
  const blobs = anySample.filter(({ declared }) => ['text', 'bytes', 'list'].includes(declared.spec.kind))

  it('give back a field of an entity that has a length of its own', () => {
    fc.assert(
      fc.property(blobs, ({ declared, value, tolerance }) => {
        expectClose(
          decodeBlob('it', declared, encodeBlob('it', declared, value, NO_PACKER), NO_PACKER),
          value,
          tolerance,
        )
      }),
    )
    const packed = field.packed(titled, { maxBytes: 40 })
    const bytes = encodeBlob('it', packed, { title: 'a' }, JSON_PACKER)
    expect(decodeBlob('it', packed, bytes, JSON_PACKER)).toEqual({ title: 'a' })
  })

  it('[VAL1] refuse what the reader would not take: its connection would be closed', () => {
    expect(() => encodeBlob('name', field.text({ maxBytes: 3 }), 'long', NO_PACKER)).toThrow(
      'name: expected at most 3 bytes, got 4',
    )
    expect(() => encodeBlob('raw', field.bytes({ maxBytes: 1 }), new Uint8Array(2), NO_PACKER)).toThrow('raw: expected')
    const packed = field.packed(titled, { maxBytes: 9 })
    expect(() => encodeBlob('card', packed, { title: 'a' }, JSON_PACKER)).toThrow('card: expected at most 9 bytes')
  })

  it('[BIT4] refuse a list that goes on behind its last item', () => {
    const declared = field.list(field.uint({ max: 7 }), { maxItems: 4 })
    const bytes = encodeBlob('tags', declared, [1, 2], NO_PACKER)
    expect(() => decodeBlob('tags', declared, Uint8Array.of(...bytes, 0), NO_PACKER)).toThrow(
      expect.objectContaining({ reason: 'trailing' }),
    )
  })

  it('give each value bytes of its own', () => {
    const declared = field.text({ maxBytes: 9 })
    const first = encodeBlob('it', declared, 'one', NO_PACKER)
    encodeBlob('it', declared, 'two', NO_PACKER)
    expect(hex(first)).toBe(hex(new TextEncoder().encode('one')))
  })
})

const space = { min: -4, max: 4, precision: 1 / 8 }
const GOLDEN: readonly (readonly [AnyField, unknown, string])[] = [
  [field.bool(), true, '01'],
  [field.press(), true, '01'],
  [field.uint({ max: 300 }), 258, '0201'],
  [field.int({ min: -3, max: 300 }), -1, '0200'],
  [field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }), -1, 'ffffff7f'],
  [field.fixed(space), -3.875, '01'],
  [field.angle({ bits: 10 }), -Math.PI / 2, '0003'],
  [field.f32(), 1.5, '0000c03f'],
  [field.vec2(space), { x: -4, y: 3.875 }, 'c00f'],
  [field.vec3(space), { x: 0, y: -3.875, z: 3.875 }, '60f003'],
  [field.quaternion({ bits: 9 }), { x: 0.1, y: -0.2, z: 0.3, w: Math.sqrt(0.86) }, '8fbcb516'],
  [field.oneOf('a', 'b', 'c'), 'c', '02'],
  [field.tick(), 0x8000_0001, '01000080'],
  [field.seat(), 5, '0600'],
  [field.seat(), null, '0000'],
  [field.entity(), 0x1_0005, '06000100'],
  [field.entity(), null, '00000000'],
  [field.text({ maxBytes: 9 }), 'zoë', '047a6fc3ab'],
  [field.bytes({ maxBytes: 9 }), Uint8Array.of(1, 255), '0201ff'],
  [field.list(field.uint({ max: 7 }), { maxItems: 4 }), [1, 2, 7], '8b0e'],
  [field.packed(titled, { maxBytes: 40 }), { title: 'a' }, '0d7b227469746c65223a2261227d'],
]

describe('golden bytes', () => {
  it.each(GOLDEN.map(([declared, value, bytes]) => ({ kind: declared.spec.kind, declared, value, bytes })))(
    'of $kind',
    ({ declared, value, bytes }) => {
      expect(hex(one(declared, value, JSON_PACKER).toBytes())).toBe(bytes)
      expectClose(readOne(declared, Uint8Array.from(Buffer.from(bytes, 'hex')), JSON_PACKER), value, 0.01)
    },
  )

  it('name every kind of field', () => {
    const kinds = Object.keys(field).toSorted()
    expect([...new Set(GOLDEN.map(([{ spec }]) => spec.kind))].toSorted()).toEqual(kinds)
  })
})
