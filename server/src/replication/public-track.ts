import { BitWriter, writeCount, writeGap, writeSlots } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import { NOTHING } from './held.ts'
import type { DenseHeld } from './held.ts'
import type { Interest } from './interest.ts'
import type { EntityRecord } from './entity-table.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'

/** The public part of a snapshot: whole bytes, the same for every client that knows the same. */
interface SharedBody {
  readonly bytes: Uint8Array
  readonly hasNews: boolean
}

/**
 * Writes the track that all may see. In shared mode a body is made once per tick for all clients that know the world up to
 * the same tick; nearly always that is all of them. In own mode each client gets what its interest says.
 */
export class PublicTrack {
  private readonly replication: Replication
  private readonly records: Records
  private readonly scratch: BitWriter = new BitWriter(4096)
  private bodies: Map<string, SharedBody> = new Map()
  private bodiesTick = -1
  private readonly removals: number[] = []
  private readonly updates: EntityRecord[] = []

  constructor(replication: Replication, records: Records) {
    this.replication = replication
    this.records = records
  }

  /** @returns whether there was anything to tell */
  writeShared(writer: BitWriter, { syncTick, isLost }: ClientFeed): boolean {
    const { tick, priorNewsTick } = this.replication
    if (this.bodiesTick !== tick) this.bodies = new Map()
    this.bodiesTick = tick
    // Between the last news and now nothing happened: who knows the one knows the other.
    const from = !isLost && syncTick >= priorNewsTick ? priorNewsTick : syncTick
    const isNew = syncTick < 0
    const key = `${from} ${isNew} ${isLost}`
    let body = this.bodies.get(key)
    if (body === undefined) this.bodies.set(key, (body = this.makeBody(isNew ? -1 : from, isLost)))
    writer.bytes(body.bytes)
    return body.hasNews
  }

  /** @returns whether there was anything to tell */
  writeOwn(writer: BitWriter, feed: ClientFeed, own: DenseHeld, seat: number, interest: Interest | null): boolean {
    const { table, anchors } = this.replication
    this.removals.length = this.updates.length = 0
    for (let slot = 0; slot < table.slots; slot++) {
      const record = table.at(slot)
      const heldId = own.idAt(slot)
      const isHeld = record !== undefined && heldId === record.id
      const isVisible = record !== undefined && this.isVisible(record, seat, interest, isHeld)
      if (heldId === NOTHING ? feed.isLost && !isVisible : !isVisible || !isHeld) this.removals.push(slot)
      if (isVisible && (!isHeld || own.tickAt(slot) < anchors.all.newestTick(slot))) this.updates.push(record)
    }
    writeSlots(writer, this.removals, this.removals.length)
    for (const slot of this.removals) this.forget(feed, own, slot)
    this.writeUpdates(writer, (record) => (own.idAt(record.slot) === record.id ? own.tickAt(record.slot) : NOTHING))
    for (const { slot, id } of this.updates) feed.hold(own, slot, id, anchors.all.newestTick(slot))
    return this.removals.length > 0 || this.updates.length > 0
  }

  private forget(feed: ClientFeed, own: DenseHeld, slot: number): void {
    if (own.idAt(slot) !== NOTHING) feed.hold(own, slot, NOTHING, NOTHING)
  }

  private isVisible(
    { slot, head, kind }: EntityRecord,
    seat: number,
    interest: Interest | null,
    isHeld: boolean,
  ): boolean {
    // What has no position is everywhere: the room, the players, a card.
    if (interest === null || head.owner === seat || kind.position.length === 0) return true
    return interest.reaches(this.replication.xs[slot]!, this.replication.ys[slot]!, isHeld)
  }

  private makeBody(from: number, isLost: boolean): SharedBody {
    const { table, anchors, dirty, priorNewsTick } = this.replication
    const removals = this.removalsSince(from, isLost)
    this.updates.length = 0
    if (from >= 0 && from === priorNewsTick) for (const slot of dirty) this.updates.push(table.at(slot)!)
    else for (const record of table) if (anchors.all.newestTick(record.slot) > from) this.updates.push(record)
    this.scratch.reset()
    writeSlots(this.scratch, removals, removals.length)
    this.writeUpdates(this.scratch, ({ slot, bornTick }) =>
      bornTick > from ? NOTHING : anchors.all.heldAt(slot, from),
    )
    this.scratch.align()
    return { bytes: this.scratch.toBytes(), hasNews: removals.length > 0 || this.updates.length > 0 }
  }

  /** What a client that knows all up to `from` must forget. Where the log does not reach, every vacant slot: a bit each. */
  private removalsSince(from: number, isLost: boolean): number[] {
    const { table, departures, loggedFromTick } = this.replication
    if (isLost || (from >= 0 && from < loggedFromTick)) {
      return Array.from({ length: table.slots }, (_, slot) => slot).filter((slot) => table.at(slot) === undefined)
    }
    return departures
      .filter(({ bornTick, goneTick }) => bornTick <= from && from < goneTick)
      .map(({ slot }) => slot)
      .toSorted((a, b) => a - b)
  }

  private writeUpdates(writer: BitWriter, heldTickOf: (record: EntityRecord) => number): void {
    writeCount(writer, this.updates.length)
    let last = -1
    for (const record of this.updates) {
      writeGap(writer, record.slot - last - 1)
      last = record.slot
      this.records.write(writer, 'all', record, heldTickOf(record))
    }
  }
}
