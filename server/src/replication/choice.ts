import { BitWriter } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import type { OwnHeld } from './held.ts'
import type { Interest } from './interest.ts'
import type { OwnReader, OwnRecords } from './own-records.ts'
import type { Holds } from './references.ts'
import type { Replication } from './replication.ts'
import { SlotList } from './slot-list.ts'
import { pushSlots } from './slot-set.ts'
import type { SlotSet } from './slot-set.ts'
import { isOwn } from './visible.ts'
import type { Sight } from './visible.ts'

/** The nearest are late after this long, all others after that long. */
const NEAREST = 10
const NEAREST_SECONDS = 0.2
const LATE_SECONDS = 2
/**
 * Behind the nearest patience grows with the distance: up to this, in so much of the view's radius. It is more than makes late, so
 * that the nearest, which have less time to catch up, win a little more often.
 */
const FAR_SECONDS = 2.4
const GROWTH = 0.18
const LEAVING_WORTH = 0.1
/** Who is late goes before all others. */
const LATE_URGENCY = 1000
/** About what a place in the list of those that are held takes. */
const RANK_BITS = 5
/** About what the counts of the lists take. */
const LISTS_BITS = 8

/** References that would be hidden are measured as if they were not. */
const HOLDS_ALL: Holds = () => true

/** What a snapshot's public updates may take. */
export interface Allowance {
  readonly bits: number
  /** How many more there may be for who is late. */
  readonly debtBits: number
  /** The same of a client that was sent nothing for a while. */
  readonly mostBits: number
}

interface Candidate {
  readonly record: EntityRecord
  urgency: number
}

/** Decides which of the entities that a client does not know yet it is told of in this snapshot. */
export class Choice {
  private readonly replication: Replication
  private readonly records: OwnRecords
  private readonly trial: BitWriter = new BitWriter(4096)
  private readonly slots: SlotList = new SlotList()
  private readonly tickRateHz: number
  private readonly ticksPerSnapshot: number

  constructor(replication: Replication, records: OwnRecords, tickRateHz: number, ticksPerSnapshot: number) {
    this.replication = replication
    this.records = records
    this.tickRateHz = tickRateHz
    this.ticksPerSnapshot = ticksPerSnapshot
  }

  /** Takes out of `updates` what is far away and not due yet. */
  deferFar(updates: EntityRecord[], feed: ClientFeed, own: OwnHeld, { seat, interest }: Sight): void {
    if (interest === null) return
    const { xs, ys } = this.replication
    let kept = 0
    for (const record of updates) {
      const { slot, id, kind } = record
      const { far } = kind
      const isFar =
        far !== null &&
        own.idAt(slot) === id &&
        !isOwn(record, seat, this.replication) &&
        interest.isBeyond(xs[slot]!, ys[slot]!, far.beyond)
      const isDue = !isFar || feed.waits.age(slot, id) >= (far.everySnapshots - 1) * this.ticksPerSnapshot
      if (isDue) updates[kept++] = record
    }
    updates.length = kept
  }

  /** Whether all of it fits easily, as it would be told without a budget: records that others share are larger. */
  fitsAll(updates: readonly EntityRecord[], reader: OwnReader, { bits }: Allowance): boolean {
    this.trial.reset()
    let used = updates.length * RANK_BITS
    for (const record of updates) if ((used += this.measure(record, reader)) > bits / 2) return false
    return true
  }

  /** Leaves in `updates` what fits into so many bits, beside the removals: first the client's own, then by urgency. */
  fit(
    updates: EntityRecord[],
    removals: number,
    visible: SlotSet,
    feed: ClientFeed,
    reader: OwnReader,
    sight: Sight,
    room: Allowance,
  ): void {
    const candidates: Candidate[] = []
    const chosen: EntityRecord[] = []
    this.trial.reset()
    this.records.beginSparse()
    for (const record of updates) {
      if (!isOwn(record, sight.seat, this.replication)) candidates.push({ record, urgency: 0 })
      else {
        this.measure(record, reader)
        chosen.push(record)
      }
    }
    this.rate(candidates, visible, feed, sight)
    this.take(candidates, chosen, reader, room, LISTS_BITS + removals * RANK_BITS)
    updates.length = 0
    updates.push(...chosen)
  }

