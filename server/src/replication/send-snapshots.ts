import { LIMITS } from '@tickwire/protocol'
import { BitWriter, writeEvents, writeSnapshotHeader, writeSpawnKeys } from '@tickwire/protocol/internal'
import type { EventFields, GameCodec, SpawnKey } from '@tickwire/protocol/internal'
import type { InputQueue } from '../room/input-queue.ts'
import type { SeatLink } from '../room/ports.ts'
import type { PlayerViewArea } from '../room/room-api.ts'
import type { ClientFeed } from './client-feed.ts'
import { CodedBodies } from './coded-bodies.ts'
import type { EventLog } from './event-log.ts'
import { Interest } from './interest.ts'
import { PrivateTrack } from './private-track.ts'
import { PublicTrack } from './public-track.ts'
import { Records } from './records.ts'
import type { Replication } from './replication.ts'

/** One client, as far as snapshots go. */
export interface Receiver {
  readonly id: number
  readonly link: SeatLink
  readonly view: PlayerViewArea | null
  readonly inputs: InputQueue
  readonly feed: ClientFeed
}

/** A predicted spawn that was not found by now was given up by its client. */
const KEY_SECONDS = 5

/** Something is said at least once in this long: acks and slack must flow, and silence looks like a dead server. */
const QUIET_SECONDS = 1

/**
 * Tells each client what it may see and does not know yet. A snapshot goes out if there is anything to tell, if something
 * moves on its own, if inputs came since the last one (their slack must go back), or if the last one is a second old.
 */
export class SnapshotSender {
  private readonly codec: GameCodec
  private readonly replication: Replication
  private readonly events: EventLog
  private readonly eventFields: EventFields
  private readonly publicTrack: PublicTrack
  private readonly coded: CodedBodies | null
  private readonly ownerTrack: PrivateTrack
  private readonly revealedTrack: PrivateTrack
  private readonly intervalMs: number
  private readonly writer: BitWriter = new BitWriter(2048, LIMITS.maxServerMessageBytes)

  constructor(codec: GameCodec, replication: Replication, events: EventLog) {
    const records = new Records(replication)
    this.codec = codec
    this.replication = replication
    this.events = events
    this.eventFields = codec.eventNames.map((name) => codec.schema.events[name]!)
    this.coded = codec.schema.compression === 'entropy' ? new CodedBodies(replication, codec.layout) : null
    this.publicTrack = new PublicTrack(replication, records, this.coded)
    this.ownerTrack = new PrivateTrack('owner', replication, records)
    this.revealedTrack = new PrivateTrack('revealed', replication, records)
    this.intervalMs = 1000 / codec.schema.snapshotRateHz
  }

  /** @returns whether a packet left */
  send(receiver: Receiver): boolean {
    const { feed, link } = receiver
    if (!feed.hasWindow(link.minRttMs, this.intervalMs)) {
      feed.skipped++
      return false
    }
    this.sendTable(receiver)
    const isWorthIt = this.write(receiver)
    if (!isWorthIt) {
      feed.discard()
      return false
    }
    feed.sent(this.replication.tick, this.events.end)
    if (receiver.view === null && feed.own !== null) feed.toShared()
    receiver.inputs.feedbackSent()
    link.flush(this.writer.view())
    return true
  }

  /** Once per snapshot tick, before anybody is told of it. */
  beginTick(): void {
    this.coded?.maintain()
  }

  /** The table goes out with the reliable items of the same packet, ahead of the snapshot; a newcomer needs a world first. */
  private sendTable({ feed, link }: Receiver): void {
    const table = this.coded?.table ?? null
    if (table === null || feed.tableNumber === table.number || feed.nextSeq === 1) return
    if (link.push({ type: 'table', channel: link.channel, ...table })) feed.tableNumber = table.number
  }

  private write({ id, link, view, inputs, feed }: Receiver): boolean {
    const { writer } = this
    const { tick } = this.replication
    const { slackTicks, starvedTicks } = inputs.feedback
    const interest = view === null ? null : new Interest(view)
    const own = feed.own ?? (view === null ? null : feed.toOwn(this.replication))
    const keys = this.newSpawnKeys(id, feed)
    writer.reset()
    writeSnapshotHeader(writer, {
      channel: link.channel,
      seq: feed.nextSeq,
      tick,
      isPartial: false,
      slackTicks,
      starvedTicks,
    })
    let hasNews =
      own === null
        ? this.publicTrack.writeShared(writer, feed)
        : this.publicTrack.writeOwn(writer, feed, own, id, interest)
    writer.align()
    hasNews = this.ownerTrack.write(writer, feed, id) || hasNews
    hasNews = this.revealedTrack.write(writer, feed, id) || hasNews
    writeSpawnKeys(writer, keys, tick)
    const events = this.events.since(feed.cursor, id, interest)
    writeEvents(writer, events, tick, this.eventFields, this.codec.packer)
    const isQuiet = tick - feed.sentTick < QUIET_SECONDS * this.codec.schema.tickRateHz
    return (
      hasNews || events.length > 0 || this.replication.isMoving || slackTicks !== null || starvedTicks > 0 || !isQuiet
    )
  }

  /** The predicted spawns of this seat that it is told of for the first time. */
  private newSpawnKeys(seat: number, feed: ClientFeed): SpawnKey[] {
    const keys: SpawnKey[] = []
    const oldest = this.replication.tick - KEY_SECONDS * this.codec.schema.tickRateHz
    for (const { slot, id, origin, bornTick } of this.replication.ownedBy(seat)) {
      if (origin === null || origin.seat !== seat || origin.tick < oldest) continue
      const isNew = feed.own === null ? bornTick > feed.syncTick : feed.own.idAt(slot) !== id
      if (isNew) keys.push({ slot, tick: origin.tick, n: origin.n })
    }
    return keys
  }
}
