import { LIMITS } from '@tickwire/protocol'
import { BitWriter, SERVER_MESSAGE, writeEvents, writeLastHead } from '@tickwire/protocol/internal'
import { writeSnapshotHeader, writeSpawnKeys } from '@tickwire/protocol/internal'
import type { EventFields, GameCodec, SpawnKey } from '@tickwire/protocol/internal'
import type { InputQueue } from '../room/input-queue.ts'
import type { SeatLink } from '../room/ports.ts'
import type { PlayerViewArea } from '../room/room-api.ts'
import type { Traffic } from '../traffic.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Allowance } from './choice.ts'
import type { ClientFeed } from './client-feed.ts'
import { CodedBodies } from './coded-bodies.ts'
import type { EventLog } from './event-log.ts'
import type { EntityRecord } from './entity-table.ts'
import type { OwnHeld } from './held.ts'
import { Interest } from './interest.ts'
import { MaskedRecords } from './masked-records.ts'
import { OwnTrack } from './own-track.ts'
import { PrivateTrack } from './private-track.ts'
import type { TeamOf } from './private-track.ts'
import { PublicTrack } from './public-track.ts'
import { Records } from './records.ts'
import { holdsIn, References } from './references.ts'
import type { Holds } from './references.ts'
import type { Replication } from './replication.ts'
import { StateHash } from './state-hash.ts'
import { isOpen } from './visible.ts'
import type { Sight } from './visible.ts'

/** One client, as far as snapshots go. */
export interface Receiver {
  readonly id: number
  readonly link: SeatLink
  readonly view: PlayerViewArea | null
  /** The teams of its player, as a bit mask. */
  readonly team: number
  /** Its own budget, or null: the room's. */
  readonly bytesPerSecond: number | null
  readonly inputs: InputQueue
  readonly feed: ClientFeed
}

/** What a room says about what its clients are sent. */
export interface SendRules {
  /** Asked for each entity that a player's view reaches; null: nobody is asked. */
  readonly canSee: ((seat: number, record: EntityRecord) => boolean) | null
  /** The teams of a seat's player, as a bit mask. */
  readonly teamOf: TeamOf
  /** Of snapshots, to one client; Infinity: as many as it takes. */
  readonly bytesPerSecond: number
  /** Sends hashes of what each client should hold. */
  readonly verify: boolean
  /** For round trips. */
  readonly nowMs: () => number
}

const HEADER_BYTES = 8
/** What is left of a snapshot's bytes for its updates; null: there is no budget. */
function allowance({ expectedTailBytes, mostBytes: most }: ByteBudget, bytes: number): Allowance | null {
  if (bytes === Infinity) return null
  const mostBytes = Math.max(most, bytes)
  const rest = HEADER_BYTES + expectedTailBytes
  return { bits: 8 * (bytes - rest), mostBits: 8 * (mostBytes - rest) }
}

const NO_SLACK: number | null = null
/** So many do not get a slow link all at once. */
const MANY_CLIENTS = 8
const HOLDS_ALL: Holds = () => true
const NO_KEYS: readonly SpawnKey[] = []

/** A predicted spawn that was not found by now was given up by its client. */
const KEY_SECONDS = 5

/** Something is said at least once in this long: acks and slack must flow, and silence looks like a dead server. */
const QUIET_SECONDS = 1

/** What a client holds is hashed so often. */
const HASH_SECONDS = 1

/**
 * Tells each client what it may see and does not know yet. A snapshot goes out if there is anything to tell, if something
 * moves on its own, if inputs came since the last one (their slack must go back), or if the last one is a second old.
 */
export class SnapshotSender {
  private readonly codec: GameCodec
  private readonly replication: Replication
  private readonly events: EventLog
  private readonly eventFields: EventFields
  private readonly rules: SendRules
  private readonly traffic: Traffic
  private readonly publicTrack: PublicTrack
  private readonly ownTrack: OwnTrack
  private readonly coded: CodedBodies | null
  private readonly stateHash: StateHash
  private readonly ownerTrack: PrivateTrack
  private readonly revealedTrack: PrivateTrack
  /** The room sets no budget; asked for each client, and an infinite number would be made anew each time. */
  private readonly isUnbounded: boolean
  private readonly intervalMs: number
  /** The packet that is being written. */
  private readonly writer: BitWriter = new BitWriter(2048, LIMITS.maxServerMessageBytes)
  /** Its header; used again for each. */
  private readonly header = { channel: 0, seq: 0, tick: 0, isPartial: false, slackTicks: NO_SLACK, starvedTicks: 0 }
  /** Where its public track ends, in bytes. */
  private tailAt = 0
  /** Of the clients of this tick: how many there were, and how many of them seemed to have a slow link. */
  private asked = 0
  private congested = 0
  /**
   * In the tick before most of many did: then it is not their links but this process or its machine that is late. A snapshot of
   * its own for each would cost many times as much, and make it later still.
   */
  private isLate = false
  /** When this tick's snapshots leave; one time for all of them, which a hundred of them are away from in a millisecond. */
  private nowMs = 0