  /** The most urgent first, as far as they fit. */
  private take(
    candidates: Candidate[],
    chosen: EntityRecord[],
    reader: OwnReader,
    room: Allowance,
    lists: number,
  ): void {
    candidates.sort((a, b) => b.urgency - a.urgency)
    let used = lists + this.trial.bitLength + chosen.length * RANK_BITS
    for (const [i, { record, urgency }] of candidates.entries()) {
      const isLate = urgency >= LATE_URGENCY
      if (used >= (isLate ? room.bits + room.debtBits : room.bits)) return
      const size = this.measure(record, reader) + this.nameBits(record, reader)
      // Behind one that does not fit nobody goes: with smaller ones always before it, it would wait for ever. So would one
      // that never can fit, unless it goes as the first.
      const canNeverFit = i === 0 && size > room.mostBits
      // To the nearest: what a snapshot has too much of, the next one has less.
      const fits = used + size / 2 <= room.bits || (isLate && used + size <= room.bits + room.debtBits)
      if (!fits && !canNeverFit) return
      used += size
      chosen.push(record)
    }
  }

  /** The bits of the record that the client would get. */
  private measure(record: EntityRecord, reader: OwnReader): number {
    const before = this.trial.bitLength
    this.records.write(this.trial, record, reader, 0, HOLDS_ALL)
    return this.trial.bitLength - before
  }

  /** About what it takes to say whom a record is of. */
  private nameBits({ slot, id }: EntityRecord, { own }: OwnReader): number {
    return own.idAt(slot) === id ? RANK_BITS : Math.log2(this.replication.table.slots) + 2
  }

  /**
   * What has waited for the most of what it may is the most urgent: when too much waits, all wait longer alike. What is nearly
   * among the nearest may be so in a moment, and must not be old then.
   */
  private rate(candidates: Candidate[], visible: SlotSet, { waits }: ClientFeed, { interest }: Sight): void {
    const nearest = interest === null ? -1 : this.nearestOf(visible, interest)
    for (const candidate of candidates) {
      const { slot, id, kind } = candidate.record
      const distance = interest === null ? 1 : Math.sqrt(this.distanceOf(slot, interest) || 0)
      // Until the next snapshot.
      const waited = (waits.age(slot, id) + this.ticksPerSnapshot) / this.tickRateHz
      const growth = Math.max(0, Math.min(1, (distance - nearest) / GROWTH))
      const patience = NEAREST_SECONDS + growth * (FAR_SECONDS - NEAREST_SECONDS)
      const isLeaving = distance > 1
      const worth = isLeaving ? kind.priority * LEAVING_WORTH : kind.priority
      const isLate = !isLeaving && waited >= (growth > 0 ? LATE_SECONDS : NEAREST_SECONDS)
      candidate.urgency = (isLate ? LATE_URGENCY : 0) + (waited * worth) / patience
    }
  }

  /** How far the last of the nearest is. */
  private nearestOf(visible: SlotSet, interest: Interest): number {
    this.slots.clear()
    for (const [i, word] of visible.words.entries()) pushSlots(word, i, this.slots)
    const distances = Float64Array.from(this.slots, (slot) => this.distanceOf(slot, interest)).toSorted()
    return Math.sqrt(distances[Math.min(NEAREST, distances.length) - 1] ?? 1)
  }

  /** Squared: 1 on the border of the view. NaN of what has no place, which sorts behind all others. */
  private distanceOf(slot: number, interest: Interest): number {
    return interest.squaredDistance(this.replication.xs[slot]!, this.replication.ys[slot]!)
  }
}
