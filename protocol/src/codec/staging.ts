import type { KindLayout, TrackName } from './layout.ts'

export const NOT_HELD = -1

/** One track of an entity as a client holds it: an anchor, from which it continues by the rule. */
export interface HeldAnchor {
  /** -1: this track is not held. */
  tick: number
  readonly row: Int32Array
}

/** An entity as a client holds it. */
export interface HeldEntity {
  readonly id: number
  readonly slot: number
  readonly kind: KindLayout
  readonly anchors: Readonly<Record<TrackName, HeldAnchor>>
  /** Decoded values of its variable-length fields, by blob index; undefined: the default. */
  readonly blobs: unknown[]
}

/** A value of a variable-length field that was read and not applied yet. */
export interface StagedBlob {
  readonly entity: HeldEntity
  readonly blob: number
  readonly value: unknown
}

/** Changes that were read and not applied yet; the arrays are reused, so that a steady stream makes no garbage. */
export class Staging {
  count = 0
  readonly entities: (HeldEntity | undefined)[] = []
  readonly tracks: TrackName[] = []
  readonly slots: number[] = []
  /** The anchor's tick, or -1 for a removal. */
  readonly ticks: number[] = []
  readonly rowAt: number[] = []
  rows: Int32Array = new Int32Array(1024)
  rowsUsed = 0
  readonly blobs: StagedBlob[] = []

  clear(): void {
    this.count = 0
    this.rowsUsed = 0
    if (this.blobs.length > 0) this.blobs.length = 0
  }

  /** Room for one more row; where it starts. */
  reserve(size: number): number {
    const at = this.rowsUsed
    this.rowsUsed += size
    if (this.rowsUsed <= this.rows.length) return at
    const grown = new Int32Array(2 * this.rowsUsed)
    grown.set(this.rows)
    this.rows = grown
    return at
  }

  push(track: TrackName, slot: number, entity: HeldEntity | undefined, tick: number, rowAt: number): void {
    const i = this.count++
    this.tracks[i] = track
    this.slots[i] = slot
    this.entities[i] = entity
    this.ticks[i] = tick
    this.rowAt[i] = rowAt
  }
}
