import { SlotGaps, writeCount, writeSlots } from '@tickwire/protocol/internal'
import type { BitWriter } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { Held } from './held.ts'
import type { MaskedRecords } from './masked-records.ts'
import type { Records } from './records.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'

const NONE: readonly number[] = []

/** Whom the tracks are written for: a seat, and the teams of its player as a bit mask. */
interface Viewer {
  readonly id: number
  readonly team: number
}

/** The teams of a seat's player, as a bit mask; 0: none, or nobody is there. */
export type TeamOf = (seat: number) => number

/** Writes one client's part of the tracks that not all may see. */
export class PrivateTrack {
  private readonly name: 'owner' | 'revealed'
  private readonly replication: Replication
  private readonly records: Records
  private readonly references: References
  private readonly masked: MaskedRecords
  private readonly teamOf: TeamOf
  /** No kind of this game has such columns. */
  private readonly isUnused: boolean
  /** What this client may see of it, and what of that is news to it; used again for each client. */
  private readonly mine: EntityRecord[] = []
  private readonly updates: EntityRecord[] = []
  private readonly gaps: SlotGaps = new SlotGaps()

  constructor(
    name: 'owner' | 'revealed',
    replication: Replication,
    records: Records,
    references: References,
    masked: MaskedRecords,
    teamOf: TeamOf,
  ) {
    this.name = name
    this.replication = replication
    this.records = records
    this.references = references
    this.masked = masked
    this.teamOf = teamOf
    this.isUnused = !replication.hasTrack(name)
  }

  /**
   * Call it after the public track was written: what left there has taken this track along. `holds` says what the client
   * may read the id of.
   * @returns whether there was news
   */
  write(writer: BitWriter, feed: ClientFeed, viewer: Viewer, holds: Holds): boolean {
    if (this.isUnused) return writeNothing(writer)
    const held = feed[this.name]
    const { mine, updates } = this
    this.findMine(feed, viewer)
    // By far the commonest case.
    if (mine.length === 0 && held.size === 0 && !feed.isLost) return writeNothing(writer)
    const removals = this.takeRemovals(feed)
    writeSlots(writer, removals, removals.length)
    let count = 0
    for (const record of mine) if (this.isNews(record, held, holds)) updates[count++] = record
    updates.length = count
    writeCount(writer, count)
    this.gaps.begin()
    for (const record of updates) {
      this.gaps.write(writer, record.slot)
      this.writeRecord(writer, record, feed, holds)
    }
    return removals.length > 0 || count > 0
  }

  private isNews(record: EntityRecord, held: Held, holds: Holds): boolean {
    const { slot, id } = record
    if (held.idAt(slot) !== id || held.tickAt(slot) < this.replication.anchors[this.name].newestTick(slot)) return true
    return this.references.maskOf(record, this.name, holds) !== held.maskAt(slot)
  }

  private writeRecord(writer: BitWriter, record: EntityRecord, feed: ClientFeed, holds: Holds): void {
    const { slot, id } = record
    const held = feed[this.name]
    const isHeld = held.idAt(slot) === id
    const known = { tick: isHeld ? held.tickAt(slot) : NOTHING, mask: isHeld ? held.maskAt(slot) : 0 }
    const mask = this.references.maskOf(record, this.name, holds)
    if (mask === 0 && known.mask === 0) this.records.write(writer, this.name, record, known.tick)
    else this.masked.write(writer, this.name, record, known, mask, holds)
    feed.hold(held, slot, id, this.replication.anchors[this.name].newestTick(slot), mask)
  }

  /** The entities whose track this client may see, in the order of slots. */
  private findMine({ own }: ClientFeed, { id: seat, team }: Viewer): void {
    const { replication, mine, name } = this
    let count = 0
    if (name === 'owner') {
      for (const record of replication.ownedBy(seat)) {
        if (record.kind.tracks.owner.columns.length > 0) mine[count++] = record
      }
    } else {
      for (const record of replication.secretive) {
        const isShown = own === null || own.idAt(record.slot) === record.id
        if (isShown && this.mayKnow(record, seat, team)) mine[count++] = record
      }
    }
    mine.length = count
  }

  private mayKnow({ kind, head, reveals }: EntityRecord, seat: number, team: number): boolean {
    const { owner } = head
    const isTeams = kind.isTeams && owner !== null && (owner === seat || (this.teamOf(owner) & team) !== 0)
    return isTeams || reveals.has(seat, team)
  }

  /** The slots of what this client must forget; it does not hold them from now on. */
  private takeRemovals(feed: ClientFeed): readonly number[] {
    const { mine } = this
    const held = feed[this.name]
    let stays = 0
    for (const { slot, id } of mine) if (held.idAt(slot) === id) stays++
    const known = stays === held.size ? NONE : this.forget(feed, new Set(mine))
    return feed.isLost ? this.allBut(feed, new Set(mine)) : known
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

  /** Also what it may hold without the server's knowledge: it keeps this track of what is its own only. */
  private allBut(feed: ClientFeed, mine: ReadonlySet<EntityRecord>): number[] {
    const removals: number[] = []
    for (const record of this.replication.table) {
      const isShown = feed.own === null || feed.own.idAt(record.slot) === record.id
      if (isShown && !mine.has(record) && record.kind.tracks[this.name].columns.length > 0) removals.push(record.slot)
    }
    return removals
  }
}

/** No removals, no updates. */
function writeNothing(writer: BitWriter): false {
  writeCount(writer, 0)
  writeCount(writer, 0)
  return false
}
