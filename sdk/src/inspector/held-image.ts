import { DecodeError, LIMITS } from '@tickwire/protocol'
import { BitReader, BitWriter, decodeBlob, encodeBlob, entityId, TRACKS } from '@tickwire/protocol/internal'
import type {
  GameCodec,
  HeldEntity,
  KindLayout,
  SnapshotReference,
  TrackName,
  Replica,
} from '@tickwire/protocol/internal'

/**
 * What a client holds of its room, as bytes: a trace that begins in the middle of a game begins with it.
 *
 *     channel: 16 | seq: 32 | tick: 32 | entities: 16, then each:
 *     slot: 16 | generation: 16 | kind: 8 | per track: held: 1, its tick: 32 and its integers, 32 each | per blob: told: 1, length, bytes
 */
export interface HeldImage {
  readonly channel: number
  readonly last: SnapshotReference
  readonly replica: Replica
}

const GENERATION = 0x1_0000
const MAX_IMAGE_BYTES = 16 * 1024 * 1024

export function encodeHeld(codec: GameCodec, { channel, last, replica }: HeldImage): Uint8Array {
  const writer = new BitWriter(16 * 1024, MAX_IMAGE_BYTES)
  writer.bits(channel, 16)
  writer.bits(last.seq >>> 0, 32)
  writer.bits(last.tick >>> 0, 32)
  writer.bits(replica.entities.size, 16)
  for (const entity of replica.entities.values()) writeEntity(writer, codec, entity)
  return writer.toBytes()
}

/** @throws DecodeError */
export function decodeHeld(codec: GameCodec, bytes: Uint8Array): HeldImage {
  const reader = new BitReader(bytes)
  const channel = reader.bits(16, 'channel')
  const last = { seq: reader.bits(32, 'snapshot seq'), tick: reader.bits(32, 'snapshot tick') }
  const replica = codec.createReplica()
  for (let left = reader.bits(16, 'entity count'); left > 0; left--) replica.hold(readEntity(reader, codec))
  reader.expectEnd()
  return { channel, last, replica }
}

function writeEntity(writer: BitWriter, { packer }: GameCodec, { id, slot, kind, anchors, blobs }: HeldEntity): void {
  writer.bits(slot, 16)
  writer.bits(Math.floor(id / GENERATION), 16)
  writer.bits(kind.index, 8)
  for (const track of TRACKS) {
    const { tick, row } = anchors[track]
    writer.bool(tick >= 0)
    if (tick < 0) continue
    writer.bits(tick >>> 0, 32)
    for (const value of row) writer.bits(value >>> 0, 32)
  }
  for (const { name, declared, blob } of kind.blobs) {
    writer.bool(blobs[blob] !== undefined)
    if (blobs[blob] === undefined) continue
    const bytes = encodeBlob(name, declared, blobs[blob], packer)
    writer.bits(bytes.length, 32)
    writer.bytes(bytes)
  }
}

function readEntity(reader: BitReader, { layout, packer }: GameCodec): HeldEntity {
  const slot = reader.uintMax(LIMITS.maxEntitySlots - 1, 'slot')
  const id = entityId(slot, reader.bits(16, 'generation'))
  const kind = layout.kinds[reader.bits(8, 'entity kind')]
  if (kind === undefined) throw noKind(reader)
  const anchors = Object.fromEntries(TRACKS.map((track) => [track, readAnchor(reader, kind, track)]))
  const blobs: unknown[] = []
  for (const { name, declared, blob } of kind.blobs) {
    if (!reader.bool(name)) continue
    blobs[blob] = decodeBlob(name, declared, reader.bytes(reader.bits(32, name), name), packer)
  }
  return { id, slot, kind, anchors: anchors as unknown as HeldEntity['anchors'], blobs }
}

function readAnchor(reader: BitReader, { tracks }: KindLayout, track: TrackName): { tick: number; row: Int32Array } {
  const row = new Int32Array(tracks[track].size)
  if (!reader.bool(track)) return { tick: -1, row }
  const tick = reader.bits(32, 'tick')
  for (let i = 0; i < row.length; i++) row[i] = reader.bits(32, 'column')
  return { tick, row }
}

function noKind(reader: BitReader): DecodeError {
  const fault = { what: 'entity kind', expected: 'one of the game', got: 'another', offset: reader.bitOffset }
  return new DecodeError('unexpected', fault)
}