  constructor(codec: GameCodec, replication: Replication, events: EventLog, rules: SendRules, traffic: Traffic) {
    const records = new Records(replication)
    const references = new References(codec.layout, replication, codec.packer)
    const masked = new MaskedRecords(replication, references, codec.layout.maxColumns)
    this.rules = rules
    this.traffic = traffic
    this.codec = codec
    this.replication = replication
    this.events = events
    this.eventFields = codec.eventNames.map((name) => codec.schema.events[name]!)
    this.coded = codec.schema.compression === 'entropy' ? new CodedBodies(replication, codec.layout) : null
    this.stateHash = new StateHash(replication, references, codec.layout.maxColumns)
    this.publicTrack = new PublicTrack(replication, records, this.coded)
    this.ownTrack = new OwnTrack(codec, replication, records, references)
    this.ownerTrack = new PrivateTrack('owner', replication, records, references, masked, rules.teamOf)
    this.revealedTrack = new PrivateTrack('revealed', replication, records, references, masked, rules.teamOf)
    this.isUnbounded = rules.bytesPerSecond === Infinity
    this.intervalMs = 1000 / codec.schema.snapshotRateHz
  }

  /** @returns whether a packet left */
  send(receiver: Receiver): boolean {
    const { feed } = receiver
    const { nowMs } = this
    this.asked++
    if (!feed.window.takeTurn(nowMs, this.intervalMs)) {
      this.congested++
      this.traffic.snapshotsSkipped++
      return false
    }
    this.sendTable(receiver)
    if (!this.assemble(receiver)) {
      feed.discard()
      return false
    }
    this.release(receiver)
    if (feed.needsAll && feed.window.takeTurn(nowMs, this.intervalMs)) this.sendAll(receiver)
    return true
  }

  /**
   * Everything, as a second snapshot of this tick: what it changes was wrong, and its client can say so [VER4]. It is bound by
   * no budget: what had to wait would look wrong, too.
   */
  private sendAll(receiver: Receiver): void {
    receiver.feed.tellAll()
    this.assembleWithin(receiver, Infinity)
    this.release(receiver)
  }

  /** What was assembled leaves. */
  private release(receiver: Receiver): void {
    const { feed, link } = receiver
    if (this.rules.verify && !this.header.isPartial) this.sendHash(receiver)
    feed.window.sent(feed.nextSeq, this.writer.byteLength, this.nowMs)
    feed.sent(this.replication.tick, this.events.end)
    if (feed.own?.outOfStep.size === 0 && !this.header.isPartial && isOpen(this.sightOf(receiver))) feed.toShared()
    receiver.inputs.feedbackSent()
    this.traffic.snapshots++
    this.traffic.snapshotBytes += this.writer.byteLength
    link.flush(this.writer.view())
  }

  /** Once per snapshot tick, before anybody is told of it. */
  beginTick(): void {
    this.nowMs = this.rules.nowMs()
    this.isLate = this.asked >= MANY_CLIENTS && 2 * this.congested > this.asked
    this.asked = this.congested = 0
    this.coded?.maintain()
  }

  /** The table goes out with the reliable items of the same packet, ahead of the snapshot; a newcomer needs a world first. */
  private sendTable({ feed, link }: Receiver): void {
    const table = this.coded?.table ?? null
    if (table === null || feed.tableNumber === table.number || feed.nextSeq === 1) return
    if (link.push({ type: 'table', channel: link.channel, ...table })) feed.tableNumber = table.number
  }

  /** The hash leaves with the reliable items of the same packet, ahead of the snapshot that it is of. */
  private sendHash({ feed, link }: Receiver): void {
    const { tick } = this.replication
    if (!feed.isHashDue(tick, HASH_SECONDS * this.codec.schema.tickRateHz)) return
    const hash = this.stateHash.of(feed)
    const isQueued = link.push({ type: 'stateHash', channel: link.channel, tick16: tick & 0xffff, hash })
    if (isQueued) feed.hashed(tick)
  }

  /**
   * Writes one client's snapshot within its budget and what its link carries: that of all the world if it may, else one of its
   * own.
   * @returns whether it says anything
   */
  private assemble(receiver: Receiver): boolean {
    const { feed } = receiver
    const { schema } = this.codec
    const carried = this.carriedBytes(feed)
    if (receiver.bytesPerSecond === null && this.isUnbounded) return this.assembleWithin(receiver, carried)
    const rate = receiver.bytesPerSecond ?? this.rules.bytesPerSecond
    const available = feed.budget.available(rate, this.replication.tick, schema.tickRateHz, this.intervalMs / 1000)
    const isWorthIt = this.assembleWithin(receiver, Math.min(available, carried))
    if (isWorthIt) feed.budget.spend(this.writer.byteLength, this.writer.byteLength - this.tailAt)
    return isWorthIt
  }

