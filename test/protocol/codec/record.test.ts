import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { freshHidden, isFreshHidden } from '../../../protocol/src/codec/extrapolate.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import { RecordCodec } from '../../../protocol/src/codec/record.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const place = field.fixed({ min: -64, max: 64, precision: 1 / 8 })
const layout = layoutOf(
  defineGame({
    name: 'record',
    tickRateHz: 60,
    entities: {
      ship: entity(
        {
          vx: place,
          x: place,
          angle: field.angle({ bits: 8 }),
          hp: field.uint({ max: 100 }),
          wide: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
          name: field.text({ maxBytes: 6 }),
          heat: field.f32(),
        },
        { rates: { x: 'vx' }, trend: ['vx', 'angle'] },
      ),
      wall: entity({ x: place }),
    },
  }),
)
const { all } = layout.kindByName.get('ship')!.tracks
const wall = layout.kindByName.get('wall')!.tracks.all
const codec = new RecordCodec(all)
const reading = new RecordCodec(all)
const NAME = all.columns.findIndex(({ blob }) => blob >= 0)
const HEAT = all.columns.findIndex(({ name }) => name === 'heat')
const hex = (writer: BitWriter): string => Buffer.from(writer.toBytes()).toString('hex')
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const noBlobs = (): Uint8Array => new Uint8Array(0)

/** A row of the ship with hidden columns that any history may have left. */
const row = fc
  .tuple(
    fc.tuple(
      ...all.columns.map((column, i) =>
        i === NAME
          ? fc.nat(3)
          : i === HEAT
            ? fc.constantFrom(0, 0x3f80_0000, -0x4080_0000)
            : fc.oneof(fc.constant(all.defaults[i]!), fc.integer({ min: column.min, max: column.max })),
      ),
    ),
    fc.nat(all.rates[0]!.den - 1),
    fc.tuple(fc.integer({ min: -400, max: 400 }), fc.nat(15), fc.integer({ min: -400, max: 400 }), fc.nat(15)),
  )
  .map(([columns, carry, trends]) => Int32Array.from([...columns, carry, ...trends]))
const ticks = fc.integer({ min: 1, max: 300 })

/** The columns that a reader must hold afterwards: of a blob it only counts that it changed. */
const visible = (one: Int32Array): number[] => [...one].slice(0, all.columns.length).filter((_, i) => i !== NAME)
const hidden = (one: Int32Array): number[] => [...one].slice(all.columns.length)

function deltaOf(
  from: Int32Array,
  age: number,
  next: Int32Array,
  text = 'Ada',
): { writer: BitWriter; read: Int32Array; blobs: string[]; reader: BitReader } {
  const writer = new BitWriter()
  codec.chain(from, 0, age, next, 0)
  codec.writeDelta(writer, from, 0, age, next, 0, () => bytesOf(text))
  const blobs: string[] = []
  const read = new Int32Array(all.size)
  const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
  reading.readDelta(reader, from, 0, age, read, 0, (_, bytes) => blobs.push(new TextDecoder().decode(bytes)))
  return { writer, read, blobs, reader }
}

