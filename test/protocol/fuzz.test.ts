/**
 * Hostile bytes, from a seed: what a peer may send is bent, cut, spliced and made up, and every reader must end in a value
 * or in a `DecodeError`. A failure prints its seed and its bytes; put those into REGRESSIONS, and they are tried for ever.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../protocol/src/bits/writer.ts'
import { TRACKS } from '../../protocol/src/codec/layout.ts'
import { replicaOf } from '../../protocol/src/codec/entropy/coded-replica.ts'
import type { Replica } from '../../protocol/src/codec/replica.ts'
import { DecodeError } from '../../protocol/src/errors.ts'
import { readClientMessage, writeClientMessage } from '../../protocol/src/messages/client.ts'
import { readPacket, writeMessage } from '../../protocol/src/messages/packet.ts'
import { readServerMessage, writeServerMessage } from '../../protocol/src/messages/server.ts'
import {
  readEvents,
  readSnapshotChannel,
  readSnapshotHeader,
  readSpawnKeys,
  writeEvents,
  writeSnapshotHeader,
  writeSpawnKeys,
} from '../../protocol/src/messages/snapshot.ts'
import { NO_PACKER } from '../../protocol/src/messages/values.ts'
import { Random } from '../../protocol/src/sim/random.ts'
import { encodedEvents } from './encoded-events.ts'
import { chat, codec, codedLayout, eventFields, layout, Stream } from './fuzz-game.ts'
import { bend, bytesOf, expectBoth, flip, fuzz, isTaken } from './hostile.ts'
import type { Tried } from './hostile.ts'
import { clientMessage, serverMessage } from './messages/samples.ts'

/** The same samples in every run: fast-check draws them from a seed of its own. */
const samples = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { seed: 2, numRuns })
function packets<T>(messages: readonly T[], write: (writer: BitWriter, message: T) => number): Uint8Array[] {
  const packed: Uint8Array[] = []
  for (let i = 0; i + 2 < messages.length; i += 3) {
    packed.push(
      bytesOf((writer) => {
        for (const message of messages.slice(i, i + 3)) {
          const body = new BitWriter()
          const id = write(body, message)
          writeMessage(writer, id, body.toBytes(), message === messages[i + 2])
        }
      }),
    )
  }
  return packed
}

