import type { OwnHeld } from './held.ts'
import type { EntityRecord } from './entity-table.ts'
import type { Interest } from './interest.ts'
import type { Replication } from './replication.ts'
import { SlotGrid } from './slot-grid.ts'
import { SlotList } from './slot-list.ts'
import { pushSlots, SlotSet } from './slot-set.ts'

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
  readonly set: SlotSet = new SlotSet()
  private readonly replication: Replication
  private readonly grid: SlotGrid = new SlotGrid()
  private readonly found: SlotList = new SlotList()

  constructor(replication: Replication) {
    this.replication = replication
  }

  look(own: OwnHeld, sight: Sight): void {
    const { replication, grid, set } = this
    set.reserve(replication.table.slots)
    set.clear()
    if (sight.interest === null) for (const { slot } of replication.table) set.add(slot)
    else {
      grid.update(replication)
      grid.find(sight.interest, own.held, set)
      for (const slot of grid.everywhere) set.add(slot)
      for (const { slot } of replication.ownedBy(sight.seat)) set.add(slot)
    }
    if (sight.canSee !== null) this.ask(sight)
  }

  private ask({ canSee, seat }: Sight): void {
    const { found, set } = this
    found.clear()
    for (const [i, word] of set.words.entries()) pushSlots(word, i, found)
    for (const slot of found) {
      const record = this.replication.table.at(slot)!
      if (!isOwn(record, seat, this.replication) && !canSee!(record)) set.delete(slot)
    }
  }
}
