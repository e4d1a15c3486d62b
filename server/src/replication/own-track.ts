import { writeCount, writeGap, writeNoTable, writeSlots } from '@tickwire/protocol/internal'
import type { BitWriter, GameCodec } from '@tickwire/protocol/internal'
import { Choice } from './choice.ts'
import type { Allowance } from './choice.ts'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { IN_STEP, NOTHING } from './held.ts'
import type { OwnHeld } from './held.ts'
import { OwnRecords } from './own-records.ts'
import type { OwnReader } from './own-records.ts'
import type { Records } from './records.ts'
import { holdsIn } from './references.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'
import { SlotSet, slotsOf } from './slot-set.ts'
import { isOpen, Visible } from './visible.ts'
import type { Sight } from './visible.ts'

const HOLDS_ALL: Holds = () => true

/**
 * Writes the public track for one client of its own: what it may see, as far as its budget goes. `plan` decides, `write`
 * writes what was planned last.
 */
export class OwnTrack {
  private readonly replication: Replication
  private readonly ownRecords: OwnRecords
  private readonly references: References
  private readonly choice: Choice
  private readonly isCoded: boolean
  private readonly hasFar: boolean
  private readonly visible: Visible
  private readonly removals: number[] = []
  private readonly updates: EntityRecord[] = []
  /** Slots of what the client does not know. */
  private readonly wanted: number[] = []
  private readonly changed: SlotSet = new SlotSet()
  private readonly chosen: SlotSet = new SlotSet()
  /** What is new since the tick of the last news, and whose tick that is. */
  private readonly news: SlotSet = new SlotSet()
  private newsTick = -1
  private readonly olderNews: SlotSet = new SlotSet()
  private holds: Holds = HOLDS_ALL
  private isTight = false

  constructor(codec: GameCodec, replication: Replication, records: Records, references: References) {
    const { tickRateHz, ticksPerSnapshot, compression } = codec.schema
    this.isCoded = compression === 'entropy'
    this.hasFar = codec.layout.kinds.some(({ far }) => far !== null)
    this.replication = replication
    this.ownRecords = new OwnRecords(replication, records, references)
    this.references = references
    this.choice = new Choice(replication, this.ownRecords, tickRateHz, ticksPerSnapshot)
    this.visible = new Visible(replication)
  }

  /**
   * @param room what it may take, or null: as much as it needs
   * @returns whether something that the client may see is left out for now
   */
  plan(feed: ClientFeed, own: OwnHeld, sight: Sight, room: Allowance | null): boolean {
    const { table } = this.replication
    this.isTight = room !== null
    own.reserve(table.slots)
    this.visible.look(own, sight)
    this.compare(feed, own)
    if (this.isTight || this.hasFar) this.choose(feed, own, sight, room)
    this.markChosen()
    const isPartial = this.updates.length < this.wanted.length
    if (isPartial) this.putOff(feed, own)
    if (feed.isLost) this.removeBlindly(own)
    this.holds = isOpen(sight) ? HOLDS_ALL : this.willHold(own)
    if (this.references.hasAny) this.refreshReferences(own)
    return isPartial
  }

  /** @returns whether there was anything to tell */
  write(writer: BitWriter, feed: ClientFeed, own: OwnHeld): boolean {
    if (this.isCoded) writeNoTable(writer)
    writeSlots(writer, this.removals, this.removals.length)
    for (const slot of this.removals) if (own.idAt(slot) !== NOTHING) feed.hold(own, slot, NOTHING, NOTHING)
    writeCount(writer, this.updates.length)
    const reader = { own, syncTick: feed.syncTick, isTight: this.isTight }
    let last = -1
    for (const record of this.updates) {
      writeGap(writer, record.slot - last - 1)
      last = record.slot
      this.writeRecord(writer, record, feed, reader)
    }
    return this.removals.length > 0 || this.updates.length > 0
  }

