/** What a client that follows docs/protocol.md shows after a snapshot: each entity at the tick of the newest one. */
import type { ShownEntity, ShownTrack } from '../shown.ts'
import type { Track } from './kinds.ts'
import { movedOn } from './motion.ts'
import type { Anchor } from './motion.ts'
import type { SnapshotReader } from './snapshot.ts'
import { fromBlob } from './values.ts'

export function entitiesOf({ world, tick }: SnapshotReader): ShownEntity[] {
  return [...world].map(([slot, { kind, generation, anchors }]) => ({
    slot,
    id: slot + generation * 65_536,
    kind: kind.name,
    all: trackAt(kind.tracks.all, anchors.all, tick),
    owner: trackAt(kind.tracks.owner, anchors.owner, tick),
    revealed: trackAt(kind.tracks.revealed, anchors.revealed, tick),
  }))
}

function trackAt(track: Track, anchor: Anchor | undefined, tick: number): ShownTrack {
  if (anchor === undefined) return undefined
  const { row, blobs } = movedOn(track, anchor, tick)
  return track.columns.map(({ blob }, i) =>
    blob === null ? row[i] : fromBlob(blob, blobs.get(i) ?? new Uint8Array(0)),
  )
}