describe('hostile bytes', () => {
  it('[PKT4] of a client end in messages or in a DecodeError', () => {
    const corpus = packets(samples(clientMessage, 90), writeClientMessage)
    const read = (bytes: Uint8Array): void => readPacket(bytes, (id, reader) => void readClientMessage(id, reader))
    expectBoth(fuzz(11, 3000, corpus, read))
  })

  it('[PKT4] of a server end in messages or in a DecodeError', () => {
    const corpus = packets(samples(serverMessage, 90), writeServerMessage)
    const read = (bytes: Uint8Array): void => readPacket(bytes, (id, reader) => void readServerMessage(id, reader))
    expectBoth(fuzz(12, 3000, corpus, read))
  })

  it('[INP1] in place of inputs end in at most 32 of them, all within the ranges of their fields', () => {
    const random = new Random(13)
    const input = () =>
      codec.inputs.toColumns({
        thrust: random.next() < 0.5,
        turn: random.int(-1, 1),
        aim: random.next() * 9,
        fire: false,
        who: random.int(0, 99),
      })
    const corpus = Array.from({ length: 20 }, (_, i) =>
      bytesOf((writer) =>
        codec.inputs.write(
          writer,
          Array.from({ length: 1 + i }, (_unused, k) => ({
            tick: 500 - i + k,
            columns: input(),
            viewStamp: 7000 + k * 16,
          })),
        ),
      ),
    )
    const tried = fuzz(13, 3000, corpus, (bytes) => {
      const inputs = codec.inputs.read(new BitReader(bytes), 500)
      expect(inputs.length).toBeLessThanOrEqual(32)
      for (const { columns, tick } of inputs) {
        const { turn, aim } = codec.inputs.fromColumns(columns)
        expect(tick >= 0 && Math.abs(Number(turn)) <= 1 && Number.isFinite(aim)).toBe(true)
      }
    })
    expectBoth(tried)
  })

  it('[REL6] in place of a payload end in its fields or in a DecodeError', () => {
    const random = new Random(14)
    const corpus = Array.from({ length: 20 }, (_, i) =>
      codec.encodePayload(chat, {
        text: 'x'.repeat(i),
        free: {
          list: Array.from({ length: random.int(0, 5) }, (_unused, k) => k * 1000),
          nested: [{ a: null }, 1.5, 'text'],
        },
        all: Array.from({ length: random.int(0, 9) }, () => ({ x: random.next(), y: 0, z: 0, w: 1 })),
      }),
    )
    const read = (bytes: Uint8Array): void => void codec.decodePayload(chat, bytes)
    expectBoth(fuzz(14, 3000, corpus, read))
  })

  it('[SNP2] in place of a header, spawn keys and events end in them or in a DecodeError', () => {
    const random = new Random(15)
    const corpus = Array.from({ length: 20 }, (_, i) =>
      bytesOf((writer) => {
        const slackTicks = i % 3 === 0 ? null : random.next() * 9 - 4
        writeSnapshotHeader(writer, {
          channel: i,
          seq: 70_000 + i,
          tick: 9000 + i,
          isPartial: i % 2 === 0,
          isSparse: i % 3 === 0,
          slackTicks,
          starvedTicks: i % 4,
        })
        writeSpawnKeys(
          writer,
          Array.from({ length: i % 5 }, (_unused, k) => ({ slot: random.int(0, 65_534), tick: 8990 + k, n: k })),
          9000 + i,
        )
        const events = Array.from({ length: i }, (_unused, k) =>
          k % 2 === 0
            ? { event: 0, tick: 8980 + k, n: k, payload: { x: k, text: 'bang' } }
            : { event: 1, tick: 9000, n: null, payload: {} },
        )
        writeEvents(writer, encodedEvents(events, eventFields), 9000 + i, eventFields.length)
      }),
    )
    const tried = fuzz(15, 3000, corpus, (bytes) => {
      const reader = new BitReader(bytes)
      const { tick } = readSnapshotHeader(reader, readSnapshotChannel(reader), { seq: 70_000, tick: 9000 }, 3)
      for (const key of readSpawnKeys(reader, tick)) expect(key.tick >= 0 && key.slot < 65_535).toBe(true)
      for (const event of readEvents(reader, tick, eventFields, NO_PACKER)) expect(event.tick).toBeGreaterThanOrEqual(0)
      reader.expectEnd()
    })
    expectBoth(tried)
  })
})

function readerOf(stream: Stream, isCoded: boolean): Replica {
  const replica = replicaOf(isCoded ? codedLayout : layout, NO_PACKER)
  if (isCoded) replica.learnTable(1, stream.table)
  return replica
}
function readSnapshot(replica: Replica, bytes: Uint8Array, tick: number): void {
  const reader = new BitReader(bytes)
  replica.begin()
  for (const track of TRACKS) replica.readTrack(reader, track, tick)
  reader.expectEnd()
}
/** All that a replica shows at a tick, as one text. */
function shown(replica: Replica, tick: number): string {
  return JSON.stringify(
    [...replica.entities].map(([slot, one]) => {
      const row = new Int32Array(one.kind.columns.length)
      return [slot, one.id, one.kind.name, replica.rowAt(one, tick, row), [...row], one.blobs]
    }),
  )
}
/** The columns that stand outside the range of their field at a tick. */
function outliers(replica: Replica, tick: number): string[] {
  const found: string[] = []
  for (const one of replica.entities.values()) {
    const row = new Int32Array(one.kind.columns.length)
    replica.rowAt(one, tick, row)
    for (const track of TRACKS) {
      const { start, columns } = one.kind.tracks[track]
      if (one.anchors[track].tick < 0) continue
      for (const [i, { min, max, blob, bits, name }] of columns.entries()) {
        const value = bits === 32 && min === 0 ? row[start + i]! >>> 0 : row[start + i]!
        if (blob < 0 && !(value >= min && value <= max)) found.push(`${name} ${value}`)
      }
    }
  }
  return found
}

