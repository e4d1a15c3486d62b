import type { Clock, Timer } from '../clock.ts'

export interface LivenessOptions {
  readonly clock: Clock
  readonly heartbeatIntervalMs: number
  readonly livenessTimeoutMs: number
  /** Asks the other end for a sign of life; called when nothing was heard of it for a heartbeat. */
  readonly probe: () => void
  readonly onSilence: (silentMs: number) => void
}

/**
 * Finds connections whose other end is gone without a word: a pulled cable, a phone in a tunnel. Judged by the clock and
 * not by counting timers: one that runs late says that this process slept, not that the peer is dead.
 */
export class Liveness {
  private readonly options: LivenessOptions
  private heardAtMs: number
  private plannedMs = 0
  private timer: Timer | null = null

  constructor(options: LivenessOptions) {
    this.options = options
    this.heardAtMs = options.clock.nowMs()
    this.plan()
  }

  /** Something came from the other end. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = null
  }

  private plan(): void {
    const { clock, heartbeatIntervalMs } = this.options
    this.plannedMs = clock.nowMs() + heartbeatIntervalMs
    this.timer = clock.setTimer(() => this.check(), heartbeatIntervalMs)
  }

  private check(): void {
    const { clock, heartbeatIntervalMs, livenessTimeoutMs, probe, onSilence } = this.options
    const nowMs = clock.nowMs()
    // What was sent to us while we slept waits behind this timer.
    this.heardAtMs += nowMs - this.plannedMs
    const silentMs = nowMs - this.heardAtMs
    if (silentMs > livenessTimeoutMs) {
      this.timer = null
      onSilence(silentMs)
      return
    }
    this.plan()
    // Who is heard anyway need not be asked: a ping and its answer cost more than a snapshot.
    if (silentMs >= heartbeatIntervalMs) probe()
  }
}
