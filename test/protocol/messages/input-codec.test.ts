import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { scalarsOf } from '../../../protocol/src/codec/scalars.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { InputBatch, InputCodec, VIEW_STEPS_PER_TICK } from '../../../protocol/src/messages/input-codec.ts'
import type { TickInput } from '../../../protocol/src/messages/input-codec.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import { expectClose } from '../close.ts'
import { columnSample } from '../fields.ts'

const codec = new InputCodec({ thrust: field.bool(), turn: field.int({ min: -1, max: 1 }), fire: field.press() })
const inputOf = (thrust: boolean, turn: number, fire: boolean): Int32Array => codec.toColumns({ thrust, turn, fire })

function written(inputs: readonly TickInput[], by: InputCodec = codec): BitWriter {
  const writer = new BitWriter()
  by.write(writer, inputs)
  return writer
}
function through(inputs: readonly TickInput[], reference: number, by: InputCodec = codec): TickInput[] {
  const writer = written(inputs, by)
  const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
  const read = by.read(reader, reference)
  expect(reader.bitsLeft).toBe(0)
  return read
}
/** Consecutive ticks up to `newest`, one for each of `columns`. */
function packetOf(newest: number, columns: readonly Int32Array[], stamps: readonly number[] = []): TickInput[] {
  return columns.map((one, i) => ({ tick: newest - columns.length + 1 + i, columns: one, viewStamp: stamps[i] ?? -1 }))
}

