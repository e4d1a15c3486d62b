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

/** How long one may wait in the middle of the view, and by how much longer on its border. */
const PATIENCE_SECONDS = 0.3
const BORDER_PATIENCE_SECONDS = 1
/** After this long an entity goes before all that are not late: nobody starves. */
const LATE_SECONDS = 1.2
/** So many of the nearest are late much sooner. */
const NEAREST = 10
const NEAREST_SECONDS = 0.2
/** More than any patience makes of a wait that is not late. */
const LATE_URGENCY = 1000
const HURRY = 2000
const LEAVING_WORTH = 0.1
const GAP_BITS = 4

/** References that would be hidden are measured as if they were not. */
const HOLDS_ALL: Holds = () => true

/** What a snapshot's public updates may take. */
export interface Allowance {
  readonly bits: number
  /** The same of a client that was sent nothing for a while. */
  readonly mostBits: number
}

interface Candidate {
  readonly record: EntityRecord
  waited: number
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
    let used = updates.length * GAP_BITS
    for (const record of updates) if ((used += this.measure(record, reader)) > bits / 2) return false
    return true
  }

  /** Leaves in `updates` what fits into so many bits: first the client's own, then by urgency. */
  fit(
    updates: EntityRecord[],
    visible: SlotSet,
    feed: ClientFeed,
    reader: OwnReader,
    sight: Sight,
    room: Allowance,
  ): void {
    const candidates: Candidate[] = []
    const chosen: EntityRecord[] = []
    this.trial.reset()
    for (const record of updates) {
      if (!isOwn(record, sight.seat, this.replication)) candidates.push({ record, waited: 0, urgency: 0 })
      else {
        this.measure(record, reader)
        chosen.push(record)
      }
    }
    this.rate(candidates, visible, feed, sight)
    this.take(candidates, chosen, reader, room)
    updates.length = 0
    updates.push(...chosen)
  }

  /** The most urgent first, as far as they fit. */
  private take(
    candidates: Candidate[],
    chosen: EntityRecord[],
    reader: OwnReader,
    { bits, mostBits }: Allowance,
  ): void {
    candidates.sort((a, b) => b.urgency - a.urgency)
    let used = this.trial.bitLength + chosen.length * GAP_BITS
    for (const [i, { record }] of candidates.entries()) {
      if (used >= bits) return
      const size = this.measure(record, reader) + GAP_BITS
      // Behind one that does not fit nobody goes: with smaller ones always before it, it would wait for ever. So would one
      // that never can fit, unless it goes as the first.
      const canNeverFit = i === 0 && size > mostBits
      // To the nearest: what a snapshot has too much of, the next one has less.
      if (used + size / 2 > bits && !canNeverFit) return
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

  /** What has waited for the most of what it may is the most urgent: when too much waits, all wait longer alike. */
  private rate(candidates: Candidate[], visible: SlotSet, { waits }: ClientFeed, { interest }: Sight): void {
    const nearest = interest === null ? -1 : this.nearestOf(visible, interest)
    const near: Candidate[] = []
    for (const candidate of candidates) {
      const { slot, id, kind } = candidate.record
      const distance = interest === null ? 0 : this.distanceOf(slot, interest) || 0
      const waited = (waits.age(slot, id) + this.ticksPerSnapshot) / this.tickRateHz
      const patience = PATIENCE_SECONDS + BORDER_PATIENCE_SECONDS * Math.min(1, distance)
      const isLeaving = distance > 1
      const worth = isLeaving ? kind.priority * LEAVING_WORTH : kind.priority
      candidate.waited = waited
      candidate.urgency = waited > LATE_SECONDS && !isLeaving ? LATE_URGENCY + waited : (waited * worth) / patience
      if (distance <= nearest) near.push(candidate)
    }
    this.hurry(near)
  }

  /**
   * The nearest go by turns, so many in each snapshot that none of them gets late; what is left behind those that are late
   * goes to the nearest, too.
   */
  private hurry(near: Candidate[]): void {
    const perSnapshot = this.ticksPerSnapshot / this.tickRateHz
    near.sort((a, b) => b.waited - a.waited)
    const turn = Math.ceil((near.length * perSnapshot) / NEAREST_SECONDS)
    for (const [i, candidate] of near.entries()) {
      const isDue = candidate.waited > NEAREST_SECONDS - perSnapshot / 2
      if (i < turn || isDue) candidate.urgency = HURRY + candidate.waited
      else if (candidate.waited > perSnapshot) candidate.urgency = Math.max(candidate.urgency, LATE_URGENCY)
    }
  }

  /** How far the last of the nearest is. */
  private nearestOf(visible: SlotSet, interest: Interest): number {
    this.slots.clear()
    for (const [i, word] of visible.words.entries()) pushSlots(word, i, this.slots)
    const distances = Float64Array.from(this.slots, (slot) => this.distanceOf(slot, interest)).toSorted()
    return distances[Math.min(NEAREST, distances.length) - 1] ?? -1
  }

  /** Squared: 1 on the border of the view. NaN of what has no place, which sorts behind all others. */
  private distanceOf(slot: number, interest: Interest): number {
    return interest.squaredDistance(this.replication.xs[slot]!, this.replication.ys[slot]!)
  }
}
