import type { Place } from '@tickwire/protocol'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'
import type { ViewEntry } from './views.ts'

/** Below this a walk over all is cheaper than cells. */
const MIN_FOR_CELLS = 64
const ENTRIES_PER_CELL = 4
const MAX_CELLS_PER_SIDE = 128

const NOWHERE: Place = { x: Number.NaN, y: Number.NaN }

/** Where an entity of a kind with a position stands (two numbers, or one vector); NaN while it was never drawn. */
export function placeOf({ position }: KindLayout, fields: Fields): Place {
  const [first, second] = position as [string, string | undefined]
  if (fields[first] === undefined) return NOWHERE
  if (second === undefined) return fields[first] as Place
  return { x: fields[first] as number, y: fields[second] as number }
}

/**
 * Where the entities of one kind are drawn, in cells, so that `world.near` need not look at every pellet in each tick of a
 * replay. Made when it is asked for a second time between two changes: a single question costs a walk over all in any case.
 */
export class NearGrid {
  private readonly kind: KindLayout
  private cells: Map<number, Set<ViewEntry>> | null = null
  private readonly cellOf: Map<ViewEntry, number> = new Map()
  private wasAsked = false
  private left = 0
  private top = 0
  private cellWidth = 1
  private cellHeight = 1
  private side = 1

  constructor(kind: KindLayout) {
    this.kind = kind
  }

  /** An entity is drawn elsewhere, or for the first time. */
  moved(entry: ViewEntry): void {
    this.wasAsked = false
    if (this.cells === null) return
    // A crowd that moves is sorted anew when somebody asks; what stands changes one by one.
    if (!this.kind.isStatic) {
      this.cells = null
      return
    }
    this.remove(entry)
    this.add(entry)
  }

  remove(entry: ViewEntry): void {
    const key = this.cellOf.get(entry)
    if (key === undefined) return
    this.cells?.get(key)?.delete(entry)
    this.cellOf.delete(entry)
  }

  /** All of `entries` that may be within `radius` of a place, and some that are not. */
  around(entries: ReadonlySet<ViewEntry>, at: Place, radius: number): Iterable<ViewEntry> {
    if (entries.size < MIN_FOR_CELLS) return entries
    if (this.cells === null && !this.wasAsked) {
      this.wasAsked = true
      return entries
    }
    if (this.cells === null) this.sort(entries)
    return this.within(at.x - radius, at.y - radius, at.x + radius, at.y + radius)
  }

  private sort(entries: ReadonlySet<ViewEntry>): void {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
    for (const { fields } of entries) {
      const { x, y } = placeOf(this.kind, fields)
      if (Number.isNaN(x)) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
    this.side = Math.min(MAX_CELLS_PER_SIDE, Math.ceil(Math.sqrt(entries.size / ENTRIES_PER_CELL)))
    this.left = left
    this.top = top
    this.cellWidth = Math.max(1e-6, right - left) / this.side
    this.cellHeight = Math.max(1e-6, bottom - top) / this.side
    this.cells = new Map()
    this.cellOf.clear()
    for (const entry of entries) this.add(entry)
  }

  private add(entry: ViewEntry): void {
    const { x, y } = placeOf(this.kind, entry.fields)
    // What was never drawn is nowhere, and says so when it is.
    if (Number.isNaN(x)) return
    const key = this.rowOf(y) * this.side + this.columnOf(x)
    let cell = this.cells!.get(key)
    if (cell === undefined) this.cells!.set(key, (cell = new Set()))
    cell.add(entry)
    this.cellOf.set(entry, key)
  }

  private *within(left: number, top: number, right: number, bottom: number): Generator<ViewEntry> {
    const [lastColumn, lastRow] = [this.columnOf(right), this.rowOf(bottom)]
    for (let row = this.rowOf(top); row <= lastRow; row++) {
      for (let column = this.columnOf(left); column <= lastColumn; column++) {
        const cell = this.cells!.get(row * this.side + column)
        if (cell !== undefined) yield* cell
      }
    }
  }

  /** What lies outside counts as on the border. */
  private columnOf(x: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((x - this.left) / this.cellWidth)))
  }

  private rowOf(y: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((y - this.top) / this.cellHeight)))
  }
}