describe('InputCodec', () => {
  it('turns an input into columns and back', () => {
    const sections = fc.array(columnSample, { maxLength: 6 })
    fc.assert(
      fc.property(sections, (samples) => {
        const fields: FieldMap = Object.fromEntries(samples.map(({ declared }, i) => [`f${i}`, declared]))
        const by = new InputCodec(fields)
        const back = by.fromColumns(by.toColumns(Object.fromEntries(samples.map(({ value }, i) => [`f${i}`, value]))))
        for (const [i, { value, tolerance }] of samples.entries()) expectClose(back[`f${i}`], value, tolerance)
      }),
    )
  })

  it('gives back the inputs of a packet, whatever their fields', () => {
    const packets = fc.array(columnSample, { maxLength: 4 }).chain((samples) => {
      const fields: FieldMap = Object.fromEntries(samples.map(({ declared }, i) => [`f${i}`, declared]))
      const scalars = samples.flatMap(({ declared: { spec } }) => scalarsOf(spec))
      const columns = fc.tuple(
        ...scalars.map(({ min, max, isFloat }) =>
          isFloat ? fc.constantFrom(0, 0x3f80_0000) : fc.integer({ min, max }),
        ),
      )
      const all = fc.array(
        columns.map((list) => Int32Array.from(list)),
        { minLength: 1, maxLength: LIMITS.maxInputsPerPacket },
      )
      return fc.record({ fields: fc.constant(fields), all, newest: fc.integer({ min: 31, max: 0xffff_ffff }) })
    })
    fc.assert(
      fc.property(packets, fc.integer({ min: -0x7fff, max: 0x7fff }), ({ fields, all, newest }, off) => {
        const sent = packetOf(newest, all)
        expect(through(sent, Math.max(0, newest + off), new InputCodec(fields))).toEqual(sent)
      }),
      { numRuns: 300 },
    )
  })

  it('[INP1] widens its tick to the number nearest to the reference, also across 2^16 and 2^31', () => {
    for (const newest of [40, 0xffff, 0x1_0000, 0x1_0005, 0x7fff_ffff, 0x8000_0001, 0xffff_ffff]) {
      for (const off of [-30_000, -31, 0, 31, 30_000]) {
        const sent = packetOf(newest, [inputOf(true, 1, false)])
        expect(through(sent, Math.max(0, newest + off))[0]!.tick).toBe(newest)
      }
    }
  })

  it('are read in place of those of the packet before, also of a longer one', () => {
    const [one, two, three] = [inputOf(true, 1, false), inputOf(false, 1, false), inputOf(true, -1, true)]
    const readerOf = (inputs: readonly TickInput[]): BitReader => new BitReader(written(inputs).toBytes())
    const batch = new InputBatch()
    codec.readInto(batch, readerOf(packetOf(9, [one, two, three])), 9)
    const first = batch.inputs[0]
    codec.readInto(batch, readerOf(packetOf(11, [three, two])), 9)
    expect(batch.inputs.slice(0, batch.count)).toEqual(packetOf(11, [three, two]))
    expect(batch.inputs[0]).toBe(first)
  })

  it('[INP1] refuses ticks before the first one, and a packet of none', () => {
    const before = new BitWriter()
    before.bits(3, 16)
    before.uintMax(5, 32)
    expect(() => codec.read(new BitReader(before.toBytes()), 3)).toThrow(expect.objectContaining({ what: 'inputs' }))
    const none = new BitWriter()
    none.bits(300, 16)
    none.uintMax(0, 32)
    expect(() => codec.read(new BitReader(none.toBytes()), 300)).toThrow(expect.objectContaining({ what: 'inputs' }))
    const first = packetOf(
      4,
      Array.from({ length: 5 }, () => inputOf(false, 0, false)),
    )
    expect(through(first, 4).map(({ tick }) => tick)).toEqual([0, 1, 2, 3, 4])
  })

  it('[BIT3] takes 32 inputs and no more', () => {
    const many = Array.from({ length: LIMITS.maxInputsPerPacket }, (_, i) => inputOf(i % 2 === 0, 0, false))
    expect(through(packetOf(900, many), 900)).toHaveLength(32)
    expect(() => written(packetOf(900, [...many, inputOf(true, 0, true)]))).toThrow(RangeError)
    expect(() => written([])).toThrow(RangeError)
    const more = new BitWriter()
    more.bits(900, 16)
    more.bits(33, 6)
    expect(() => codec.read(new BitReader(more.toBytes()), 900)).toThrow(
      expect.objectContaining({ what: 'input count' }),
    )
  })

  it('[INP2] spends a bit on an input like the one before, and one on a view that goes on', () => {
    const same = Array.from({ length: 10 }, () => inputOf(true, -1, false))
    const views = same.map((_, i) => 1600 + i * VIEW_STEPS_PER_TICK)
    // Newest tick, count, the first one (a bit for the change, one per column, a bit and two for their values), its view.
    const first = 16 + 6 + (1 + 3 + 1 + 2) + 14
    expect(written(packetOf(200, same.slice(0, 1), views)).bitLength).toBe(first)
    expect(written(packetOf(200, same, views)).bitLength).toBe(first + 9 * 2)
    expect(written(packetOf(200, [codec.neutral])).bitLength).toBe(16 + 6 + 1 + 14)
  })

  it('[INP2] repeats what is held for a missing tick, and never a press', () => {
    const repeated = codec.repeat(inputOf(true, -1, true))
    expect(codec.fromColumns(repeated)).toEqual({ thrust: true, turn: -1, fire: false })
    expect(codec.fromColumns(codec.neutral)).toEqual({ thrust: false, turn: 0, fire: false })
    const spread = new InputCodec({
      at: field.vec2({ min: 0, max: 9, precision: 1 }),
      fire: field.press(),
      aim: field.quaternion(),
      jump: field.press(),
    })
    const held = spread.toColumns({ at: { x: 3, y: 4 }, fire: true, aim: { x: 0, y: 0, z: 0, w: 1 }, jump: true })
    expect(spread.fromColumns(spread.repeat(held))).toEqual({
      at: { x: 3, y: 4 },
      fire: false,
      aim: { x: 0, y: 0, z: 0, w: 1 },
      jump: false,
    })
  })

  it('takes fields that are left out for neutral ones', () => {
    const choosy = new InputCodec({
      gear: field.int({ min: 1, max: 6 }),
      turn: field.int({ min: -1, max: 1 }),
      who: field.seat(),
    })
    expect(choosy.fromColumns(choosy.toColumns({ turn: 1 }))).toEqual({ gear: 1, turn: 1, who: null })
    expect(choosy.fromColumns(choosy.neutral)).toEqual({ gear: 1, turn: 0, who: null })
  })

  it('clamps a value beyond its range, and names the field of one that is none', () => {
    expect(codec.fromColumns(codec.toColumns({ turn: 99 }))).toMatchObject({ turn: 1 })
    expect(() => codec.toColumns({ turn: Number.NaN })).toThrow(new RangeError('input turn: the value is NaN'))
  })

  it('[VAL2] refuses a float that is no number: it would spread through the whole simulation', () => {
    const aiming = new InputCodec({ aim: field.f32() })
    for (const pattern of [0x7f80_0000, -0x0080_0000, 0x7fc0_0000]) {
      const writer = written(packetOf(50, [Int32Array.of(pattern)]), aiming)
      expect(() => aiming.read(new BitReader(writer.toBytes()), 50)).toThrow(
        expect.objectContaining({ reason: 'malformed' }),
      )
    }
  })

  it('[VAL1] refuses a value out of range', () => {
    const writer = new BitWriter()
    writer.bits(50, 16)
    writer.uintMax(1, 32)
    // Changed; not the first column, but the second: 3 is above the two steps of its range.
    writer.bits(0b1_0_1, 3)
    writer.bits(3, 2)
    writer.bits(0, 20)
    expect(() => codec.read(new BitReader(writer.toBytes()), 50)).toThrow(
      expect.objectContaining({ reason: 'out-of-range' }),
    )
  })
})

