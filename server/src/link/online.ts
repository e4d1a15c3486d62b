import { LIMITS } from '@tickwire/protocol'
import type { CLOSE } from '@tickwire/protocol'
import type { Clock, Timer } from '../clock.ts'
import type { ServerLimits } from '../limits.ts'
import type { SendResult } from '../transport/transport.ts'
import type { Heartbeats } from './heartbeats.ts'
import { Liveness } from './liveness.ts'
import type { Outbox } from './outbox.ts'

export type CloseName = keyof typeof CLOSE

/** When and where a client may come back to a server that stops. */
export interface Farewell {
  readonly retryAfterMs: number
  /** Of another server; '': of this one. */
  readonly address: string
}

/** What a link needs of the connection that it is on. */
export interface LinkConnection {
  readonly ip: string
  /** Bytes that were sent and that the platform still holds. */
  readonly bufferedBytes: number
  readonly losesSnapshots?: boolean
  send(packet: Uint8Array): SendResult
  /** Asks for a sign of life, if the transport can. */
  ping(onPong: () => void): void
  /** Ends the connection; its link drops, or ends where coming back makes no sense. */
  close(name: CloseName, detail: string): void
  /** Ends the connection, which is not this link's any more. */
  detach(name: CloseName, detail: string): void
  /** The peer broke the protocol. */
  fail(error: unknown): void
}

interface OnlineServices {
  readonly clock: Clock
  readonly heartbeats: Heartbeats
  readonly limits: ServerLimits
}

/** A link's time on one connection: its timers and the way out. */
export class Online {
  readonly phase = 'online'
  readonly connection: LinkConnection
  private readonly services: OnlineServices
  private readonly liveness: Liveness
  /** Set while an ack waits for something to ride on. */
  private ackTimer: Timer | null = null
  private slowTimer: Timer | null = null
  private isOver = false
  // Made once: it is handed out with every flush.
  private readonly send = (packet: Uint8Array): SendResult => this.connection.send(packet)

  constructor(connection: LinkConnection, services: OnlineServices) {
    const { clock, heartbeats, limits } = services
    const { heartbeatIntervalMs, livenessTimeoutMs } = limits
    this.connection = connection
    this.services = services
    this.liveness = new Liveness({
      clock,
      heartbeats,
      heartbeatIntervalMs,
      livenessTimeoutMs,
      probe: () => this.probe(),
      onSilence: (silentMs) => connection.close('liveness-timeout', `nothing was heard for ${Math.round(silentMs)} ms`),
    })
  }

  stop(): void {
    this.isOver = true
    this.liveness.stop()
    this.ackTimer?.cancel()
    this.slowTimer?.cancel()
  }

  heard(nowMs: number): void {
    this.liveness.heard(nowMs)
  }

  /** An ack is owed: it leaves with the next packet, or after a while with one of its own. */
  ackLater(flush: () => void): void {
    this.ackTimer ??= this.services.clock.setTimer(flush, LIMITS.ackDelayMs)
  }

  flush(outbox: Outbox, snapshot: Uint8Array | null): SendResult {
    // By far the commonest packet, so it takes the short way.
    const result = snapshot !== null && outbox.isIdle ? this.connection.send(snapshot) : this.flushAll(outbox, snapshot)
    if (result === 'queued' && this.connection.bufferedBytes > this.services.limits.maxBufferedBytes) this.tooSlow()
    return result
  }

  private flushAll(outbox: Outbox, snapshot: Uint8Array | null): SendResult {
    const { connection } = this
    this.ackTimer?.cancel()
    this.ackTimer = null
    // While bytes wait, newer values of `latest` messages should replace them here and not queue up behind them.
    const isCongested = connection.bufferedBytes > 0
    return outbox.flush(snapshot, this.send, isCongested)
  }

  private probe(): void {
    this.connection.ping(() => {
      if (!this.isOver) this.liveness.heard(this.services.clock.nowMs())
    })
  }

  private tooSlow(): void {
    const detail = `${this.connection.bufferedBytes} bytes wait for a client that does not read them`
    // Later: the room that sends is in the middle of its tick, and must not lose a player there.
    this.slowTimer ??= this.services.clock.setTimer(() => this.connection.close('slow-reader', detail), 0)
  }
}
