import type { BitReader } from './bits/reader.ts'
import type { Replica } from './codec/replica.ts'
import type { GameCodec } from './game-codec.ts'
import { readEvents, readSpawnKeys } from './messages/snapshot.ts'
import type { EventFrame, SnapshotHeader, SpawnKey } from './messages/snapshot.ts'

/** What a snapshot says besides what it changes in entities. */
export interface SnapshotBody {
  readonly keys: readonly SpawnKey[]
  readonly events: readonly EventFrame[]
}

/** Reads what follows the header. Nothing changes until `replica.commit`. @throws DecodeError */
export function readSnapshotBody(
  bits: BitReader,
  header: SnapshotHeader,
  replica: Replica,
  codec: GameCodec,
): SnapshotBody {
  const { tick } = header
  replica.begin()
  replica.readPublic(bits, header)
  replica.readTrack(bits, 'owner', tick)
  replica.readTrack(bits, 'revealed', tick)
  const keys = readSpawnKeys(bits, tick)
  const events = readEvents(bits, tick, Object.values(codec.schema.events), codec.packer)
  bits.expectEnd()
  return { keys, events }
}
