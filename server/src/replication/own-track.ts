import { writeCount, writeGap, writeNoTable, writeSlots } from '@tickwire/protocol/internal'
import type { BitWriter, GameCodec } from '@tickwire/protocol/internal'
import { Choice } from './choice.ts'
import type { Allowance } from './choice.ts'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { DenseHeld } from './held.ts'
import type { MaskedRecords } from './masked-records.ts'
import type { Records } from './records.ts'
import { hidesMore, holdsIn } from './references.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'
import { isOpen, Visible } from './visible.ts'
import type { Sight } from './visible.ts'

const HOLDS_ALL: Holds = () => true

/**
 * Writes the public track for one client of its own: what it may see, as far as its budget goes. `plan` decides, `write`
 * writes what was planned last.
 */
export class OwnTrack {
  private readonly replication: Replication
  private readonly records: Records
  private readonly references: References
  private readonly masked: MaskedRecords
  private readonly choice: Choice
  private readonly isCoded: boolean
  private readonly visible: Visible
  private readonly removals: number[] = []
  private readonly updates: EntityRecord[] = []
  /** Entities that may refer to others, and that the client knows or is told of. */
  private readonly referrers: EntityRecord[] = []
  /** Per slot the plan that it was chosen in. */
  private chosen: Int32Array = new Int32Array(0)
  private plans = 0
  private holds: Holds = HOLDS_ALL

  constructor(
    codec: GameCodec,
    replication: Replication,
    records: Records,
    references: References,
    masked: MaskedRecords,
  ) {
    const { tickRateHz, ticksPerSnapshot, compression } = codec.schema
    this.isCoded = compression === 'entropy'
    this.replication = replication
    this.records = records
    this.references = references
    this.masked = masked
    this.choice = new Choice(replication, records, tickRateHz, ticksPerSnapshot)
    this.visible = new Visible(replication)
  }

  /**
   * @param room what it may take, or null: as much as it needs
   * @returns whether something that the client may see is left out for now
   */
  plan(feed: ClientFeed, own: DenseHeld, sight: Sight, room: Allowance | null): boolean {
    const { table, tick } = this.replication
    this.visible.look(own, sight)
    feed.waits.begin(tick, table.slots)
    this.findUpdates(own)
    let isPartial = this.choice.deferFar(this.updates, feed, own, sight)
    if (room !== null) isPartial = this.choice.fit(this.updates, feed, own, sight, room) || isPartial
    this.markChosen(feed)
    this.findRemovals(feed, own)
    this.holds = isOpen(sight) ? HOLDS_ALL : this.willHold(own)
    this.refreshReferences(own)
    this.updates.sort((a, b) => a.slot - b.slot)
    return isPartial
  }

  /** @returns whether there was anything to tell */
  write(writer: BitWriter, feed: ClientFeed, own: DenseHeld): boolean {
    const { anchors } = this.replication
    if (this.isCoded) writeNoTable(writer)
    writeSlots(writer, this.removals, this.removals.length)
    for (const slot of this.removals) if (own.idAt(slot) !== NOTHING) feed.hold(own, slot, NOTHING, NOTHING)
    writeCount(writer, this.updates.length)
    let last = -1
    for (const record of this.updates) {
      const { slot, id } = record
      writeGap(writer, slot - last - 1)
      last = slot
      const mask = this.writeRecord(writer, record, own)
      feed.hold(own, slot, id, anchors.all.newestTick(slot), mask)
    }
    return this.removals.length > 0 || this.updates.length > 0
  }

  /** @returns the mask that it was written under */
  private writeRecord(writer: BitWriter, record: EntityRecord, own: DenseHeld): number {
    const { slot, id, kind } = record
    const isHeld = own.idAt(slot) === id
    const tick = isHeld ? own.tickAt(slot) : NOTHING
    const heldMask = isHeld ? own.maskAt(slot) : 0
    const mask = this.references.has(kind, 'all') ? this.references.maskOf(record, 'all', this.holds) : 0
    if (mask === 0 && heldMask === 0) this.records.write(writer, 'all', record, tick)
    else this.masked.write(writer, 'all', record, { tick, mask: heldMask }, mask, this.holds)
    return mask
  }

  private findUpdates(own: DenseHeld): void {
    const { table, anchors } = this.replication
    this.updates.length = this.referrers.length = 0
    for (const slot of this.visible.slots) {
      const record = table.at(slot)!
      const isKnown = own.idAt(slot) === record.id && own.tickAt(slot) >= anchors.all.newestTick(slot)
      if (!isKnown) this.updates.push(record)
      if (this.references.has(record.kind, 'all')) this.referrers.push(record)
    }
  }

  /** What the client holds and may not see any more, or is somebody else by now. */
  private findRemovals(feed: ClientFeed, own: DenseHeld): void {
    const { table } = this.replication
    this.removals.length = 0
    for (const slot of own.slots) {
      if (!this.visible.has(slot) || own.idAt(slot) !== table.at(slot)!.id) this.removals.push(slot)
    }
    if (feed.isLost) {
      // It may hold anything: whatever it is not told of now is named, a bit each.
      for (let slot = 0; slot < table.slots; slot++) {
        if (this.chosen[slot] !== this.plans && own.idAt(slot) === NOTHING) this.removals.push(slot)
      }
    }
    this.removals.sort((a, b) => a - b)
  }

  private markChosen(feed: ClientFeed): void {
    const { slots } = this.replication.table
    this.plans++
    if (this.chosen.length < slots) this.chosen = new Int32Array(2 * slots)
    for (const { slot } of this.updates) {
      this.chosen[slot] = this.plans
      feed.waits.end(slot)
    }
  }

  /** What the client will hold when it has read this snapshot. */
  private willHold(own: DenseHeld): Holds {
    const { table } = this.replication
    const holdsNow = holdsIn(own)
    return (id) => {
      const slot = id % 0x1_0000
      if (!this.visible.has(slot) || table.at(slot)?.id !== id) return false
      return this.chosen[slot] === this.plans || holdsNow(id)
    }
  }

  /**
   * What has entered or left changes what others may name. These records go beyond any budget: what leaves must not be
   * named any more.
   */
  private refreshReferences(own: DenseHeld): void {
    for (const record of this.referrers) {
      const { slot, id } = record
      if (this.chosen[slot] === this.plans || own.idAt(slot) !== id) continue
      if (this.namesWrongly(record, own)) this.updates.push(record)
    }
  }

  private namesWrongly(record: EntityRecord, own: DenseHeld): boolean {
    const { slot, kind } = record
    const { all } = this.replication.anchors
    const [tick, mask] = [own.tickAt(slot), own.maskAt(slot)]
    if (tick >= all.newestTick(slot)) return this.references.maskOf(record, 'all', this.holds) !== mask
    // It was put off: the client shows an older anchor, which must not name what leaves.
    const at = all.find(slot, tick)
    if (at < 0 || this.references.hasLists(kind, 'all')) return true
    return hidesMore(this.references.maskAt(kind, 'all', at, this.holds), mask)
  }
}
