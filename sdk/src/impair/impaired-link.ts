import type { Clock, Timer } from '../clock.ts'
import { checkImpairment, checkStall } from './impairment.ts'
import type { Impairment } from './impairment.ts'

/** `'ordered'`: TCP and what runs on it. `'datagram'`: a loss is a loss. */
export type LinkKind = 'ordered' | 'datagram'

interface InFlight {
  readonly dueMs: number
  readonly deliver: () => void
}

/** Linux retransmits no sooner than this, however short the round trip is. */
const MIN_RETRANSMISSION_MS = 200
/** Sums of fractions of a millisecond differ in the last bit; what is this near is due, or a timer would spin. */
const ROUNDING_MS = 1e-6

/**
 * One direction of a network that is as bad as its impairment says. It carries calls, not bytes: whoever sends copies what
 * it needs and says how large it is. The order of work is that of a real path: wait for bandwidth, travel, perhaps
 * be lost, arrive in order, unless nothing arrives at all just now.
 */
export class ImpairedLink {
  private readonly clock: Clock
  private readonly random: () => number
  private readonly kind: LinkKind
  private impairment: Impairment = {}
  /** By time of arrival. */
  private inFlight: InFlight[] = []
  private timer: Timer | null = null
  private readonly createdMs: number
  private bandwidthFreeMs = -Infinity
  /** By the kind of what was sent: what may be lost waits for nothing that must not. */
  private readonly lastDueMs: Record<LinkKind, number> = { ordered: -Infinity, datagram: -Infinity }
  private stalledUntilMs = -Infinity
  private lost = 0

  /**
   * @param random draws from [0, 1); a seeded one makes every run the same
   * @throws ConfigError for an impairment that cannot be
   */
  constructor(clock: Clock, random: () => number, impairment: Impairment = {}, kind: LinkKind = 'ordered') {
    this.clock = clock
    this.random = random
    this.kind = kind
    this.createdMs = clock.nowMs()
    this.set(impairment)
  }

  /** Packets lost so far; on an ordered link each of them was sent again. */
  get lostPackets(): number {
    return this.lost
  }

  /** Whether what is sent now is delivered within the call: then nobody needs to copy it. */
  get isClear(): boolean {
    const { latencyMs, jitterMs, lossPercent, throttleKbps, stall } = this.impairment
    const isPerfect = !latencyMs && !jitterMs && !lossPercent && throttleKbps === undefined && stall === undefined
    const nowMs = this.clock.nowMs()
    const lastDueMs = Math.max(this.lastDueMs.ordered, this.lastDueMs.datagram)
    return isPerfect && this.inFlight.length === 0 && lastDueMs <= nowMs && this.stalledUntilMs <= nowMs
  }

  /** How long what was sent waits for bandwidth, in milliseconds: the time to empty the queue. */
  get queueMs(): number {
    return Math.max(0, this.bandwidthFreeMs - this.clock.nowMs())
  }

  /** What waits for bandwidth, in bytes. */
  get queueBytes(): number {
    return (this.queueMs * (this.impairment.throttleKbps ?? 0)) / 8
  }

  /** Changes the network from now on; what is on its way arrives when it would have. `cutAfterMs` is the connection's. */
  set(impairment: Impairment): void {
    checkImpairment('impair', impairment)
    // What waits for the old bandwidth keeps its time; what comes now waits for the new one alone, and behind it.
    if (impairment.throttleKbps !== this.impairment.throttleKbps) this.bandwidthFreeMs = -Infinity
    this.impairment = impairment
    this.deliverDue()
  }

  /** Nothing arrives for `forMs` from now, then all at once. `Infinity`: until `heal`. */
  stall(forMs: number): void {
    checkStall(forMs)
    this.stalledUntilMs = Math.max(this.stalledUntilMs, this.clock.nowMs() + forMs)
  }

  /** Ends what `stall` began. */
  heal(): void {
    this.stalledUntilMs = -Infinity
    this.deliverDue()
  }

  /**
   * Calls `deliver` when `sizeBytes` sent now arrive: at once if nothing is in the way, never if they are lost.
   * @param kind of this one packet, where both kinds share a way
   */
  send(sizeBytes: number, deliver: () => void, kind: LinkKind = this.kind): void {
    const dueMs = this.arrivalMs(sizeBytes, kind)
    if (dueMs === null) return
    let at = this.inFlight.length
    while (at > 0 && this.inFlight[at - 1]!.dueMs > dueMs) at--
    this.inFlight.splice(at, 0, { dueMs, deliver })
    this.deliverDue()
  }

  /** Forgets what is on its way. */
  clear(): void {
    this.inFlight = []
    this.timer?.cancel()
    this.timer = null
  }

  /** Null: lost. */
  private arrivalMs(sizeBytes: number, kind: LinkKind): number | null {
    const { latencyMs = 0, jitterMs = 0, lossPercent = 0, throttleKbps, reorder = false } = this.impairment
    let dueMs = this.clock.nowMs()
    if (throttleKbps !== undefined) {
      // Kilobits per second are bits per millisecond.
      this.bandwidthFreeMs = Math.max(this.bandwidthFreeMs, dueMs) + (sizeBytes * 8) / throttleKbps
      dueMs = this.bandwidthFreeMs
    }
    dueMs += latencyMs
    if (jitterMs > 0) dueMs += jitterMs * this.random()
    if (lossPercent > 0 && this.random() * 100 < lossPercent) {
      this.lost++
      if (kind === 'datagram') return null
      dueMs += Math.max(MIN_RETRANSMISSION_MS, 2 * latencyMs)
    }
    if (kind === 'ordered' || !reorder) dueMs = Math.max(dueMs, this.lastDueMs[kind])
    this.lastDueMs[kind] = Math.max(dueMs, this.lastDueMs[kind])
    return dueMs
  }

  private readonly deliverDue = (): void => {
    for (;;) {
      const head = this.inFlight[0]
      if (head === undefined) return
      const nowMs = this.clock.nowMs()
      const waitMs = Math.max(head.dueMs, this.openMs(nowMs)) - nowMs
      if (waitMs > ROUNDING_MS) {
        this.wakeIn(waitMs)
        return
      }
      this.inFlight.shift()
      head.deliver()
    }
  }

  private wakeIn(waitMs: number): void {
    this.timer?.cancel()
    this.timer = waitMs === Infinity ? null : this.clock.setTimer(this.deliverDue, waitMs)
  }

  /** When something may arrive again: in the past unless the link is stalled. */
  private openMs(nowMs: number): number {
    const { stall } = this.impairment
    if (stall === undefined) return this.stalledUntilMs
    const rounds = Math.floor((nowMs - this.createdMs) / stall.everyMs)
    const endMs = this.createdMs + rounds * stall.everyMs + stall.forMs
    return rounds === 0 ? this.stalledUntilMs : Math.max(this.stalledUntilMs, endMs)
  }
}
