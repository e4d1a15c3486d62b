import { LIMITS } from '@tickwire/protocol'
import { BitWriter, SERVER_MESSAGE, writeEvents, writeLastHead } from '@tickwire/protocol/internal'
import { writeSnapshotHeader, writeSpawnKeys } from '@tickwire/protocol/internal'
import type { EncodedEvent, GameCodec, SpawnKey } from '@tickwire/protocol/internal'
import type { InputQueue } from '../room/input-queue.ts'
import type { SeatLink } from '../room/ports.ts'
import type { PlayerViewArea } from '../room/room-api.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Allowance } from './choice.ts'
import type { ClientFeed } from './client-feed.ts'
import type { CodedBodies } from './coded-bodies.ts'
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
import { holdsIn } from './references.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'
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

/** What is left of a snapshot's bytes for its updates; null: there is no budget. */
function allowance({ besidesBits, mostBytes: most, debtBytes }: ByteBudget, bytes: number): Allowance | null {
  if (bytes === Infinity) return null
  const mostBytes = Math.max(most, bytes)
  return { bits: 8 * bytes - besidesBits, debtBits: 8 * debtBytes, mostBits: 8 * mostBytes - besidesBits }
}

const NO_SLACK: number | null = null
const HOLDS_ALL: Holds = () => true
const NO_KEYS: readonly SpawnKey[] = []

/** A predicted spawn that was not found by now was given up by its client. */
const KEY_SECONDS = 5

/** What decides which part of the world a client may see. */
export interface SightRules {
  /** Asked for each entity that a player's view reaches; null: nobody is asked. */
  readonly canSee: ((seat: number, record: EntityRecord) => boolean) | null
  /** The teams of a seat's player, as a bit mask. */
  readonly teamOf: TeamOf
}

/** Assembles one client's snapshot, as a whole packet: all of what it may see and does not know, or as much as fits. */
export class SnapshotAssembler {
  /** The packet that was assembled last. */
  readonly packet: BitWriter = new BitWriter(2048, LIMITS.maxServerMessageBytes)
  /** The events that it tells. */
  events: readonly EncodedEvent[] = []
  private readonly replication: Replication
  private readonly eventLog: EventLog
  private readonly codec: GameCodec
  private readonly rules: SightRules
  private readonly publicTrack: PublicTrack
  private readonly ownTrack: OwnTrack
  private readonly ownerTrack: PrivateTrack
  private readonly revealedTrack: PrivateTrack
  /** Its header; used again for each. */
  private readonly header = {
    channel: 0,
    seq: 0,
    tick: 0,
    isPartial: false,
    isSparse: false,
    slackTicks: NO_SLACK,
    starvedTicks: 0,
  }
  /** The bits of its public track. */
  private publicBits = 0

  constructor(
    codec: GameCodec,
    replication: Replication,
    events: EventLog,
    rules: SightRules,
    references: References,
    coded: CodedBodies | null,
  ) {
    const records = new Records(replication)
    const masked = new MaskedRecords(replication, references, codec.layout.maxColumns)
    this.codec = codec
    this.replication = replication
    this.eventLog = events
    this.rules = rules
    this.publicTrack = new PublicTrack(replication, records, coded)
    this.ownTrack = new OwnTrack(codec, replication, records, references)
    this.ownerTrack = new PrivateTrack('owner', replication, records, references, masked, rules.teamOf)
    this.revealedTrack = new PrivateTrack('revealed', replication, records, references, masked, rules.teamOf)
  }

  /** Whether the packet leaves out anything that its client may see. */
  get isPartial(): boolean {
    return this.header.isPartial
  }

  /** The bits before and behind the public track: these go beyond any budget. */
  get besidesBits(): number {
    return 8 * this.packet.byteLength - this.publicBits
  }

  /** Whether nothing is hidden from a client. */
  seesAll({ view }: Receiver): boolean {
    return view === null && this.rules.canSee === null
  }

