import { CLOSE, LIMITS } from '@tickwire/protocol'
import type { Clock, Timer } from '../clock.ts'
import { ByteMeter } from '../connection/byte-meter.ts'
import { closeInfo, closeNamed, explainBreak } from '../connection/close-info.ts'
import { Connection } from '../connection/connection.ts'
import type { Ending } from '../connection/connection.ts'
import { nextRetryDelayMs } from '../connection/reconnect.ts'
import type { Connect } from '../connection/transport.ts'
import { otherDevice } from '../connection/url.ts'
import { UnreachableError } from '../errors.ts'
import { Emitter } from '../events.ts'
import type { Observed } from '../observer.ts'
import type { Report } from '../report.ts'
import type { CloseInfo, ConnectionState, Unsubscribe } from '../room-api.ts'
import type { PageEvent, PageLife } from './page-life.ts'

export interface LineParts {
  readonly connect: Connect
  readonly clock: Clock
  /** Draws in [0, 1). */
  readonly random: () => number
  /** Null where there is no page. */
  readonly page: PageLife | null
  readonly report: Report
  readonly observed: Observed
  /** The address of the page, which relative addresses are relative to; null where there is none. */
  readonly pageUrl: string | null
}

export interface LineHandlers {
  /** A connection is open: greet. */
  onOpen(): void
  onPacket(bytes: Uint8Array): void
  /** The connection is gone; another one may follow. */
  onLost(): void
  /** Something may be wrong, or right again: find out at once whether the other end answers. */
  onDoubt(): void
  /** Over for good; `error` if there is more to say than the reason does. */
  onClosed(reason: CloseInfo, error: Error | null): void
}

/** A time without a welcome. */
interface Outage {
  readonly reason: CloseInfo
  /** When to give up. */
  readonly untilMs: number
}

type Phase =
  | { readonly phase: 'idle' }
  /** Connecting, or connected and waiting for the welcome. */
  | { readonly phase: 'greeting'; readonly connection: Connection; readonly outage: Outage | null }
  | { readonly phase: 'online'; readonly connection: Connection; readonly sinceMs: number }
  /** Between two connections; without a timer: until the page is shown again. */
  | { readonly phase: 'waiting'; readonly outage: Outage; readonly timer: Timer | null }
  | { readonly phase: 'closed' }

/** The server's own limit for finding out who the user is, and the way there and back. */
const WELCOME_TIMEOUT_MS = LIMITS.joinTimeoutMs + 2000
/** A connection that lasted so long was a good one: the next outage counts its attempts from 1 again. */
const STABLE_MS = 5000
/** Clients that a stopping server sent away come back within this time of each other. */
const RETURN_SPREAD_MS = 1000

/**
 * The way to the server: one connection after another, until a close code, the end of the resume window or the game ends
 * it. It knows packets and time, but not what is in the packets.
 */
export class Line {
  readonly inbound: ByteMeter = new ByteMeter()
  readonly outbound: ByteMeter = new ByteMeter()
  private address: string
  private readonly parts: LineParts
  private readonly handlers: LineHandlers
  private readonly states: Emitter<ConnectionState>
  private readonly stopPage: Unsubscribe
  private phase: Phase = { phase: 'idle' }
  private shown: ConnectionState = { phase: 'connecting' }
  private attempts = 0
  private hasBeenOnline = false
  /** As far as the browser says. */
  private isOffline = false
  private resumeWindowMs: number = LIMITS.resumeWindowMs
  /** A stopping server asked to be left alone until then. */
  private notBeforeMs = 0
  private greetingTimer: Timer | null = null

  constructor(url: string, parts: LineParts, handlers: LineHandlers) {
    this.address = url
    this.parts = parts
    this.handlers = handlers
    this.states = new Emitter((error) => parts.report('onConnection: the listener threw', error))
    this.stopPage = parts.page?.listen((event) => this.handlePage(event)) ?? (() => {})
  }

