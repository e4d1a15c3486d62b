import { CLOSE, LIMITS } from '@tickwire/protocol'
import { clipReason } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Connect, Transport } from './transport.ts'

/** How a connection ended that this end did not end. */
export interface Ending {
  readonly code: number
  readonly detail: string
  /** False: it never came about. */
  readonly wasOpen: boolean
}

export interface ConnectionHandlers {
  onOpen(): void
  onPacket(bytes: Uint8Array): void
  /** Called once, and not after `end`. */
  onEnded(ending: Ending): void
}

type Phase =
  | { readonly phase: 'opening'; readonly transport: Transport; readonly timeout: Timer }
  | { readonly phase: 'open'; readonly transport: Transport }
  | { readonly phase: 'ended' }

/** One socket's life. A link outlives its connections; whatever still comes of an ended one is not heard any more. */
export class Connection {
  private readonly handlers: ConnectionHandlers
  private state: Phase = { phase: 'ended' }

  constructor(connect: Connect, url: string, clock: Clock, handlers: ConnectionHandlers) {
    this.handlers = handlers
    const transport = connect(url, {
      onOpen: () => this.opened(),
      onReceive: (bytes) => {
        if (this.state.phase === 'open') this.handlers.onPacket(bytes)
      },
      onClose: (code, detail) => this.closed(code, detail),
    })
    // A blackholed SYN is answered by nobody for minutes: a connection that does not open is given up like one that fails.
    const timeout = clock.setTimer(() => this.timedOut(), LIMITS.handshakeTimeoutMs)
    this.state = { phase: 'opening', transport, timeout }
  }

  get isOpen(): boolean {
    return this.state.phase === 'open'
  }

  get losesInputs(): boolean {
    return this.state.phase === 'open' && this.state.transport.losesInputs === true
  }

  get bufferedBytes(): number {
    return this.state.phase === 'open' ? this.state.transport.bufferedBytes : 0
  }

  /** Sends one packet if it is open, else nothing. The bytes may be reused after the call. */
  send(bytes: Uint8Array): boolean {
    if (this.state.phase !== 'open') return false
    this.state.transport.send(bytes)
    return true
  }

  /** Ends it from this side. Nothing is heard of it afterwards: a closing handshake with a dead peer takes half a minute. */
  end(code: number, reason: string): void {
    const { state } = this
    if (state.phase === 'ended') return
    if (state.phase === 'opening') state.timeout.cancel()
    this.state = { phase: 'ended' }
    state.transport.close(code, clipReason(reason))
  }

  private opened(): void {
    if (this.state.phase !== 'opening') return
    this.state.timeout.cancel()
    this.state = { phase: 'open', transport: this.state.transport }
    this.handlers.onOpen()
  }

  private closed(code: number, detail: string): void {
    const { state } = this
    if (state.phase === 'ended') return
    if (state.phase === 'opening') state.timeout.cancel()
    this.state = { phase: 'ended' }
    this.handlers.onEnded({ code, detail, wasOpen: state.phase === 'open' })
  }

  private timedOut(): void {
    this.end(CLOSE.normal.code, 'did not open in time')
    const detail = `it did not open within ${LIMITS.handshakeTimeoutMs} ms`
    this.handlers.onEnded({ code: CLOSE.abnormal.code, detail, wasOpen: false })
  }
}
