import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { Anchors, FORGOTTEN } from '../../../protocol/src/codec/anchors.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import {
  formFor,
  readAnchorTick,
  readCount,
  readForm,
  readHead,
  SlotGaps,
  writeSlots,
  writeUpdate,
} from '../../../protocol/src/codec/updates.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const MOST = LIMITS.maxEntitySlots
const hex = (writer: BitWriter): string => Buffer.from(writer.toBytes()).toString('hex')
function readSlots(reader: BitReader): number[] {
  const gaps = new SlotGaps()
  return Array.from({ length: readCount(reader) }, () => gaps.read(reader))
}

describe('slots', () => {
  it('[REC8] come back as they were, in rising order', () => {
    const slot = fc.oneof(fc.nat(40), fc.nat(MOST - 1), fc.constant(MOST - 1))
    fc.assert(
      fc.property(fc.uniqueArray(slot, { maxLength: 60 }), (list) => {
        const slots = list.toSorted((a, b) => a - b)
        const writer = new BitWriter()
        writeSlots(writer, slots, slots.length)
        const reader = new BitReader(writer.toBytes())
        expect(readSlots(reader)).toEqual(slots)
        reader.expectEnd()
      }),
    )
  })

  it('cost a bit or two each in a crowd, and ten in a desert', () => {
    const costOf = (slots: number[]): number => {
      const writer = new BitWriter()
      writeSlots(writer, slots, slots.length)
      return writer.bitLength / slots.length
    }
    expect(costOf(Array.from({ length: 100 }, (_, i) => i))).toBeLessThan(1.3)
    expect(costOf(Array.from({ length: 100 }, (_, i) => 2 * i))).toBeLessThan(3.1)
    expect(costOf(Array.from({ length: 100 }, (_, i) => 200 * i))).toBeLessThan(11)
  })

  it('are a bit when there are none', () => {
    const writer = new BitWriter()
    writeSlots(writer, [], 0)
    expect(writer.bitLength).toBe(1)
  })

  it('are fixed bytes', () => {
    const writer = new BitWriter()
    writeSlots(writer, [0, 1, 3, 200], 4)
    expect(hex(writer)).toBe('07f06704')
  })

  it('[BIT3] are never more than there are, and never beyond the last one', () => {
    const many = new BitWriter()
    many.bool(true)
    many.varuint(MOST, 4)
    expect(() => readCount(new BitReader(many.toBytes()))).toThrow(DecodeError)
    const gapOf = (gap: number): BitReader => {
      const writer = new BitWriter()
      writer.bits(2 ** 14 - 1, 15)
      writer.bits(gap + 4 - 2 ** 16, 16)
      return new BitReader(writer.toBytes())
    }
    expect(new SlotGaps().read(gapOf(MOST - 1))).toBe(MOST - 1)
    expect(() => new SlotGaps().read(gapOf(MOST))).toThrow('slot: expected below 65535, got 65535')
    expect(() => new SlotGaps().read(new BitReader(new Uint8Array(9).fill(255)))).toThrow(DecodeError)
  })
})

const layout = layoutOf(
  defineGame({ name: 'updates', tickRateHz: 60, entities: { thing: entity({ hp: field.uint({ max: 63 }) }) } }),
)
const thing = layout.kindByName.get('thing')!

/** A thing whose hp was `hps[i]` at tick `10 * (i + 1)`. */
function anchorsOf(...hps: number[]): Anchors {
  const anchors = new Anchors(layout.kinds, 'all')
  anchors.reserve(1)
  for (const [i, hp] of hps.entries()) anchors.advance(0, thing.index, Int32Array.from([0, 0, hp]), 10 * (i + 1))
  return anchors
}

