import { CLOSE } from '@tickwire/protocol'
import { BitReader, CLIENT_MESSAGE, readSoleMessage, SERVER_MESSAGE } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Connect, Transport, TransportHandlers } from '../connection/transport.ts'
import type { LinkKind } from './impaired-link.ts'
import { ImpairedNetwork } from './impaired-network.ts'
import type { Impaired, ImpairmentControls } from './impaired-network.ts'
import { ImpairedPath } from './impaired-path.ts'
import type { Impairment } from './impairment.ts'

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
  const network = new ImpairedNetwork<ImpairedTransport>(clock, impairment)
  const start: Connect = (url, handlers) => {
    const onClosed = (it: ImpairedTransport): void => network.delete(it)
    const transport = new ImpairedTransport({ connect, url, handlers, clock, random, onClosed })
    network.add(transport)
    transport.open()
    return transport
  }
  return Object.assign(start, {
    set: (next: Impairment): void => network.set(next),
    stall: (forMs: number): void => network.stall(forMs),
    heal: (): void => network.heal(),
    cut: (): void => network.cut(),
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

class ImpairedTransport implements Transport, Impaired {
  readonly path: ImpairedPath
  private readonly attempt: Attempt
  private phase: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  /** The transport behind the bad network; null until the upgrade has come through it. */
  private behind: Transport | null = null
  private closingTimer: Timer | null = null

  constructor(attempt: Attempt) {
    this.attempt = attempt
    this.path = new ImpairedPath(attempt.clock, attempt.random, () => this.cut())
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
    const { up, down } = this.path
    up.send(0, () => down.send(0, () => up.send(0, () => this.connectBehind())))
  }

  send(bytes: Uint8Array): void {
    if (this.phase !== 'open') return
    const { up } = this.path
    const kept = up.isClear ? bytes : bytes.slice()
    const mayBeLost = this.losesInputs && soleMessage(bytes) === CLIENT_MESSAGE.inputs
    up.send(kept.length, () => this.behind?.send(kept), kindOf(mayBeLost))
  }

  close(code: number, reason: string): void {
    if (this.phase === 'closing' || this.phase === 'closed') return
    const wasOpen = this.phase === 'open'
    this.phase = 'closing'
    this.path.closing()
    if (wasOpen) this.path.up.send(0, () => this.behind?.close(code, reason))
    this.closingTimer = this.attempt.clock.setTimer(() => this.cut(), wasOpen ? CLOSING_TIMEOUT_MS : 0)
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
    const { down } = this.path
    this.behind = this.attempt.connect(this.attempt.url, {
      onOpen: () => down.send(0, () => this.opened()),
      onReceive: (bytes) => {
        const kept = down.isClear ? bytes : bytes.slice()
        const deliver = (): void => {
          if (this.phase === 'open') this.attempt.handlers.onReceive(kept)
        }
        // Only a server whose transport loses snapshots sends such ones.
        down.send(kept.length, deliver, kindOf(soleMessage(bytes) === SERVER_MESSAGE.looseSnapshot))
      },
      onClose: (code, reason) => {
        if (this.phase !== 'closed') down.send(0, () => this.finish(code, reason))
      },
    })
  }

  private opened(): void {
    if (this.phase !== 'connecting') return
    this.phase = 'open'
    this.path.opened()
    this.attempt.handlers.onOpen()
  }

  private finish(code: number, reason: string): void {
    if (this.phase === 'closed') return
    this.phase = 'closed'
    this.closingTimer?.cancel()
    this.path.clear()
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
