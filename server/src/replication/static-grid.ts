import type { Place } from '@tickwire/protocol'
import type { KindLayout } from '@tickwire/protocol/internal'
import type { Entity } from './entity-list.ts'
import { placeOf } from './near.ts'

/** Cells along each side of the range of positions: fine enough for a thousand pellets, coarse enough for a wide look. */
const CELLS = 64

/**
 * Where the entities of a static kind stand, in cells, so that `near` need not look at every pellet of a world. They stay
 * in their cell until `world.touch` says that they moved.
 */
export class StaticGrid {
  private readonly position: readonly string[]
  private readonly min: number
  private readonly cellSize: number
  private readonly found: Entity[] = []
  private readonly cells: Map<number, Set<Entity>> = new Map()
  private readonly cellOf: Map<Entity, Set<Entity>> = new Map()

  constructor(kind: KindLayout) {
    this.position = kind.position
    const specs = kind.position.map((name) => kind.fields.find((layout) => layout.name === name)!.spec)
    const ranges = specs.flatMap((spec) => ('min' in spec ? [spec.min, spec.max] : []))
    this.min = Math.min(...ranges)
    this.cellSize = (Math.max(...ranges) - this.min) / CELLS
  }

  add(entity: Entity): void {
    const { x, y } = placeOf(entity, this.position)
    const key = this.cellAt(x) * CELLS + this.cellAt(y)
    let cell = this.cells.get(key)
    if (cell === undefined) this.cells.set(key, (cell = new Set()))
    cell.add(entity)
    this.cellOf.set(entity, cell)
  }

  remove(entity: Entity): void {
    this.cellOf.get(entity)?.delete(entity)
    this.cellOf.delete(entity)
  }

  /** All that may stand within `radius` of a place, and some that do not; the same list, until the next call. */
  around({ x, y }: Place, radius: number): readonly Entity[] {
    const { found } = this
    found.length = 0
    const [left, right] = [this.cellAt(x - radius), this.cellAt(x + radius)]
    const [top, bottom] = [this.cellAt(y - radius), this.cellAt(y + radius)]
    for (let column = left; column <= right; column++) {
      for (let row = top; row <= bottom; row++) {
        const cell = this.cells.get(column * CELLS + row)
        if (cell !== undefined) for (const entity of cell) found.push(entity)
      }
    }
    return found
  }

  /** Places beyond the range count as on its border. */
  private cellAt(coordinate: number): number {
    return Math.max(0, Math.min(CELLS - 1, Math.floor((coordinate - this.min) / this.cellSize)))
  }
}
