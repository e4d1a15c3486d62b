import { DecodeError, LIMITS, PROTOCOL_VERSION, RefusedError } from '@tickwire/protocol'
import { LOBBY_HASH } from '@tickwire/protocol/internal'
import type { ClientMessage, LinkSecrets, ResumeClaim } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { ServerLimits } from '../limits.ts'
import { hex } from '../secrets.ts'
import type { RandomBytes } from '../secrets.ts'
import { TimeoutError, withTimeout } from '../timeout.ts'
import type { Peer } from '../transport/transport.ts'
import type { Gate } from './gate.ts'
import type { Link } from './link.ts'
import type { CloseName } from './online.ts'

/** Who a link belongs to. */
export interface User {
  /** 1 to 64 bytes of UTF-8: shown in logs, given to rooms as `userId`. */
  readonly id: string
  /** The only game that this user may join; without it any. */
  readonly game?: string
  /** The id or key of the only room that this user may join; without it any. */
  readonly room?: string
}

/**
 * Decides who a client is by the ticket of its handshake (`''` if it sent none). Throw `RefusedError` to refuse it. May be
 * async; bounded by `limits.joinTimeoutMs`.
 */
export type Authenticate = (ticket: string, peer: Peer) => User | Promise<User>

export interface HandshakeOptions {
  readonly clock: Clock
  readonly limits: ServerLimits
  readonly randomBytes: RandomBytes
  readonly authenticate: Authenticate | null
  readonly gate: Gate
  /** The link that a hello names: null if there is none, `'refused'` if its token is wrong. */
  readonly find: (hello: Hello) => Link | 'refused' | null
  readonly reportError: (where: string, error: unknown) => void
}

/** How a handshake ends, unless the connection ends first. */
export interface HandshakeOutcome {
  /** The claim was right: the link goes on. `rest` are the messages behind the hello. */
  resumed(link: Link, claim: ResumeClaim, rest: readonly ClientMessage[]): void
  /** @param secrets what the client has drawn for the new link; null: the server draws */
  opened(user: User, secrets: LinkSecrets | null, rest: readonly ClientMessage[]): void
  refused(name: CloseName, detail: string): void
}

export type Hello = Extract<ClientMessage, { type: 'hello' }>

const ANONYMOUS_BYTES = 8
/** A resume still finds its seat, but nobody new comes. */
const DRAINING = 'the server is about to stop and takes nobody new'

/** The first packet of a connection, and what follows from it until there is a link. */
export class Handshake {
  private readonly options: HandshakeOptions
  private readonly peer: Peer
  private readonly outcome: HandshakeOutcome
  private readonly timer: Timer
  private phase: 'waiting' | 'authenticating' | 'over' = 'waiting'

  constructor(options: HandshakeOptions, peer: Peer, outcome: HandshakeOutcome) {
    const { clock, limits } = options
    this.options = options
    this.peer = peer
    this.outcome = outcome
    const detail = `no hello within ${limits.handshakeTimeoutMs} ms`
    this.timer = clock.setTimer(() => this.refuse('handshake-timeout', detail), limits.handshakeTimeoutMs)
  }

  /** The connection ended. */
  cancel(): void {
    this.timer.cancel()
    this.phase = 'over'
  }

  /** Throws DecodeError when the packet does not begin a connection. */
  receive(messages: readonly ClientMessage[]): void {
    // A client has nothing to say until it is welcome; and what it said after the welcome proves that it holds the token.
    if (this.phase !== 'waiting') throw unexpected('packet', 'none between hello and welcome')
    const [hello, ...rest] = messages
    if (hello?.type !== 'hello') throw unexpected('first message', 'a hello', hello?.type)
    this.timer.cancel()
    if (hello.protocolVersion !== PROTOCOL_VERSION) {
      const detail = `the page speaks protocol version ${hello.protocolVersion}, the server ${PROTOCOL_VERSION}`
      this.refuse('version-mismatch', detail)
      return
    }
    if (hello.lobby !== LOBBY_HASH) {
      this.refuse('version-mismatch', 'the lobby of the page differs from that of the server; reload the page')
      return
    }
    if (hello.resume === null) checkDrawn(hello)
    if (this.reclaim(hello, rest)) return
    const { authenticate, gate, randomBytes } = this.options
    if (gate.isShut) {
      this.refuse('going-away', DRAINING)
      return
    }
    if (authenticate === null) {
      this.open({ id: `anonymous-${hex(randomBytes(ANONYMOUS_BYTES))}` }, hello, rest)
    } else if (gate.tryEnter()) {
      this.phase = 'authenticating'
      void this.authenticate(authenticate, hello, rest)
    } else {
      this.refuse('try-later', 'too many handshakes and joins at once')
    }
  }

