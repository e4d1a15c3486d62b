import type { BenchWorld } from '../worlds/bench-world.ts'
import { colyseusReader } from './colyseus.ts'
import { fieldDiffReader } from './field-diff.ts'
import { fullStateReader } from './full-state.ts'
import { ourReader } from './ours.ts'
import type { PeerName, PeerReader } from './peer.ts'

/** What a client of each peer does. */
export const READERS: Readonly<Record<PeerName, (world: BenchWorld) => PeerReader>> = {
  ours: ourReader,
  colyseus: colyseusReader,
  fieldDiff: fieldDiffReader,
  msgpackrFull: fullStateReader,
}
