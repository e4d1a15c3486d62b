import { writeCount, writeGap, writeSlots } from '@tickwire/protocol/internal'
import type { BitWriter } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'

/** Writes one client's part of the tracks that not all may see. */
export class PrivateTrack {
  private readonly name: 'owner' | 'revealed'
  private readonly replication: Replication
  private readonly records: Records

  constructor(name: 'owner' | 'revealed', replication: Replication, records: Records) {
    this.name = name
    this.replication = replication
    this.records = records
  }

  /** Call it after the public track was written: what left there has taken this track along. True if there was news. */
  write(writer: BitWriter, feed: ClientFeed, seat: number): boolean {
    const held = feed[this.name]
    const mine = this.candidates(feed, seat)
    const removals = feed.isLost ? this.forgetBlindly(feed, mine) : this.forget(feed, new Set(mine))
    writeSlots(writer, removals, removals.length)
    const anchors = this.replication.anchors[this.name]
    const updates = mine.filter(
      ({ slot, id }) => held.idAt(slot) !== id || held.tickAt(slot) < anchors.newestTick(slot),
    )
    writeCount(writer, updates.length)
    let last = -1
    for (const record of updates) {
      const { slot, id } = record
      writeGap(writer, slot - last - 1)
      last = slot
      this.records.write(writer, this.name, record, held.idAt(slot) === id ? held.tickAt(slot) : NOTHING)
      feed.hold(held, slot, id, anchors.newestTick(slot))
    }
    return removals.length > 0 || updates.length > 0
  }

  /** The entities whose track this client may see, in the order of slots. */
  private candidates(feed: ClientFeed, seat: number): EntityRecord[] {
    const { replication } = this
    return this.name === 'owner'
      ? replication.ownedBy(seat).filter(({ kind }) => kind.tracks.owner.columns.length > 0)
      : replication.secretive.filter(
          ({ reveals, slot, id }) => reveals.has(seat) && (feed.own === null || feed.own.idAt(slot) === id),
        )
  }

  /** Slots of entities that are still there, but not for this client's eyes any more. */
  private forget(feed: ClientFeed, mine: ReadonlySet<EntityRecord>): number[] {
    const held = feed[this.name]
    const removals: number[] = []
    for (const slot of held.slots()) {
      const record = this.replication.table.at(slot)
      const isSame = record !== undefined && record.id === held.idAt(slot)
      if (isSame && mine.has(record)) continue
      // An entity that left, or another one in its slot, has lost this track with everything else.
      const isShown = isSame && (feed.own === null || feed.own.idAt(slot) === record.id)
      if (isShown) removals.push(slot)
      feed.hold(held, slot, NOTHING, NOTHING)
    }
    return removals
  }

  /** The client may hold this track of anything: it keeps that of its own only. */
  private forgetBlindly(feed: ClientFeed, mine: readonly EntityRecord[]): number[] {
    const kept = new Set(mine)
    const removals: number[] = []
    for (const record of this.replication.table) {
      const isShown = feed.own === null || feed.own.idAt(record.slot) === record.id
      if (isShown && !kept.has(record) && record.kind.tracks[this.name].columns.length > 0) removals.push(record.slot)
    }
    return removals
  }
}
