import { CLOSE } from '@tickwire/protocol'
import { BitReader, CLIENT_MESSAGE, readSoleMessage, SERVER_MESSAGE } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Connect, Transport, TransportHandlers } from '../connection/transport.ts'
import { ImpairedLink } from './impaired-link.ts'
import { checkImpairment } from './impairment.ts'
import type { LinkKind } from './impaired-link.ts'
import type { Impairment } from './impairment.ts'

/** Makes a network worse or better while it is in use: what a slider or a test turns. */
export interface ImpairmentControls {
  /** Changes open connections and later ones. @throws ConfigError that says which part is wrong */
  set(impairment: Impairment): void
  /** Nothing arrives either way for `forMs` from now, then all at once. `Infinity`: a black hole until `heal`. */
  stall(forMs: number): void
  /** Ends what `stall` began. */
  heal(): void
  /** Breaks all open connections at once; what was on its way is lost. The next attempt finds the network whole. */
  cut(): void
}

export type ImpairedConnect = Connect & ImpairmentControls

/** A closing handshake that gets no answer is given up, as every WebSocket does sooner or later. */
const CLOSING_TIMEOUT_MS = 5000

/**
 * Puts a bad network in front of a client's transport, both ways. Opening takes two round trips, as TCP and the upgrade do.
 * @param random draws from [0, 1)
 * @throws ConfigError for an impairment that cannot be
 */
export function impairConnect(
  connect: Connect,
  impairment: Impairment,
  clock: Clock,
  random: () => number,
): ImpairedConnect {
  checkImpairment('impair', impairment)
  const open = new Set<ImpairedTransport>()
  let current = impairment
  let stalledUntilMs = -Infinity
  const start: Connect = (url, handlers) => {
    const transport = new ImpairedTransport({
      connect,
      url,
      handlers,
      clock,
      random,
      onClosed: (it) => open.delete(it),
    })
    open.add(transport)
    transport.set(current)
    transport.stall(Math.max(0, stalledUntilMs - clock.nowMs()))
    transport.open()
    return transport
  }
  return Object.assign(start, {
    set: (next: Impairment): void => {
      checkImpairment('impair', next)
      current = next
      for (const transport of open) transport.set(next)
    },
    stall: (forMs: number): void => {
      stalledUntilMs = Math.max(stalledUntilMs, clock.nowMs() + forMs)
      for (const transport of open) transport.stall(forMs)
    },
    heal: (): void => {
      stalledUntilMs = -Infinity
      for (const transport of open) transport.heal()
    },
    cut: (): void => {
      // A copy: whoever is told may connect again at once, and that attempt is not to be cut.
      for (const transport of Array.from(open)) transport.cut()
    },
  })
}

interface Attempt {
  readonly connect: Connect
  readonly url: string
  readonly handlers: TransportHandlers
  readonly clock: Clock
  readonly random: () => number
  readonly onClosed: (transport: ImpairedTransport) => void
}

class ImpairedTransport implements Transport {
  private readonly attempt: Attempt
  private readonly up: ImpairedLink
  private readonly down: ImpairedLink
  private phase: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  /** The transport behind the bad network; null until the upgrade has come through it. */
  private behind: Transport | null = null
  private cutAfterMs: number | undefined
  private timer: Timer | null = null

  constructor(attempt: Attempt) {
    this.attempt = attempt
    this.up = new ImpairedLink(attempt.clock, attempt.random)
    this.down = new ImpairedLink(attempt.clock, attempt.random)
  }

  /** What waits in the bad network is not counted: a platform does not see beyond its socket's buffer either. */
  get bufferedBytes(): number {
    return this.behind?.bufferedBytes ?? 0
  }

  get losesInputs(): boolean {
    return this.behind?.losesInputs === true
  }

  /** TCP's round trip, then the upgrade's; the server hears of it when the upgrade arrives. */
  open(): void {
    this.up.send(0, () => this.down.send(0, () => this.up.send(0, () => this.connectBehind())))
  }

  set(impairment: Impairment): void {
    this.up.set(impairment)
    this.down.set(impairment)
    this.cutAfterMs = impairment.cutAfterMs
    if (this.phase === 'open') this.armCut()
  }

  stall(forMs: number): void {
    this.up.stall(forMs)
    this.down.stall(forMs)
  }

  heal(): void {
    this.up.heal()
    this.down.heal()
  }

  send(bytes: Uint8Array): void {
    if (this.phase !== 'open') return
    const kept = this.up.isClear ? bytes : bytes.slice()
    const mayBeLost = this.losesInputs && soleMessage(bytes) === CLIENT_MESSAGE.inputs
    this.up.send(kept.length, () => this.behind?.send(kept), kindOf(mayBeLost))
  }

  close(code: number, reason: string): void {
    if (this.phase === 'closing' || this.phase === 'closed') return
    const wasOpen = this.phase === 'open'
    this.phase = 'closing'
    if (wasOpen) this.up.send(0, () => this.behind?.close(code, reason))
    this.wakeIn(wasOpen ? CLOSING_TIMEOUT_MS : 0, () => this.cut())
  }

  /** To this end the connection broke; the other end is told the nearest that a client may say. */
  cut(): void {
    if (this.phase === 'closed') return
    const { behind } = this
    this.finish(CLOSE.abnormal.code, '')
    behind?.close(CLOSE['liveness-timeout'].code, 'cut by impairment')
  }

  private connectBehind(): void {
    if (this.phase !== 'connecting') return
    this.behind = this.attempt.connect(this.attempt.url, {
      onOpen: () => this.down.send(0, () => this.opened()),
      onReceive: (bytes) => {
        const kept = this.down.isClear ? bytes : bytes.slice()
        const deliver = (): void => {
          if (this.phase === 'open') this.attempt.handlers.onReceive(kept)
        }
        // Only a server whose transport loses snapshots sends such ones.
        this.down.send(kept.length, deliver, kindOf(soleMessage(bytes) === SERVER_MESSAGE.looseSnapshot))
      },
      onClose: (code, reason) => {
        if (this.phase !== 'closed') this.down.send(0, () => this.finish(code, reason))
      },
    })
  }

  private opened(): void {
    if (this.phase !== 'connecting') return
    this.phase = 'open'
    this.armCut()
    this.attempt.handlers.onOpen()
  }

  private armCut(): void {
    this.timer?.cancel()
    if (this.cutAfterMs !== undefined) this.wakeIn(this.cutAfterMs, () => this.cut())
  }

  private wakeIn(delayMs: number, fn: () => void): void {
    this.timer?.cancel()
    this.timer = this.attempt.clock.setTimer(fn, delayMs)
  }

  private finish(code: number, reason: string): void {
    if (this.phase === 'closed') return
    this.phase = 'closed'
    this.timer?.cancel()
    this.up.clear()
    this.down.clear()
    this.attempt.onClosed(this)
    this.attempt.handlers.onClose(code, reason)
  }
}

function kindOf(mayBeLost: boolean): LinkKind {
  return mayBeLost ? 'datagram' : 'ordered'
}

const reader = new BitReader(new Uint8Array(0))

function soleMessage(bytes: Uint8Array): number {
  return readSoleMessage(bytes, reader)
}
