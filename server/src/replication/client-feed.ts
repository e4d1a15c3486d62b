import { DecodeError } from '@tickwire/protocol'
import { widen16 } from '@tickwire/protocol/internal'
import type { EncodedEvent, LooseHead } from '@tickwire/protocol/internal'
import { Bases } from './bases.ts'
import type { Base } from './bases.ts'
import { IN_STEP, OwnHeld, SparseHeld } from './held.ts'
import { HeldChanges } from './held-changes.ts'
import type { Held } from './held.ts'
import { ByteBudget } from './byte-budget.ts'
import type { Replication } from './replication.ts'
import { SentTicks } from './sent-ticks.ts'
import { SnapshotWindow } from './snapshot-window.ts'
import { Waits } from './waits.ts'

/** What one snapshot told, as far as it must be known to take it back. */
class InFlight {
  seq = 0
  tick = 0
  syncTickBefore = -1
  isLostBefore = false
  cursorBefore = 0
  /** Counts the changes of mode: what was told in another mode cannot be taken back. */
  mode = 0
  changes: HeldChanges = new HeldChanges()
}

/**
 * What one client has been told, as the server believes: over an ordered transport that is all that was sent, until a
 * resume says how much arrived.
 *
 * In shared mode one number says it all: every entity as of `syncTick`. In own mode so it is of what it holds, but for what
 * has an anchor of its own.
 */
export class ClientFeed {
  readonly owner: SparseHeld = new SparseHeld()
  readonly revealed: SparseHeld = new SparseHeld()
  /** In own mode: what it holds of the public track; null in shared mode. */
  own: OwnHeld | null = null
  /** All that happened up to this snapshot tick is known; -1: nothing. */
  syncTick = -1
  /** It holds entities that the server does not know of: the next snapshot forgets them all. */
  isLost = false
  /** Which table of coded bodies it was sent; 0: none. */
  tableNumber = 0
  /** The event that it was told last. */
  cursor: number
  /** When its state was hashed last, and whether it may still say that it holds something else. */
  private hashedTick = -Infinity
  private isHashOpen = false
  /** It holds something wrong, and is to be told everything. */
  needsAll = false
  /** What it may see and was not told yet. */
  readonly waits: Waits = new Waits()
  readonly budget: ByteBudget = new ByteBudget()
  /** Of a client whose snapshots may be lost; null: all arrive. */
  bases: Bases | null = null
  /** There: the snapshot that the next one leads on from; 0: from nothing. */
  baseSeq = 0
  readonly window: SnapshotWindow = new SnapshotWindow()
  readonly sentTicks: SentTicks = new SentTicks()
  /** The tick of the newest snapshot that it acknowledged, or -1. */
  ackedTick = -1
  private ackedSeq = 0
  private lastSeq = 0
  /** The tick of the newest snapshot that went over this connection and arrives ahead of the next one, or NaN. */
  private lastTick = Number.NaN
  private mode = 0
  /** The oldest first; behind the first `inFlightCount` stand some that were acknowledged, to be used again. */
  private readonly inFlight: InFlight[] = []
  private inFlightCount = 0
  private changes: HeldChanges = new HeldChanges()

  /** @param cursor the end of the event log: a newcomer is not told of the past */
  constructor(cursor: number) {
    this.cursor = cursor
  }

  /** The newest snapshot that it acknowledged; 0 before the first. */
  get acknowledgedSeq(): number {
    return this.ackedSeq
  }

  get nextSeq(): number {
    return this.lastSeq + 1
  }

  /** The tick of the newest snapshot that it was sent, or -1. */
  get sentTick(): number {
    return this.inFlightCount > 0 ? this.inFlight[this.inFlightCount - 1]!.tick : this.ackedTick
  }

  /** Whether a snapshot of `tick` comes one interval after one that its reader has by then. */
  follows(tick: number, ticksPerSnapshot: number): boolean {
    return this.lastTick + ticksPerSnapshot === tick
  }

  /** Says what a client holds from the snapshot on that is being written. */
  hold(held: Held, slot: number, id: number, tick: number, mask: number = 0): void {
    this.changes.remember(held, slot)
    held.set(slot, id, tick, mask)
  }

  /** It will not come to hold what was just written: nothing was sent. */
  discard(): void {
    this.changes.undo()
  }

  /** The snapshot that was written is on its way. */
  sent(tick: number, cursor: number): void {
    this.lastSeq++
    const told = (this.inFlight[this.inFlightCount++] ??= new InFlight())
    told.seq = this.lastSeq
    told.tick = tick
    told.syncTickBefore = this.syncTick
    told.isLostBefore = this.isLost
    told.cursorBefore = this.cursor
    told.mode = this.mode
    const { changes } = told
    told.changes = this.changes
    this.changes = changes
    this.sentTicks.push(tick)
    this.lastTick = this.bases === null ? tick : Number.NaN
    this.syncTick = tick
    this.isLost = false
    this.cursor = cursor
  }

  /** Snapshots may be lost: what is written next leads on from what the client is known to hold. */
  standOnBase({ loggedFromTick }: Replication): Bases {
    const bases = (this.bases ??= new Bases())
    const base = bases.find(this.ackedSeq, this.nextSeq)
    const isOld = base === null || base.tick < loggedFromTick
    this.baseSeq = isOld ? 0 : base.seq
    this.stand(isOld ? null : base)
    return bases
  }