describe('a delta', () => {
  it('[REC5] gives the reader the columns of the new anchor', () => {
    fc.assert(
      fc.property(row, row, ticks, (from, next, age) => {
        const { read, reader } = deltaOf(from, age, next)
        expect(visible(read)).toEqual(visible(next))
        expect(reader.bitsLeft).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })

  it('[REC6] gives the reader the hidden columns that the writer has derived', () => {
    fc.assert(
      fc.property(row, row, ticks, (from, next, age) => {
        expect(hidden(deltaOf(from, age, next).read)).toEqual(hidden(next))
      }),
      { numRuns: 1000 },
    )
  })

  it('brings the bytes of a blob when its revision has changed, and only then', () => {
    const from = new Int32Array(all.size)
    const next = from.slice()
    expect(deltaOf(from, 3, next.slice()).blobs).toEqual([])
    next[NAME] = 9
    const { blobs, read } = deltaOf(from, 3, next, 'zoë')
    expect(blobs).toEqual(['zoë'])
    expect(read[NAME]).not.toBe(from[NAME])
  })

  it('costs a bit per column that moves others and one for all that follow when it says nothing', () => {
    const from = new Int32Array(all.size)
    expect(deltaOf(from, 3, from.slice()).writer.bitLength).toBe(all.sourcesEnd + 1)
  })

  it('has no bit for cold columns in a track that has none', () => {
    const schema = defineGame({ name: 'r', tickRateHz: 60, entities: { ship: entity({ x: place.to('revealed') }) } })
    const only = new RecordCodec(layoutOf(schema).kindByName.get('ship')!.tracks.revealed)
    const writer = new BitWriter()
    only.writeDelta(writer, Int32Array.of(5), 0, 1, Int32Array.of(5), 0, noBlobs)
    expect(writer.bitLength).toBe(1)
  })
})

describe('a delta of a body that moves and turns', () => {
  const space = { min: -64, max: 64, precision: 1 / 32 }
  const { tracks } = layoutOf(
    defineGame({
      name: 'body',
      tickRateHz: 60,
      entities: {
        body: entity(
          { at: field.vec3(space), speed: field.vec3(space), spin: field.quaternion({ bits: 9 }) },
          { position: ['at'], rates: { at: 'speed' }, trend: ['speed', 'spin'] },
        ),
      },
    }),
  ).kindByName.get('body')!
  const [writing, other] = [new RecordCodec(tracks.all), new RecordCodec(tracks.all)]
  const value = fc.tuple(...tracks.all.columns.map(({ min, max }) => fc.integer({ min, max })))
  const step = fc.record({ columns: value, ticks: fc.integer({ min: 1, max: 9 }), isNear: fc.boolean() })

  it('[REC5] [REC6] leaves both ends with the same anchor, one after the other', () => {
    const walk = fc.array(step, { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(value, walk, (start, steps) => {
        let from = Int32Array.from({ length: tracks.all.size }, (_, i) => start[i] ?? 0)
        freshHidden(tracks.all, from, 0)
        for (const { columns, ticks: age, isNear } of steps) {
          const next = from.slice()
          for (const [i, { min, max }] of tracks.all.columns.entries()) {
            next[i] = isNear ? Math.max(min, Math.min(max, from[i]! + (columns[i]! % 4))) : columns[i]!
          }
          const writer = new BitWriter()
          writing.chain(from, 0, age, next, 0)
          writing.writeDelta(writer, from, 0, age, next, 0, noBlobs)
          const read = new Int32Array(tracks.all.size)
          const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
          other.readDelta(reader, from, 0, age, read, 0, () => undefined)
          expect([...read]).toEqual([...next])
          expect(reader.bitsLeft).toBe(0)
          from = next
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a full record', () => {
  it('gives the reader the whole anchor, hidden columns too', () => {
    fc.assert(
      fc.property(row, fc.boolean(), (next, isFresh) => {
        if (isFresh) freshHidden(all, next, 0)
        const writer = new BitWriter()
        codec.writeFull(writer, next, 0, () => bytesOf('Ada'))
        const read = new Int32Array(all.size)
        const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
        reading.readFull(reader, read, 0, () => undefined)
        expect(visible(read)).toEqual(visible(next))
        expect(hidden(read)).toEqual(hidden(next))
        expect(reader.bitsLeft).toBe(0)
        expect(isFreshHidden(all, read, 0)).toBe(isFreshHidden(all, next, 0))
      }),
      { numRuns: 1000 },
    )
  })

  it('costs a bit per hot column, one for all cold ones and one for fresh hidden ones when all is at its default', () => {
    const next = Int32Array.from([...all.defaults, 0, 0, 0, 0, 0])
    freshHidden(all, next, 0)
    const writer = new BitWriter()
    codec.writeFull(writer, next, 0, noBlobs)
    expect(writer.bitLength).toBe(all.hotEnd + 2)
    const still = new BitWriter()
    new RecordCodec(wall).writeFull(still, wall.defaults, 0, noBlobs)
    expect(still.bitLength).toBe(wall.hotEnd + 1)
  })
})

describe('hidden columns', () => {
  it('cost a bit for a trend that is none, and no carry for one in whole steps', () => {
    const costOf = (change: number, carry: number): number => {
      const next = Int32Array.from([...all.defaults, 1, change, carry, 0, 8])
      const writer = new BitWriter()
      codec.writeHidden(writer, next, 0)
      return writer.bitLength - 1 - 6 - 1
    }
    expect([costOf(0, 8), costOf(7 * 16, 8), costOf(7 * 16, 9), costOf(3, 8)]).toEqual([1, 7, 16, 11])
  })

  it('come back as they were', () => {
    fc.assert(
      fc.property(row, (next) => {
        const writer = new BitWriter()
        codec.writeHidden(writer, next, 0)
        const read = next.slice()
        read.fill(-1, all.columns.length)
        reading.readHidden(new BitReader(writer.toBytes()), read, 0)
        expect([...read]).toEqual([...next])
      }),
    )
  })

  it('[VAL1] refuse a carry that is a whole step, and a trend beyond any range', () => {
    const carry = new BitWriter()
    carry.bool(false)
    carry.bits(all.rates[0]!.den, 6)
    carry.bits(0, 30)
    expect(() => codec.readHidden(new BitReader(carry.toBytes()), new Int32Array(all.size), 0)).toThrow(DecodeError)
    const trend = new BitWriter()
    trend.bool(false)
    trend.bits(0, 6)
    trend.bits(0b00, 2)
    trend.varint(2 ** 28 + 1)
    trend.bits(0, 4)
    expect(() => codec.readHidden(new BitReader(trend.toBytes()), new Int32Array(all.size), 0)).toThrow(DecodeError)
    const whole = new BitWriter()
    whole.bits(0, 7)
    whole.bits(0b10, 2)
    whole.varint(2 ** 24 + 1)
    whole.bits(0, 30)
    expect(() => codec.readHidden(new BitReader(whole.toBytes()), new Int32Array(all.size), 0)).toThrow(DecodeError)
  })
})

describe('values that no writer sends', () => {
  it('[VAL2] refuse a float that is no number, in a delta and in a full record', () => {
    for (const pattern of [0x7f80_0000, -0x0080_0000, 0x7fc0_0000, 0x7f80_0001]) {
      const next = new Int32Array(all.size)
      next[HEAT] = pattern
      const writer = new BitWriter()
      codec.writeFull(writer, next, 0, noBlobs)
      const full = (): void => codec.readFull(new BitReader(writer.toBytes()), next.slice(), 0, () => undefined)
      expect(full).toThrow('heat: expected a finite number')
      expect(() => deltaOf(new Int32Array(all.size), 3, next)).toThrow(DecodeError)
    }
  })

  it('[BIT3] hold the length of a blob against its field before a byte of it is copied', () => {
    const next = new Int32Array(all.size)
    next[NAME] = 1
    expect(() => deltaOf(new Int32Array(all.size), 3, next, 'sevenby')).toThrow(
      expect.objectContaining({ reason: 'out-of-range', what: 'name' }),
    )
  })

  it('is one of the six bytes that a name may have', () => {
    const next = new Int32Array(all.size)
    next[NAME] = 1
    expect(deltaOf(new Int32Array(all.size), 3, next, 'sixbyt').blobs).toEqual(['sixbyt'])
  })
})

describe('golden bytes', () => {
  const from = Int32Array.from([60, 8, 3, 0, 0, 0, 50, -7, 0, 1, 30, 5, 8, 0, 8])
  const next = Int32Array.from([70, 11, 250, 0, 4, 1, 49, 2 ** 31 - 1, 1, 1, 30, 0, 0, 0, 0])

  it('are those of a delta', () => {
    expect(hex(deltaOf(from, 3, next.slice()).writer)).toBe('a526d92df8ffffff7f20882c0c')
  })

  it('are those of a full record with hidden columns', () => {
    const writer = new BitWriter()
    codec.writeFull(writer, from, 0, () => bytesOf('Ada'))
    expect(hex(writer)).toBe('798ce001299bffffff47001f050c00')
  })
})
