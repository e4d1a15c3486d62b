import { DecodeError } from '@tickwire/protocol'
import { readSnapshotBody, readSnapshotHeader } from '@tickwire/protocol/internal'
import type {
  BitReader,
  GameCodec,
  Replica,
  SnapshotBody,
  SnapshotHeader,
  SnapshotReference,
} from '@tickwire/protocol/internal'

/** A snapshot, read whole. What it changes in entities waits in the replica that it was read with. */
export interface ReadSnapshot extends SnapshotBody {
  readonly header: SnapshotHeader
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
  const { keys, events } = readSnapshotBody(bits, header, replica, codec)
  return { header, keys, events }
}

function outOfOrder(bits: BitReader, { seq, tick }: SnapshotHeader): DecodeError {
  const got = `snapshot ${seq} of tick ${tick}`
  return new DecodeError('unexpected', { what: 'snapshot', expected: 'a newer one', got, offset: bits.bitOffset })
}
