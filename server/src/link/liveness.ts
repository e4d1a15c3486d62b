import type { Clock } from '../clock.ts'
import type { Beating, Heartbeats } from './heartbeats.ts'

export interface LivenessOptions {
  readonly clock: Clock
  readonly heartbeats: Heartbeats
  readonly heartbeatIntervalMs: number
  readonly livenessTimeoutMs: number
  /** Asks the other end for a sign of life; called when nothing was heard of it for a heartbeat. */
  readonly probe: () => void
  readonly onSilence: (silentMs: number) => void
}

/**
 * Finds connections whose other end is gone without a word: a pulled cable, a phone in a tunnel. Judged by the clock and
 * not by counting heartbeats: one that comes late says that this process slept, not that the peer is dead.
 */
export class Liveness implements Beating {
  plannedMs = 0
  private readonly options: LivenessOptions
  private heardAtMs: number

  constructor(options: LivenessOptions) {
    this.options = options
    this.heardAtMs = options.clock.nowMs()
    options.heartbeats.add(this)
  }

  /** Something came from the other end. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs
  }

  stop(): void {
    this.options.heartbeats.remove(this)
  }

  beat(): boolean {
    const { clock, heartbeatIntervalMs, livenessTimeoutMs, probe, onSilence } = this.options
    const nowMs = clock.nowMs()
    // What was sent to us while we slept waits behind this heartbeat.
    this.heardAtMs += nowMs - this.plannedMs
    const silentMs = nowMs - this.heardAtMs
    if (silentMs > livenessTimeoutMs) {
      onSilence(silentMs)
      return false
    }
    // Who is heard anyway need not be asked: a ping and its answer cost more than a snapshot.
    if (silentMs >= heartbeatIntervalMs) probe()
    return true
  }
}
