import { DecodeError, LIMITS } from '@tickwire/protocol'
import type { CLOSE } from '@tickwire/protocol'
import { assertNever, LINK_CHANNEL } from '@tickwire/protocol/internal'
import type {
  CallItem,
  ClientItem,
  ClientMessage,
  LatestMessage,
  ResumeClaim,
  ServerItem,
} from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { ServerLimits } from '../limits.ts'
import type { LeaveReason } from '../room/definition.ts'
import type { RoomRegistry } from '../room/registry.ts'
import type { RandomBytes } from '../secrets.ts'
import type { SendResult } from '../transport/transport.ts'
import type { JoinDesk } from './join.ts'
import { Liveness } from './liveness.ts'
import { MinRtt } from './min-rtt.ts'
import { Outbox } from './outbox.ts'
import { ResumeTokens } from './resume.ts'
import { SeatHolder } from './seat-holder.ts'
import type { HolderLink } from './seat-holder.ts'

export type CloseName = keyof typeof CLOSE

/** What a link needs of the connection that it is on. */
export interface LinkConnection {
  readonly ip: string
  send(packet: Uint8Array): SendResult
  /** Asks for a sign of life, if the transport can. */
  ping(onPong: () => void): void
  /** Ends the connection; its link drops, or ends where coming back makes no sense. */
  close(name: CloseName, detail: string): void
  /** Ends the connection, which is not this link's any more. */
  detach(name: CloseName, detail: string): void
  /** The peer broke the protocol. */
  fail(error: unknown): void
}

/** What a link needs of its process. */
export interface LinkServices {
  readonly clock: Clock
  readonly limits: ServerLimits
  readonly randomBytes: RandomBytes
  readonly desk: JoinDesk
  readonly registry: RoomRegistry
  /** The link is closed for good. */
  readonly onEnded: (link: Link, reason: LeaveReason) => void
  readonly onDropped: (link: Link) => void
}

interface Online {
  readonly phase: 'online'
  readonly connection: LinkConnection
  readonly liveness: Liveness
  /** Set while an ack waits for something to ride on. */
  ackTimer: Timer | null
  /** The reliable item whose ack is being timed. */
  timed: { readonly seq: number; readonly atMs: number } | null
}

export type LinkState = Online | { readonly phase: 'dropped'; readonly expiry: Timer } | { readonly phase: 'closed' }

/** Who a link is. */
export interface LinkIdentity {
  readonly id: Uint8Array
  readonly userId: string
  readonly ip: string
}

/**
 * The resumable relation of one client to this process. It owns the user, the resume token, the reliable streams and at most
 * one seat, and outlives its connections: `online -> dropped -> online` ..., until it is `closed`.
 */
export class Link implements HolderLink {
  readonly id: Uint8Array
  readonly userId: string
  readonly ip: string
  readonly tokens: ResumeTokens
  private readonly services: LinkServices
  private readonly outbox: Outbox
  private readonly seat: SeatHolder
  private readonly rtt = new MinRtt()
  private state: LinkState
  /** While a packet is handled, answers wait for its end and leave together. */
  private isReceiving = false
  private isUrgent = false

  /** A new link, on its first connection; the `welcome` leaves at the end of the turn. */
  constructor({ id, userId, ip }: LinkIdentity, connection: LinkConnection, services: LinkServices) {
    this.id = id
    this.userId = userId
    this.ip = ip
    this.services = services
    this.tokens = new ResumeTokens(services.randomBytes)
    this.outbox = new Outbox(services.limits.reliableBufferBytes)
    this.seat = new SeatHolder(this, services.desk, services.registry)
    this.state = this.goOnline(connection)
    this.welcome(this.tokens.issue(null), false, false)
  }

  get phase(): LinkState['phase'] {
    return this.state.phase
  }

  get hasSeat(): boolean {
    return this.seat.hasSeat
  }

  get minRttMs(): number | null {
    return this.rtt.get(this.services.clock.nowMs())
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
    const ackedSeq = this.outbox.ackedSeq
    this.outbox.replayFrom(claim.receivedSeq)
    this.leaveConnection('replaced')
    const isReload = claim.seat !== null && claim.receivedSeq === 0
    const isSeatResumed = this.seat.resume(claim, Math.max(ackedSeq, claim.receivedSeq))
    this.state = this.goOnline(connection)
    if (isReload && isSeatResumed) this.startOver()
    this.welcome(this.tokens.issue(claim.token), true, isSeatResumed)
  }

  /** The connection is gone; the link waits for another one. */
  drop(): void {
    if (this.state.phase !== 'online') return
    this.stopOnline(this.state)
    const expiry = this.services.clock.setTimer(() => this.end('expired', null), this.seat.resumeWindowMs)
    this.state = { phase: 'dropped', expiry }
    this.seat.drop()
    this.services.onDropped(this)
  }

  /** Closes the link for good, and with `close` says why to a client that is still there. */
  end(reason: LeaveReason, close: { readonly name: CloseName; readonly detail: string } | null): void {
    const { state } = this
    if (state.phase === 'closed') return
    if (state.phase === 'online') this.stopOnline(state)
    else state.expiry.cancel()
    this.state = { phase: 'closed' }
    this.seat.end(reason)
    if (state.phase === 'online' && close !== null) state.connection.detach(close.name, close.detail)
    this.services.onEnded(this, reason)
  }

  private goOnline(connection: LinkConnection): Online {
    const { clock, limits } = this.services
    const { heartbeatIntervalMs, livenessTimeoutMs } = limits
    const liveness = new Liveness({
      clock,
      heartbeatIntervalMs,
      livenessTimeoutMs,
      probe: () => this.probe(connection),
      onSilence: (silentMs) => connection.close('liveness-timeout', `nothing was heard for ${Math.round(silentMs)} ms`),
    })
    this.isReceiving = true
    this.isUrgent = true
    this.rtt.reset()
    return { phase: 'online', connection, liveness, ackTimer: null, timed: null }
  }