describe('hostile snapshots', () => {
  it.each([
    [21, 'packed'],
    [22, 'packed'],
    [23, 'packed'],
    [24, 'coded'],
    [25, 'coded'],
  ])('[SNP2] are taken whole or not at all, and the stream goes on (seed %i, %s)', (seed, how) => {
    const isCoded = how === 'coded'
    const stream = new Stream(seed, isCoded)
    const random = new Random(seed + 100)
    const replica = readerOf(stream, isCoded)
    const tried: Tried = { taken: 0, refused: 0 }
    let previous = stream.next()
    readSnapshot(replica, previous, stream.tick)
    replica.commit()
    for (let snapshot = 0; snapshot < 30; snapshot++) {
      const valid = stream.next()
      const before = shown(replica, stream.tick)
      for (let run = 0; run < 20; run++) {
        const bent = bend(random, valid, previous)
        const taken = isTaken(seed, bent, (bytes) => readSnapshot(replica, bytes, stream.tick))
        tried[taken ? 'taken' : 'refused']++
        expect(shown(replica, stream.tick), `seed ${seed}, bytes ${Buffer.from(bent).toString('hex')}`).toBe(before)
      }
      readSnapshot(replica, valid, stream.tick)
      replica.commit()
      expectTruth(stream, replica)
      previous = valid
    }
    expectBoth(tried)
  })

  it('[VAL1] that are taken leave nothing out of range, now or later', () => {
    const random = new Random(31)
    const runs = 150
    let taken = 0
    for (let run = 0; run < runs; run++) {
      const isCoded = run % 2 === 1
      const stream = new Stream(run % 9, isCoded)
      const replica = readerOf(stream, isCoded)
      for (let snapshot = 0; snapshot < 4; snapshot++) {
        const valid = stream.next()
        const bent = snapshot === 0 ? valid : flip(random, valid, 1)
        if (!isTaken(31, bent, (bytes) => readSnapshot(replica, bytes, stream.tick))) continue
        replica.commit()
        taken++
        for (const later of [0, 1, 600, 2 ** 31]) expect(outliers(replica, stream.tick + later)).toEqual([])
      }
    }
    expect(taken - runs).toBeGreaterThan(100)
  })

  it('[BIT1] are refused when they are cut at any bit', () => {
    const stream = new Stream(41)
    const replica = replicaOf(layout, NO_PACKER)
    const first = stream.next()
    for (let end = 0; end < first.length * 8 - 7; end++) {
      replica.begin()
      const reader = new BitReader(first, 0, end)
      const read = (): void => {
        for (const track of TRACKS) replica.readTrack(reader, track, stream.tick)
      }
      expect(read, `${end} bits`).toThrow(DecodeError)
      expect(replica.entities.size).toBe(0)
    }
  })
})

function expectTruth(stream: Stream, replica: Replica): void {
  expect(new Set(replica.entities.keys())).toEqual(new Set(stream.world.slots.keys()))
  for (const [slot, truth] of stream.world.slots) {
    const row = new Int32Array(truth.kind.columns.length)
    replica.rowAt(replica.entities.get(slot)!, stream.tick, row)
    for (const [i, { blob, name }] of truth.kind.columns.entries())
      if (blob < 0) expect(row[i], name).toBe(truth.row[i])
  }
}

/** Bytes that once broke a reader. */
const REGRESSIONS: readonly (readonly [what: string, read: () => void])[] = [
  [
    'a slot beyond the last one, reached by a bit each after a gap to it',
    () => {
      const writer = new BitWriter()
      writer.varuint(3, 4)
      writer.bool(true)
      writer.varuint(65_533, 3)
      writer.bits(0, 30)
      replicaOf(layout, NO_PACKER).readTrack(new BitReader(writer.toBytes()), 'all', 9)
    },
  ],
  [
    'a float input that is NaN',
    () => {
      const writer = new BitWriter()
      writer.bits(9, 16)
      writer.uintMax(1, 32)
      writer.bits(0b1001, 4)
      writer.bits(0x7fc0_0000, 32)
      writer.bits(0, 30)
      codec.inputs.read(new BitReader(writer.toBytes()), 9)
    },
  ],
]

describe('what once broke a reader', () => {
  it.each(REGRESSIONS)('%s is a DecodeError', (_, read) => {
    expect(read).toThrow(DecodeError)
  })
})
