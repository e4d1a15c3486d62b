import type { DenseHeld } from './held.ts'
import type { EntityRecord } from './entity-table.ts'
import type { Interest } from './interest.ts'
import type { Replication } from './replication.ts'
import { SlotGrid } from './slot-grid.ts'

/** What decides which entities one client may see. */
export interface Sight {
  readonly seat: number
  /** Null: the whole world. */
  readonly interest: Interest | null
  /** The game's own word on each entity that would be seen; null: it has none. */
  readonly canSee: ((record: EntityRecord) => boolean) | null
}

/** Whether nothing is hidden from a client: then no id is a secret either. */
export function isOpen({ interest, canSee }: Sight): boolean {
  return interest === null && canSee === null
}

/** Whether an entity goes to a client whatever the game and its budget say: the room, the players, and what it owns. */
export function isOwn(record: EntityRecord, seat: number, replication: Replication): boolean {
  return record.head.owner === seat || replication.isBuiltIn(record.kind)
}

/** The entities that one client may see at a snapshot tick. */
export class Visible {
  /** The slots, in no order. */
  readonly slots: number[] = []
  private readonly replication: Replication
  private readonly grid: SlotGrid = new SlotGrid()
  /** Per slot the last glance that it was seen at: a set that is emptied by counting on. */
  private seen: Int32Array = new Int32Array(0)
  private glance = 0
  private sight: Sight = { seat: -1, interest: null, canSee: null }

  constructor(replication: Replication) {
    this.replication = replication
  }

  has(slot: number): boolean {
    return this.seen[slot] === this.glance
  }

  look(own: DenseHeld, sight: Sight): void {
    const { replication, grid } = this
    const { interest, seat } = sight
    this.glance++
    this.sight = sight
    if (this.seen.length < replication.table.slots) this.seen = new Int32Array(2 * replication.table.slots)
    this.slots.length = 0
    if (interest === null) {
      for (const { slot } of replication.table) this.see(slot)
      return
    }
    grid.update(replication)
    for (const slot of grid.everywhere) this.see(slot)
    for (const { slot } of replication.ownedBy(seat)) this.see(slot)
    grid.visit(interest.bounds, (slot) => {
      const [x, y] = [replication.xs[slot]!, replication.ys[slot]!]
      // What the client holds only matters on the edge: its memory is cold, so it is asked last.
      const isIn = interest.reaches(x, y, false) || (interest.reaches(x, y, true) && this.isHeld(own, slot))
      if (isIn) this.see(slot)
    })
  }

  private isHeld(own: DenseHeld, slot: number): boolean {
    return own.idAt(slot) === this.replication.table.at(slot)!.id
  }

  private see(slot: number): void {
    if (this.seen[slot] === this.glance) return
    const { canSee, seat } = this.sight
    if (canSee !== null) {
      const record = this.replication.table.at(slot)!
      if (!isOwn(record, seat, this.replication) && !canSee(record)) return
    }
    this.seen[slot] = this.glance
    this.slots.push(slot)
  }
}
