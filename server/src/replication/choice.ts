import { BitWriter } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { DenseHeld } from './held.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'
import { isOwn } from './visible.ts'
import type { Sight } from './visible.ts'

/** How long one may wait in the middle of the view; on its border by so much longer; and if it is of the nearest. */
const PATIENCE_SECONDS = 0.3
const BORDER_PATIENCE_SECONDS = 1
const NEAREST = 10
const NEAREST_PATIENCE_SECONDS = 0.1
const GAP_BITS = 4

/** What a snapshot's public updates may take. */
export interface Allowance {
  readonly bits: number
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
  private readonly records: Records
  private readonly trial: BitWriter = new BitWriter(4096)
  private readonly tickRateHz: number
  private readonly ticksPerSnapshot: number

  constructor(replication: Replication, records: Records, tickRateHz: number, ticksPerSnapshot: number) {
    this.replication = replication
    this.records = records
    this.tickRateHz = tickRateHz
    this.ticksPerSnapshot = ticksPerSnapshot
  }

  /** Puts off what is far away and not due yet. True: something was taken out of `updates`. */
  deferFar(updates: EntityRecord[], feed: ClientFeed, own: DenseHeld, { seat, interest }: Sight): boolean {
    if (interest === null) return false
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
    const isPartial = kept < updates.length
    updates.length = kept
    return isPartial
  }

  /**
   * Leaves in `updates` what fits into so many bits: first the client's own, then by urgency. True: something was left
   * out.
   */
  fit(updates: EntityRecord[], feed: ClientFeed, own: DenseHeld, sight: Sight, room: Allowance): boolean {
    const candidates: Candidate[] = []
    const chosen: EntityRecord[] = []
    this.trial.reset()
    for (const record of updates) {
      if (!isOwn(record, sight.seat, this.replication)) candidates.push({ record, urgency: 0 })
      else {
        this.measure(record, own)
        chosen.push(record)
      }
    }
    const count = updates.length
    this.rate(candidates, feed, sight)
    this.take(candidates, chosen, own, room)
    updates.length = 0
    updates.push(...chosen)
    return chosen.length < count
  }

  /** The most urgent first, as far as they fit. */
  private take(candidates: Candidate[], chosen: EntityRecord[], own: DenseHeld, { bits, mostBits }: Allowance): void {
    candidates.sort((a, b) => b.urgency - a.urgency)
    let used = this.trial.bitLength + chosen.length * GAP_BITS
    for (const [i, { record }] of candidates.entries()) {
      if (used >= bits) return
      const size = this.measure(record, own) + GAP_BITS
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
  private measure(record: EntityRecord, own: DenseHeld): number {
    const before = this.trial.bitLength
    const held = own.idAt(record.slot) === record.id ? own.tickAt(record.slot) : NOTHING
    this.records.write(this.trial, 'all', record, held)
    return this.trial.bitLength - before
  }

  /** What has waited for the most of what it may is the most urgent: when too much waits, all wait longer alike. */
  private rate(candidates: Candidate[], { waits }: ClientFeed, { interest }: Sight): void {
    const { xs, ys } = this.replication
    const distanceOf = ({ slot, kind }: EntityRecord): number =>
      interest === null || kind.position.length === 0 ? 0 : interest.squaredDistance(xs[slot]!, ys[slot]!)
    const distances = candidates.map(({ record }) => distanceOf(record))
    const near = interest === null ? -1 : (distances.toSorted((a, b) => a - b)[NEAREST - 1] ?? Infinity)
    for (const [i, candidate] of candidates.entries()) {
      const { slot, id, kind } = candidate.record
      const distance = distances[i]!
      const patience = PATIENCE_SECONDS + BORDER_PATIENCE_SECONDS * Math.min(1, distance)
      const waitedTicks = waits.age(slot, id) + this.ticksPerSnapshot
      const perTick = kind.priority / this.tickRateHz / (distance <= near ? NEAREST_PATIENCE_SECONDS : patience)
      candidate.urgency = waitedTicks * perTick
    }
  }
}
