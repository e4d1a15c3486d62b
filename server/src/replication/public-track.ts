import { BitWriter, writeCount, writeGap, writeNoTable, writeSlots } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { CodedBodies } from './coded-bodies.ts'
import { NOTHING } from './held.ts'
import type { EntityRecord } from './entity-table.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'

/** The public part of a snapshot: whole bytes, the same for every client that knows the same. */
interface SharedBody {
  readonly bytes: Uint8Array
  readonly hasNews: boolean
}

/**
 * Writes the track that all may see, for clients in shared mode: a body is made once per tick for all that know the world up
 * to the same tick; nearly always that is all of them.
 */
export class PublicTrack {
  private readonly replication: Replication
  private readonly records: Records
  private readonly scratch: BitWriter = new BitWriter(4096)
  private bodies: Map<string, SharedBody> = new Map()
  private bodiesTick = -1
  private readonly updates: EntityRecord[] = []
  /** Null in games that are packed only. */
  private readonly coded: CodedBodies | null

  constructor(replication: Replication, records: Records, coded: CodedBodies | null = null) {
    this.replication = replication
    this.records = records
    this.coded = coded
  }

  /** @returns whether there was anything to tell */
  writeShared(writer: BitWriter, { syncTick, isLost, tableNumber }: ClientFeed): boolean {
    const { tick, priorNewsTick } = this.replication
    if (this.bodiesTick !== tick) this.bodies = new Map()
    this.bodiesTick = tick
    // Between the last news and now nothing happened: who knows the one knows the other.
    const from = !isLost && syncTick >= priorNewsTick ? priorNewsTick : syncTick
    const isNew = syncTick < 0
    const isCodable = !isNew && !isLost && from === priorNewsTick
    const isCoded = isCodable && this.coded?.canRead(tableNumber) === true
    const key = `${from} ${isNew} ${isLost} ${isCoded}`
    let body = this.bodies.get(key)
    if (body === undefined) {
      body = isCoded ? this.makeCodedBody(from) : this.makeBody(isNew ? -1 : from, isLost)
      this.bodies.set(key, body)
      if (isCodable && !isCoded) this.coded?.learn(from, this.removalsSince(from, false))
    }
    writer.bytes(body.bytes)
    return body.hasNews
  }

  private makeBody(from: number, isLost: boolean): SharedBody {
    const { table, anchors, dirty, priorNewsTick } = this.replication
    const removals = this.removalsSince(from, isLost)
    this.updates.length = 0
    if (from >= 0 && from === priorNewsTick) for (const slot of dirty) this.updates.push(table.at(slot)!)
    else for (const record of table) if (anchors.all.newestTick(record.slot) > from) this.updates.push(record)
    this.scratch.reset()
    if (this.coded !== null) writeNoTable(this.scratch)
    writeSlots(this.scratch, removals, removals.length)
    this.writeUpdates(this.scratch, ({ slot, bornTick }) =>
      bornTick > from ? NOTHING : anchors.all.heldAt(slot, from),
    )
    this.scratch.align()
    return { bytes: this.scratch.toBytes(), hasNews: removals.length > 0 || this.updates.length > 0 }
  }

  /** The same for clients that know the news before these, by models; arrivals are plain bits behind it. */
  private makeCodedBody(from: number): SharedBody {
    const { table, dirty } = this.replication
    const removals = this.removalsSince(from, false)
    this.updates.length = 0
    for (const record of table) if (record.bornTick > from) this.updates.push(record)
    this.scratch.reset()
    this.coded!.write(this.scratch, from, removals)
    this.writeUpdates(this.scratch, () => NOTHING)
    this.scratch.align()
    return { bytes: this.scratch.toBytes(), hasNews: removals.length > 0 || dirty.length > 0 }
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
