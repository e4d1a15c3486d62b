import { PICK_UP_SPOTS, SHIP_RADIUS } from '../shared/map.ts'
import { FULL_HP, FULL_SHIELD, PICK_UPS } from '../shared/schema.ts'
import type { PickUp } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import type { ArenaRoom, Ship } from './types.ts'

const REACH = SHIP_RADIUS + 16
const RETURN_SECONDS = 12
const SPREAD_SECONDS = 10
const REPAIRED = 60

/** What lies in the arena to be taken, and comes back some time later, perhaps as something else. */
export class PickUps {
  /** When each spot has something again; 0: it has. */
  private readonly returnAt: number[] = PICK_UP_SPOTS.map(() => 1)

  run(room: ArenaRoom): void {
    for (const item of room.world.all('pickUp')) {
      const taker = room.world.near('ship', item, REACH).find((ship) => isOfUse(item.what, ship))
      if (taker === undefined) continue
      give(room, taker, item.what)
      room.emit('picked', { x: item.x, y: item.y, what: item.what, seat: taker.owner }, { at: item })
      this.returnAt[spotOf(item)] = room.tick + RETURN_SECONDS * arena.schema.tickRateHz
      room.world.despawn(item)
    }
    for (const [index, tick] of this.returnAt.entries()) if (tick !== 0 && room.tick >= tick) this.place(room, index)
  }

  private place(room: ArenaRoom, index: number): void {
    this.returnAt[index] = 0
    const what = PICK_UPS[Math.floor(room.random() * PICK_UPS.length)]!
    room.world.spawn('pickUp', { ...PICK_UP_SPOTS[index]!, what })
  }
}

/** Which spot an item lies on. */
function spotOf({ x, y }: { readonly x: number; readonly y: number }): number {
  return PICK_UP_SPOTS.findIndex((spot) => Math.abs(spot.x - x) < 1 && Math.abs(spot.y - y) < 1)
}

/** A whole ship leaves the repair for others. */
function isOfUse(what: PickUp, ship: Ship): boolean {
  if (what === 'repair') return ship.hp < FULL_HP
  return what === 'spread' || ship.shield < FULL_SHIELD
}

function give(room: ArenaRoom, ship: Ship, what: PickUp): void {
  if (what === 'shield') ship.shield = FULL_SHIELD
  if (what === 'repair') ship.hp = Math.min(FULL_HP, ship.hp + REPAIRED)
  if (what === 'spread') ship.spreadUntil = room.tick + SPREAD_SECONDS * arena.schema.tickRateHz
}
