import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import {
  readEvents,
  readLooseHead,
  readSnapshotChannel,
  readSnapshotHeader,
  readSpawnKeys,
  writeEvents,
  writeSnapshotHeader,
  writeSpawnKeys,
} from '../../../protocol/src/messages/snapshot.ts'
import type {
  EventFrame,
  SnapshotHeader,
  SnapshotReference,
  SpawnKey,
} from '../../../protocol/src/messages/snapshot.ts'
import { NO_PACKER } from '../../../protocol/src/messages/values.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import { encodedEvents } from '../encoded-events.ts'
import { channel, u32 } from './samples.ts'

const hex = (writer: BitWriter): string => Buffer.from(writer.toBytes()).toString('hex')
function headerThrough(header: SnapshotHeader, last: SnapshotReference = header): SnapshotHeader {
  const writer = new BitWriter()
  writeSnapshotHeader(writer, header)
  const reader = new BitReader(writer.toBytes())
  const read = readSnapshotHeader(reader, readSnapshotChannel(reader), last, 3)
  reader.expectEnd()
  return read
}
const plain: SnapshotHeader = {
  channel: 1,
  seq: 7,
  tick: 600,
  isPartial: false,
  isSparse: false,
  slackTicks: null,
  starvedTicks: 0,
}
const slack = fc.integer({ min: -0x7fff, max: 0x7fff }).map((steps) => steps / 256)

describe('the header of a snapshot', () => {
  it('comes back, and ends at a byte', () => {
    const header = fc.record({
      channel,
      seq: u32,
      tick: u32,
      isPartial: fc.boolean(),
      isSparse: fc.boolean(),
      slackTicks: fc.option(slack, { nil: null }),
      starvedTicks: fc.nat(255),
    })
    fc.assert(
      fc.property(header, (one) => {
        expect(headerThrough(one)).toEqual(one)
      }),
      { numRuns: 500 },
    )
  })

  it('[SNP1] widens its seq and its tick against the last ones, up to half of 16 bits away', () => {
    fc.assert(
      fc.property(
        u32,
        u32,
        fc.integer({ min: -0x7fff, max: 0x7fff }),
        fc.integer({ min: -0x7fff, max: 0x7fff }),
        (seq, tick, a, b) => {
          fc.pre(seq + a >= 0 && tick + b >= 0)
          expect(headerThrough({ ...plain, seq, tick }, { seq: seq + a, tick: tick + b })).toMatchObject({ seq, tick })
        },
      ),
    )
  })

  it('[SNP3] clamps slack to 128 ticks, starved ticks to 255, and rounds slack to 1/256', () => {
    expect(headerThrough({ ...plain, slackTicks: 1e6, starvedTicks: 999 })).toMatchObject({
      slackTicks: 0x7fff / 256,
      starvedTicks: 255,
    })
    expect(headerThrough({ ...plain, slackTicks: -1e6 })).toMatchObject({ slackTicks: -0x7fff / 256 })
    expect(headerThrough({ ...plain, slackTicks: -0.123 }).slackTicks).toBe(-31 / 256)
    expect(headerThrough({ ...plain, slackTicks: 0 }).slackTicks).toBe(0)
  })

  it('[BIT2] has zeros in its padding', () => {
    const writer = new BitWriter()
    writeSnapshotHeader(writer, { ...plain, channel: 9 })
    const bytes = writer.toBytes()
    bytes[bytes.length - 1]! |= 0x80
    const reader = new BitReader(bytes)
    expect(() => readSnapshotHeader(reader, readSnapshotChannel(reader), plain, 3)).toThrow(
      expect.objectContaining({ what: 'header padding' }),
    )
  })

  it('[SNP1] is a byte behind the one before, and takes number and tick from it', () => {
    const writer = new BitWriter()
    writeSnapshotHeader(writer, { ...plain, seq: 8, tick: 603 }, null, true)
    expect(writer.byteLength).toBe(1)
    const read = (ticksPerSnapshot: number): SnapshotHeader => {
      const reader = new BitReader(writer.toBytes())
      return readSnapshotHeader(reader, readSnapshotChannel(reader), plain, ticksPerSnapshot)
    }
    expect(read(3)).toEqual({ ...plain, seq: 8, tick: 603 })
    expect(() => read(0)).toThrow(expect.objectContaining({ what: 'snapshot' }))
  })

  it.each<[string, SnapshotHeader, string]>([
    ['a plain one', plain, 'e100004b00'],
    [
      'a partial one with all there is',
      {
        ...plain,
        channel: 9,
        seq: 0x1_0203,
        tick: 0x2_0304,
        isPartial: true,
        isSparse: true,
        slackTicks: -1.5,
        starvedTicks: 3,
      },
      '19060408063ea0ff00',
    ],
  ])('is fixed bytes: %s', (_, header, expected) => {
    const writer = new BitWriter()
    writeSnapshotHeader(writer, header)
    expect(hex(writer)).toBe(expected)
  })
})

describe('the head of a snapshot that may be lost', () => {
  it('[LSE1] is fixed bytes, and comes back', () => {
    const writer = new BitWriter()
    writeSnapshotHeader(writer, plain, { back: 3, firstEvent: 0x1_0002 })
    expect(hex(writer)).toBe('3104001c00600900')
    const reader = new BitReader(writer.toBytes())
    expect(readSnapshotChannel(reader)).toBe(1)
    expect(readLooseHead(reader)).toEqual({ back: 3, firstEvent: 2 })
    expect(readSnapshotHeader(reader, 1, plain, 0)).toEqual(plain)
    reader.expectEnd()
  })

  it('[LSE1] does not reach farther back than snapshots are in flight', () => {
    const writer = new BitWriter()
    writer.varuint(LIMITS.maxSnapshotsInFlight + 1, 4)
    writer.bits(0, 16)
    expect(() => readLooseHead(new BitReader(writer.toBytes()))).toThrow(DecodeError)
  })
})

