import { DecodeError } from '@tickwire/protocol'
import { readEvents, readSnapshotHeader, readSpawnKeys } from '@tickwire/protocol/internal'
import type {
  BitReader,
  EventFrame,
  GameCodec,
  Replica,
  SnapshotHeader,
  SnapshotReference,
  SpawnKey,
} from '@tickwire/protocol/internal'

/** A snapshot, read whole. What it changes in entities waits in the replica that it was read with. */
export interface ReadSnapshot {
  readonly header: SnapshotHeader
  readonly keys: readonly SpawnKey[]
  readonly events: readonly EventFrame[]
}

/** Of whom a snapshot is read. */
export interface SnapshotReader {
  readonly codec: GameCodec
  readonly replica: Replica
  /** The newest snapshot before it. */
  readonly last: SnapshotReference
}

/** Reads a snapshot from behind its channel. Nothing changes until `replica.commit`. @throws DecodeError */
export function readSnapshot(bits: BitReader, channel: number, { codec, replica, last }: SnapshotReader): ReadSnapshot {
  const header = readSnapshotHeader(bits, channel, last, codec.schema.ticksPerSnapshot)
  if (header.seq <= last.seq || header.tick < last.tick) throw outOfOrder(bits, header)
  return readBody(bits, header, replica, codec)
}

/** Reads what follows the header. Nothing changes until `replica.commit`. @throws DecodeError */
export function readBody(bits: BitReader, header: SnapshotHeader, replica: Replica, codec: GameCodec): ReadSnapshot {
  const { tick } = header
  replica.begin()
  replica.readPublic(bits, header)
  replica.readTrack(bits, 'owner', tick)
  replica.readTrack(bits, 'revealed', tick)
  const keys = readSpawnKeys(bits, tick)
  const events = readEvents(bits, tick, Object.values(codec.schema.events), codec.packer)
  bits.expectEnd()
  return { header, keys, events }
}

function outOfOrder(bits: BitReader, { seq, tick }: SnapshotHeader): DecodeError {
  const got = `snapshot ${seq} of tick ${tick}`
  return new DecodeError('unexpected', { what: 'snapshot', expected: 'a newer one', got, offset: bits.bitOffset })
}