  /** True: the hello named a link that is there, and the handshake is over. */
  private reclaim(hello: Hello, rest: readonly ClientMessage[]): boolean {
    const { linkId, token, resume } = hello
    const found = this.options.find(hello)
    if (found === null) return false
    if (found === 'refused') {
      // Why a claim did not work is told to nobody; but nobody honest has drawn an id that is in use.
      if (resume === null) this.refuse('auth-failed', 'this link id is taken')
      return resume === null
    }
    this.phase = 'over'
    this.outcome.resumed(found, { linkId, token, receivedSeq: 0, seat: null, ...resume }, rest)
    return true
  }

  private open(user: User, hello: Hello, rest: readonly ClientMessage[]): void {
    this.phase = 'over'
    this.outcome.opened(user, hello.resume === null ? hello : null, rest)
  }

  private async authenticate(ask: Authenticate, hello: Hello, rest: readonly ClientMessage[]): Promise<void> {
    const { clock, gate, limits } = this.options
    try {
      const work = askSafely(ask, hello.ticket, this.peer)
      const user = checkedUser(await withTimeout(clock, work, limits.joinTimeoutMs, 'authenticate'))
      // Meanwhile the connection may have ended, or another one of this client have opened the link.
      if (!this.isOver() && !this.reclaim(hello, rest)) this.open(user, hello, rest)
    } catch (error) {
      this.refuseFor(error)
    } finally {
      gate.leave()
    }
  }

  private refuseFor(error: unknown): void {
    if (this.isOver()) return
    if (error instanceof RefusedError) {
      this.refuse('auth-failed', `${error.code}: ${error.message}`)
      return
    }
    this.options.reportError('authenticate', error)
    if (error instanceof TimeoutError) this.refuse('handshake-timeout', error.message)
    else this.refuse('auth-failed', 'the server could not check the ticket')
  }

  private refuse(name: CloseName, detail: string): void {
    this.cancel()
    this.outcome.refused(name, detail)
  }

  // A method, because the compiler does not see that the phase may change during an await.
  private isOver(): boolean {
    return this.phase === 'over'
  }
}

/** In an async function, so that what `ask` throws at once is a rejection like any other. */
async function askSafely(ask: Authenticate, ticket: string, peer: Peer): Promise<User> {
  return ask(ticket, peer)
}

function checkedUser(user: User): User {
  const { id, game, room } = user ?? {}
  const isId = typeof id === 'string' && id !== '' && Buffer.byteLength(id) <= LIMITS.maxNameBytes
  if (!isId) throw new TypeError(`authenticate: expected { id } of 1 to ${LIMITS.maxNameBytes} bytes`)
  // A bound of a wrong type must not be taken for none.
  for (const bound of [game, room]) {
    if (bound !== undefined && typeof bound !== 'string')
      throw new TypeError('authenticate: expected game and room as texts')
  }
  return user
}

/** Zeros alone were not drawn: with such a token anybody could take the link. */
function checkDrawn({ linkId, token }: LinkSecrets): void {
  for (const secret of [linkId, token])
    if (secret.every((byte) => byte === 0)) throw unexpected('link id and token', 'random bytes', 'zeros')
}

function unexpected(what: string, expected: string, got: string = 'one'): DecodeError {
  return new DecodeError('unexpected', { what, expected, got, offset: 0 })
}
