import { DecodeError } from '@tickwire/protocol'
import { LINK_CHANNEL, NO_SEAT } from '@tickwire/protocol/internal'
import type { CallItem, ClientMessage, LatestMessage, ResumeClaim, ServerItem } from '@tickwire/protocol/internal'
import type { LeaveReason } from '../room/definition.ts'
import type { RoomPort, SeatGrant } from '../room/ports.ts'
import type { RoomRegistry } from '../room/registry.ts'
import { CallGuard } from './call-guard.ts'
import type { GuardedLink, GuardServices } from './call-guard.ts'
import type { User } from './handshake.ts'
import type { JoinDesk, JoiningLink, JoinItem, JoinRefusal } from './join.ts'
import { SeatPort } from './seat-port.ts'
import type { PortLink } from './seat-port.ts'

/** What the holder needs of its link. */
export interface HolderLink extends PortLink, GuardedLink {
  readonly user: User
  readonly ip: string
  readonly phase: 'online' | 'dropped' | 'closed'
  /** Queues an item and returns its number, or null when the buffer is full. */
  enqueue(item: ServerItem): number | null
  /** The peer broke the protocol. */
  fail(error: DecodeError): void
}

/** What the holder needs of its process. */
export interface HolderServices extends GuardServices {
  readonly desk: JoinDesk
  readonly registry: RoomRegistry
}

interface Seated {
  readonly phase: 'seated'
  readonly port: SeatPort
  readonly room: RoomPort
  readonly grant: SeatGrant
  /** The number of the `joined` item: a client that has not received it does not know that it has a seat. */
  readonly joinedSeq: number
}

export type SeatState =
  | { readonly phase: 'none' }
  | { readonly phase: 'joining'; readonly port: SeatPort; readonly abandon: () => void }
  | Seated

type Inputs = Extract<ClientMessage, { type: 'inputs' | 'snapshotAck' }>

/** The one seat that a link may have: from the join to the end, across connections. */
export class SeatHolder implements JoiningLink {
  private readonly link: HolderLink
  private readonly desk: JoinDesk
  private readonly registry: RoomRegistry
  private state: SeatState = { phase: 'none' }
  /** The highest channel of any join so far: what comes for a channel up to here may be late, beyond it is nonsense. */
  private maxChannel = 0
  private readonly guard: CallGuard

  constructor(link: HolderLink, services: HolderServices) {
    this.link = link
    this.desk = services.desk
    this.registry = services.registry
    this.guard = new CallGuard(link, services)
  }

  get user(): User {
    return this.link.user
  }

  get ip(): string {
    return this.link.ip
  }

  /** The room and the seat in it, if one is held. */
  get seated(): { readonly room: RoomPort; readonly seat: number } | null {
    return this.state.phase === 'seated' ? { room: this.state.room, seat: this.state.grant.seat } : null
  }

  get hasSeat(): boolean {
    return this.state.phase === 'seated'
  }

  /** A seat is held or being joined. */
  get isBusy(): boolean {
    return this.state.phase !== 'none'
  }

  /** How long the client may be away, in ms. */
  get resumeWindowMs(): number {
    return this.state.phase === 'seated' ? this.state.room.resumeWindowMs : this.registry.resumeWindowMs
  }

  // --- joining ---

  join(item: JoinItem): void {
    const { channel } = item
    if (channel === LINK_CHANNEL || (this.state.phase !== 'none' && this.state.port.channel === channel)) {
      throw unexpected('channel of a join', 'a free one', channel)
    }
    this.maxChannel = Math.max(this.maxChannel, channel)
    const port = new SeatPort(this.link, channel)
    if (this.state.phase !== 'none') {
      const text = 'this link has a seat already; leave it first'
      this.answerRefusal(port, { code: 'already-joined', text, section: '', description: '' })
      return
    }
    // The desk may answer at once: by then this must be a join that can be answered.
    this.state = { phase: 'joining', port, abandon: () => {} }
    const abandon = this.desk.start(this, port, item)
    if (this.isJoining(port)) this.state = { phase: 'joining', port, abandon }
  }

  granted(port: SeatPort, room: RoomPort, grant: SeatGrant): boolean {
    if (!this.isJoining(port)) return false
    const joinedSeq = this.link.enqueue(joinedItem(port.channel, grant, grant.tick))
    if (joinedSeq === null) return false
    this.state = { phase: 'seated', port, room, grant, joinedSeq }
    port.open()
    if (this.link.phase === 'online') this.link.flush(null)
    else room.drop(grant.seat)
    return true
  }

  refused(port: SeatPort, refusal: JoinRefusal): void {
    if (!this.isJoining(port)) return
    this.state = { phase: 'none' }
    this.answerRefusal(port, refusal)
  }

  redirected(port: SeatPort, url: string, reservation: string): void {
    if (!this.isJoining(port)) return
    this.state = { phase: 'none' }
    port.end()
    this.link.pushNow({ type: 'redirect', channel: port.channel, url, reservation })
  }

  broken(port: SeatPort, error: DecodeError): void {
    if (!this.isJoining(port)) return
    this.state = { phase: 'none' }
    port.end()
    this.link.fail(error)
  }

  // --- ends ---

  /** The room has ended the seat. */
  seatGone(port: SeatPort, reason: string): void {
    if (this.state.phase !== 'seated' || this.state.port !== port) return
    this.state = { phase: 'none' }
    port.end()
    this.link.pushNow({ type: 'left', channel: port.channel, reason })
  }

