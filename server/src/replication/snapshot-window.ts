import { LIMITS } from '@tickwire/protocol'
import { MinRtt } from './min-rtt.ts'
import { Throughput } from './throughput.ts'

/** Round trip that is assumed while none was measured: a bad mobile network. */
const ASSUMED_RTT_MS = 250
/** Congestion is over when nothing was skipped for so long. */
const CONGESTED_MS = 1000
/** One that lasts longer than this may in truth be a longer way. */
const PROBE_AFTER_MS = 1500
/** A probe costs its client a tenth of a second of news; more often, and that would be more than one part in a hundred. */
const PROBE_EVERY_MS = 20_000
/** How long a probe waits for a good moment. */
const PROBE_PATIENCE_MS = 1000
/** A snapshot may be due this much before its interval is over: ticks start in fractions of a millisecond. */
const EARLY_MS = 1

/** How much more than was measured is tried on a link that seems to be free. */
const FREE_GAIN = 1.3

/** Under congestion a snapshot holds what the link carries in so long. */
const CONGESTED_SHARE_MS = 100
/** Less is not worth a header. */
const LEAST_BYTES = 128

/** Where snapshots may be lost, so many in a row are no queue. */
const LOST_IN_A_ROW = 2
/** There, what was not acknowledged for so long never will be: events are kept for twice as long, and a probe is one snapshot. */
const GIVEN_UP_MS = 500

const CAPACITY = LIMITS.maxSnapshotsInFlight

/**
 * Says when a client may be sent its next snapshot [SNP5].
 *
 * Not while one is unacknowledged that should have been acknowledged long ago: then there is a queue somewhere. "Long" is
 * measured by the least round trip, which queues cannot inflate. From then on, not more is under way than what the link
 * carries in a round trip: so the queue stays as short as one snapshot, and each that leaves is the newest.
 *
 * While there is a queue, what is measured is too long, and the least round trip stays. But perhaps the way itself
 * has become longer; then this would skip for ever. So, as BBR does, it lets the way run dry now and then, and measures it
 * with one snapshot that has it for itself.
 */
export class SnapshotWindow {
  private readonly minRtt = new MinRtt()
  private readonly throughput = new Throughput()
  /** What is under way, as a ring: `count` numbers from `oldestSeq` on, each at its number modulo the capacity. */
  private readonly sentAtMs = new Float64Array(CAPACITY)
  private readonly sizes = new Uint32Array(CAPACITY)
  private oldestSeq = 1
  private count = 0
  private underWayBytes = 0
  private newestRttMs = 0
  /** Since when snapshots are skipped again and again, and when the last one was. */
  private congestion: { readonly sinceMs: number; lastMs: number } | null = null
  private probe: 'none' | 'draining' | 'measuring' = 'none'
  private probedAtMs = -Infinity

  /** Snapshots may be lost: an ack that does not come says less. */
  isLossy = false

  /** Whether another snapshot may leave now; if not, that counts as a skip. */
  takeTurn(nowMs: number, intervalMs: number): boolean {
    if (this.isLossy) this.giveUp(nowMs)
    if (!this.isCongested(nowMs)) this.congestion = null
    else this.considerProbe(nowMs)
    if (this.isOpen(nowMs, intervalMs)) return true
    this.congestion ??= { sinceMs: nowMs, lastMs: nowMs }
    this.congestion.lastMs = nowMs
    return false
  }

  /**
   * What one snapshot may hold. Under congestion that is what the link carries in a moment: one that brought everything up to
   * date after a skip would take so long that the next one comes later still, and is larger still.
   */
  mostBytes(nowMs: number): number {
    if (!this.isCongested(nowMs)) return Infinity
    return Math.max(LEAST_BYTES, (this.throughput.perSecond(nowMs) * CONGESTED_SHARE_MS) / 1000)
  }

  /** Snapshots are numbered one after the other. */
  sent(seq: number, bytes: number, nowMs: number): void {
    if (this.count === 0) this.oldestSeq = seq
    this.count++
    this.sentAtMs[seq % CAPACITY] = nowMs
    this.sizes[seq % CAPACITY] = bytes
    this.underWayBytes += bytes
    if (this.probe === 'draining') this.probe = 'measuring'
  }

  /** The client holds everything up to `seq`. */
  acknowledged(seq: number, nowMs: number): void {
    if (this.count === 0 || seq < this.oldestSeq) return
    const newestSeq = Math.min(seq, this.oldestSeq + this.count - 1)
    for (; this.oldestSeq <= newestSeq; this.oldestSeq++, this.count--) {
      const bytes = this.sizes[this.oldestSeq % CAPACITY]!
      this.underWayBytes -= bytes
      this.throughput.add(bytes, nowMs)
    }
    this.measured(nowMs - this.sentAtMs[newestSeq % CAPACITY]!, nowMs)
  }

  /** Another connection may take another path. */
  reset(): void {
    this.minRtt.reset()
    this.throughput.reset()
    this.count = 0
    this.underWayBytes = 0
    this.congestion = null
    this.probe = 'none'
    this.probedAtMs = -Infinity
    this.newestRttMs = 0
  }

  private isOpen(nowMs: number, intervalMs: number): boolean {
    if (this.count === 0) return true
    if (this.probe !== 'none' || this.count === CAPACITY) return false
    const tripMs = (this.minRtt.get(nowMs) ?? ASSUMED_RTT_MS) + LIMITS.ackDelayMs
    const spare = this.isLossy ? 1 + LOST_IN_A_ROW : 1
    const patienceMs = (Math.ceil(tripMs / intervalMs) + spare) * intervalMs
    if (nowMs - this.sentAtMs[this.oldestSeq % CAPACITY]! >= patienceMs - EARLY_MS) return false
    if (this.congestion === null) return true
    // Nothing waits where the newest answer came as fast as on a free way: the link may carry more than was tried.
    const gain = this.newestRttMs <= tripMs + intervalMs ? FREE_GAIN : 1
    return this.underWayBytes <= (gain * this.throughput.perSecond(nowMs) * tripMs) / 1000
  }

  private giveUp(nowMs: number): void {
    while (this.count > 0 && nowMs - this.sentAtMs[this.oldestSeq % CAPACITY]! > GIVEN_UP_MS) {
      this.underWayBytes -= this.sizes[this.oldestSeq % CAPACITY]!
      this.oldestSeq++
      this.count--
    }
  }

  private isCongested(nowMs: number): boolean {
    return this.congestion !== null && nowMs - this.congestion.lastMs <= CONGESTED_MS
  }

  private considerProbe(nowMs: number): void {
    const dueMs = Math.max(this.congestion!.sinceMs + PROBE_AFTER_MS, this.probedAtMs + PROBE_EVERY_MS)
    if (this.probe !== 'none' || nowMs < dueMs) return
    // With one under way the way is nearly dry. On a long one that may never happen by itself.
    if (this.count > 1 && nowMs < dueMs + PROBE_PATIENCE_MS) return
    this.probe = 'draining'
    this.probedAtMs = nowMs
  }

  private measured(rttMs: number, nowMs: number): void {
    this.newestRttMs = rttMs
    const isAlone = this.probe === 'measuring'
    const isQueued = !isAlone && this.isCongested(nowMs)
    if (isQueued && rttMs >= (this.minRtt.get(nowMs) ?? Infinity)) return
    if (isAlone) this.minRtt.reset()
    this.probe = isAlone ? 'none' : this.probe
    this.minRtt.add(rttMs, nowMs)
  }
}
