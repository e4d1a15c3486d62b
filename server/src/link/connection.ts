import { CLOSE, closeReason, DecodeError } from '@tickwire/protocol'
import {
  BitReader,
  BitWriter,
  clipReason,
  readClientMessage,
  readPacket,
  readSoleMessage,
  writeMessage,
  writeServerMessage,
} from '@tickwire/protocol/internal'
import type { ClientMessage, LinkSecrets, ResumeClaim } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { CounterName, Counters } from '../counters.ts'
import type { ServerLimits } from '../limits.ts'
import { quote } from '../log.ts'
import type { Logger } from '../log.ts'
import type { LeaveReason } from '../room/definition.ts'
import { hex } from '../secrets.ts'
import type { Traffic } from '../traffic.ts'
import type { SendResult, Transport, TransportHandlers } from '../transport/transport.ts'
import { Handshake } from './handshake.ts'
import type { HandshakeOptions, HandshakeOutcome, User } from './handshake.ts'
import type { Link } from './link.ts'
import type { CloseName, Farewell, LinkConnection } from './online.ts'
import { TokenBucket } from './rate-limit.ts'

/** What a connection needs of its process. */
export interface ConnectionServices {
  readonly clock: Clock
  readonly limits: ServerLimits
  readonly counters: Counters
  readonly traffic: Traffic
  readonly log: Logger
  readonly handshake: HandshakeOptions
  /** What a client is told while the server stops. */
  readonly farewell: () => Farewell
  /** Null: there are too many links, and the connection was closed for it. */
  readonly openLink: (user: User, secrets: LinkSecrets | null, connection: LinkConnection) => Link | null
  /** The connection is over, whatever becomes of its link. */
  readonly onOver: (connection: Connection) => void
  readonly reportError: (where: string, error: unknown) => void
}

type ConnectionState =
  | { readonly phase: 'handshaking'; readonly handshake: Handshake }
  | { readonly phase: 'linked'; readonly link: Link }
  | { readonly phase: 'closed' }

/** Faults that are counted under a name of their own. */
const COUNTED: Partial<Record<CloseName, CounterName>> = {
  'protocol-error': 'protocolErrors',
  'version-mismatch': 'versionMismatches',
  'rate-limited': 'rateLimited',
  'handshake-timeout': 'handshakeTimeouts',
  'auth-failed': 'authFailures',
  'liveness-timeout': 'livenessTimeouts',
  'slow-reader': 'slowReaders',
  'server-error': 'serverErrors',
  replaced: 'takeovers',
  'origin-refused': 'originRefused',
  'too-many-links': 'tooManyLinks',
  'message-too-big': 'messagesTooBig',
  'try-later': 'serverBusy',
}
/** Faults of framing, which the transport has ended already. */
const COUNTED_FRAMES: Partial<Record<string, CounterName>> = {
  'frame-too-big': 'messagesTooBig',
  policy: 'fragmentFloods',
}

/** One socket's life: the handshake, then a link's connection, until either end closes it. */
export class Connection implements LinkConnection, HandshakeOutcome, TransportHandlers {
  private readonly transport: Transport
  private readonly services: ConnectionServices
  private readonly messageBucket: TokenBucket
  private readonly byteBucket: TokenBucket
  private state: ConnectionState

  constructor(transport: Transport, services: ConnectionServices) {
    const { clock, limits } = services
    const nowMs = clock.nowMs()
    this.transport = transport
    this.services = services
    const { rateBurstMs: burstMs } = limits
    this.messageBucket = new TokenBucket({ perSecond: limits.messagesPerSecond, burstMs }, nowMs)
    this.byteBucket = new TokenBucket({ perSecond: limits.bytesPerSecond, burstMs }, nowMs)
    this.state = { phase: 'handshaking', handshake: new Handshake(services.handshake, transport.peer, this) }
  }

  get ip(): string {
    return this.transport.peer.ip
  }

  get losesSnapshots(): boolean {
    return this.transport.losesSnapshots === true
  }

  get bufferedBytes(): number {
    return this.transport.bufferedBytes
  }

  // --- the transport's events ---

  /** The one place of this end where the faults of a peer's bytes are caught. */
  onReceive(bytes: Uint8Array): void {
    if (this.state.phase === 'closed') return
    try {
      this.receive(bytes)
    } catch (error) {
      this.fail(error)
    }
  }

  onClose(code: number, reason: string): void {
    const { state } = this
    if (state.phase === 'closed') return
    const { name, retry } = closeReason(code)
    const counter = COUNTED_FRAMES[name]
    if (counter !== undefined) this.services.counters.add(counter)
    this.services.log.debug(`connection of ${this.label()} ended: ${code} ${name} ${quote(reason)}`)
    this.over()
    if (state.phase !== 'linked') return
    const leaveReason: LeaveReason = code === CLOSE.left.code || code === CLOSE.normal.code ? 'left' : 'kicked'
    if (retry) state.link.drop()
    else state.link.end(leaveReason, null)
  }

