import { LIMITS } from '../limits.ts'
import { freshHidden, leadsTo } from './extrapolate.ts'
import type { KindLayout, TrackName } from './layout.ts'
import { RecordCodec } from './record.ts'

const RING = LIMITS.anchorRingAnchors + 1
const NONE = -1
/** In place of the tick of an anchor that a reader holds: it has left the ring. */
export const FORGOTTEN = -2

/**
 * The writer's memory of one track: for each entity slot the newest anchor and a ring of older ones. A new anchor is set
 * only when continuing the newest one no longer gives the truth; until then the entity is silent and costs no bytes.
 */
export class Anchors {
  /** Record codecs by kind. */
  readonly codecs: readonly RecordCodec[]
  /** All anchors, `stride` integers each. */
  rows: Int32Array = new Int32Array(0)
  private readonly stride: number
  private ticks: Float64Array = new Float64Array(0)
  private heads: Uint8Array = new Uint8Array(0)

  constructor(kinds: readonly KindLayout[], track: TrackName) {
    this.codecs = kinds.map((kind) => new RecordCodec(kind.tracks[track]))
    this.stride = Math.max(...this.codecs.map((codec) => codec.track.size))
  }

  /** Makes room for slots 0 to `count - 1`. */
  reserve(count: number): void {
    if (count <= this.heads.length) return
    const slots = Math.max(64, 2 ** Math.ceil(Math.log2(count)))
    this.rows = grown(this.rows, new Int32Array(slots * RING * this.stride))
    const ticks = new Float64Array(slots * RING).fill(NONE)
    ticks.set(this.ticks)
    this.ticks = ticks
    this.heads = grown(this.heads, new Uint8Array(slots))
  }

  clear(slot: number): void {
    this.ticks.fill(NONE, slot * RING, (slot + 1) * RING)
    this.heads[slot] = 0
  }

  /** The tick of the newest anchor, or -1. */
  newestTick(slot: number): number {
    return this.ticks[slot * RING + this.heads[slot]!] ?? NONE
  }

  /** Where the newest anchor starts in `rows`. */
  newestAt(slot: number): number {
    return (slot * RING + this.heads[slot]!) * this.stride
  }

  /** The tick of the anchor before the newest, or -1. */
  previousTick(slot: number): number {
    return this.ticks[slot * RING + previous(this.heads[slot]!)] ?? NONE
  }

  /** Where the anchor of that tick starts in `rows`, or -1 when it has left the ring. */
  find(slot: number, tick: number): number {
    for (let i = 0; i < RING; i++) {
      if (this.ticks[slot * RING + i] === tick) return (slot * RING + i) * this.stride
    }
    return NONE
  }

  /** The tick of the anchor that a reader holds who knows the entity, and all up to `syncTick`; or `FORGOTTEN`. */
  heldAt(slot: number, syncTick: number): number {
    let best = NONE
    for (let i = 0; i < RING; i++) {
      const tick = this.ticks[slot * RING + i]!
      if (tick <= syncTick && tick > best) best = tick
    }
    return best === NONE ? FORGOTTEN : best
  }

  /** Takes the truth at `tick` from a flat row; true if that needed a new anchor. */
  advance(slot: number, kind: number, flatRow: Int32Array, tick: number): boolean {
    const codec = this.codecs[kind]!
    const { track } = codec
    if (track.size === 0) return false
    const lastTick = this.newestTick(slot)
    const lastAt = this.newestAt(slot)
    const isSilent = lastTick !== NONE && leadsTo(track, this.rows, lastAt, tick - lastTick, flatRow, track.start)
    if (isSilent) return false
    const head = lastTick === NONE ? 0 : (this.heads[slot]! + 1) % RING
    const at = (slot * RING + head) * this.stride
    for (let i = 0; i < track.columns.length; i++) this.rows[at + i] = flatRow[track.start + i]!
    if (lastTick === NONE) freshHidden(track, this.rows, at)
    else codec.chain(this.rows, lastAt, tick - lastTick, this.rows, at)
    this.ticks[slot * RING + head] = tick
    this.heads[slot] = head
    return true
  }
}

function previous(head: number): number {
  return head === 0 ? RING - 1 : head - 1
}

function grown<T extends Int32Array | Uint8Array>(old: T, next: T): T {
  next.set(old)
  return next
}