  private writeRecord(writer: BitWriter, record: EntityRecord, feed: ClientFeed, reader: OwnReader): void {
    const { slot, id, kind } = record
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

  /** What the client holds and may not see any more goes to `removals`, what it should know and does not to `updates`. */
  private compare(feed: ClientFeed, own: OwnHeld): void {
    const { table } = this.replication
    const { changed, wanted } = this
    const { words: seen } = this.visible.set
    const { words: held } = own.held
    const { words: news } = this.newsSince(feed.syncTick, own)
    this.removals.length = this.updates.length = wanted.length = 0
    changed.reserve(32 * Math.max(seen.length, held.length))
    changed.clear()
    for (let i = 0; i < held.length; i++) {
      const [now, before] = [seen[i] ?? 0, held[i]!]
      slotsOf(before & ~now, i, this.removals)
      changed.words[i] = now & (~before | (news[i] ?? 0))
    }
    for (const [slot, anchor] of own.outOfStep) {
      const record = this.visible.set.has(slot) ? table.at(slot)! : null
      if (record === null || own.idAt(slot) !== record.id) continue
      anchor.isLate = !this.ownRecords.isExact(record, anchor)
      if (anchor.isLate) changed.add(slot)
      else changed.delete(slot)
    }
    for (let i = 0; i < held.length; i++) slotsOf(changed.words[i]!, i, wanted)
    for (const slot of wanted) this.updates.push(table.at(slot)!)
  }

  /** The slots with an anchor from behind a tick; those that the client does not hold need not be among them. */
  private newsSince(syncTick: number, own: OwnHeld): SlotSet {
    const { table, anchors, dirty, tick, priorNewsTick } = this.replication
    if (syncTick >= priorNewsTick) {
      if (this.newsTick === tick) return this.news
      this.newsTick = tick
      this.news.reserve(table.slots)
      this.news.clear()
      for (const slot of dirty) this.news.add(slot)
      return this.news
    }
    const { olderNews } = this
    olderNews.reserve(table.slots)
    olderNews.clear()
    for (const { slot } of table) {
      if (own.held.has(slot) && anchors.all.newestTick(slot) > syncTick) olderNews.add(slot)
    }
    return olderNews
  }

  /** Takes out of `updates` what can wait. */
  private choose(feed: ClientFeed, own: OwnHeld, sight: Sight, room: Allowance | null): void {
    const { updates } = this
    feed.waits.begin(this.replication.tick, this.replication.table.slots)
    this.choice.deferFar(updates, feed, own, sight)
    const reader = { own, syncTick: feed.syncTick, isTight: this.isTight }
    if (room !== null) this.choice.fit(updates, this.visible.set, feed, reader, sight, room)
    for (const { slot } of updates) feed.waits.end(slot)
    updates.sort((a, b) => a.slot - b.slot)
  }

  private markChosen(): void {
    this.chosen.reserve(this.replication.table.slots)
    this.chosen.clear()
    for (const { slot } of this.updates) this.chosen.add(slot)
  }

  /** What waits keeps the anchor that the client has, however long that is. */
  private putOff({ syncTick }: ClientFeed, own: OwnHeld): void {
    const { table, anchors } = this.replication
    for (const slot of this.wanted) {
      if (this.chosen.has(slot) || own.idAt(slot) === NOTHING) continue
      const { id, kind } = table.at(slot)!
      // Somebody else was there before.
      if (own.idAt(slot) !== id) this.removals.push(slot)
      else if (!own.outOfStep.has(slot)) {
        own.leaveStep(slot, syncTick, this.replication, anchors.all.codecs[kind.index]!.track.size)
      }
    }
    this.removals.sort((a, b) => a - b)
  }

  /** It may hold anything: whatever it is not told of now is named, a bit each. */
  private removeBlindly(own: OwnHeld): void {
    for (let slot = 0; slot < this.replication.table.slots; slot++) {
      if (!this.chosen.has(slot) && own.idAt(slot) === NOTHING) this.removals.push(slot)
    }
    this.removals.sort((a, b) => a - b)
  }

  /** What the client will hold when it has read this snapshot. */
  private willHold(own: OwnHeld): Holds {
    const { table } = this.replication
    const holdsNow = holdsIn(own)
    return (id) => {
      const slot = id % 0x1_0000
      if (!this.visible.set.has(slot) || table.at(slot)?.id !== id) return false
      return this.chosen.has(slot) || holdsNow(id)
    }
  }

  /**
   * What has entered or left changes what others may name. These records go beyond any budget: what leaves must not be
   * named any more.
   */
  private refreshReferences(own: OwnHeld): void {
    const { table } = this.replication
    const chosen = this.updates.length
    for (const [i, word] of this.visible.set.words.entries()) {
      for (let left = word; left !== 0; left &= left - 1) {
        const slot = 32 * i + 31 - Math.clz32(left & -left)
        const record = table.at(slot)!
        const canName =
          this.references.has(record.kind, 'all') && !this.chosen.has(slot) && own.idAt(slot) === record.id
        if (canName && this.namesWrongly(record, own)) this.updates.push(record)
      }
    }
    if (this.updates.length > chosen) this.updates.sort((a, b) => a.slot - b.slot)
  }

  private namesWrongly(record: EntityRecord, own: OwnHeld): boolean {
    const { slot, kind } = record
    const anchor = own.outOfStep.get(slot)
    if (anchor?.isLate !== true) return this.references.maskOf(record, 'all', this.holds) !== (anchor?.mask ?? 0)
    // It was put off: the client shows an older anchor, which must not name what leaves.
    if (anchor.tick === NOTHING || this.references.hasLists(kind, 'all')) return true
    return this.references.maskIn(kind, 'all', anchor.row, 0, this.holds) !== 0
  }
}