  /** Where the server is. */
  get url(): string {
    return this.address
  }

  get state(): ConnectionState {
    return this.shown
  }

  onState(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.states.on(listener)
  }

  get isGreeting(): boolean {
    return this.phase.phase === 'greeting'
  }

  get losesInputs(): boolean {
    return this.phase.phase === 'online' && this.phase.connection.losesInputs
  }

  start(): void {
    if (this.phase.phase === 'idle') this.open(null)
  }

  send(packet: Uint8Array): void {
    const { phase } = this
    if (phase.phase !== 'greeting' && phase.phase !== 'online') return
    if (!phase.connection.send(packet)) return
    this.outbound.add(packet.length, this.parts.clock.nowMs())
    this.parts.observed.observer?.packetSent(packet)
  }

  /** The server has taken us in. @param resumeWindowMs how long it keeps a seat after a drop */
  welcomed(resumeWindowMs: number): void {
    if (this.phase.phase !== 'greeting') return
    this.endGreeting()
    this.hasBeenOnline = true
    this.resumeWindowMs = resumeWindowMs
    this.phase = { phase: 'online', connection: this.phase.connection, sinceMs: this.parts.clock.nowMs() }
    this.show({ phase: 'online' })
  }

  /** The server stops: after its close, stay away for so long, and then go there. */
  stayAway(retryAfterMs: number, address: string): void {
    this.address = address
    this.notBeforeMs = this.parts.clock.nowMs() + retryAfterMs + this.parts.random() * RETURN_SPREAD_MS
  }

  /** Gives this connection up and tries the next: its other end is dead. */
  drop(reason: CloseInfo): void {
    this.endConnection(reason.code, reason.name)
    this.lost(reason)
  }

  /** Ends it for good. @param detail for the server's log */
  close(reason: CloseInfo, detail: string = reason.name, error: Error | null = null): void {
    if (this.phase.phase === 'closed') return
    this.endConnection(reason.code, detail)
    this.endGreeting()
    if (this.phase.phase === 'waiting') this.phase.timer?.cancel()
    this.phase = { phase: 'closed' }
    this.stopPage()
    this.show({ phase: 'closed', reason })
    this.handlers.onClosed(reason, error)
  }

  private open(outage: Outage | null): void {
    const { connect, clock, observed } = this.parts
    const connection = new Connection(connect, this.address, clock, {
      onOpen: () => this.opened(),
      onPacket: (bytes) => {
        this.inbound.add(bytes.length, clock.nowMs())
        observed.observer?.packetReceived(bytes)
        this.handlers.onPacket(bytes)
      },
      onEnded: (ending) => this.ended(ending),
    })
    this.phase = { phase: 'greeting', connection, outage }
  }

  private opened(): void {
    // Who the user is may take a while to find out, but a server that has hung must not hold us for ever.
    const giveUp = (): void => this.drop(closeNamed('handshake-timeout', 'no welcome came'))
    this.greetingTimer = this.parts.clock.setTimer(giveUp, WELCOME_TIMEOUT_MS)
    this.handlers.onOpen()
  }

  private ended({ code, detail, wasOpen }: Ending): void {
    const { phase, isOffline } = this
    const onlineMs = phase.phase === 'online' ? this.parts.clock.nowMs() - phase.sinceMs : null
    const isUnexplained = code === CLOSE.abnormal.code && detail === ''
    const reason = closeInfo(code, isUnexplained ? explainBreak({ isOffline, wasOpen, onlineMs }) : detail)
    if (!this.hasBeenOnline && !wasOpen && this.isFirstTry) {
      // Waiting would only hide a wrong address: whoever starts the game wants to know at once.
      this.handlers.onLost()
      this.close(
        reason,
        '',
        new UnreachableError(this.address, detail || otherDevice(this.address, this.parts.pageUrl)),
      )
      return
    }
    this.lost(reason)
  }

  private get isFirstTry(): boolean {
    return this.phase.phase === 'greeting' && this.phase.outage === null
  }