const TICK = 9000
const key = fc.record({ tick: fc.integer({ min: 0, max: TICK }), n: fc.nat(0xffff) })

describe('spawn keys', () => {
  const keys = fc.array(
    fc.tuple(key, fc.nat(LIMITS.maxEntitySlots - 1)).map(([one, slot]): SpawnKey => ({ ...one, slot })),
    { maxLength: 30 },
  )

  it('come back', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const writer = new BitWriter()
        writeSpawnKeys(writer, list, TICK)
        const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
        expect(readSpawnKeys(reader, TICK)).toEqual(list)
        expect(reader.bitsLeft).toBe(0)
      }),
    )
  })

  it('[VAL1] name no slot beyond the last, no tick before the first, and no n beyond 16 bits', () => {
    const bent = (slot: number, age: number, n: number) => () => {
      const writer = new BitWriter()
      writer.bool(true)
      writer.varuint(0, 2)
      writer.bits(slot, 16)
      writer.varuint(age, 4)
      writer.varuint(n, 2)
      return readSpawnKeys(new BitReader(writer.toBytes()), TICK)
    }
    expect(bent(65_534, TICK, 0xffff)()).toEqual([{ slot: 65_534, tick: 0, n: 0xffff }])
    expect(bent(65_535, 0, 0)).toThrow(expect.objectContaining({ what: 'slot of a spawn key' }))
    expect(bent(0, TICK + 1, 0)).toThrow(expect.objectContaining({ what: 'age of a prediction key' }))
    expect(bent(0, 0, 0x1_0000)).toThrow(expect.objectContaining({ what: 'number of a prediction key' }))
  })

  it('are one bit when there are none, and fixed bytes', () => {
    const none = new BitWriter()
    writeSpawnKeys(none, [], TICK)
    expect(none.bitLength).toBe(1)
    const writer = new BitWriter()
    writeSpawnKeys(
      writer,
      [
        { slot: 5, tick: TICK - 3, n: 0 },
        { slot: 0x1234, tick: TICK, n: 9 },
      ],
      TICK,
    )
    expect(hex(writer)).toBe('5300304023012a')
  })
})

const fields: readonly FieldMap[] = [
  { x: field.uint({ max: 100 }), by: field.seat() },
  {},
  { text: field.text({ maxBytes: 9 }) },
]
const frame: fc.Arbitrary<EventFrame> = fc
  .tuple(fc.nat(2), key, fc.boolean(), fc.nat(100), fc.constantFrom('', 'zoë'))
  .map(([event, { tick, n }, isKeyed, x, text]) => ({
    event,
    tick,
    n: isKeyed ? n : null,
    payload: event === 0 ? { x, by: null } : event === 1 ? {} : { text },
  }))

describe('events', () => {
  it('come back', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), (frames) => {
        const writer = new BitWriter()
        writeEvents(writer, encodedEvents(frames, fields), TICK, fields.length)
        const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
        expect(readEvents(reader, TICK, fields, NO_PACKER)).toEqual(frames)
        expect(reader.bitsLeft).toBe(0)
      }),
    )
  })

  it('[BIT3] are at most as many as the limit says, and none in a game without events', () => {
    const counted = (count: number): BitReader => {
      const writer = new BitWriter()
      writer.bool(count > 0)
      if (count > 0) writer.varuint(count - 1, 2)
      writer.bytes(new Uint8Array(9000))
      return new BitReader(writer.toBytes())
    }
    const silent: readonly FieldMap[] = [{}]
    expect(readEvents(counted(LIMITS.maxEventsPerSnapshot), TICK, silent, NO_PACKER)).toHaveLength(1024)
    expect(() => readEvents(counted(LIMITS.maxEventsPerSnapshot + 1), TICK, silent, NO_PACKER)).toThrow(DecodeError)
    expect(readEvents(counted(0), TICK, [], NO_PACKER)).toEqual([])
    expect(() => readEvents(counted(1), TICK, [], NO_PACKER)).toThrow(expect.objectContaining({ what: 'events' }))
  })

  it('[VAL1] refuse an index that is none, and a tick before the first', () => {
    const writer = new BitWriter()
    writer.bool(true)
    writer.varuint(0, 2)
    writer.bits(3, 2)
    expect(() => readEvents(new BitReader(writer.toBytes()), TICK, fields, NO_PACKER)).toThrow(
      expect.objectContaining({ what: 'event index' }),
    )
    const early = new BitWriter()
    early.bool(true)
    early.varuint(0, 2)
    early.bits(1, 2)
    early.bool(false)
    early.varuint(TICK + 1, 4)
    expect(() => readEvents(new BitReader(early.toBytes()), TICK, fields, NO_PACKER)).toThrow(
      expect.objectContaining({ what: 'event age' }),
    )
  })

  it('are fixed bytes', () => {
    const writer = new BitWriter()
    const frames: EventFrame[] = [
      { event: 0, tick: TICK - 1, n: null, payload: { x: 77, by: 3 } },
      { event: 2, tick: TICK - 20, n: 5, payload: { text: 'hi' } },
      { event: 1, tick: TICK, n: null, payload: {} },
    ]
    writeEvents(writer, encodedEvents(frames, fields), TICK, fields.length)
    expect(hex(writer)).toBe('85d024c0343402686901')
  })
})
