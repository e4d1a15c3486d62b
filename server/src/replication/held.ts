/** The id of nothing. */
export const NOTHING = -1

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

/** For tracks of which a client holds many. */
export class DenseHeld implements Held {
  /** The slots of which something is held, in no order. */
  readonly slots: number[] = []
  private ids: Float64Array = new Float64Array(0)
  private ticks: Float64Array = new Float64Array(0)
  private masks: Float64Array = new Float64Array(0)
  /** Where a slot stands in `slots`. */
  private places: Int32Array = new Int32Array(0)

  idAt(slot: number): number {
    return this.ids[slot] ?? NOTHING
  }

  tickAt(slot: number): number {
    return this.ticks[slot] ?? NOTHING
  }

  maskAt(slot: number): number {
    return this.masks[slot] ?? 0
  }

  set(slot: number, id: number, tick: number, mask: number): void {
    if (slot >= this.ids.length) this.grow(slot + 1)
    if (this.ids[slot] === NOTHING && id !== NOTHING) this.places[slot] = this.slots.push(slot) - 1
    else if (this.ids[slot] !== NOTHING && id === NOTHING) this.drop(slot)
    this.ids[slot] = id
    this.ticks[slot] = tick
    this.masks[slot] = mask
  }

  /** The last one takes its place. */
  private drop(slot: number): void {
    const last = this.slots.pop()!
    if (last === slot) return
    this.slots[this.places[slot]!] = last
    this.places[last] = this.places[slot]!
  }

  private grow(slots: number): void {
    const size = Math.max(64, 2 * slots)
    const { ids, ticks, masks, places } = this
    this.ids = new Float64Array(size).fill(NOTHING)
    this.ticks = new Float64Array(size).fill(NOTHING)
    this.masks = new Float64Array(size)
    this.places = new Int32Array(size)
    this.ids.set(ids)
    this.ticks.set(ticks)
    this.masks.set(masks)
    this.places.set(places)
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

  clear(): void {
    this.entries.clear()
  }
}