  /** What this client's link carries in one snapshot; Infinity: all of it, as far as is known. */
  private carriedBytes({ window }: ClientFeed): number {
    const bytes = window.mostBytes(this.nowMs)
    if (bytes !== Infinity) this.congested++
    return this.isLate ? Infinity : bytes
  }

  private assembleWithin(receiver: Receiver, bytes: number): boolean {
    const { feed } = receiver
    if (feed.own === null && receiver.view === null && this.rules.canSee === null) {
      const isWorthIt = this.writeShared(receiver)
      if (this.writer.byteLength <= bytes) return isWorthIt
      // What goes to everybody is too much for this one.
      feed.discard()
    }
    return this.writeOwn(receiver, feed.own ?? feed.toOwn(this.replication), bytes)
  }

  private sightOf({ id, view }: Receiver): Sight {
    const { canSee } = this.rules
    return {
      seat: id,
      interest: view === null ? null : new Interest(view),
      canSee: canSee === null ? null : (record) => canSee(id, record),
    }
  }

  private writeShared(receiver: Receiver): boolean {
    this.writeHeader(receiver, false)
    const hasNews = this.publicTrack.writeShared(this.writer, receiver.feed)
    return this.writeTail(receiver, hasNews, this.newSpawnKeys(receiver), null, null)
  }

  private writeOwn(receiver: Receiver, own: OwnHeld, bytes: number): boolean {
    const { feed } = receiver
    const sight = this.sightOf(receiver)
    // Before the track is written: then nothing is new any more.
    const keys = this.newSpawnKeys(receiver)
    this.writeHeader(receiver, this.ownTrack.plan(feed, own, sight, allowance(feed.budget, bytes)))
    const hasNews = this.ownTrack.write(this.writer, feed)
    return this.writeTail(receiver, hasNews, keys, sight.interest, isOpen(sight) ? null : holdsIn(own))
  }

  /** @returns whether the whole says anything */
  private writeTail(
    receiver: Receiver,
    hasPublicNews: boolean,
    keys: readonly SpawnKey[],
    interest: Interest | null,
    holds: Holds | null,
  ): boolean {
    const { writer } = this
    const { id, feed } = receiver
    const { tick } = this.replication
    writer.align()
    this.tailAt = writer.byteLength
    const isOwnerNews = this.ownerTrack.write(writer, feed, receiver, holds ?? HOLDS_ALL)
    const isRevealedNews = this.revealedTrack.write(writer, feed, receiver, holds ?? HOLDS_ALL)
    writeSpawnKeys(writer, keys, tick)
    const events = this.events.since(feed.cursor, id, interest, holds)
    writeEvents(writer, events, tick, this.eventFields, this.codec.packer)
    return hasPublicNews || isOwnerNews || isRevealedNews || events.length > 0 || this.isNeeded(receiver)
  }

  /** Whether something must leave although there is no news. */
  private isNeeded({ feed, inputs }: Receiver): boolean {
    const { slackTicks, starvedTicks } = inputs.feedback
    if (feed.needsAll || this.replication.isMoving || slackTicks !== null || starvedTicks > 0) return true
    return this.replication.tick - feed.sentTick >= QUIET_SECONDS * this.codec.schema.tickRateHz
  }

  private writeHeader({ link, feed, inputs }: Receiver, isPartial: boolean): void {
    const { header, writer } = this
    header.channel = link.channel
    header.seq = feed.nextSeq
    header.tick = this.replication.tick
    header.isPartial = isPartial
    header.slackTicks = inputs.feedback.slackTicks
    header.starvedTicks = inputs.feedback.starvedTicks
    writer.reset()
    writeLastHead(writer, SERVER_MESSAGE.snapshot)
    writeSnapshotHeader(writer, header)
  }

  /** The predicted spawns of this seat that it is told of for the first time. */
  private newSpawnKeys({ id: seat, feed }: Receiver): readonly SpawnKey[] {
    let keys = NO_KEYS
    const oldest = this.replication.tick - KEY_SECONDS * this.codec.schema.tickRateHz
    for (const { slot, id, origin, bornTick } of this.replication.ownedBy(seat)) {
      if (origin === null || origin.seat !== seat || origin.tick < oldest) continue
      const isNew = feed.own === null ? bornTick > feed.syncTick : feed.own.idAt(slot) !== id
      if (isNew) keys = [...keys, { slot, tick: origin.tick, n: origin.n }]
    }
    return keys
  }
}
