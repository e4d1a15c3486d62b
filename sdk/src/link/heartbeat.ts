import { LIMITS } from '@tickwire/protocol'
import type { Clock, Timer } from '../clock.ts'

/** Often enough that a step of the round trip is noticed and confirmed within two seconds. */
const PING_INTERVAL_MS = 1000
const PINGS_AT_START = 3
/** Pings between two regular ones, for telling a spike from a step. */
const MAX_EXTRA_PINGS = 4
/** How soon an answer must come to a ping that was sent on a suspicion. */
const PROBE_TIMEOUT_MS = 2000
/** Answers of a connection that are still awaited; older ones will not come. */
const MAX_AWAITED = 32

export interface HeartbeatHandlers {
  sendPing(id: number): void
  /** Nothing was heard for too long. */
  onDead(): void
}

/**
 * Pings while a connection is online, and judges by the clock whether the other end is still there: browsers neither
 * show their pings nor report a lost network (iOS), so silence is all there is to see.
 *
 * A timer that comes late says that this end slept, not that the other is dead: what arrived meanwhile may wait behind
 * it. Then one more ping decides.
 */
export class Heartbeat {
  private readonly clock: Clock
  private readonly handlers: HeartbeatHandlers
  private readonly sentMs = new Map<number, number>()
  private nextId = 0
  private extraPings = 0
  private deadlineMs = 0
  private dueMs = 0
  private isProbing = false
  private timer: Timer | null = null

  constructor(clock: Clock, handlers: HeartbeatHandlers) {
    this.clock = clock
    this.handlers = handlers
  }

  /** On a new connection. */
  start(): void {
    this.stop()
    this.heard()
    this.burst()
    this.schedule()
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = null
    this.sentMs.clear()
  }

  /** Several at once: the least of them is a good first guess. */
  burst(): void {
    for (let i = 0; i < PINGS_AT_START; i++) this.ping()
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.isProbing = false
    this.deadlineMs = this.clock.nowMs() + LIMITS.livenessTimeoutMs
  }

  /** A reason to doubt the connection, such as another network: it must answer soon. */
  probe(): void {
    if (this.timer === null || this.isProbing) return
    this.isProbing = true
    this.deadlineMs = Math.min(this.deadlineMs, this.clock.nowMs() + PROBE_TIMEOUT_MS)
    this.ping()
  }

  /** One more ping before its time, if not too many were sent already. */
  pingSoon(): void {
    if (this.timer === null || this.extraPings >= MAX_EXTRA_PINGS) return
    this.extraPings++
    this.ping()
  }

  /** When the ping of this id was sent; null if it is not awaited. */
  takeSent(id: number): number | null {
    const sentMs = this.sentMs.get(id) ?? null
    this.sentMs.delete(id)
    return sentMs
  }

  private ping(): void {
    const id = this.nextId
    this.nextId = (id + 1) & 0xffff
    this.sentMs.set(id, this.clock.nowMs())
    if (this.sentMs.size > MAX_AWAITED) this.sentMs.delete(this.sentMs.keys().next().value!)
    this.handlers.sendPing(id)
  }

  private schedule(): void {
    this.dueMs = this.clock.nowMs() + PING_INTERVAL_MS
    this.timer = this.clock.setTimer(() => this.beat(), PING_INTERVAL_MS)
  }

  private beat(): void {
    const nowMs = this.clock.nowMs()
    const isLate = nowMs - this.dueMs > PING_INTERVAL_MS
    if (nowMs >= this.deadlineMs) {
      if (!isLate || this.isProbing) {
        this.stop()
        this.handlers.onDead()
        return
      }
      this.isProbing = true
      this.deadlineMs = nowMs + PROBE_TIMEOUT_MS
    }
    this.extraPings = 0
    this.ping()
    this.schedule()
  }
}
