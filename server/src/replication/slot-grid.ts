import type { KindLayout } from '@tickwire/protocol/internal'
import { INSIDE, OUTSIDE } from './interest.ts'
import type { Interest } from './interest.ts'
import type { Replication } from './replication.ts'
import type { SlotSet } from './slot-set.ts'

/** Slots per cell, about: fewer cells to visit against fewer slots to look at in vain. */
const SLOTS_PER_CELL = 4
const MAX_CELLS_PER_SIDE = 128

/**
 * Where everything stands at one snapshot tick, in cells: what a client with a view of its own may see is looked for there,
 * and not in the whole world. Made anew for each snapshot that somebody asks it about.
 */
export class SlotGrid {
  /** Slots of entities that everybody is sent: those without a position, and kinds that are always relevant. */
  readonly everywhere: number[] = []
  private tick = -1
  private side = 1
  private left = 0
  private top = 0
  private cellWidth = 1
  private cellHeight = 1
  /** Where each cell's slots begin in `slots`; one more than there are cells. */
  private starts: Int32Array = new Int32Array(2)
  private slots: Int32Array = new Int32Array(0)
  private cells: Int32Array = new Int32Array(0)
  /** What is not everywhere, rising. */
  private readonly inOrder: number[] = []
  /** Where they stand, side by side as they are looked at: reading them one by one out of the world's memory is what costs. */
  private xs: Float64Array = new Float64Array(0)
  private ys: Float64Array = new Float64Array(0)

  /** Takes in where things are, once per snapshot tick. */
  update(replication: Replication): void {
    if (this.tick === replication.tick) return
    this.tick = replication.tick
    const count = this.measure(replication)
    this.side = Math.max(1, Math.min(MAX_CELLS_PER_SIDE, Math.ceil(Math.sqrt(count / SLOTS_PER_CELL))))
    this.cellWidth /= this.side
    this.cellHeight /= this.side
    this.sort(replication, count)
  }

  /**
   * Adds the slots of what stands in an area. On its edge, where only what was there before still is, `held` says what
   * was: a slot that is somebody else's by now is at most shown a step too early.
   */
  find(interest: Interest, held: SlotSet, found: SlotSet): void {
    const { left, right, top, bottom } = interest.bounds
    const { side, starts, slots, xs, ys } = this
    const firstColumn = this.cellOf(left, this.left, this.cellWidth)
    const lastColumn = this.cellOf(right, this.left, this.cellWidth)
    const firstRow = this.cellOf(top, this.top, this.cellHeight)
    const lastRow = this.cellOf(bottom, this.top, this.cellHeight)
    for (let row = firstRow; row <= lastRow; row++) {
      // The cells of a row lie side by side, and so do their slots.
      const end = starts[row * side + lastColumn + 1]!
      for (let i = starts[row * side + firstColumn]!; i < end; i++) {
        const reach = interest.reach(xs[i]!, ys[i]!)
        if (reach === OUTSIDE) continue
        const slot = slots[i]!
        if (reach === INSIDE || held.has(slot)) found.add(slot)
      }
    }
  }

  /** Finds the box around everything; its size is left in `cellWidth` and `cellHeight`. */
  private measure({ table, xs, ys }: Replication): number {
    let [left, right, top, bottom, count] = [Infinity, -Infinity, Infinity, -Infinity, 0]
    this.everywhere.length = 0
    for (let slot = 0; slot < table.slots; slot++) {
      const record = table.at(slot)
      if (record === undefined) continue
      if (isEverywhere(record.kind)) {
        this.everywhere.push(slot)
        continue
      }
      this.inOrder[count++] = slot
      left = Math.min(left, xs[slot]!)
      right = Math.max(right, xs[slot]!)
      top = Math.min(top, ys[slot]!)
      bottom = Math.max(bottom, ys[slot]!)
    }
    this.left = left
    this.top = top
    this.cellWidth = Math.max(1e-6, right - left)
    this.cellHeight = Math.max(1e-6, bottom - top)
    return count
  }

  /** Counting sort of the slots by cell. */
  private sort({ table, xs, ys }: Replication, placed: number): void {
    const count = this.side * this.side
    if (this.starts.length < count + 1) this.starts = new Int32Array(count + 1)
    if (this.slots.length < table.slots) {
      this.slots = new Int32Array(2 * table.slots)
      this.cells = new Int32Array(2 * table.slots)
      this.xs = new Float64Array(2 * table.slots)
      this.ys = new Float64Array(2 * table.slots)
    }
    const { starts, cells, inOrder } = this
    starts.fill(0)
    for (let i = 0; i < placed; i++) {
      const slot = inOrder[i]!
      const column = this.cellOf(xs[slot]!, this.left, this.cellWidth)
      const cell = this.cellOf(ys[slot]!, this.top, this.cellHeight) * this.side + column
      cells[slot] = cell
      starts[cell] = starts[cell]! + 1
    }
    let end = 0
    for (let cell = 0; cell <= count; cell++) starts[cell] = end += starts[cell]!
    // From the ends down: what is left in `starts` is where each cell begins.
    for (let i = 0; i < placed; i++) {
      const slot = inOrder[i]!
      const at = starts[cells[slot]!]! - 1
      starts[cells[slot]!] = at
      this.slots[at] = slot
      this.xs[at] = xs[slot]!
      this.ys[at] = ys[slot]!
    }
  }

  private cellOf(coordinate: number, from: number, size: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((coordinate - from) / size)))
  }
}

function isEverywhere({ position, isAlwaysRelevant }: KindLayout): boolean {
  return isAlwaysRelevant || position.length === 0
}
