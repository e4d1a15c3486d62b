import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { bitWidth } from '../../../protocol/src/bits/width.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import type { Column } from '../../../protocol/src/codec/layout.ts'
import { laddersOf, readChanged, writeChanged } from '../../../protocol/src/codec/value-ladder.ts'
import type { Ladder } from '../../../protocol/src/codec/value-ladder.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

function columnOf(min: number, max: number, wrap = false): Column {
  return {
    name: 'x',
    min,
    max,
    bits: bitWidth(max - min),
    wrap,
    blob: -1,
    blobMaxBytes: 0,
    isNoise: false,
    isLargest: false,
  }
}
function written(column: Column, ladder: Ladder | null, truth: number, predicted: number): BitWriter {
  const writer = new BitWriter()
  writeChanged(writer, column, ladder, truth, predicted)
  return writer
}
const ladder: Ladder = { near: 4, far: 9 }

describe('laddersOf', () => {
  it('chooses the widths of each column by what moves it; narrow ones, patterns and noise have none', () => {
    const kind = layoutOf(
      defineGame({
        name: 'ladder',
        tickRateHz: 60,
        entities: {
          ship: entity(
            {
              vx: field.fixed({ min: -512, max: 512, precision: 1 / 8 }),
              x: field.fixed({ min: 0, max: 512, precision: 1 / 8 }),
              angle: field.angle({ bits: 10 }),
              tiny: field.uint({ max: 31 }),
              hp: field.uint({ max: 63 }),
              readyAt: field.tick(),
              wide: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
            },
            { rates: { x: 'vx' }, trend: ['vx'], predict: 'owner' },
          ),
        },
      }),
    ).kindByName.get('ship')!
    const { columns } = kind.tracks.all
    const ladders = laddersOf(kind.tracks.all)
    expect(Object.fromEntries(columns.map(({ name }, i) => [name, ladders[i]]))).toEqual({
      vx: { near: 6, far: 10 },
      x: { near: 1, far: 8 },
      angle: { near: 4, far: 7 },
      owner: { near: 4, far: 7 },
      jumps: null,
      tiny: null,
      hp: { near: 4, far: 4 },
      readyAt: null,
      wide: null,
    })
    expect(laddersOf(kind.tracks.owner)).toEqual([null, null, null])
  })
})

describe('writeChanged and readChanged', () => {
  const columns = fc.oneof(
    fc
      .tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: 64, max: 2 ** 30 }))
      .map(([min, size]) => columnOf(min, Math.min(2 ** 30, min + size))),
    fc.integer({ min: 6, max: 28 }).map((bits) => columnOf(0, 2 ** bits - 1, true)),
    fc.integer({ min: 1, max: 31 }).map((max) => columnOf(0, max)),
    fc.constantFrom(columnOf(-(2 ** 31), 2 ** 31 - 1), columnOf(-(2 ** 31), 5), columnOf(-5, 2 ** 31 - 1)),
  )
  const cases = columns.chain((column) => {
    const { min, max, bits } = column
    const value = fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }))
    const near = fc
      .tuple(value, fc.integer({ min: -300, max: 300 }))
      .map(([one, by]) => [one, Math.max(min, Math.min(max, one + by))] as const)
    const widths =
      bits > 5 && bits < 32
        ? fc.record({
            near: fc.integer({ min: 1, max: Math.max(4, bits >> 1) }),
            far: fc.integer({ min: 4, max: Math.ceil((bits * 3) / 4) }),
          })
        : fc.constant(null)
    return fc.record({ column: fc.constant(column), ladder: widths, pair: fc.oneof(near, fc.tuple(value, value)) })
  })

  it('give the truth back from every prediction', () => {
    fc.assert(
      fc.property(cases, ({ column, ladder: widths, pair: [truth, predicted] }) => {
        fc.pre(truth !== predicted)
        const writer = written(column, widths, truth, predicted)
        const reader = new BitReader(writer.toBytes())
        expect(readChanged(reader, column, widths, predicted)).toBe(truth)
        expect(reader.bitOffset).toBe(writer.bitLength)
      }),
      { numRuns: 3000 },
    )
  })

  it('take 1 + near bits, 2 + far bits, or 2 and those of the column', () => {
    const column = columnOf(0, 4095)
    const bits = (by: number): number => written(column, ladder, 2000 + by, 2000).bitLength
    expect([1, -1, 8, -8].map(bits)).toEqual([5, 5, 5, 5])
    expect([9, -9, 256, -256].map(bits)).toEqual([11, 11, 11, 11])
    expect([257, -257, 2000, -2000].map(bits)).toEqual([14, 14, 14, 14])
    expect(written(column, null, 7, 9).bitLength).toBe(12)
  })

  it('[REC9] take the short way round for angles', () => {
    const column = columnOf(0, 1023, true)
    expect(written(column, ladder, 1022, 1).bitLength).toBe(5)
    expect(written(column, ladder, 1, 1022).bitLength).toBe(5)
    const reader = new BitReader(written(column, ladder, 1022, 1).toBytes())
    expect(readChanged(reader, column, ladder, 1)).toBe(1022)
  })

  it('[VAL1] refuse a difference that leaves the range, and a value above it', () => {
    const column = columnOf(10, 90)
    const up = written(columnOf(0, 99), { near: 4, far: 6 }, 95, 90).toBytes()
    expect(() => readChanged(new BitReader(up), column, { near: 4, far: 6 }, 90)).toThrow(DecodeError)
    const down = written(columnOf(0, 99), { near: 4, far: 6 }, 5, 10).toBytes()
    expect(() => readChanged(new BitReader(down), column, { near: 4, far: 6 }, 10)).toThrow(
      'x: expected 10 to 90, got 5',
    )
    const writer = new BitWriter()
    writer.bits(0b11, 2)
    writer.bits(127, 7)
    expect(() => readChanged(new BitReader(writer.toBytes()), column, ladder, 10)).toThrow(DecodeError)
  })

  it.each([
    { what: 'near', truth: 2003, predicted: 2000, widths: ladder, hex: '0a' },
    { what: 'far', truth: 1900, predicted: 2000, widths: ladder, hex: '1903' },
    { what: 'itself', truth: 7, predicted: 2000, widths: ladder, hex: '1f00' },
    { what: 'itself, in a column without a ladder', truth: 7, predicted: 2000, widths: null, hex: '0700' },
  ])('write a value as $what in fixed bytes', ({ truth, predicted, widths, hex }) => {
    expect(Buffer.from(written(columnOf(0, 4095), widths, truth, predicted).toBytes()).toString('hex')).toBe(hex)
  })
})