  /** Takes the link from whatever state it is in, for a new connection. */
  private leaveConnection(name: CloseName): void {
    const { state } = this
    if (state.phase === 'dropped') state.expiry.cancel()
    if (state.phase !== 'online') return
    this.stopOnline(state)
    state.connection.detach(name, 'another connection has taken over this link')
    this.seat.drop()
  }

  private stopOnline(state: Online): void {
    state.liveness.stop()
    state.ackTimer?.cancel()
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
    this.seat.regrant(this.services.clock.nowMs())
    // Answers were to a page that is gone, and so were grants.
    for (const item of missed) if (item.type === 'message' || item.type === 'request') this.push(item)
  }

  private probe(connection: LinkConnection): void {
    const sentAtMs = this.services.clock.nowMs()
    connection.ping(() => {
      if (this.state.phase !== 'online' || this.state.connection !== connection) return
      const nowMs = this.services.clock.nowMs()
      this.state.liveness.heard(nowMs)
      this.rtt.add(nowMs - sentAtMs, nowMs)
    })
  }

  // --- what arrives ---

  /** A packet begins. The client's first one behind the welcome shows that it holds the new token. */
  beginPacket(nowMs: number): void {
    this.isReceiving = true
    this.tokens.confirm()
    if (this.state.phase === 'online') this.state.liveness.heard(nowMs)
  }

  /** Everything in the packet was handled: what it caused leaves now. */
  endPacket(): void {
    this.isReceiving = false
    const { state } = this
    if (state.phase !== 'online') return
    if (this.isUrgent) {
      this.flush(null)
    } else if (this.outbox.owesAck && state.ackTimer === null) {
      state.ackTimer = this.services.clock.setTimer(() => this.flush(null), LIMITS.ackDelayMs)
    }
  }

  /** Throws DecodeError for what makes no sense here and now. */
  handle(message: ClientMessage, nowMs: number): void {
    switch (message.type) {
      case 'hello':
        throw unexpected('hello', 'one per connection', 'another')
      case 'ping':
        this.answerPing(message.id, message.channel, nowMs)
        return
      case 'inputs':
      case 'snapshotAck':
        this.seat.receiveInputs(message, nowMs)
        return
      case 'reliable':
        if (this.outbox.accept(message.seq)) this.handleItem(message.item)
        return
      case 'reliableAck':
        this.acknowledge(message.seq, nowMs)
        return
      case 'latest':
        this.seat.receiveLatest(message)
        return
      default:
        assertNever(message)
    }
  }

  private handleItem(item: ClientItem): void {
    switch (item.type) {
      case 'join':
        this.seat.join(item)
        return
      case 'leave':
        this.seat.leaveChannel(item.channel)
        return
      default:
        this.handleCall(item)
    }
  }

  private handleCall(call: CallItem): void {
    if (call.channel !== LINK_CHANNEL) {
      this.seat.receiveCall(call)
    } else if (call.type === 'request') {
      const text = 'this server has no requests outside of rooms'
      this.pushNow({ type: 'refusal', channel: LINK_CHANNEL, id: call.id, code: 'unknown-request', text })
    } else if (call.type !== 'cancel') {
      throw unexpected('call on channel 0', 'a request', call.type)
    }
  }

  private answerPing(id: number, channel: number, nowMs: number): void {
    const tick = this.seat.timeOn(channel, nowMs)
    // A room that is gone has no time; channel 0 says so, and 0 on the room's own would look like its first tick.
    const answered = tick === null ? LINK_CHANNEL : channel
    this.outbox.answer({ type: 'pong', id, channel: answered, tick: tick ?? 0, holdMs: 0 })
    this.isUrgent = true
  }

  private acknowledge(seq: number, nowMs: number): void {
    this.outbox.acknowledge(seq)
    if (this.state.phase !== 'online') return
    const { timed } = this.state
    if (timed === null || seq < timed.seq) return
    this.rtt.add(nowMs - timed.atMs, nowMs)
    this.state.timed = null
  }

  // --- what leaves ---

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
  sayGoingAway(retryAfterMs: number): void {
    this.outbox.answer({ type: 'goingAway', retryAfterMs })
    this.flush(null)
  }

  flush(snapshot: Uint8Array | null): SendResult {
    const { state } = this
    if (state.phase !== 'online') return 'closed'
    this.isUrgent = false
    state.ackTimer?.cancel()
    state.ackTimer = null
    const sentSeq = this.outbox.sentSeq
    const result = this.outbox.flush(snapshot, (packet) => state.connection.send(packet))
    if (state.timed === null && this.outbox.sentSeq > sentSeq) {
      state.timed = { seq: this.outbox.sentSeq, atMs: this.services.clock.nowMs() }
    }
    return result
  }

  fail(error: DecodeError): void {
    if (this.state.phase === 'online') this.state.connection.fail(error)
    else this.end('kicked', null)
  }

  /** An item could not be kept, so the stream has a hole and cannot be resumed. */
  private overflow(): void {
    const detail = `${this.services.limits.reliableBufferBytes} bytes of messages wait for this client`
    // Later: the room that pushed is in the middle of its tick, and must not lose a player there.
    this.services.clock.setTimer(() => this.end('kicked', { name: 'slow-reader', detail }), 0)
  }
}

function unexpected(what: string, expected: string, got: string): DecodeError {
  return new DecodeError('unexpected', { what, expected, got, offset: 0 })
}
