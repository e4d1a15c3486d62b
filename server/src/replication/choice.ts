import { BitWriter } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { DenseHeld } from './held.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'
import { isOwn } from './visible.ts'
import type { Sight } from './visible.ts'

/** Nobody waits much longer than this; then it goes before all that is only important. */
const MAX_AGE_SECONDS = 1.5
/** So many of the nearest are told as if the budget were for them alone. */
const NEAREST = 10
const NEAREST_MAX_AGE_SECONDS = 0.1
const NEAREST_FACTOR = 4
/** How much less a thing on the border of the view weighs than one in its middle, less one. */
const DISTANCE_FACTOR = 4
/** More than any urgency, which is a sum of weights. */
const OVERDUE = 1e12
const GAP_BITS = 4
/** Large records may not fit where smaller ones still do. */
const MAX_MISFITS = 8

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
  fit(updates: EntityRecord[], feed: ClientFeed, own: DenseHeld, sight: Sight, bits: number): boolean {
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
    this.take(candidates, chosen, own, bits)
    updates.length = 0
    updates.push(...chosen)
    return chosen.length < count
  }

  /** The most urgent first, as far as they fit. */
  private take(candidates: Candidate[], chosen: EntityRecord[], own: DenseHeld, bits: number): void {
    candidates.sort((a, b) => b.urgency - a.urgency)
    let [used, misfits] = [this.trial.bitLength + chosen.length * GAP_BITS, 0]
    for (const [i, { record }] of candidates.entries()) {
      if (used >= bits || misfits === MAX_MISFITS) return
      const size = this.measure(record, own) + GAP_BITS
      // The first one goes whatever its size, or what is larger than a snapshot's share would wait for ever.
      if (i > 0 && used + size > bits) misfits++
      else {
        used += size
        chosen.push(record)
      }
    }
  }

  /** The bits of the record that the client would get. */
  private measure(record: EntityRecord, own: DenseHeld): number {
    const before = this.trial.bitLength
    const held = own.idAt(record.slot) === record.id ? own.tickAt(record.slot) : NOTHING
    this.records.write(this.trial, 'all', record, held)
    return this.trial.bitLength - before
  }

  private rate(candidates: Candidate[], { waits }: ClientFeed, { interest }: Sight): void {
    const { xs, ys } = this.replication
    const distanceOf = ({ slot, kind }: EntityRecord): number =>
      interest === null || kind.position.length === 0 ? 0 : interest.squaredDistance(xs[slot]!, ys[slot]!)
    const distances = candidates.map(({ record }) => distanceOf(record))
    const near = interest === null ? -1 : (distances.toSorted((a, b) => a - b)[NEAREST - 1] ?? Infinity)
    for (const [i, candidate] of candidates.entries()) {
      const { slot, id, kind } = candidate.record
      const distance = distances[i]!
      const isNear = distance <= near
      const weight = (kind.priority * (isNear ? NEAREST_FACTOR : 1)) / (1 + DISTANCE_FACTOR * distance)
      const ageSeconds = waits.age(slot, id) / this.tickRateHz
      const isOverdue = ageSeconds >= (isNear ? NEAREST_MAX_AGE_SECONDS : MAX_AGE_SECONDS)
      candidate.urgency = waits.urgency(slot, id, weight) + (isOverdue ? OVERDUE : 0)
    }
  }
}
