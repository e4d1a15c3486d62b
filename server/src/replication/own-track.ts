import { SlotGaps, slotOf, SPARSE_COUNT_BITS, writeCount, writeNoTable, writeSlots } from '@tickwire/protocol/internal'
import type { BitWriter, GameCodec } from '@tickwire/protocol/internal'
import { Choice } from './choice.ts'
import type { Allowance } from './choice.ts'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { IN_STEP, NOTHING, OwnHeld } from './held.ts'
import { News } from './news.ts'
import { OwnRecords } from './own-records.ts'
import type { Records } from './records.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'
import { SlotList } from './slot-list.ts'
import { pushSlots, sizeOf, SlotRanks, SlotSet, slotsOf } from './slot-set.ts'
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
  private readonly ownRecords: OwnRecords
  private readonly references: References
  private readonly choice: Choice
  private readonly isCoded: boolean
  private readonly hasFar: boolean
  private readonly visible: Visible
  private readonly removals: SlotList = new SlotList()
  /** What the client does not know. */
  private readonly wanted: SlotList = new SlotList()
  /** What it is told of it: all, or a list of its own. */
  private updates: SlotList = this.wanted
  private readonly seen: SlotList = new SlotList()
  private readonly chosen: SlotList = new SlotList()
  /** Of a sparse track: whom the client holds, and whom it does not. */
  private readonly known: SlotList = new SlotList()
  private readonly newcomers: SlotList = new SlotList()
  private readonly ranks: SlotRanks = new SlotRanks()
  /** The slots of `updates`. */
  private readonly told: SlotSet = new SlotSet()
  private readonly news: News
  private readonly gaps: SlotGaps = new SlotGaps()
  private holds: Holds = HOLDS_ALL
  private readonly reader = { own: new OwnHeld(), syncTick: -1, isTight: false, isSparse: false, isLost: false }

  constructor(codec: GameCodec, replication: Replication, records: Records, references: References) {
    const { tickRateHz, ticksPerSnapshot, compression } = codec.schema
    this.isCoded = compression === 'entropy'
    this.hasFar = codec.layout.kinds.some(({ far }) => far !== null)
    this.replication = replication
    this.records = records
    this.ownRecords = new OwnRecords(replication, records, references)
    this.references = references
    this.choice = new Choice(replication, this.ownRecords, tickRateHz, ticksPerSnapshot)
    this.news = new News(replication)
    this.visible = new Visible(replication)
  }

  /** Whether what was planned last has few records, over long ways. */
  get isSparse(): boolean {
    return this.reader.isSparse
  }

  /**
   * @param room what it may take, or null: as much as it needs
   * @returns whether something that the client may see is left out for now
   */
  plan(feed: ClientFeed, own: OwnHeld, sight: Sight, room: Allowance | null): boolean {
    const { reader } = this
    reader.own = own
    reader.syncTick = feed.syncTick
    reader.isTight = false
    reader.isSparse = false
    reader.isLost = feed.isLost
    own.reserve(this.replication.table.slots)
    this.visible.look(own, sight)
    this.compare()
    const isPartial = (room !== null || this.hasFar) && this.choose(feed, sight, room)
    if (feed.isLost) this.removeBlindly()
    this.holds = isOpen(sight) ? HOLDS_ALL : this.willHold
    if (this.references.hasAny) this.refreshReferences()
    own.namesAnything = isOpen(sight)
    return isPartial
  }

  /** @returns whether there was anything to tell */
  write(writer: BitWriter, feed: ClientFeed): boolean {
    const { removals, updates } = this
    const { own, syncTick } = this.reader
    if (this.isSparse) {
      this.writeSparse(writer, feed)
      return removals.count > 0 || updates.count > 0
    }
    if (this.isCoded) writeNoTable(writer)
    writeSlots(writer, removals.slots, removals.count)
    this.forgetRemoved(feed)
    writeCount(writer, updates.count)
    // What is in step is told as everybody is: most often that is in the writer without a look at the entity.
    const mayCopy = !this.references.hasAny && syncTick >= this.replication.priorNewsTick
    this.gaps.begin()
    for (let i = 0; i < updates.count; i++) {
      const slot = updates.slots[i]!
      this.gaps.write(writer, slot)
      const isCopied = mayCopy && own.isInStep(slot) && this.records.copyShared(writer, slot)
      if (!isCopied) this.writeRecord(writer, this.replication.table.at(slot)!, feed)
    }
    return removals.count > 0 || updates.count > 0
  }

  /** What is held is named by its place among all that is held, which a reader of few things tells in few bits. */
  private writeSparse(writer: BitWriter, feed: ClientFeed): void {
    const { removals, updates, newcomers } = this
    const { own } = this.reader
    const { table } = this.replication
    this.writeRanks(writer, removals, null)
    this.forgetRemoved(feed)
    this.known.clear()
    newcomers.clear()
    for (const slot of updates) (own.idAt(slot) === table.at(slot)!.id ? this.known : newcomers).push(slot)
    this.ownRecords.beginSparse()
    const heldSlots = slotsOf(own.held)
    this.writeRanks(writer, this.known, feed)
    this.writeSome(writer, newcomers.count, heldSlots)
    for (const slot of newcomers) {
      this.gaps.write(writer, slot)
      this.writeRecord(writer, table.at(slot)!, feed)
    }
  }

  /** @param feed whose records follow their places; null: the places are all */
  private writeRanks(writer: BitWriter, slots: SlotList, feed: ClientFeed | null): void {
    const { held } = this.reader.own
    this.writeSome(writer, slots.count, sizeOf(held))
    this.ranks.begin(held)
    for (const slot of slots) {
      this.gaps.write(writer, this.ranks.of(slot))
      if (feed !== null) this.writeRecord(writer, this.replication.table.at(slot)!, feed)
    }
  }

  /** Begins a list of so many, of how many there could be: its gaps are as wide as that says. */
  private writeSome(writer: BitWriter, count: number, of: number): void {
    writeCount(writer, count, SPARSE_COUNT_BITS)
    this.gaps.beginSome(count, of)
  }

  private forgetRemoved(feed: ClientFeed): void {
    const { own } = this.reader
    for (const slot of this.removals) if (own.idAt(slot) !== NOTHING) feed.hold(own, slot, NOTHING, NOTHING)
  }

  private writeRecord(writer: BitWriter, record: EntityRecord, feed: ClientFeed): void {
    const { slot, id, kind } = record
    const { reader } = this
    const { own } = reader
    const isKnown = own.idAt(slot) === id
    const mask = this.references.has(kind, 'all') ? this.references.maskOf(record, 'all', this.holds) : 0
    const isOwn = this.ownRecords.write(writer, record, reader, mask, this.holds)
    if (!isOwn || (mask === 0 && this.ownRecords.isInStep(record))) {
      if (!isKnown || own.outOfStep.has(slot)) feed.hold(own, slot, id, IN_STEP)
      return
    }
    if (!isKnown) feed.hold(own, slot, id, NOTHING)
    this.ownRecords.settle(record, own.outOfStep.get(slot)!, mask)
  }

  /** What the client holds and may not see any more goes to `removals`, what it should know and does not to `wanted`. */
  private compare(): void {
    const { removals, wanted, told } = this
    const { own, syncTick } = this.reader
    const seen = this.visible.set.words
    const held = own.held.words
    const news = this.news.since(syncTick).words
    told.reserve(this.replication.table.slots)
    told.clear()
    removals.clear()
    wanted.clear()
    for (let i = 0; i < held.length; i++) {
      const now = i < seen.length ? seen[i]! : 0
      const before = held[i]!
      if ((now | before) === 0) continue
      pushSlots(before & ~now, i, removals)
      if (now !== 0) told.words[i] = now & (~before | (i < news.length ? news[i]! : 0))
    }
    if (own.outOfStep.size > 0) this.compareAnchors(own)
    for (let i = 0; i < told.words.length; i++) pushSlots(told.words[i]!, i, wanted)
    this.updates = wanted
  }

  private compareAnchors(own: OwnHeld): void {
    for (const [slot, anchor] of own.outOfStep) {
      const record = this.visible.set.has(slot) ? this.replication.table.at(slot)! : null
      if (record === null || own.idAt(slot) !== record.id) continue
      anchor.isLate = !this.ownRecords.isExact(record, anchor)
      if (anchor.isLate) this.told.add(slot)
      else this.told.delete(slot)
    }
  }

  /** Takes from what is wanted what cannot wait; true: something waits. */
  private choose(feed: ClientFeed, sight: Sight, room: Allowance | null): boolean {
    const { told, reader } = this
    const { table, tick } = this.replication
    const records = Array.from(this.wanted, (slot) => table.at(slot)!)
    feed.waits.begin(tick, table.slots)
    // What is wrong does not wait for being near.
    if (!feed.isLost) this.choice.deferFar(records, feed, reader.own, sight)
    // As long as all fits, a budget costs nothing: everybody stays in step.
    reader.isTight = room !== null && !this.choice.fitsAll(records, reader, room)
    // Who may hold anything is told by records that need nothing.
    reader.isSparse = reader.isTight && !feed.isLost
    if (room !== null && reader.isTight) {
      this.choice.fit(records, this.removals.count, this.visible.set, feed, reader, sight, room)
    }
    for (const { slot } of records) feed.waits.end(slot)
    if (records.length === this.wanted.count) return false
    told.clear()
    this.chosen.clear()
    for (const { slot } of records) {
      told.add(slot)
      this.chosen.push(slot)
    }
    this.chosen.sort()
    this.updates = this.chosen
    this.putOff()
    return true
  }

  /** What waits keeps the anchor that the client has, however long that is. */
  private putOff(): void {
    const { table, anchors } = this.replication
    const { own, syncTick } = this.reader
    for (const slot of this.wanted) {
      if (this.told.has(slot) || own.idAt(slot) === NOTHING) continue
      const { id, kind } = table.at(slot)!
      // Somebody else was there before.
      if (own.idAt(slot) !== id) this.removals.push(slot)
      else if (!own.outOfStep.has(slot)) {
        own.leaveStep(slot, syncTick, this.replication, anchors.all.codecs[kind.index]!.track.size)
      }
    }
    this.removals.sort()
  }

  /** It may hold anything: whatever it is not told of now is named, a bit each. */
  private removeBlindly(): void {
    for (let slot = 0; slot < this.replication.table.slots; slot++) {
      if (!this.told.has(slot) && this.reader.own.idAt(slot) === NOTHING) this.removals.push(slot)
    }
    this.removals.sort()
  }

  /** What the client will hold when it has read this snapshot. */
  private readonly willHold: Holds = (id) => {
    const slot = slotOf(id)
    if (!this.visible.set.has(slot) || this.replication.table.at(slot)?.id !== id) return false
    return this.told.has(slot) || this.reader.own.idAt(slot) === id
  }

  /**
   * What has entered or left changes what others may name. These records go beyond any budget: what leaves must not be
   * named any more.
   */
  private refreshReferences(): void {
    const { table } = this.replication
    const { own } = this.reader
    const { seen, updates } = this
    const someLeave = own.namesAnything || this.someLeave(own)
    seen.clear()
    for (const [i, word] of this.visible.set.words.entries()) pushSlots(word, i, seen)
    for (const slot of seen) {
      const record = table.at(slot)!
      const canName = this.references.has(record.kind, 'all') && !this.told.has(slot) && own.idAt(slot) === record.id
      if (canName && this.namesWrongly(record, own, someLeave)) updates.push(slot)
    }
    updates.sort()
  }

  /** Whether the client holds anything no more once it has read this snapshot. */
  private someLeave(own: OwnHeld): boolean {
    if (this.removals.count > 0) return true
    const { table } = this.replication
    // Others in the place of what it holds need no removal.
    for (const slot of this.updates) {
      if (own.idAt(slot) !== NOTHING && own.idAt(slot) !== table.at(slot)!.id) return true
    }
    return false
  }

  private namesWrongly(record: EntityRecord, own: OwnHeld, someLeave: boolean): boolean {
    const { slot, kind } = record
    const anchor = own.outOfStep.get(slot)
    if (anchor?.isLate !== true) return this.references.maskOf(record, 'all', this.holds) !== (anchor?.mask ?? 0)
    // It was put off: the client shows an older anchor, which must not name what leaves.
    if (this.holds === HOLDS_ALL) return false
    if (anchor.tick === NOTHING) return true
    if (someLeave && this.references.hasLists(kind, 'all')) return true
    return this.references.maskIn(kind, 'all', anchor.row, 0, this.holds) !== 0
  }
}