describe('views', () => {
  const viewsThrough = (newest: number, stamps: readonly number[]): number[] => {
    const columns = stamps.map(() => codec.neutral)
    return through(packetOf(newest, columns, stamps), newest).map(({ viewStamp }) => viewStamp)
  }

  it('[INP3] come back in sixteenths of a tick', () => {
    const stamps = fc.array(fc.integer({ min: 300, max: 16_000 }), { minLength: 1, maxLength: 32 })
    fc.assert(
      fc.property(stamps, (list) => {
        expect(viewsThrough(1040, list)).toEqual(list)
      }),
    )
  })

  it('[INP3] are -1 before anything was drawn, and when they are too old to matter or ahead of their input', () => {
    expect(viewsThrough(10, [-1, -1, 90])).toEqual([-1, -1, 90])
    expect(viewsThrough(5000, [7])).toEqual([-1])
    expect(viewsThrough(10, [161])).toEqual([-1])
    expect(viewsThrough(10, [160])).toEqual([160])
    // The largest lag there is, and one more.
    expect(viewsThrough(2000, [32_000 - 16_382])).toEqual([32_000 - 16_382])
    expect(viewsThrough(2000, [32_000 - 16_383])).toEqual([-1])
  })

  it('[INP3] never reach ahead of their input, whatever a peer says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), (bytes) => {
        const bent = Uint8Array.from(bytes)
        bent[2] = (bent[2]! & 0xc0) | 32
        let inputs: TickInput[] = []
        try {
          inputs = codec.read(new BitReader(bent), 30_000)
        } catch {
          fc.pre(false)
        }
        for (const { tick, viewStamp } of inputs) expect(viewStamp).toBeLessThanOrEqual(tick * VIEW_STEPS_PER_TICK)
      }),
    )
  })
})

describe('golden bytes', () => {
  const sent = packetOf(
    0x1_0203,
    [codec.neutral, inputOf(true, 1, true), inputOf(true, 1, false)],
    [0x1_0203 * 16 - 300, 0x1_0203 * 16 - 284, 0x1_0203 * 16 - 100],
  )

  it('are those of a packet of three inputs', () => {
    expect(Buffer.from(written(sent).toBytes()).toString('hex')).toBe('03020386e07d420600')
  })

  it('are read as it', () => {
    expect(through(sent, 0x1_0200)).toEqual(sent)
  })
})
