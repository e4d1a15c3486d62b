import type { DecodeError } from '@tickwire/protocol'
import type { ClientMessage, LatestMessage, ResumeClaim, ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Counters } from '../counters.ts'
import type { ServerLimits } from '../limits.ts'
import { LinkLobby } from '../lobby/link-lobby.ts'
import type { LinkLobbyServices } from '../lobby/link-lobby.ts'
import type { LobbyClient } from '../lobby/lobby.ts'
import type { LeaveReason } from '../room/definition.ts'
import type { RoomRegistry } from '../room/registry.ts'
import type { RandomBytes } from '../secrets.ts'
import type { SendResult } from '../transport/transport.ts'
import type { User } from './handshake.ts'
import type { JoinDesk } from './join.ts'
import type { Heartbeats } from './heartbeats.ts'
import { LinkInbox } from './link-inbox.ts'
import type { InboxLink } from './link-inbox.ts'
import { Online } from './online.ts'
import type { CloseName, Farewell, LinkConnection } from './online.ts'
import { Outbox } from './outbox.ts'
import { ResumeTokens } from './resume.ts'
import { SeatHolder } from './seat-holder.ts'
import type { HolderLink } from './seat-holder.ts'

/** What a link needs of its process. */
export interface LinkServices extends LinkLobbyServices {
  readonly clock: Clock
  readonly heartbeats: Heartbeats
  readonly limits: ServerLimits
  readonly randomBytes: RandomBytes
  readonly counters: Counters
  /** See `GameServerOptions`. */
  readonly messageRates: Readonly<Record<string, number>>
  readonly desk: JoinDesk
  readonly registry: RoomRegistry
  /** The link is closed for good. */
  readonly onEnded: (link: Link, reason: LeaveReason) => void
  readonly onDropped: (link: Link) => void
}

export type LinkState = Online | { readonly phase: 'dropped'; readonly expiry: Timer } | { readonly phase: 'closed' }

/** Who a link is. */
export interface LinkIdentity {
  readonly id: Uint8Array
  /** What its client has named it with: opens it until the client has answered the welcome. */
  readonly token: Uint8Array
  readonly user: User
  readonly ip: string
}

/**
 * The resumable relation of one client to this process. It owns the user, the resume token, the reliable streams and at most
 * one seat, and outlives its connections: `online -> dropped -> online` ..., until it is `closed`.
 */
export class Link implements HolderLink, InboxLink {
  readonly id: Uint8Array
  readonly user: User
  readonly ip: string
  readonly tokens: ResumeTokens
  private readonly services: LinkServices
  private readonly outbox: Outbox
  private readonly seat: SeatHolder
  private readonly inbox: LinkInbox
  private readonly lobby: LinkLobby
  private state: LinkState
  /** While a packet is handled, answers wait for its end and leave together. */
  private isReceiving = false
  private isUrgent = false
  private isOverflowing = false

  /** A new link, on its first connection; the `welcome` leaves at the end of the turn. */
  constructor({ id, token, user, ip }: LinkIdentity, connection: LinkConnection, services: LinkServices) {
    this.id = id
    this.user = user
    this.ip = ip
    this.services = services
    this.tokens = new ResumeTokens(services.randomBytes)
    this.outbox = new Outbox(services.limits.reliableBufferBytes)
    this.seat = new SeatHolder(this, services)
    this.lobby = new LinkLobby(this, services)
    this.inbox = new LinkInbox(this, this.outbox, this.seat, this.lobby)
    this.state = this.goOnline(connection)
    this.welcome(this.tokens.issue(token), false, false)
  }

  get userId(): string {
    return this.user.id
  }

  get phase(): LinkState['phase'] {
    return this.state.phase
  }

  /** It has a seat, or is about to have one. */
  get isPlaying(): boolean {
    return this.seat.isBusy
  }

  get seated(): LobbyClient['seated'] {
    return this.seat.seated
  }

  get hasPending(): boolean {
    return this.outbox.hasPending
  }

  // --- connections come and go ---

  /**
   * The client is back on another connection, and has proven with its token that it is the client. One that is still open is
   * replaced.
   * @throws DecodeError when it claims to have received what was never sent; nothing has changed then
   */
  resume(connection: LinkConnection, claim: ResumeClaim): void {
    this.outbox.replayFrom(claim.receivedSeq)
    this.leaveConnection()
    const isReload = claim.seat !== null && claim.receivedSeq === 0
    const isSeatResumed = this.resumeSeat(claim)
    this.state = this.goOnline(connection)
    if (isReload && isSeatResumed) this.startOver()
    this.welcome(this.tokens.issue(claim.token), true, isSeatResumed)
  }

  private resumeSeat(claim: ResumeClaim): boolean {
    try {
      // Both: game code may have removed the player at once.
      return this.seat.resume(claim, this.outbox.ackedSeq) && this.seat.hasSeat
    } catch (error) {
      // A fault of the room. Without a connection and without an expiry this link would stay for ever.
      this.end('kicked', null)
      throw error
    }
  }

  /** The connection is gone; the link waits for another one. */
  drop(): void {
    if (this.state.phase !== 'online') return
    this.state.stop()
    const expiry = this.services.clock.setTimer(() => this.end('expired', null), this.keptMs)
    this.state = { phase: 'dropped', expiry }
    this.seat.drop()
    this.services.onDropped(this)
  }