  /** The client leaves, or abandons its join. What comes for a seat that is gone already is late. */
  leaveChannel(channel: number): void {
    if (this.state.phase === 'none' || this.state.port.channel !== channel) {
      this.checkKnown(channel)
      return
    }
    this.end('left')
    this.link.pushNow({ type: 'left', channel, reason: 'left' })
  }

  /** Gives up the seat, or the join. */
  end(reason: LeaveReason): void {
    const { state } = this
    this.state = { phase: 'none' }
    if (state.phase === 'none') return
    state.port.end()
    if (state.phase === 'joining') {
      state.abandon()
      return
    }
    state.room.leave(state.grant.seat, reason)
    this.registry.vacate(state.room, state.grant.seat)
  }

  // --- drops and resumes ---

  /** The connection dropped. A join goes on: it is bounded by its own timeout. */
  drop(): void {
    if (this.state.phase === 'seated') this.state.room.drop(this.state.grant.seat)
  }

  /**
   * The connection is back: true if the claimed seat goes on.
   * @param ackedSeq the newest item that the client was ever known to hold
   */
  resume(claim: ResumeClaim, ackedSeq: number): boolean {
    const { state } = this
    if (state.phase !== 'seated') return false
    if (claim.seat === null) {
      // `joined` was cut off: it is sent again, and the client learns now that it has a seat.
      if (state.joinedSeq > ackedSeq) this.resumeRoom(state, -1)
      else this.end('left')
      return false
    }
    if (!isSameSeat(state, claim.seat)) {
      this.end('left')
      return false
    }
    return this.resumeRoom(state, claim.seat.heldSnapshot)
  }

  /** For a page that was reloaded: what the seat's `joined` says now. */
  regrant(): void {
    const { state } = this
    if (state.phase !== 'seated') return
    // Not the clock's tick: a room that is late has yet to send snapshots of older ones, which the page would refuse.
    const joinedSeq = this.link.enqueue(joinedItem(state.port.channel, state.grant, state.room.tick))
    if (joinedSeq !== null) this.state = { ...state, joinedSeq }
  }

  private resumeRoom(state: Seated, heldSnapshot: number): boolean {
    if (state.room.resume(state.grant.seat, state.port, heldSnapshot)) return true
    this.registry.vacate(state.room, state.grant.seat)
    state.port.end()
    this.state = { phase: 'none' }
    return false
  }

  // --- what arrives for the room ---

  receiveInputs(message: Inputs, nowMs: number): void {
    const seated = this.seatedOn(message.channel)
    if (seated === null) return
    const { room, grant } = seated
    room.receiveSnapshotAck(grant.seat, message.ackedSnapshot16, nowMs)
    if (message.type === 'inputs') room.receiveInputs(grant.seat, message.bits, nowMs)
  }

  receiveMismatch(channel: number, tick16: number): void {
    const seated = this.seatedOn(channel)
    seated?.room.receiveMismatch(seated.grant.seat, tick16)
  }

  receiveCall(call: CallItem, nowMs: number): void {
    const seated = this.seatedOn(call.channel)
    if (seated !== null && this.guard.admitCall(seated.room, call, nowMs))
      seated.room.receiveCall(seated.grant.seat, call)
  }

  receiveLatest(message: LatestMessage, nowMs: number): void {
    const seated = this.seatedOn(message.channel)
    if (seated !== null && this.guard.admitLatest(seated.room, message, nowMs))
      seated.room.receiveLatest(seated.grant.seat, message)
  }

  /** The time of the room on this channel, in ticks, or null if there is none. */
  timeOn(channel: number, nowMs: number): number | null {
    return channel === LINK_CHANNEL ? null : (this.seatedOn(channel)?.room.timeAt(nowMs) ?? null)
  }

  /** The seat of a channel, or null when it is over: what is on its way when a seat ends is nobody's fault. */
  private seatedOn(channel: number): Seated | null {
    if (this.state.phase === 'seated' && this.state.port.channel === channel) return this.state
    this.checkKnown(channel)
    return null
  }

  private checkKnown(channel: number): void {
    if (channel === LINK_CHANNEL || channel > this.maxChannel)
      throw unexpected('channel', 'one that was joined', channel)
  }

  private isJoining(port: SeatPort): boolean {
    return this.state.phase === 'joining' && this.state.port === port
  }

  private answerRefusal(port: SeatPort, refusal: JoinRefusal): void {
    port.end()
    this.link.pushNow({ type: 'joinRefused', channel: port.channel, ...refusal })
  }
}

function joinedItem(channel: number, grant: SeatGrant, tick: number): ServerItem {
  const { roomId, epoch, simulationSeed } = grant
  const seat = grant.isSpectator ? NO_SEAT : grant.seat
  return { type: 'joined', channel, roomId, epoch, seat, tick, simulationSeed }
}

/** A page that was built anew cannot read the room any more, and a restored room is another one. */
function isSameSeat({ port, room }: Seated, claim: NonNullable<ResumeClaim['seat']>): boolean {
  const isSameRoom = claim.channel === port.channel && claim.epoch === room.epoch && claim.game === room.gameName
  return isSameRoom && room.codec.hashes.every((hash, i) => hash === claim.hashes[i])
}

function unexpected(what: string, expected: string, got: number): DecodeError {
  return new DecodeError('unexpected', { what, expected, got: `${got}`, offset: 0 })
}
