import { extrapolate, mixEntity, TRACKS } from '@tickwire/protocol/internal'
import type { TrackName } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import type { References } from './references.ts'
import type { Replication } from './replication.ts'

/** Hashes what one client holds once it has read the newest snapshot, if that was not partial [VER1]. */
export class StateHash {
  private readonly replication: Replication
  private readonly references: References
  private readonly row: Int32Array
  private readonly track: Int32Array

  constructor(replication: Replication, references: References, maxColumns: number) {
    this.replication = replication
    this.references = references
    this.row = new Int32Array(maxColumns)
    // Each column has at most one carry and two hidden columns of a trend.
    this.track = new Int32Array(4 * maxColumns)
  }

  of(feed: ClientFeed): number {
    let hash = 0
    for (const record of this.replication.table) {
      if (feed.own !== null && feed.own.idAt(record.slot) !== record.id) continue
      this.row.fill(0)
      for (const name of TRACKS) if (holds(feed, name, record)) this.take(feed, name, record)
      hash = mixEntity(hash, record.id, record.kind, this.row)
    }
    return hash
  }

  private take(feed: ClientFeed, name: TrackName, { kind, slot }: EntityRecord): void {
    const { anchors, tick } = this.replication
    const { rows } = anchors[name]
    const { track } = anchors[name].codecs[kind.index]!
    if (track.columns.length === 0) return
    const ticks = tick - anchors[name].newestTick(slot)
    extrapolate(track, rows, anchors[name].newestAt(slot), ticks, this.track, 0)
    const mask = name === 'all' ? (feed.own?.maskAt(slot) ?? 0) : feed[name].maskAt(slot)
    if (mask !== 0) this.references.hide(kind, name, mask, this.track, 0)
    for (let i = 0; i < track.columns.length; i++) this.row[track.start + i] = this.track[i]!
  }
}

function holds(feed: ClientFeed, name: TrackName, { slot, id }: EntityRecord): boolean {
  return name === 'all' || feed[name].idAt(slot) === id
}