  /**
   * That of all the world if its client may be told that and it fits, else one of its own.
   * @returns whether it has news
   */
  assemble(receiver: Receiver, mostBytes: number): boolean {
    const { feed } = receiver
    if (feed.own === null && this.seesAll(receiver)) {
      const hasNews = this.writeShared(receiver)
      if (this.packet.byteLength <= mostBytes) return hasNews
      // What goes to everybody is too much for this one.
      feed.discard()
    }
    return this.writeOwn(receiver, feed.own ?? feed.toOwn(this.replication), mostBytes)
  }

  private writeShared(receiver: Receiver): boolean {
    this.writeHeader(receiver, false, false)
    const start = this.packet.bitLength
    const hasNews = this.publicTrack.writeShared(this.packet, receiver.feed)
    this.publicBits = this.packet.bitLength - start
    return this.writeTail(receiver, hasNews, this.newSpawnKeys(receiver), null, null)
  }

  private writeOwn(receiver: Receiver, own: OwnHeld, bytes: number): boolean {
    const { feed } = receiver
    const sight = this.sightOf(receiver)
    // Before the track is written: then nothing is new any more.
    const keys = this.newSpawnKeys(receiver)
    const isPartial = this.ownTrack.plan(feed, own, sight, allowance(feed.budget, bytes))
    this.writeHeader(receiver, isPartial, this.ownTrack.isSparse)
    const start = this.packet.bitLength
    const hasNews = this.ownTrack.write(this.packet, feed)
    this.publicBits = this.packet.bitLength - start
    return this.writeTail(receiver, hasNews, keys, sight.interest, isOpen(sight) ? null : holdsIn(own))
  }

  /** @returns whether the whole has news */
  private writeTail(
    receiver: Receiver,
    hasPublicNews: boolean,
    keys: readonly SpawnKey[],
    interest: Interest | null,
    holds: Holds | null,
  ): boolean {
    const { packet } = this
    const { id, feed } = receiver
    const { tick } = this.replication
    if (!this.header.isSparse) packet.align()
    const isOwnerNews = this.ownerTrack.write(packet, feed, receiver, holds ?? HOLDS_ALL)
    const isRevealedNews = this.revealedTrack.write(packet, feed, receiver, holds ?? HOLDS_ALL)
    writeSpawnKeys(packet, keys, tick)
    this.events = this.withPending(feed, this.eventLog.since(feed.cursor, id, interest, holds))
    writeEvents(packet, this.events, tick, this.codec.eventNames.length)
    return hasPublicNews || isOwnerNews || isRevealedNews || this.events.length > 0
  }

  /** Where snapshots may be lost: behind the events that it may not have heard. */
  private withPending({ bases }: ClientFeed, fresh: readonly EncodedEvent[]): readonly EncodedEvent[] {
    if (bases === null) return fresh
    const events = [...bases.pending, ...fresh]
    const excess = Math.max(0, events.length - LIMITS.maxEventsPerSnapshot)
    this.eventLog.dropped += excess
    return events.slice(0, events.length - excess)
  }

  private sightOf({ id, view }: Receiver): Sight {
    const { canSee } = this.rules
    return {
      seat: id,
      interest: view === null ? null : new Interest(view),
      canSee: canSee === null ? null : (record) => canSee(id, record),
    }
  }

  private writeHeader({ link, feed, inputs }: Receiver, isPartial: boolean, isSparse: boolean): void {
    const { header, packet } = this
    header.channel = link.channel
    header.seq = feed.nextSeq
    header.tick = this.replication.tick
    header.isPartial = isPartial
    header.isSparse = isSparse
    header.slackTicks = inputs.feedback.slackTicks
    header.starvedTicks = inputs.feedback.starvedTicks
    packet.reset()
    const loose = feed.looseHead
    writeLastHead(packet, loose === null ? SERVER_MESSAGE.snapshot : SERVER_MESSAGE.looseSnapshot)
    writeSnapshotHeader(packet, header, loose, feed.follows(header.tick, this.codec.schema.ticksPerSnapshot))
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
