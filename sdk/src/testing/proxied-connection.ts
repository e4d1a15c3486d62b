import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Impaired } from '../impair/impaired-network.ts'
import { ImpairedPath } from '../impair/impaired-path.ts'
import { Relay } from './relay.ts'

export interface ProxiedParts {
  /** The client's socket, not read yet. */
  readonly near: Socket
  readonly target: { readonly host: string; readonly port: number }
  readonly maxQueueBytes: number
  readonly clock: Clock
  readonly random: () => number
  readonly onClosed: (connection: ProxiedConnection) => void
  readonly onCut: () => void
}

/** A client's connection, its continuation to the target, and a bad network between the two. */
export class ProxiedConnection implements Impaired {
  readonly path: ImpairedPath
  bytesUp = 0
  bytesDown = 0
  private readonly parts: ProxiedParts
  private readonly relays: Relay[] = []
  private far: Socket | null = null
  private isClosed = false

  constructor(parts: ProxiedParts) {
    this.parts = parts
    this.path = new ImpairedPath(parts.clock, parts.random, () => this.cut())
  }

  get lostPackets(): number {
    return this.path.lostPackets
  }

  /** The kernel has accepted already; so the round trip of TCP's own handshake is waited for before anything is read. */
  open(): void {
    const { near } = this.parts
    const { up, down } = this.path
    near.on('error', ignore)
    near.on('close', (hadError) => this.socketClosed(0, hadError))
    this.path.opened()
    up.send(0, () => {
      if (near.destroyed) return
      const far = this.connectFar()
      down.send(0, () => this.relay(near, far))
    })
  }

  /** Resets both ends at once; what was under way is lost. */
  cut(): void {
    if (this.isClosed) return
    this.parts.onCut()
    this.destroy()
  }

  /** As `cut`, without counting it. */
  destroy(): void {
    const { near } = this.parts
    for (const relay of this.relays) relay.clear()
    this.path.clear()
    near.resetAndDestroy()
    this.far?.resetAndDestroy()
    this.finish()
  }

  private connectFar(): Socket {
    const far = connect({ ...this.parts.target, noDelay: true, allowHalfOpen: true })
    far.on('error', ignore)
    far.on('close', (hadError) => this.socketClosed(1, hadError))
    this.far = far
    return far
  }

  private relay(near: Socket, far: Socket): void {
    if (this.isClosed) return
    const { clock, maxQueueBytes } = this.parts
    const { up, down } = this.path
    const shared = { clock, maxQueueBytes }
    this.relays.push(
      new Relay({ ...shared, from: near, to: far, link: up, onArrival: (bytes) => (this.bytesUp += bytes) }),
      new Relay({ ...shared, from: far, to: near, link: down, onArrival: (bytes) => (this.bytesDown += bytes) }),
    )
    for (const relay of this.relays) relay.start()
  }

  /** @param side 0: the client's, 1: the target's */
  private socketClosed(side: 0 | 1, hadError: boolean): void {
    const { near } = this.parts
    const { up, down } = this.path
    const relay = this.relays[side]
    const [link, other] = side === 0 ? [up, this.far] : [down, near]
    if (relay !== undefined) relay.fromClosed(hadError)
    // Before there are relays nobody said goodbye: the target refused, or the client gave up.
    else link.send(0, () => other?.resetAndDestroy())
    if (near.destroyed && (this.far === null || this.far.destroyed)) this.finish()
  }

  private finish(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.path.closing()
    this.parts.onClosed(this)
  }
}

/** An error of a socket is followed by its close, which is where it is handled; without a listener Node would throw it. */
function ignore(): void {}
