import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Clock, Timer } from '../clock.ts'
import { ImpairedLink } from '../impair/impaired-link.ts'
import type { Impairment } from '../impair/impairment.ts'
import { Relay } from './relay.ts'

export interface ProxiedParts {
  /** The client's socket, not read yet. */
  readonly near: Socket
  readonly target: { readonly host: string; readonly port: number }
  readonly impairment: Impairment
  readonly maxQueueBytes: number
  readonly clock: Clock
  readonly random: () => number
  readonly onClosed: (connection: ProxiedConnection) => void
  readonly onCut: () => void
}

/** A client's connection, its continuation to the target, and a bad network between the two. */
export class ProxiedConnection {
  bytesUp = 0
  bytesDown = 0
  private readonly parts: ProxiedParts
  private readonly up: ImpairedLink
  private readonly down: ImpairedLink
  private readonly relays: Relay[] = []
  private far: Socket | null = null
  private timer: Timer | null = null
  private isClosed = false

  constructor(parts: ProxiedParts) {
    const { clock, random, impairment } = parts
    this.parts = parts
    this.up = new ImpairedLink(clock, random, impairment)
    this.down = new ImpairedLink(clock, random, impairment)
    this.armCut(impairment)
  }

  get lostPackets(): number {
    return this.up.lostPackets + this.down.lostPackets
  }

  /** The kernel has accepted already; so the round trip of TCP's own handshake is waited for before anything is read. */
  open(): void {
    const { near } = this.parts
    near.on('error', ignore)
    near.on('close', (hadError) => this.socketClosed(0, hadError))
    this.up.send(0, () => {
      if (near.destroyed) return
      const far = this.connectFar()
      this.down.send(0, () => this.relay(near, far))
    })
  }

  set(impairment: Impairment): void {
    this.up.set(impairment)
    this.down.set(impairment)
    this.armCut(impairment)
  }

  stall(forMs: number): void {
    this.up.stall(forMs)
    this.down.stall(forMs)
  }

  heal(): void {
    this.up.heal()
    this.down.heal()
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
    this.up.clear()
    this.down.clear()
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
    const shared = { clock, maxQueueBytes }
    this.relays.push(
      new Relay({ ...shared, from: near, to: far, link: this.up, onArrival: (bytes) => (this.bytesUp += bytes) }),
      new Relay({ ...shared, from: far, to: near, link: this.down, onArrival: (bytes) => (this.bytesDown += bytes) }),
    )
    for (const relay of this.relays) relay.start()
  }

  /** @param side 0: the client's, 1: the target's */
  private socketClosed(side: 0 | 1, hadError: boolean): void {
    const { near } = this.parts
    const relay = this.relays[side]
    const [link, other] = side === 0 ? [this.up, this.far] : [this.down, near]
    if (relay !== undefined) relay.fromClosed(hadError)
    // Before there are relays nobody said goodbye: the target refused, or the client gave up.
    else link.send(0, () => other?.resetAndDestroy())
    if (near.destroyed && (this.far === null || this.far.destroyed)) this.finish()
  }

  private armCut({ cutAfterMs }: Impairment): void {
    this.timer?.cancel()
    this.timer = cutAfterMs === undefined ? null : this.parts.clock.setTimer(() => this.cut(), cutAfterMs)
  }

  private finish(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.timer?.cancel()
    this.parts.onClosed(this)
  }
}

/** An error of a socket is followed by its close, which is where it is handled; without a listener Node would throw it. */
function ignore(): void {}
