import { LIMITS } from '@tickwire/protocol'
import type { Replication } from '../replication/replication.ts'

/** Where everything stood at one snapshot tick, as clients were told. */
export class Frame {
  tick = -1
  private ids: Float64Array = new Float64Array(0)
  private jumps: Uint8Array = new Uint8Array(0)
  private xs: Float64Array = new Float64Array(0)
  private ys: Float64Array = new Float64Array(0)

  take({ tick, table, xs, ys }: Replication): void {
    this.tick = tick
    if (this.ids.length < table.slots) this.grow(2 * table.slots)
    this.ids.fill(-1)
    for (let slot = 0; slot < table.slots; slot++) {
      const record = table.at(slot)
      if (record === undefined) continue
      this.ids[slot] = record.id
      this.jumps[slot] = record.jumps
      this.xs[slot] = xs[slot]!
      this.ys[slot] = ys[slot]!
    }
  }

  has(slot: number, id: number): boolean {
    return this.ids[slot] === id
  }

  jumpsOf(slot: number): number {
    return this.jumps[slot]!
  }

  xOf(slot: number): number {
    return this.xs[slot]!
  }

  yOf(slot: number): number {
    return this.ys[slot]!
  }

  private grow(slots: number): void {
    this.ids = new Float64Array(slots)
    this.jumps = new Uint8Array(slots)
    this.xs = new Float64Array(slots)
    this.ys = new Float64Array(slots)
  }
}

/** The last `rewindHistoryMs` of snapshots; frames are used again, so that nothing is allocated once it is full. */
export class History {
  private readonly ring: readonly Frame[]
  private next = 0

  constructor(snapshotRateHz: number) {
    // One more than the time holds: a moment at its far end lies between two frames.
    const frames = Math.ceil((LIMITS.rewindHistoryMs * snapshotRateHz) / 1000) + 1
    this.ring = Array.from({ length: Math.max(2, frames) }, () => new Frame())
  }

  record(replication: Replication): void {
    this.ring[this.next]!.take(replication)
    this.next = (this.next + 1) % this.ring.length
  }

  /**
   * The frame of a snapshot tick. One that is forgotten is answered with the oldest frame there is: a client hears nothing
   * for so long only while nothing changes. Null before the first snapshot.
   */
  at(tick: number): Frame | null {
    let best: Frame | null = null
    for (const frame of this.ring) {
      if (frame.tick < 0) continue
      if (frame.tick === tick) return frame
      if (best === null || frame.tick < best.tick) best = frame
    }
    return best
  }
}
