import { LIMITS } from '@tickwire/protocol'
import type { Replication } from '../replication/replication.ts'
import { Passage } from './passage.ts'

const NOTHING = -1

/** Where everything stood at one snapshot tick, as clients were told. */
export class Frame {
  tick = -1
  /** One more than the highest slot that was taken then. */
  slots = 0
  private ids!: Float64Array
  private kinds!: Int32Array
  private jumps!: Uint8Array
  private xs!: Float64Array
  private ys!: Float64Array

  constructor(slots: number) {
    this.grow(slots)
  }

  take({ tick, table, xs, ys }: Replication): void {
    this.tick = tick
    this.slots = table.slots
    if (this.ids.length < table.slots) this.grow(2 * table.slots)
    this.ids.fill(NOTHING)
    this.kinds.fill(NOTHING)
    for (let slot = 0; slot < table.slots; slot++) {
      const record = table.at(slot)
      if (record === undefined) continue
      this.ids[slot] = record.id
      this.kinds[slot] = record.kind.index
      this.jumps[slot] = record.jumps
      this.xs[slot] = xs[slot]!
      this.ys[slot] = ys[slot]!
    }
  }

  /** -1: nothing had this slot. */
  idAt(slot: number): number {
    return this.ids[slot] ?? NOTHING
  }

  kindAt(slot: number): number {
    return this.kinds[slot] ?? NOTHING
  }

  jumpsAt(slot: number): number {
    return this.jumps[slot]!
  }

  xAt(slot: number): number {
    return this.xs[slot]!
  }

  yAt(slot: number): number {
    return this.ys[slot]!
  }

  private grow(slots: number): void {
    this.ids = new Float64Array(slots)
    this.kinds = new Int32Array(slots)
    this.jumps = new Uint8Array(slots)
    this.xs = new Float64Array(slots)
    this.ys = new Float64Array(slots)
  }
}

/** The last `rewindHistoryMs` of snapshots; frames are used again, so that nothing is allocated once it is full. */
export class History {
  /** Made as they are needed: many rooms end before they have a past. */
  private readonly ring: Frame[] = []
  private readonly capacity: number
  private readonly passages: Map<string, Passage> = new Map()
  private next = 0

  constructor(snapshotRateHz: number) {
    // One more than the time holds: a moment at its far end lies between two frames.
    const frames = Math.ceil((LIMITS.rewindHistoryMs * snapshotRateHz) / 1000) + 1
    this.capacity = Math.max(2, frames)
  }

  record(replication: Replication): void {
    this.passages.clear()
    const frame = (this.ring[this.next] ??= new Frame(2 * replication.table.slots))
    frame.take(replication)
    this.next = (this.next + 1) % this.capacity
  }

  /** What a kind did from one snapshot tick to a later one, if there is one; null before the first snapshot. */
  between(kind: number, olderTick: number, newerTick: number | null): Passage | null {
    const older = this.at(olderTick)
    if (older === null) return null
    const newer = newerTick === null ? null : this.at(newerTick)
    const key = `${kind} ${older.tick} ${newer?.tick}`
    const known = this.passages.get(key)
    if (known !== undefined) return known
    // Where both are forgotten both are the oldest there is: then nothing is known of a way.
    const passage = new Passage(kind, older, newer === older ? null : newer)
    this.passages.set(key, passage)
    return passage
  }

  /**
   * The frame of a snapshot tick. One that is forgotten is answered with the oldest frame there is: a client hears nothing
   * for so long only while nothing changes. Null before the first snapshot.
   */
  private at(tick: number): Frame | null {
    let best: Frame | null = null
    for (const frame of this.ring) {
      if (frame.tick === tick) return frame
      if (best === null || frame.tick < best.tick) best = frame
    }
    return best
  }
}
