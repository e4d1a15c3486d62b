import { DecodeError, PROTOCOL_VERSION } from '@tickwire/protocol'
import { assertNever, LINK_CHANNEL, readPacket, readServerMessage } from '@tickwire/protocol/internal'
import type { BitReader, CallItem, ClientItem, GameCodec, LatestMessage } from '@tickwire/protocol/internal'
import type { ResumeClaim, SeatClaim, ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import { closeNamed, roomGone } from '../connection/close-info.ts'
import { ConnectionClosedError, joinRefusal, StateError } from '../errors.ts'
import type { CloseInfo, ConnectionState, Unsubscribe } from '../room-api.ts'
import { Heartbeat } from './heartbeat.ts'
import { Joining } from './joining.ts'
import type { JoinOutcome, PendingJoin } from './joining.ts'
import { Line } from './line.ts'
import type { LineParts } from './line.ts'
import type { Joined, OpenRoom, RoomReceiver } from './ports.ts'
import { Requests } from './requests.ts'
import type { ResumeStore, StoredSeat } from './resume.ts'
import { Seat } from './seat.ts'
import type { SeatHost } from './seat.ts'
import { Sender } from './sender.ts'
import type { Schedule } from './sender.ts'

export interface LinkParts extends LineParts {
  readonly schedule: Schedule
  readonly store: ResumeStore
}

export interface LinkOptions {
  readonly url: string
  /** For the server's `authenticate`, or ''. */
  readonly ticket: string
}

/** What a join asks for. */
export type JoinAsk = Pick<Extract<ClientItem, { type: 'join' }>, 'verb' | 'room' | 'reservation' | 'join'>

type Welcome = Extract<ServerMessage, { type: 'welcome' }>
type Pong = Extract<ServerMessage, { type: 'pong' }>
type Identity = Pick<ResumeClaim, 'linkId' | 'token'>

const MAX_CHANNEL = 0xffff
/** How long a leave waits for the server's word. */
const LEAVE_TIMEOUT_MS = 2000

/**
 * The client's end of a link: says hello, takes its place back after a drop, moves reliable items exactly once and in
 * order, and holds at most one seat.
 */
export class Link implements SeatHost {
  readonly clock: Clock
  readonly sender: Sender
  readonly requests: Requests
  resumes = 0
  private readonly options: LinkOptions
  private readonly parts: LinkParts
  private readonly line: Line
  private readonly heartbeat: Heartbeat
  private identity: Identity | null = null
  /** A reloaded page's claim, until the server has answered it. */
  private claim: StoredSeat | null = null
  private joining: PendingJoin | null = null
  private seat: Seat | null = null
  private lastChannel: number = LINK_CHANNEL
  /** The server said that the seat is gone, and perhaps will say why. */
  private isSeatLost = false
  private leaving: Promise<void> | null = null
  private onSeatEnd: (() => void) | null = null

  constructor(options: LinkOptions, parts: LinkParts) {
    this.options = options
    this.parts = parts
    this.clock = parts.clock
    this.line = new Line(options.url, parts, {
      onOpen: () => this.greet(),
      onPacket: (bytes) => this.receive(bytes),
      onLost: () => this.lost(),
      onDoubt: () => this.heartbeat.probe(),
      onClosed: (reason, error) => this.closed(reason, error),
    })
    this.sender = new Sender(parts.clock, parts.schedule, (packet) => this.line.send(packet))
    this.requests = new Requests(parts.clock, (item) => this.sender.push(item))
    this.heartbeat = new Heartbeat(parts.clock, {
      sendPing: (id) => this.sender.send({ type: 'ping', id, channel: this.seat?.channel ?? LINK_CHANNEL }),
      onDead: () => this.line.drop(closeNamed('liveness-timeout')),
    })
  }

  get connection(): ConnectionState {
    return this.line.state
  }
  get bytesInPerSecond(): number {
    return this.line.inbound.perSecond(this.clock.nowMs())
  }
  get bytesOutPerSecond(): number {
    return this.line.outbound.perSecond(this.clock.nowMs())
  }
  get url(): string {
    return this.options.url
  }
  get isClosed(): boolean {
    return this.line.state.phase === 'closed'
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.line.onState(listener)
  }

  /** Asks for a seat. The outcome comes when the world is there, or says where to ask instead. */
  join<R extends RoomReceiver>(ask: JoinAsk, codec: GameCodec, openRoom: OpenRoom<R>): Promise<JoinOutcome<R>> {
    const joining = this.startJoining(this.nextChannel(), codec, openRoom)
    const { name: game } = codec.schema
    const { channel } = joining
    if (!this.sender.push({ type: 'join', channel, game, hashes: codec.hashes, ...ask })) {
      joining.fail(new StateError('buffer-full', 'too much waits for the server'))
    }
    this.line.start()
    return joining.outcome
  }

  /** Takes back the seat of a page that was reloaded. Only as the first thing that a link does. */
  resume<R extends RoomReceiver>(stored: StoredSeat, codec: GameCodec, openRoom: OpenRoom<R>): Promise<JoinOutcome<R>> {
    this.claim = stored
    this.identity = { linkId: stored.linkId, token: stored.token }
    this.lastChannel = stored.channel
    const joining = this.startJoining(stored.channel, codec, openRoom)
    this.line.start()
    return joining.outcome
  }

  /** Leaves and closes. */
  close(): void {
    if (this.seat !== null) this.sender.push({ type: 'leave', channel: this.seat.channel })
    this.sender.flush()
    this.line.close(closeNamed('left'))
  }

  leaveSeat(): Promise<void> {
    const { seat } = this
    if (seat === null) return Promise.resolve()
    this.leaving ??= new Promise((resolve) => {
      this.sender.push({ type: 'leave', channel: seat.channel })
      const timer = this.clock.setTimer(() => this.endSeat(roomGone('left')), LEAVE_TIMEOUT_MS)
      this.onSeatEnd = () => {
        timer.cancel()
        resolve()
      }
    })
    return this.leaving
  }

  private nextChannel(): number {
    this.lastChannel = this.lastChannel === MAX_CHANNEL ? LINK_CHANNEL + 1 : this.lastChannel + 1
    return this.lastChannel
  }

  private startJoining<R extends RoomReceiver>(channel: number, codec: GameCodec, openRoom: OpenRoom<R>): Joining<R> {
    if (this.seat !== null) throw new StateError('already-seated', 'this client has a seat; leave that room first')
    if (this.joining !== null) throw new StateError('join-pending', 'a join of this client is not answered yet')
    const joining = new Joining<R>({
      clock: this.clock,
      channel,
      codec,
      openRoom,
      // Whatever the server makes of the join later, nobody is there to play.
      onTimeout: () => this.sender.push({ type: 'leave', channel }),
      onEnd: () => (this.joining = null),
    })
    this.joining = joining
    return joining
  }

  private greet(): void {
    const { ticket } = this.options
    if (this.identity === null) {
      this.sender.greetAnew({ type: 'hello', protocolVersion: PROTOCOL_VERSION, ticket, resume: null })
      return
    }
    const { receivedSeq } = this.sender.stream
    const resume = { ...this.identity, receivedSeq, seat: this.seatClaim() }
    this.sender.greetAgain({ type: 'hello', protocolVersion: PROTOCOL_VERSION, ticket, resume })
  }

  private seatClaim(): SeatClaim | null {
    if (this.claim === null) return this.seat?.receiver?.seatClaim ?? null
    const { channel, epoch, game } = this.claim
    return { channel, epoch, game, hashes: this.joining?.codec.hashes ?? [], heldSnapshot: -1 }
  }

  /** The one place where a broken packet ends: it costs the connection and nothing else. */
  private receive(bytes: Uint8Array): void {
    this.heartbeat.heard()
    try {
      readPacket(bytes, (id, bits) => {
        // A message may have ended the link; the rest of its packet is for nobody.
        if (!this.isClosed) this.handle(readServerMessage(id, bits))
      })
      this.endLostSeat()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.parts.report(`the server broke the protocol: ${error.message}`)
      this.line.close(closeNamed('protocol-error', error.message), error.message)
    }
  }

  private handle(message: ServerMessage): void {
    if (this.line.isGreeting !== (message.type === 'welcome') && message.type !== 'goingAway') {
      const expected = this.line.isGreeting ? 'a welcome' : 'no second welcome'
      throw new DecodeError('unexpected', { what: 'message', expected, got: message.type, offset: 0 })
    }
    switch (message.type) {
      case 'welcome':
        return this.welcomed(message)
      case 'pong':
        return this.handlePong(message)
      case 'snapshot':
        return this.handleSnapshot(message.channel, message.bits)
      case 'reliable':
        return this.handleReliable(message.seq, message.item)
      case 'reliableAck':
        return this.sender.stream.acknowledge(message.seq)
      case 'latest':
        return this.deliver(message)
      case 'goingAway':
        return this.line.stayAway(message.retryAfterMs)
      default:
        assertNever(message)
    }
  }

  private welcomed(welcome: Welcome): void {
    const isNew = this.identity === null
    this.identity = { linkId: welcome.linkId, token: welcome.token }
    this.line.welcomed(welcome.resumeWindowMs)
    if (!isNew && welcome.resumed) this.linkResumed(welcome)
    else if (!isNew) this.linkLost()
    this.heartbeat.start()
  }

  private linkResumed({ receivedSeq, seatResumed }: Welcome): void {
    const { claim, seat } = this
    // Kept before anything is sent: the first packet tells the server that the old token may be forgotten.
    this.storeSeat(claim ?? this.seatClaim())
    if (claim !== null) this.sender.stream.continueFrom(receivedSeq)
    this.claim = null
    this.resumes++
    this.sender.goOnline(receivedSeq)
    if (seatResumed && seat !== null) {
      seat.sync.reset()
      this.guard(() => seat.receiver?.resumed())
    }
    // Why the seat is gone may stand in the items that follow in this packet.
    if (!seatResumed && seat !== null) this.isSeatLost = true
    if (!seatResumed && claim !== null) this.claimGone()
  }

  /** The server does not know the link any more, and has begun a new one. */
  private linkLost(): void {
    const reason = roomGone('expired')
    this.sender.startOver()
    this.requests.failAll(new ConnectionClosedError(reason))
    if (this.claim !== null) this.claimGone()
    else this.joining?.fail(new ConnectionClosedError(reason))
    this.endSeat(reason)
    this.sender.goOnline(0)
  }

  private claimGone(): void {
    this.claim = null
    this.parts.store.clear()
    this.joining?.succeed({ type: 'gone' })
  }

  private handlePong({ id, channel, tick, holdMs }: Pong): void {
    const sentMs = this.heartbeat.takeSent(id)
    const { seat } = this
    if (sentMs === null || seat === null || seat.channel !== channel) return
    seat.sync.addPong({ sentMs, receivedMs: this.clock.nowMs(), holdMs, tick })
    if (seat.sync.wantsPing) this.heartbeat.pingSoon()
  }

  private handleSnapshot(channel: number, bits: BitReader): void {
    // Snapshots of a seat that was left may still be on their way.
    if (this.seat?.channel !== channel) return
    const { receiver } = this.seat
    this.guard(() => receiver?.receiveSnapshot(bits, this.clock.nowMs()))
  }

  private handleReliable(seq: number, item: ServerItem): void {
    if (!this.sender.stream.accept(seq)) return
    this.sender.ackSoon()
    switch (item.type) {
      case 'joined':
        return this.joined(item)
      case 'joinRefused':
        if (this.joining?.channel === item.channel) this.joining.fail(joinRefusal(this.joining.codec.schema, item))
        return
      case 'redirect':
        if (this.joining?.channel === item.channel) this.joining.succeed(item)
        return
      case 'left':
        if (this.seat?.channel === item.channel) this.endSeat(roomGone(item.reason))
        return
      case 'reply':
      case 'refusal':
        return this.requests.settle(item)
      default:
        return this.deliver(item)
    }
  }

  /** Makes the room before the packet's next message is read: that may be its first snapshot. */
  private joined(item: Joined): void {
    const { joining } = this
    if (joining === null || joining.channel !== item.channel || this.seat !== null) return
    const seat = new Seat(this, item, joining.codec)
    try {
      seat.receiver = joining.open(item, seat)
    } catch (error) {
      this.sender.push({ type: 'leave', channel: item.channel })
      joining.fail(error)
      return
    }
    this.seat = seat
    this.storeSeat(seat.receiver.seatClaim)
    for (const message of joining.held) this.deliver(message)
    // On the room's channel pongs tell the room's time; it is needed before the first input.
    this.heartbeat.burst()
  }

  private deliver(message: CallItem | LatestMessage): void {
    const receiver = this.seat?.channel === message.channel ? this.seat.receiver : null
    if (receiver === null) {
      if (this.joining?.channel === message.channel) this.joining.held.push(message)
      return
    }
    this.guard(() => (message.type === 'latest' ? receiver.receiveLatest(message) : receiver.receiveCall(message)))
  }

  /** Game code that throws must not cost the rest of the packet: reliable items come only once. */
  private guard(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      if (error instanceof DecodeError) throw error
      this.parts.report('a message of the server could not be handled', error)
    }
  }

  private storeSeat(seat: Pick<SeatClaim, 'channel' | 'epoch' | 'game'> | null): void {
    if (seat === null || this.identity === null) return
    const { channel, epoch, game } = seat
    this.parts.store.save({ url: this.url, ...this.identity, channel, epoch, game })
  }

  private endLostSeat(): void {
    if (this.isSeatLost) this.endSeat(roomGone('expired'))
  }

  private endSeat(reason: CloseInfo): void {
    const { seat, onSeatEnd } = this
    this.isSeatLost = false
    if (seat === null) return
    this.seat = null
    this.leaving = null
    this.onSeatEnd = null
    seat.end()
    this.sender.dropLatest()
    if (!reason.retry) this.parts.store.clear()
    const error = new ConnectionClosedError(reason)
    this.requests.failAll(error, seat.channel)
    if (this.joining?.channel === seat.channel) this.joining.fail(error)
    this.guard(() => seat.receiver?.ended(reason))
    onSeatEnd?.()
  }

  private lost(): void {
    this.heartbeat.stop()
    this.sender.goOffline()
  }

  private closed(reason: CloseInfo, error: Error | null): void {
    this.lost()
    const failure = error ?? new ConnectionClosedError(reason)
    this.requests.failAll(failure)
    this.joining?.fail(failure)
    this.endSeat(reason)
  }
}