  private receive(bytes: Uint8Array): void {
    const { clock, limits } = this.services
    const nowMs = clock.nowMs()
    this.services.traffic.bytesIn += bytes.length
    if (bytes.length > limits.maxClientMessageBytes) {
      this.close('message-too-big', `${bytes.length} bytes; the limit is ${limits.maxClientMessageBytes}`)
      return
    }
    if (!this.byteBucket.take(bytes.length, nowMs)) {
      this.close('rate-limited', `more than ${limits.bytesPerSecond} bytes per second`)
      return
    }
    const isLinked = this.state.phase === 'linked'
    // A handshake may wait for somebody else, and the bytes are ours only until we return.
    const messages = isLinked ? decodeForNow(bytes) : decodePacket(bytes.slice())
    if (!this.messageBucket.take(messages.length, nowMs)) {
      this.close('rate-limited', `more than ${limits.messagesPerSecond} messages per second`)
      return
    }
    if (this.state.phase === 'handshaking') this.state.handshake.receive(messages)
    else if (this.state.phase === 'linked') this.deliver(this.state.link, messages, nowMs, true)
  }

  /** @param isBehindWelcome false for what follows a hello in its own packet */
  private deliver(link: Link, messages: readonly ClientMessage[], nowMs: number, isBehindWelcome: boolean): void {
    if (isBehindWelcome) link.beginPacket(nowMs)
    try {
      for (const message of messages) {
        link.handle(message, nowMs)
        // A message may end its own connection: a join whose fields are broken does.
        if (this.isOver()) return
      }
    } finally {
      link.endPacket()
    }
  }

  // --- the handshake's outcome ---

  opened(user: User, secrets: LinkSecrets | null, rest: readonly ClientMessage[]): void {
    if (this.state.phase !== 'handshaking') return
    const link = this.services.openLink(user, secrets, this)
    if (link === null) return
    this.state = { phase: 'linked', link }
    this.services.log.info(`link ${this.label()} opened for user ${quote(user.id)} from ${this.ip}`)
    this.deliverSafely(link, rest)
  }

  resumed(link: Link, claim: ResumeClaim, rest: readonly ClientMessage[]): void {
    if (this.state.phase !== 'handshaking') return
    // Throws before anything has changed; `onReceive` catches it.
    link.resume(this, claim)
    this.state = { phase: 'linked', link }
    this.services.counters.add('resumes')
    this.services.log.info(`link ${this.label()} resumed from ${this.ip}`)
    this.deliverSafely(link, rest)
  }

  refused(name: CloseName, detail: string): void {
    // There is no link that could say it.
    if (name === 'going-away') this.transport.send(goingAwayPacket(this.services.farewell()))
    this.close(name, detail)
  }

  /** Outside of `onReceive`: after an `authenticate` the packet is handled in a turn of its own. */
  private deliverSafely(link: Link, messages: readonly ClientMessage[]): void {
    try {
      this.deliver(link, messages, this.services.clock.nowMs(), false)
    } catch (error) {
      this.fail(error)
    }
  }

  // --- for the link ---

  send(packet: Uint8Array): SendResult {
    if (this.state.phase === 'closed') return 'closed'
    this.services.traffic.bytesOut += packet.length
    return this.transport.send(packet)
  }

  ping(onPong: () => void): void {
    if (this.state.phase !== 'closed') this.transport.ping?.(onPong)
  }

  close(name: CloseName, detail: string): void {
    const { state } = this
    this.detach(name, detail)
    if (state.phase !== 'linked') return
    if (CLOSE[name].retry) state.link.drop()
    else state.link.end('kicked', null)
  }

  detach(name: CloseName, detail: string): void {
    if (this.state.phase === 'closed') return
    const counter = COUNTED[name]
    if (counter !== undefined) this.services.counters.add(counter)
    this.services.log.info(`connection of ${this.label()} closed: ${name}, ${detail}`)
    this.over()
    this.transport.close(CLOSE[name].code, clipReason(detail === '' ? CLOSE[name].meaning : detail))
  }

  fail(error: unknown): void {
    if (error instanceof DecodeError) {
      this.close('protocol-error', error.message)
    } else {
      // Ours, not the peer's: it costs this connection and nothing else.
      this.services.reportError(`a packet of ${this.label()}`, error)
      this.close('server-error', '')
    }
  }

  private over(): void {
    if (this.state.phase === 'handshaking') this.state.handshake.cancel()
    this.state = { phase: 'closed' }
    this.services.onOver(this)
  }

  // A method, because the compiler does not see that a call may change the state.
  private isOver(): boolean {
    return this.state.phase === 'closed'
  }

  /** The link's id is no secret: without the token it opens nothing. */
  private label(): string {
    return this.state.phase === 'linked' ? hex(this.state.link.id).slice(0, 8) : this.ip
  }
}

function goingAwayPacket(farewell: Farewell): Uint8Array {
  const body = new BitWriter(64)
  const id = writeServerMessage(body, { type: 'goingAway', ...farewell })
  const packet = new BitWriter(64)
  writeMessage(packet, id, body.toBytes(), true)
  return packet.toBytes()
}

const soleReader = new BitReader(new Uint8Array(0))

/** Decodes a packet that is handled at once: the inputs in it are to be read before the next packet comes. */
function decodeForNow(bytes: Uint8Array): readonly ClientMessage[] {
  const id = readSoleMessage(bytes, soleReader)
  return id < 0 ? decodePacket(bytes) : [readClientMessage(id, soleReader)]
}

function decodePacket(bytes: Uint8Array): readonly ClientMessage[] {
  const messages: ClientMessage[] = []
  readPacket(bytes, (id, reader) => messages.push(readClientMessage(id, reader)))
  return messages
}