describe('formFor', () => {
  it('[REC4] is a delta for who holds the anchor before one of this tick', () => {
    expect(formFor(anchorsOf(1, 2), 0, 10, 20)).toBe('delta')
  })

  it('is a catch-up for an older anchor, or a newest one that is not of this tick', () => {
    expect(formFor(anchorsOf(1, 2, 3), 0, 10, 30)).toBe('catch-up')
    expect(formFor(anchorsOf(1, 2), 0, 10, 25)).toBe('catch-up')
  })

  it('is full for who holds nothing, or what has left the ring', () => {
    expect(formFor(anchorsOf(1, 2), 0, -1, 20)).toBe('full')
    const many = anchorsOf(...Array.from({ length: 12 }, (_, i) => i))
    expect([FORGOTTEN, 30, 40].map((held) => formFor(many, 0, held, 120))).toEqual(['full', 'full', 'catch-up'])
  })
})

describe('writeUpdate', () => {
  const update = (anchors: Anchors, held: number, tick: number): BitWriter => {
    const writer = new BitWriter()
    writeUpdate(
      writer,
      anchors,
      0,
      thing.index,
      held,
      tick,
      { kind: thing.index, generation: 7 },
      () => new Uint8Array(0),
    )
    return writer
  }
  it('begins with its form, and how old its anchor is unless it is a delta', () => {
    const full = new BitReader(update(anchorsOf(5), -1, 17).toBytes())
    expect([readForm(full), readAnchorTick(full, 17)]).toEqual(['full', 10])
    expect(readHead(full, layout.kinds.length)).toEqual({ kind: thing.index, generation: 7 })
    const known = new BitReader(update(anchorsOf(5), FORGOTTEN, 17).toBytes())
    expect([readForm(known), readAnchorTick(known, 17), readHead(known, layout.kinds.length)]).toEqual([
      'full',
      10,
      'known',
    ])
    const late = new BitReader(update(anchorsOf(5, 6), 10, 23).toBytes())
    expect([readForm(late), readAnchorTick(late, 23)]).toEqual(['catch-up', 20])
    expect(readForm(new BitReader(update(anchorsOf(5, 6), 10, 20).toBytes()))).toBe('delta')
  })

  it('costs a bit for the form of a delta, 7 and more for the others', () => {
    // No hot columns: one bit for all cold ones, one each for owner, jumps and hp, five for a difference.
    expect(update(anchorsOf(5, 6), 10, 20).bitLength).toBe(1 + 1 + 3 + 5)
    expect(update(anchorsOf(5, 6), 10, 23).bitLength).toBe(2 + 5 + 1 + 3 + 5)
    expect(update(anchorsOf(5), -1, 10).bitLength).toBe(2 + 5 + 1 + 5 + 8 + 1 + 3 + 6)
    // Who holds the entity is not told again which one it is.
    expect(update(anchorsOf(5), FORGOTTEN, 10).bitLength).toBe(2 + 5 + 1 + 1 + 3 + 6)
  })

  it.each([
    { form: 'delta', held: 10, tick: 20, expected: '5200' },
    { form: 'catch-up', held: 10, tick: 23, expected: '8d14' },
    { form: 'full', held: -1, tick: 20, expected: '03e2200d' },
    { form: 'full of a known entity', held: FORGOTTEN, tick: 20, expected: '836900' },
  ])('writes a $form in fixed bytes', ({ held, tick, expected }) => {
    expect(hex(update(anchorsOf(5, 6), held, tick))).toBe(expected)
  })
})

describe('heads of records', () => {
  it('[VAL1] refuse a kind that does not exist, and an anchor before tick 0', () => {
    const kind = new BitWriter()
    kind.bool(false)
    kind.varuint(layout.kinds.length, 4)
    kind.varuint(0, 7)
    expect(() => readHead(new BitReader(kind.toBytes()), layout.kinds.length)).toThrow(DecodeError)
    const age = new BitWriter()
    age.varuint(21, 4)
    expect(readAnchorTick(new BitReader(age.toBytes()), 21)).toBe(0)
    expect(() => readAnchorTick(new BitReader(age.toBytes()), 20)).toThrow(DecodeError)
  })
})
