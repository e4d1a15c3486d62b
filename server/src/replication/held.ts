import type { Replication } from './replication.ts'
import { SlotSet } from './slot-set.ts'

/** The id of nothing. */
export const NOTHING = -1

/** In place of the tick of an anchor: the one that everybody holds who knows all up to the feed's `syncTick`. */
export const IN_STEP = -2

/**
 * Which anchors one client holds of one track: per slot an entity's id, the tick of the anchor (-1: unknown) and the mask
 * that it was sent under (see `references.ts`).
 */
export interface Held {
  /** The id of the entity, or `NOTHING`. */
  idAt(slot: number): number
  tickAt(slot: number): number
  maskAt(slot: number): number
  set(slot: number, id: number, tick: number, mask: number): void
}

/** An anchor that one client holds and the others do not: it was put off, or reads another row than they do. */
export interface OwnAnchor {
  /** Of the row, or -1: what the client holds is not known any more, and only a full record helps. */
  tick: number
  mask: number
  /** It is not what the client should see. */
  isLate: boolean
  row: Int32Array
}

const UNKNOWN_ROW = new Int32Array(0)

/**
 * What a client with a mode of its own holds of the public track. Most entities are in step: what the client holds of them
 * follows from its `syncTick`, as in shared mode, and takes one bit. The others have anchors of their own.
 */
export class OwnHeld implements Held {
  readonly held: SlotSet = new SlotSet()
  /** Of these, what has an anchor of its own. */
  readonly outOfStep: Map<number, OwnAnchor> = new Map()
  /** What it holds may name what it does not hold: nothing was hidden from it until now. */
  namesAnything = true
  private ids: Float64Array = new Float64Array(0)

  /** Makes room for slots 0 to `slots - 1`. */
  reserve(slots: number): void {
    this.held.reserve(slots)
    if (slots <= this.ids.length) return
    const { ids } = this
    this.ids = new Float64Array(2 * slots).fill(NOTHING)
    this.ids.set(ids)
  }

  idAt(slot: number): number {
    return this.ids[slot] ?? NOTHING
  }

  tickAt(slot: number): number {
    return this.outOfStep.get(slot)?.tick ?? (this.held.has(slot) ? IN_STEP : NOTHING)
  }

  maskAt(slot: number): number {
    return this.outOfStep.get(slot)?.mask ?? 0
  }

  /** The same, which changes on its own. */
  copy(): OwnHeld {
    const copy = new OwnHeld()
    // Not by `reserve`, which makes more room than is asked for: a copy of a copy of a copy would be huge.
    copy.ids = this.ids.slice()
    copy.held.words = this.held.words.slice()
    for (const [slot, anchor] of this.outOfStep) copy.outOfStep.set(slot, { ...anchor, row: anchor.row.slice() })
    return copy
  }

  isInStep(slot: number): boolean {
    return this.held.has(slot) && (this.outOfStep.size === 0 || !this.outOfStep.has(slot))
  }

  /** Anything but `IN_STEP` as the tick says that the row is not known: rows are not kept for taking back. */
  set(slot: number, id: number, tick: number, mask: number): void {
    this.reserve(slot + 1)
    this.ids[slot] = id
    if (id === NOTHING) this.held.delete(slot)
    else this.held.add(slot)
    if (id === NOTHING || tick === IN_STEP) this.outOfStep.delete(slot)
    else this.outOfStep.set(slot, { tick: NOTHING, mask, isLate: true, row: UNKNOWN_ROW })
  }

  /** What is in step up to `syncTick` gets an anchor of its own, with the row that the client goes on from. */
  leaveStep(slot: number, syncTick: number, { anchors: { all } }: Replication, size: number): OwnAnchor {
    const tick = all.heldAt(slot, syncTick)
    const at = tick < 0 ? -1 : all.find(slot, tick)
    const row = at < 0 ? UNKNOWN_ROW : all.rows.slice(at, at + size)
    const anchor = { tick: at < 0 ? NOTHING : tick, mask: 0, isLate: true, row }
    this.outOfStep.set(slot, anchor)
    return anchor
  }

  /** Some of what was sent did not arrive: no row can be relied on. */
  forgetRows(): void {
    for (const anchor of this.outOfStep.values()) anchor.tick = NOTHING
    this.namesAnything = true
  }

  /** It still holds what it held, but nobody knows how. */
  forgetAnchors(): void {
    for (const [slot, id] of this.ids.entries()) if (id !== NOTHING) this.set(slot, id, NOTHING, 0)
  }
}

interface HeldAnchor {
  readonly id: number
  readonly tick: number
  readonly mask: number
}

/** For tracks of which a client holds few. */
export class SparseHeld implements Held {
  private readonly entries: Map<number, HeldAnchor> = new Map()

  /** Of how many slots something is held. */
  get size(): number {
    return this.entries.size
  }

  idAt(slot: number): number {
    return this.entries.get(slot)?.id ?? NOTHING
  }

  tickAt(slot: number): number {
    return this.entries.get(slot)?.tick ?? NOTHING
  }

  maskAt(slot: number): number {
    return this.entries.get(slot)?.mask ?? 0
  }

  set(slot: number, id: number, tick: number, mask: number): void {
    if (id === NOTHING) this.entries.delete(slot)
    else this.entries.set(slot, { id, tick, mask })
  }

  /** The slots of which something is held, rising. */
  slots(): number[] {
    return [...this.entries.keys()].toSorted((a, b) => a - b)
  }

  copy(): SparseHeld {
    const copy = new SparseHeld()
    copy.copyFrom(this)
    return copy
  }

  /** Comes to hold what another one does, or nothing. */
  copyFrom(other: SparseHeld | null): void {
    this.entries.clear()
    // What is held of a slot is replaced, not changed: both may name it.
    for (const [slot, held] of other?.entries ?? []) this.entries.set(slot, held)
  }

  clear(): void {
    this.entries.clear()
  }
}
