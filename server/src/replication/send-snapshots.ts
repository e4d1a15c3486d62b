import { LIMITS } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { Traffic } from '../traffic.ts'
import type { ClientFeed } from './client-feed.ts'
import { CodedBodies } from './coded-bodies.ts'
import type { EventLog } from './event-log.ts'
import { References } from './references.ts'
import type { Replication } from './replication.ts'
import { SnapshotAssembler } from './assemble-snapshot.ts'
import type { Receiver, SightRules } from './assemble-snapshot.ts'
import { StateHash } from './state-hash.ts'

/** What a room says about what its clients are sent. */
export interface SendRules extends SightRules {
  /** Of snapshots, to one client; Infinity: as many as it takes. */
  readonly bytesPerSecond: number
  /** Sends hashes of what each client should hold. */
  readonly verify: boolean
  /** For round trips. */
  readonly nowMs: () => number
}

/** So many do not get a slow link all at once. */
const MANY_CLIENTS = 8

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
  private readonly rules: SendRules
  private readonly traffic: Traffic
  private readonly assembler: SnapshotAssembler
  private readonly coded: CodedBodies | null
  private readonly stateHash: StateHash
  /** The room sets no budget; asked for each client, and an infinite number would be made anew each time. */
  private readonly isUnbounded: boolean
  private readonly intervalMs: number
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
    const references = new References(codec.layout, replication, codec.packer)
    this.rules = rules
    this.traffic = traffic
    this.codec = codec
    this.replication = replication
    this.events = events
    this.coded = codec.schema.compression === 'entropy' ? new CodedBodies(replication, codec.layout) : null
    this.assembler = new SnapshotAssembler(codec, replication, events, rules, references, this.coded)
    this.stateHash = new StateHash(replication, references, codec.layout.maxColumns)
    this.isUnbounded = rules.bytesPerSecond === Infinity
    this.intervalMs = 1000 / codec.schema.snapshotRateHz
  }

  /** @returns whether a packet left */
  send(receiver: Receiver): boolean {
    const { feed, link } = receiver
    const { nowMs } = this
    this.asked++
    feed.window.isLossy = link.losesSnapshots === true
    if (!feed.window.takeTurn(nowMs, this.intervalMs)) {
      this.congested++
      this.traffic.snapshotsSkipped++
      return false
    }
    if (feed.window.isLossy) this.goBack(feed)
    else this.goOn(receiver)
    if (!this.assemble(receiver)) {
      feed.discard()
      return false
    }
    this.release(receiver)
    if (feed.needsAll && feed.window.takeTurn(nowMs, this.intervalMs)) this.sendAll(receiver)
    return true
  }

  /** Once per snapshot tick, before anybody is told of it. */
  beginTick(): void {
    this.nowMs = this.rules.nowMs()
    this.isLate = this.asked >= MANY_CLIENTS && 2 * this.congested > this.asked
    this.asked = this.congested = 0
    this.coded?.maintain()
  }

  /** It is told all that it is not known to hold. No bodies by models for it: their tables may come later than these. */
  private goBack(feed: ClientFeed): void {
    const { tick } = this.replication
    const bases = feed.standOnBase(this.replication)
    bases.prune(tick - (LIMITS.eventRetentionMs * this.codec.schema.tickRateHz) / 1000)
  }

  private goOn(receiver: Receiver): void {
    receiver.feed.bases = null
    this.sendTable(receiver)
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

  /** Assembles what a client is told, within its budget and what its link carries. @returns whether it is worth a packet */
  private assemble(receiver: Receiver): boolean {
    const { assembler } = this
    const { feed, bytesPerSecond } = receiver
    const carried = this.carriedBytes(feed)
    const isBounded = bytesPerSecond !== null || !this.isUnbounded
    const mostBytes = isBounded ? Math.min(this.availableBytes(receiver), carried) : carried
    if (!assembler.assemble(receiver, mostBytes) && !this.isNeeded(receiver)) return false
    if (isBounded) feed.budget.spend(assembler.packet.byteLength, assembler.besidesBits)
    return true
  }

  private availableBytes({ feed, bytesPerSecond }: Receiver): number {
    const rate = bytesPerSecond ?? this.rules.bytesPerSecond
    return feed.budget.available(rate, this.replication.tick, this.codec.schema.tickRateHz, this.intervalMs / 1000)
  }

  /** What this client's link carries in one snapshot; Infinity: all of it, as far as is known. */
  private carriedBytes({ window }: ClientFeed): number {
    const bytes = window.mostBytes(this.nowMs)
    if (bytes !== Infinity) this.congested++
    return this.isLate ? Infinity : bytes
  }

  /** Whether something must leave although there is no news. */
  private isNeeded({ feed, inputs }: Receiver): boolean {
    const { slackTicks, starvedTicks } = inputs.feedback
    if (feed.needsAll || this.replication.isMoving || slackTicks !== null || starvedTicks > 0) return true
    return this.replication.tick - feed.sentTick >= QUIET_SECONDS * this.codec.schema.tickRateHz
  }

  /**
   * Everything, as a second snapshot of this tick: what it changes was wrong, and its client can say so [VER4]. It is bound by
   * no budget: what had to wait would look wrong, too.
   */
  private sendAll(receiver: Receiver): void {
    receiver.feed.tellAll()
    this.assembler.assemble(receiver, Infinity)
    this.release(receiver)
  }

  /** What was assembled leaves. */
  private release(receiver: Receiver): void {
    const { feed, link, inputs } = receiver
    const { packet, isPartial } = this.assembler
    if (this.rules.verify && !isPartial && feed.bases === null) this.sendHash(receiver)
    feed.window.sent(feed.nextSeq, packet.byteLength, this.nowMs)
    feed.sent(this.replication.tick, this.events.end)
    if (feed.own?.outOfStep.size === 0 && !isPartial && this.assembler.seesAll(receiver)) feed.toShared()
    feed.keepBase(this.assembler.events)
    inputs.feedbackSent()
    this.traffic.snapshots++
    this.traffic.snapshotBytes += packet.byteLength
    link.flush(packet.view())
  }
}
