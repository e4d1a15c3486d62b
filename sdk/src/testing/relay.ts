import type { Socket } from 'node:net'
import type { Clock, Timer } from '../clock.ts'
import type { ImpairedLink } from '../impair/impaired-link.ts'

/** What one Ethernet frame carries of a TCP stream: a loss takes one of these, and bandwidth is shared out in them. */
const SEGMENT_BYTES = 1460
/** As a TCP window bounds what is under way: a stall of minutes must not fill the memory with what was sent into it. */
const MAX_HELD_BYTES = 4 * 1024 * 1024

export interface RelayParts {
  readonly from: Socket
  readonly to: Socket
  readonly link: ImpairedLink
  /** What may wait for bandwidth before `from` is told to stop sending. */
  readonly maxQueueBytes: number
  readonly clock: Clock
  readonly onArrival: (bytes: number) => void
}

/**
 * One direction of a connection: what `from` sent reaches `to` through a bad network, in order and whole. It reads no more
 * than the network's queue holds: then the kernel's buffers fill, and the sender sees a slow TCP.
 */
export class Relay {
  private readonly parts: RelayParts
  private heldBytes = 0
  private timer: Timer | null = null
  private ended = false

  constructor(parts: RelayParts) {
    this.parts = parts
  }

  /** Begins to read. */
  start(): void {
    const { from, to, link } = this.parts
    from.on('data', (chunk: Uint8Array) => this.take(chunk))
    from.on('end', () => {
      this.ended = true
      link.send(0, () => to.end())
    })
    from.resume()
  }

  /** Tells the other end that this one is gone: a reset, unless it had said goodbye. */
  fromClosed(hadError: boolean): void {
    const { to, link } = this.parts
    this.timer?.cancel()
    if (!this.ended || hadError) link.send(0, () => to.resetAndDestroy())
  }

  /** Forgets what is under way. */
  clear(): void {
    this.timer?.cancel()
    this.parts.link.clear()
  }

  private take(chunk: Uint8Array): void {
    const { link, to, onArrival } = this.parts
    for (let at = 0; at < chunk.length; at += SEGMENT_BYTES) {
      const segment = chunk.subarray(at, at + SEGMENT_BYTES)
      this.heldBytes += segment.length
      link.send(segment.length, () => {
        onArrival(segment.length)
        to.write(segment, () => {
          this.heldBytes -= segment.length
          this.regulate()
        })
      })
    }
    this.regulate()
  }

  /** Stops and restarts reading as the queue and the window say. */
  private readonly regulate = (): void => {
    const { from, link, clock, maxQueueBytes } = this.parts
    this.timer?.cancel()
    if (from.destroyed) return
    const isQueueFull = link.queueBytes >= maxQueueBytes
    if (!isQueueFull && this.heldBytes < MAX_HELD_BYTES) {
      from.resume()
      return
    }
    from.pause()
    // A full window opens with the next arrival, a full queue only with time.
    if (isQueueFull) this.timer = clock.setTimer(this.regulate, link.queueMs / 2)
  }
}
