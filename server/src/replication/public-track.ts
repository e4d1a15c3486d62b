import { BitWriter, SlotGaps, writeCount, writeNoTable, writeSlots } from '@tickwire/protocol/internal'
import type { ClientFeed } from './client-feed.ts'
import type { CodedBodies } from './coded-bodies.ts'
import { NOTHING } from './held.ts'
import type { Records } from './records.ts'
import type { Replication } from './replication.ts'
import { SlotList } from './slot-list.ts'

/** The public part of a snapshot: whole bytes, the same for every client that knows the world up to the same tick. */
interface SharedBody {
  /** The tick up to which its readers know everything, or -1: they know nothing. */
  from: number
  /** Its readers may hold entities that the server does not know of. */
  isLost: boolean
  isCoded: boolean
  hasNews: boolean
  readonly bits: BitWriter
}

/**
 * Writes the track that all may see, for clients in shared mode: a body is made once per tick for all that know the world up
 * to the same tick; nearly always that is all of them.
 */
export class PublicTrack {
  private readonly replication: Replication
  private readonly records: Records
  /** Null in games that are packed only. */
  private readonly coded: CodedBodies | null
  /** The first `bodyCount` are of this tick; the others are used again. */
  private readonly bodies: SharedBody[] = []
  private bodyCount = 0
  private bodiesTick = -1
  private readonly removals: SlotList = new SlotList()
  private readonly updates: SlotList = new SlotList()
  private readonly gaps: SlotGaps = new SlotGaps()

  constructor(replication: Replication, records: Records, coded: CodedBodies | null = null) {
    this.replication = replication
    this.records = records
    this.coded = coded
  }

  /** @returns whether there was anything to tell */
  writeShared(writer: BitWriter, { syncTick, isLost, tableNumber }: ClientFeed): boolean {
    const { priorNewsTick } = this.replication
    // Between the last news and now nothing happened: who knows the one knows the other.
    const from = !isLost && syncTick >= priorNewsTick ? priorNewsTick : syncTick
    const isCodable = syncTick >= 0 && !isLost && from === priorNewsTick
    const isCoded = isCodable && this.coded?.canRead(tableNumber) === true
    const body = this.find(from, isLost, isCoded) ?? this.make(from, isLost, isCodable, isCoded)
    writer.bytes(body.bits.view())
    return body.hasNews
  }

  private find(from: number, isLost: boolean, isCoded: boolean): SharedBody | null {
    const { tick } = this.replication
    if (this.bodiesTick !== tick) this.bodyCount = 0
    this.bodiesTick = tick
    for (let i = 0; i < this.bodyCount; i++) {
      const body = this.bodies[i]!
      if (body.from === from && body.isLost === isLost && body.isCoded === isCoded) return body
    }
    return null
  }

  private make(from: number, isLost: boolean, isCodable: boolean, isCoded: boolean): SharedBody {
    const body = (this.bodies[this.bodyCount++] ??= emptyBody())
    body.from = from
    body.isLost = isLost
    body.isCoded = isCoded
    body.bits.reset()
    this.findRemovals(from, isLost)
    if (isCoded) this.writeCoded(body)
    else this.writePlain(body)
    body.bits.align()
    if (isCodable && !isCoded) this.coded?.learn(from, this.removals)
    return body
  }

  private writePlain(body: SharedBody): void {
    const { table, anchors, dirty, priorNewsTick } = this.replication
    const { from, bits } = body
    const isNext = from >= 0 && from === priorNewsTick
    if (!isNext) {
      this.updates.clear()
      for (const { slot } of table) if (anchors.all.newestTick(slot) > from) this.updates.push(slot)
    }
    const updates = isNext ? dirty : this.updates
    if (this.coded !== null) writeNoTable(bits)
    writeSlots(bits, this.removals.slots, this.removals.count)
    this.writeUpdates(bits, updates, from)
    body.hasNews = this.removals.count > 0 || updates.count > 0
  }

  /** The same for clients that know the news before these, by models; arrivals are plain bits behind it. */
  private writeCoded(body: SharedBody): void {
    const { table, dirty } = this.replication
    const { from, bits } = body
    this.updates.clear()
    for (const { slot, bornTick } of table) if (bornTick > from) this.updates.push(slot)
    this.coded!.write(bits, from, this.removals)
    this.writeUpdates(bits, this.updates, from)
    body.hasNews = this.removals.count > 0 || dirty.count > 0
  }

  /** What a client that knows all up to `from` must forget. Where the log does not reach, every vacant slot: a bit each. */
  private findRemovals(from: number, isLost: boolean): void {
    const { table, departures, loggedFromTick } = this.replication
    this.removals.clear()
    if (isLost || (from >= 0 && from < loggedFromTick)) {
      for (let slot = 0; slot < table.slots; slot++) if (table.at(slot) === undefined) this.removals.push(slot)
      return
    }
    for (let i = 0; i < departures.length; i++) {
      const { slot, bornTick, goneTick } = departures[i]!
      if (bornTick <= from && from < goneTick) this.removals.push(slot)
    }
    this.removals.sort()
  }

  private writeUpdates(writer: BitWriter, { slots, count }: SlotList, from: number): void {
    const { table, anchors } = this.replication
    writeCount(writer, count)
    this.gaps.begin()
    for (let i = 0; i < count; i++) {
      const record = table.at(slots[i]!)!
      this.gaps.write(writer, record.slot)
      const heldTick = record.bornTick > from ? NOTHING : anchors.all.heldAt(record.slot, from)
      this.records.write(writer, 'all', record, heldTick)
    }
  }
}

function emptyBody(): SharedBody {
  return { from: NOTHING, isLost: false, isCoded: false, hasNews: false, bits: new BitWriter(4096) }
}