  /** Of the next snapshot, where it may be lost; else null. */
  get looseHead(): LooseHead | null {
    if (this.bases === null) return null
    const back = this.baseSeq === 0 ? 0 : this.nextSeq - this.baseSeq
    return { back, firstEvent: this.bases.firstEvent }
  }

  /** The snapshot that was sent last may be lost: should it come, its client holds this, and has heard these events. */
  keepBase(events: readonly EncodedEvent[]): void {
    if (this.bases === null) return
    const { lastSeq: seq, syncTick: tick, own } = this
    this.bases.keep({ seq, tick, owner: this.owner.copy(), revealed: this.revealed.copy(), own }, events)
  }

  /** @throws DecodeError when it names a snapshot that was never sent */
  acknowledge(acked16: number): void {
    const seq = widen16(this.lastSeq, acked16)
    if (seq > this.lastSeq) {
      const expected = `at most ${this.lastSeq}`
      throw new DecodeError('unexpected', { what: 'acknowledged snapshot', expected, got: `${seq}`, offset: 0 })
    }
    if (seq <= this.ackedSeq) return
    this.ackedSeq = seq
    this.bases?.acknowledge(seq)
    while (this.inFlightCount > 0 && this.inFlight[0]!.seq <= seq) {
      const told = this.inFlight.shift()!
      this.ackedTick = told.tick
      told.changes.forget()
      this.inFlight.push(told)
      this.inFlightCount--
    }
  }

  /** Whether the next state hash is due, every so many ticks. */
  isHashDue(tick: number, everyTicks: number): boolean {
    return tick - this.hashedTick >= everyTicks
  }

  /** A hash of its state is on its way. */
  hashed(tick: number): void {
    this.hashedTick = tick
    this.isHashOpen = true
  }

  /** The client says that what it held at a tick (low 16 bits) was something else; once for each hash. */
  mismatched(tick16: number): void {
    if (!this.isHashOpen || (this.hashedTick & 0xffff) !== tick16) return
    this.isHashOpen = false
    this.needsAll = true
  }

  /** It is told everything now: the server counts on nothing that it holds. */
  tellAll(): void {
    this.needsAll = false
    this.forgetHeld()
    // What it sees only because it saw it before stays in its view.
    this.own?.forgetAnchors()
    this.isLost = true
  }

  /** A new connection: the client holds what snapshot `heldSeq` told, and nothing of what came after it. */
  resume(heldSeq: number, cursor: number): void {
    this.window.reset()
    this.lastTick = Number.NaN
    const base = this.bases?.find(heldSeq, this.nextSeq) ?? null
    const told = this.inFlight.slice(0, this.inFlightCount)
    const lost = told.filter(({ seq }) => seq > heldSeq)
    const isKnown = heldSeq === this.ackedSeq || told.some(({ seq }) => seq === heldSeq)
    if (base !== null) {
      this.acknowledge(heldSeq & 0xffff)
      this.stand(base)
    } else if (this.bases === null && heldSeq > 0 && isKnown && lost.every(({ mode }) => mode === this.mode)) {
      this.acknowledge(heldSeq & 0xffff)
      this.takeBack(lost)
    } else this.startOver(heldSeq, cursor)
    this.inFlight.length = this.inFlightCount = 0
  }

  /** Goes over to a set of what it holds. */
  toOwn({ table, departures, loggedFromTick }: Replication): OwnHeld {
    const own = new OwnHeld()
    const { syncTick } = this
    if (syncTick >= 0 && syncTick < loggedFromTick) this.isLost = true
    for (const { slot, id, bornTick, goneTick } of departures) {
      if (bornTick <= syncTick && syncTick < goneTick) own.set(slot, id, IN_STEP, 0)
    }
    for (const { slot, id, bornTick } of table) {
      if (bornTick >= 0 && bornTick <= syncTick) own.set(slot, id, IN_STEP, 0)
    }
    this.mode++
    this.own = own
    return own
  }

  /** Goes back to one number for all; only right after a snapshot that told everything. */
  toShared(): void {
    this.mode++
    this.own = null
  }

  /** It holds just what it held after one snapshot, or nothing. */
  private stand(base: Base | null): void {
    this.mode++
    this.changes.forget()
    this.syncTick = base?.tick ?? -1
    this.isLost = false
    this.tableNumber = 0
    this.owner.copyFrom(base?.owner ?? null)
    this.revealed.copyFrom(base?.revealed ?? null)
    this.own = base?.own?.copy() ?? null
  }

  private takeBack(lost: readonly InFlight[]): void {
    const first = lost[0]
    if (first === undefined) return
    for (const { changes } of lost.toReversed()) changes.undo()
    this.own?.forgetRows()
    this.sentTicks.takeBack(first.tick)
    this.syncTick = first.syncTickBefore
    this.isLost = first.isLostBefore
    this.cursor = first.cursorBefore
  }

  /** Nothing is known of what it holds; a page that was reloaded holds nothing, and counts from 1 again [SNP1]. */
  private startOver(heldSeq: number, cursor: number): void {
    this.forgetHeld()
    if (this.own !== null) this.own = new OwnHeld()
    this.isLost = heldSeq > 0
    this.sentTicks.clear()
    this.tableNumber = 0
    this.cursor = cursor
    this.bases?.clear()
    if (heldSeq > 0) return
    this.bases = null
    this.lastSeq = this.ackedSeq = 0
    this.ackedTick = -1
  }

  private forgetHeld(): void {
    this.mode++
    this.syncTick = -1
    this.owner.clear()
    this.revealed.clear()
  }
}
