import { ConfigError, DecodeError, PROTOCOL_VERSION } from '@tickwire/protocol'
import { assertNever, LINK_CHANNEL, LOBBY_HASH, readPacket, readServerMessage } from '@tickwire/protocol/internal'
import type { ClientItem, GameCodec, ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import type { Ticket } from '../client-api.ts'
import type { Clock } from '../clock.ts'
import { closeNamed, roomGone } from '../connection/close-info.ts'
import { socketUrl } from '../connection/url.ts'
import { ConnectionClosedError, StateError } from '../errors.ts'
import { isTicket } from '../options.ts'
import type { CloseInfo, ConnectionState, Unsubscribe } from '../room-api.ts'
import { LobbyChannel } from '../lobby/lobby-channel.ts'
import { Heartbeat } from './heartbeat.ts'
import type { JoinOutcome } from './joining.ts'
import { Line } from './line.ts'
import type { LineParts } from './line.ts'
import type { OpenRoom, RoomReceiver } from './ports.ts'
import { Requests } from './requests.ts'
import type { ResumeStore, StoredSeat } from './resume.ts'
import type { SeatHost } from './seat.ts'
import { Seating } from './seating.ts'
import type { Identity } from './seating.ts'
import { Sender } from './sender.ts'
import type { Schedule } from './sender.ts'

export interface LinkParts extends LineParts {
  readonly schedule: Schedule
  /** Bytes that nobody can guess. */
  readonly randomBytes: (length: number) => Uint8Array
  readonly store: ResumeStore
}

export interface LinkOptions {
  readonly url: string
  /** For the server's `authenticate`, or ''. */
  readonly ticket: Ticket
}

/** What a join asks for. */
export type JoinAsk = Pick<Extract<ClientItem, { type: 'join' }>, 'verb' | 'room' | 'reservation' | 'wish' | 'join'>

type Welcome = Extract<ServerMessage, { type: 'welcome' }>
type Pong = Extract<ServerMessage, { type: 'pong' }>

const MAX_CHANNEL = 0xffff
/** 128 bits. */
const SECRET_BYTES = 16

/**
 * The client's end of a link: says hello, takes its place back after a drop, moves reliable items exactly once and in
 * order, and holds at most one seat.
 */
export class Link implements SeatHost {
  readonly clock: Clock
  readonly sender: Sender
  readonly requests: Requests
  readonly lobby: LobbyChannel
  resumes = 0
  /** Hears each answer to a ping, in ms. */
  onRoundTrip: (ms: number) => void = () => undefined
  private readonly options: LinkOptions
  private readonly parts: LinkParts
  private readonly line: Line
  private readonly heartbeat: Heartbeat
  private readonly seating: Seating
  /** Drawn here for a link that this client opens; from its first welcome on, the server's. */
  private identity: Identity
  private hasLink = false
  /** Counts connections: what was asked for one is nothing for the next. */
  private greetings = 0
  private lastChannel: number = LINK_CHANNEL

  constructor(options: LinkOptions, parts: LinkParts) {
    this.options = options
    this.parts = parts
    this.clock = parts.clock
    this.identity = { linkId: parts.randomBytes(SECRET_BYTES), token: parts.randomBytes(SECRET_BYTES) }
    this.line = new Line(options.url, parts, {
      onOpen: () => this.greet(),
      onPacket: (bytes) => this.receive(bytes),
      onLost: () => this.lost(),
      onDoubt: () => this.heartbeat.probe(),
      onClosed: (reason, error) => this.closed(reason, error ?? new ConnectionClosedError(reason)),
    })
    this.sender = new Sender(parts.clock, parts.schedule, (packet) => this.line.send(packet))
    this.requests = new Requests(parts.clock, (item) => this.sender.push(item))
    this.lobby = new LobbyChannel(this, parts.report)
    this.heartbeat = new Heartbeat(parts.clock, {
      sendPing: (id) => this.sender.send({ type: 'ping', id, channel: this.seating.seat?.channel ?? LINK_CHANNEL }),
      onDead: () => this.line.drop(closeNamed('liveness-timeout')),
    })
    this.seating = new Seating({
      host: this,
      url: () => this.line.url,
      store: parts.store,
      report: parts.report,
      identity: () => this.identity,
      // On the room's channel pongs tell the room's time, which is needed before the first input.
      onSeated: () => this.heartbeat.burst(),
    })
  }

  /** Connects, unless it does already. */
  start(): void {
    this.line.start()
  }

  get url(): string {
    return this.line.url
  }
  get connection(): ConnectionState {
    return this.line.state
  }
  get isClosed(): boolean {
    return this.line.state.phase === 'closed'
  }
  get losesInputs(): boolean {
    return this.line.losesInputs
  }
  get bytesInPerSecond(): number {
    return this.line.inbound.perSecond(this.clock.nowMs())
  }
  get bytesOutPerSecond(): number {
    return this.line.outbound.perSecond(this.clock.nowMs())
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.line.onState(listener)
  }

  /** Asks for a seat. The outcome comes when the world is there, or says where to ask instead. */
  join<R extends RoomReceiver>(ask: JoinAsk, codec: GameCodec, openRoom: OpenRoom<R>): Promise<JoinOutcome<R>> {
    const channel = this.lastChannel === MAX_CHANNEL ? LINK_CHANNEL + 1 : this.lastChannel + 1
    const joining = this.seating.join(channel, codec, openRoom)
    this.lastChannel = channel
    if (!this.sender.push({ type: 'join', channel, game: codec.schema.name, hashes: codec.hashes, ...ask })) {
      joining.fail(new StateError('buffer-full', 'too much waits for the server'))
    }
    this.line.start()
    return joining.outcome
  }

  /** Takes back the seat of a page that was reloaded. Only as the first thing that a link does. */
  resume<R extends RoomReceiver>(stored: StoredSeat, codec: GameCodec, openRoom: OpenRoom<R>): Promise<JoinOutcome<R>> {
    const joining = this.seating.claim(stored, codec, openRoom)
    this.identity = { linkId: stored.linkId, token: stored.token }
    this.hasLink = true
    this.lastChannel = stored.channel
    this.line.start()
    return joining.outcome
  }

  leaveSeat(): Promise<void> {
    return this.seating.leave()
  }

  /** Leaves and closes. */
  close(): void {
    const { seat } = this.seating
    if (seat !== null) this.sender.push({ type: 'leave', channel: seat.channel })
    this.sender.flush()
    this.line.close(closeNamed('left'))
  }

  private greet(): void {
    const { ticket } = this.options
    this.greetings++
    if (typeof ticket === 'string') this.sayHello(ticket)
    else void this.fetchTicket(ticket, this.greetings)
  }

  private async fetchTicket(fetch: Exclude<Ticket, string>, greeting: number): Promise<void> {
    const isLate = (): boolean => this.greetings !== greeting || !this.line.isGreeting
    try {
      const ticket = await fetch()
      if (!isTicket(ticket)) throw new ConfigError('ticket', 'a function that gives a ticket', ticket)
      if (!isLate()) this.sayHello(ticket)
    } catch (error) {
      if (isLate()) return
      this.parts.report('no ticket for the server', error)
      // A link that is held opens to its token.
      if (this.hasLink) this.sayHello('')
      else this.line.close(closeNamed('auth-failed', 'there is no ticket'), 'no ticket', asError(error))
    }
  }

  private sayHello(ticket: string): void {
    const hello = {
      type: 'hello',
      protocolVersion: PROTOCOL_VERSION,
      lobby: LOBBY_HASH,
      ticket,
      ...this.identity,
    } as const
    // The same again until a welcome comes: if the server has heard it before, that link goes on.
    if (!this.hasLink) return this.sender.greetAnew({ ...hello, resume: null })
    const { receivedSeq } = this.sender.stream
    this.sender.greetAgain({ ...hello, resume: { receivedSeq, seat: this.seating.seatClaim() } })
  }

  private receive(bytes: Uint8Array): void {
    this.heartbeat.heard()
    try {
      readPacket(bytes, (id, bits) => {
        // A message may have ended the link; the rest of its packet is for nobody.
        if (!this.isClosed) this.handle(readServerMessage(id, bits))
      })
      this.seating.packetHandled()
    } catch (error) {
      this.broken(error)
    }
  }

  /** The one place where what the server may not say ends: it costs the link and nothing else. */
  broken(error: unknown): void {
    if (!(error instanceof DecodeError)) throw error
    this.parts.report(`the server broke the protocol: ${error.message}`)
    this.line.close(closeNamed('protocol-error', error.message), error.message)
  }

  private handle(message: ServerMessage): void {
    this.expectOrder(message)
    switch (message.type) {
      case 'welcome':
        return this.welcomed(message)
      case 'pong':
        return this.handlePong(message)
      case 'snapshot':
        return this.seating.receiveSnapshot(message.channel, message.bits, this.clock.nowMs(), null)
      case 'looseSnapshot':
        return this.seating.receiveSnapshot(message.channel, message.bits, this.clock.nowMs(), message.loose)
      case 'reliable':
        return this.handleReliable(message.seq, message.item)
      case 'reliableAck':
        return this.sender.stream.acknowledge(message.seq)
      case 'latest':
        return this.seating.receive(message)
      case 'goingAway':
        return this.goAway(message)
      default:
        assertNever(message)
    }
  }

  private goAway({ retryAfterMs, address }: Extract<ServerMessage, { type: 'goingAway' }>): void {
    const { url, parts } = this
    try {
      this.line.stayAway(retryAfterMs, address === '' ? url : socketUrl(address, parts.pageUrl))
    } catch (error) {
      this.line.stayAway(retryAfterMs, url)
      parts.report(`the server sent us to ${address}, which is no address`, error)
    }
  }

  /** A connection begins with one welcome; only a server that is about to stop may say so before it. */
  private expectOrder({ type }: ServerMessage): void {
    if (type === 'goingAway' || this.line.isGreeting === (type === 'welcome')) return
    const expected = this.line.isGreeting ? 'a welcome' : 'no second welcome'
    throw new DecodeError('unexpected', { what: 'message', expected, got: type, offset: 0 })
  }

  private welcomed(welcome: Welcome): void {
    const isFirst = !this.hasLink
    this.hasLink = true
    this.identity = { linkId: welcome.linkId, token: welcome.token }
    // Before anything is sent: the first packet tells the server that the old token may be forgotten.
    this.seating.remember()
    this.line.welcomed(welcome.resumeWindowMs)
    if (welcome.resumed) this.resumed(welcome)
    else this.begun(isFirst)
    this.heartbeat.start()
  }

  private resumed({ receivedSeq, seatResumed }: Welcome): void {
    this.resumes++
    if (this.seating.isClaiming) this.sender.stream.continueFrom(receivedSeq)
    this.sender.resumed(receivedSeq)
    this.seating.resumed(seatResumed)
  }

  /** A new link, for want of an old one or because the server does not know it any more. */
  private begun(isFirst: boolean): void {
    if (!isFirst) {
      this.sender.startOver()
      this.requests.failAll(new ConnectionClosedError(roomGone('expired')))
      this.seating.expired()
    }
    this.sender.welcomed()
    if (!isFirst) this.lobby.renewed()
  }

  private handlePong({ id, channel, tick, holdMs }: Pong): void {
    const sentMs = this.heartbeat.takeSent(id)
    const { seat } = this.seating
    if (sentMs === null) return
    this.onRoundTrip(Math.max(0, this.clock.nowMs() - sentMs - holdMs))
    if (seat?.channel !== channel) return
    seat.sync.addPong({ sentMs, receivedMs: this.clock.nowMs(), holdMs, tick })
    if (seat.sync.wantsPing) this.heartbeat.pingSoon()
  }

  private handleReliable(seq: number, item: ServerItem): void {
    if (!this.sender.stream.accept(seq)) return
    this.sender.ackSoon()
    switch (item.type) {
      case 'joined':
      case 'joinRefused':
      case 'redirect':
      case 'left':
      case 'table':
      case 'stateHash':
        return this.seating.handle(item)
      case 'reply':
      case 'refusal':
        return this.requests.settle(item)
      default:
        return item.channel === LINK_CHANNEL ? this.lobby.receive(item) : this.seating.receive(item)
    }
  }

  private lost(): void {
    this.greetings++
    this.heartbeat.stop()
    this.sender.goOffline()
  }

  private closed(reason: CloseInfo, error: Error): void {
    this.lost()
    this.requests.failAll(error)
    this.lobby.ended()
    this.seating.closed(reason, error)
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
