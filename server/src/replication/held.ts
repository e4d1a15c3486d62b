/** The id of nothing. */
export const NOTHING = -1

/** Which anchors one client holds of one track: per slot an entity's id and the tick of the anchor (-1: unknown). */
export interface Held {
  /** The id of the entity, or `NOTHING`. */
  idAt(slot: number): number
  tickAt(slot: number): number
  set(slot: number, id: number, tick: number): void
}

/** For tracks of which most clients hold most entities. */
export class DenseHeld implements Held {
  private ids: Float64Array = new Float64Array(0)
  private ticks: Float64Array = new Float64Array(0)

  idAt(slot: number): number {
    return this.ids[slot] ?? NOTHING
  }

  tickAt(slot: number): number {
    return this.ticks[slot] ?? NOTHING
  }

  set(slot: number, id: number, tick: number): void {
    if (slot >= this.ids.length) this.grow(slot + 1)
    this.ids[slot] = id
    this.ticks[slot] = tick
  }

  private grow(slots: number): void {
    const size = Math.max(64, 2 * slots)
    const [ids, ticks] = [this.ids, this.ticks]
    this.ids = new Float64Array(size).fill(NOTHING)
    this.ticks = new Float64Array(size).fill(NOTHING)
    this.ids.set(ids)
    this.ticks.set(ticks)
  }
}

/** For tracks of which a client holds few. */
export class SparseHeld implements Held {
  private readonly entries: Map<number, { readonly id: number; readonly tick: number }> = new Map()

  idAt(slot: number): number {
    return this.entries.get(slot)?.id ?? NOTHING
  }

  tickAt(slot: number): number {
    return this.entries.get(slot)?.tick ?? NOTHING
  }

  set(slot: number, id: number, tick: number): void {
    if (id === NOTHING) this.entries.delete(slot)
    else this.entries.set(slot, { id, tick })
  }

  /** The slots of which something is held, rising. */
  slots(): number[] {
    return [...this.entries.keys()].toSorted((a, b) => a - b)
  }

  clear(): void {
    this.entries.clear()
  }
}