  /**
   * How long it waits for its client. One that never answered the first welcome has perhaps not received it, and does not know
   * that there is a link: it comes again as somebody new, beside a player that nobody can take back.
   */
  private get keptMs(): number {
    const { resumeWindowMs } = this.seat
    return this.tokens.wasConfirmed ? resumeWindowMs : Math.min(resumeWindowMs, this.services.limits.handshakeTimeoutMs)
  }

  /** Closes the link for good, and with `close` says why to a client that is still there. */
  end(reason: LeaveReason, close: { readonly name: CloseName; readonly detail: string } | null): void {
    const { state } = this
    if (state.phase === 'closed') return
    if (state.phase === 'online') state.stop()
    else state.expiry.cancel()
    this.state = { phase: 'closed' }
    this.seat.end(reason)
    this.lobby.end()
    if (state.phase === 'online' && close !== null) state.connection.detach(close.name, close.detail)
    this.services.onEnded(this, reason)
  }

  private goOnline(connection: LinkConnection): Online {
    this.isReceiving = true
    this.isUrgent = true
    return new Online(connection, this.services)
  }

  /** Between two connections: until the new one is up, nothing is sent and nothing expires. */
  private leaveConnection(): void {
    const { state } = this
    this.state = { phase: 'dropped', expiry: NEVER }
    if (state.phase === 'dropped') state.expiry.cancel()
    if (state.phase !== 'online') return
    state.stop()
    state.connection.detach('replaced', 'another connection has taken over this link')
    this.seat.drop()
  }

  private welcome(token: Uint8Array, resumed: boolean, seatResumed: boolean): void {
    const { id: linkId, userId } = this
    const { receivedSeq } = this.outbox
    const { resumeWindowMs } = this.seat
    this.outbox.answer({ type: 'welcome', linkId, token, userId, resumed, receivedSeq, seatResumed, resumeWindowMs })
  }

  /** The page was reloaded: it holds neither the grant of its seat nor any number. What it never saw it shall still see. */
  private startOver(): void {
    const missed = this.outbox.startOver()
    this.seat.regrant()
    // Answers were to a page that is gone, and so were grants.
    for (const item of missed) if (item.type === 'message' || item.type === 'request') this.push(item)
    this.lobby.reloaded()
  }

  // --- what arrives ---

  /** A packet begins. The client's first one behind the welcome shows that it holds the new token. */
  beginPacket(nowMs: number): void {
    this.isReceiving = true
    this.tokens.confirm()
    if (this.state.phase === 'online') this.state.heard(nowMs)
  }

  /** Everything in the packet was handled: what it caused leaves now. */
  endPacket(): void {
    this.isReceiving = false
    const { state } = this
    if (state.phase !== 'online') return
    if (this.isUrgent) this.flush(null)
    else if (this.outbox.owesAck) state.ackLater(() => this.flush(null))
  }

  /** Throws DecodeError for what makes no sense here and now. */
  handle(message: ClientMessage, nowMs: number): void {
    this.inbox.handle(message, nowMs)
  }

  answerNow(message: ServerMessage): void {
    this.outbox.answer(message)
    this.isUrgent = true
  }

  // --- what leaves ---

  get losesSnapshots(): boolean {
    return this.state.phase === 'online' && this.state.connection.losesSnapshots === true
  }

  push(item: ServerItem): boolean {
    return this.enqueue(item) !== null
  }

  enqueue(item: ServerItem): number | null {
    if (this.state.phase === 'closed') return null
    const seq = this.outbox.push(item)
    if (seq === null) this.overflow()
    return seq
  }

  pushNow(item: ServerItem): void {
    this.push(item)
    if (this.isReceiving) this.isUrgent = true
    else this.flush(null)
  }

  pushLatest(message: LatestMessage): void {
    this.outbox.pushLatest(message)
  }

  /** The server stops: tells the client when to come back. */
  sayGoingAway({ retryAfterMs, address }: Farewell): void {
    this.outbox.answer({ type: 'goingAway', retryAfterMs, address })
    this.flush(null)
  }

  flush(snapshot: Uint8Array | null): SendResult {
    if (this.state.phase !== 'online') return 'closed'
    this.isUrgent = false
    return this.state.flush(this.outbox, snapshot)
  }

  fail(error: DecodeError): void {
    if (this.state.phase === 'online') this.state.connection.fail(error)
    else this.end('kicked', null)
  }

  /** The peer went over a limit that an honest one keeps. */
  exceed(detail: string): void {
    if (this.state.phase === 'online') this.state.connection.close('rate-limited', detail)
  }

  /** An item could not be kept, so the stream has a hole and cannot be resumed. */
  private overflow(): void {
    if (this.isOverflowing) return
    this.isOverflowing = true
    const detail = `${this.services.limits.reliableBufferBytes} bytes of messages wait for this client`
    // Later: the room that pushed is in the middle of its tick, and must not lose a player there.
    this.services.clock.setTimer(() => this.end('kicked', { name: 'slow-reader', detail }), 0)
  }
}

const NEVER: Timer = { cancel: () => {} }