  private lost(reason: CloseInfo): void {
    const outage = this.outageFor(reason)
    this.endGreeting()
    this.handlers.onLost()
    if (!reason.retry) this.close(reason)
    else this.retry(outage)
  }

  /** The one that goes on, or a new one. */
  private outageFor(reason: CloseInfo): Outage {
    const { phase } = this
    if (phase.phase === 'greeting' && phase.outage !== null) return phase.outage
    if (phase.phase === 'waiting') return phase.outage
    const nowMs = this.parts.clock.nowMs()
    if (phase.phase === 'online' && nowMs - phase.sinceMs >= STABLE_MS) this.attempts = 0
    const windowMs = this.hasBeenOnline ? this.resumeWindowMs : LIMITS.joinTimeoutMs
    return { reason, untilMs: Math.max(nowMs, this.notBeforeMs) + windowMs }
  }

  private retry(outage: Outage): void {
    const nowMs = this.parts.clock.nowMs()
    const leftMs = outage.untilMs - nowMs
    if (leftMs <= 0) {
      const { reason } = outage
      this.close({ ...reason, meaning: `${reason.meaning}; it did not come back while the seat was kept` })
      return
    }
    this.attempts++
    const delayMs = nextRetryDelayMs(this.attempts, this.parts.random)
    const retryInMs = Math.min(leftMs, Math.max(delayMs, this.notBeforeMs - nowMs))
    this.wait(
      outage,
      retryInMs,
      this.parts.clock.setTimer(() => this.open(outage), retryInMs),
    )
  }

  private wait(outage: Outage, retryInMs: number, timer: Timer | null): void {
    this.phase = { phase: 'waiting', outage, timer }
    const attempt = Math.max(1, this.attempts)
    this.show({ phase: 'resuming', attempt, retryInMs, reason: outage.reason })
  }

  private handlePage(event: PageEvent): void {
    if (event === 'online' || event === 'offline') this.isOffline = event === 'offline'
    switch (event) {
      case 'offline':
        // Not taken for a drop: a server on this machine, or another way out, may still answer.
        if (this.phase.phase === 'online') this.handlers.onDoubt()
        return
      case 'online':
      case 'visible':
        if (this.phase.phase === 'online') this.handlers.onDoubt()
        else if (this.phase.phase === 'waiting' && this.phase.timer !== null) this.wake(this.phase)
        return
      case 'hide':
        this.suspend()
        return
      case 'show':
        if (this.phase.phase === 'waiting' && this.phase.timer === null) this.wake(this.phase)
    }
  }

  private wake({ outage, timer }: Extract<Phase, { phase: 'waiting' }>): void {
    timer?.cancel()
    this.attempts = 0
    // Looking at the page does not make a stopping server start sooner.
    if (this.parts.clock.nowMs() < this.notBeforeMs) this.retry(outage)
    else this.open(outage)
  }

  /** The page may go into the back/forward cache, which an open WebSocket would prevent. */
  private suspend(): void {
    const { phase } = this
    if (phase.phase === 'idle' || phase.phase === 'closed') return
    const outage = this.outageFor(closeNamed('away'))
    if (phase.phase === 'waiting') phase.timer?.cancel()
    // Not `normal`, which would give the seat up.
    const wasConnected = this.endConnection(CLOSE['going-away'].code, 'the page is hidden')
    this.endGreeting()
    if (wasConnected) this.handlers.onLost()
    this.wait(outage, 0, null)
  }

  private endConnection(code: number, detail: string): boolean {
    const { phase } = this
    if (phase.phase !== 'greeting' && phase.phase !== 'online') return false
    phase.connection.end(code, detail)
    return true
  }

  private endGreeting(): void {
    this.greetingTimer?.cancel()
    this.greetingTimer = null
  }

  private show(state: ConnectionState): void {
    this.shown = state
    this.states.emit(state)
  }
}
