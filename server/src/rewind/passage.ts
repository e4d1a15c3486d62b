import type { Frame } from './history.ts'

/** Below this a walk over all is cheaper than cells. */
const MIN_FOR_CELLS = 64
const SLOTS_PER_CELL = 4
const MAX_CELLS_PER_SIDE = 64

/**
 * Where everything of one kind was on its way from one snapshot to a later one, in cells: each entity in all cells that its
 * way may touch. Made once for all shots of that moment; a hit test then looks at what is near, and not at the whole world.
 */
export class Passage {
  private readonly older: Frame
  private readonly newer: Frame | null
  private readonly slots: number[] = []
  private readonly cells: Map<number, number[]> | null
  private readonly found: Set<number> = new Set()
  private left = Infinity
  private top = Infinity
  private cellWidth = 1
  private cellHeight = 1
  private side = 1

  constructor(kind: number, older: Frame, newer: Frame | null) {
    this.older = older
    this.newer = newer
    let [right, bottom] = [-Infinity, -Infinity]
    for (let slot = 0; slot < older.slots; slot++) {
      if (older.kindAt(slot) !== kind) continue
      this.slots.push(slot)
      this.left = Math.min(this.left, this.xAt(slot, 0), this.xAt(slot, 1))
      this.top = Math.min(this.top, this.yAt(slot, 0), this.yAt(slot, 1))
      right = Math.max(right, this.xAt(slot, 0), this.xAt(slot, 1))
      bottom = Math.max(bottom, this.yAt(slot, 0), this.yAt(slot, 1))
    }
    this.cells = this.slots.length < MIN_FOR_CELLS ? null : this.sort(right, bottom)
  }

  /** How far on its way something was at a tick. */
  fractionAt(tick: number): number {
    if (this.newer === null) return 0
    return Math.max(0, (tick - this.older.tick) / (this.newer.tick - this.older.tick))
  }

  idAt(slot: number): number {
    return this.older.idAt(slot)
  }

  xAt(slot: number, fraction: number): number {
    const x = this.older.xAt(slot)
    return this.isWay(slot) ? x + (this.newer!.xAt(slot) - x) * fraction : x
  }

  yAt(slot: number, fraction: number): number {
    const y = this.older.yAt(slot)
    return this.isWay(slot) ? y + (this.newer!.yAt(slot) - y) * fraction : y
  }

  /** The slots of all that may have been in a rectangle, in rising order, and of some that were not. */
  within(left: number, top: number, right: number, bottom: number): readonly number[] {
    if (this.cells === null) return this.slots
    this.found.clear()
    this.eachCell(left, top, right, bottom, (key) => {
      for (const slot of this.cells!.get(key) ?? []) this.found.add(slot)
    })
    return [...this.found].toSorted((a, b) => a - b)
  }

  /** A jump on purpose is not drawn as a way. */
  private isWay(slot: number): boolean {
    const { older, newer } = this
    return newer !== null && newer.idAt(slot) === older.idAt(slot) && newer.jumpsAt(slot) === older.jumpsAt(slot)
  }

  private sort(right: number, bottom: number): Map<number, number[]> {
    const cells = new Map<number, number[]>()
    this.side = Math.min(MAX_CELLS_PER_SIDE, Math.ceil(Math.sqrt(this.slots.length / SLOTS_PER_CELL)))
    this.cellWidth = Math.max(1e-6, right - this.left) / this.side
    this.cellHeight = Math.max(1e-6, bottom - this.top) / this.side
    for (const slot of this.slots) {
      const [x0, x1, y0, y1] = [this.xAt(slot, 0), this.xAt(slot, 1), this.yAt(slot, 0), this.yAt(slot, 1)]
      this.eachCell(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1), (key) => {
        const cell = cells.get(key)
        if (cell === undefined) cells.set(key, [slot])
        else cell.push(slot)
      })
    }
    return cells
  }

  private eachCell(left: number, top: number, right: number, bottom: number, visit: (key: number) => void): void {
    const { side, cellWidth, cellHeight } = this
    const lastColumn = cellOf(right, this.left, cellWidth, side)
    const lastRow = cellOf(bottom, this.top, cellHeight, side)
    for (let row = cellOf(top, this.top, cellHeight, side); row <= lastRow; row++) {
      for (let column = cellOf(left, this.left, cellWidth, side); column <= lastColumn; column++) {
        visit(row * side + column)
      }
    }
  }
}

/** What lies outside counts as on the border. */
function cellOf(at: number, start: number, size: number, side: number): number {
  return Math.max(0, Math.min(side - 1, Math.floor((at - start) / size)))
}
