import { LIMITS } from '@tickwire/protocol'
import type { EncodedEvent } from '@tickwire/protocol/internal'
import type { OwnHeld, SparseHeld } from './held.ts'

/** What a client holds once it has read one snapshot. */
export interface Base {
  readonly seq: number
  readonly tick: number
  readonly owner: SparseHeld
  readonly revealed: SparseHeld
  readonly own: OwnHeld | null
  /** The number of the newest event that it was told. */
  readonly lastEvent: number
}

/**
 * What a client whose snapshots may be lost can have come to hold: of each that it has not answered, and of the newest that it
 * has. All that is sent leads on from there [LSE1]. And the events that it is told until it has heard them.
 */
export class Bases {
  /** The oldest first. */
  private kept: Base[] = []
  /** Events that it may not have heard. */
  pending: readonly EncodedEvent[] = []
  /** Numbers the events of this seat, from 1. */
  private nextEvent = 1

  /** What snapshot `seq` told, if one numbered `nextSeq` can still name it. */
  find(seq: number, nextSeq: number): Base | null {
    if (nextSeq - seq > LIMITS.maxSnapshotsInFlight) return null
    return this.kept.find((base) => base.seq === seq) ?? null
  }

  /** @param events what was told in that snapshot: `pending`, and behind it new ones */
  keep(base: Omit<Base, 'lastEvent'>, events: readonly EncodedEvent[]): void {
    this.pending = [...events]
    this.kept.push({ ...base, lastEvent: this.nextEvent + this.pending.length - 1 })
  }

  /** The client has read snapshot `seq`, and names no older one again. */
  acknowledge(seq: number): void {
    const lastEvent = this.kept.find((base) => base.seq === seq)?.lastEvent ?? 0
    this.kept = this.kept.filter((base) => base.seq >= seq)
    this.forget(Math.max(0, lastEvent + 1 - this.nextEvent))
  }

  /** It holds nothing that could be named. */
  clear(): void {
    this.kept = []
    this.forget(this.pending.length)
  }

  /** The number of the first event that the next snapshot tells. */
  get firstEvent(): number {
    return this.nextEvent
  }

  /** Forgets events of before a tick, whether they were heard or not. */
  prune(tick: number): void {
    const kept = this.pending.findIndex((event) => event.tick >= tick)
    this.forget(kept < 0 ? this.pending.length : kept)
  }

  private forget(count: number): void {
    this.pending = this.pending.slice(count)
    this.nextEvent += count
  }
}
