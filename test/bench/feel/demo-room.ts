import { Random } from '@tickwire/protocol'
import type { Game } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { defineRoom } from '@tickwire/server'
import type { RoomDefinition } from '@tickwire/server'
import { arenaRoom } from '../../../demo/server/arena-room.ts'
import type { RoomData } from '../../../demo/server/types.ts'
import type { Arena } from '../../../demo/shared/schema.ts'
import { arena as demoGame } from '../../../demo/shared/simulate.ts'

export const demo: Game<Arena> = demoGame

const SHIPS = 12
const GUST_TICKS = 20
const GUST_SPEED = 40

/** The demo's room, full of bots that fight. */
export const fightRoom = (): ReturnType<typeof defineRoom> => arenaRoom({ ships: SHIPS })

/** The same, with gusts of wind that only the server knows of: each is a misprediction for every player. */
export function windyRoom(): ReturnType<typeof defineRoom> {
  const { definition } = fightRoom() as unknown as { readonly definition: RoomDefinition<Arena, RoomData> }
  return defineRoom<Arena, RoomData>(demo, {
    ...definition,
    onTick(room) {
      definition.onTick?.(room)
      if (room.tick % GUST_TICKS !== 0) return
      for (const ship of room.world.all('ship')) ship.vx += (room.random() - 0.5) * 2 * GUST_SPEED
    },
  })
}

/** Steers at random, shoots in so great a part of the time, and is shot at. */
export function pilot(seed: number, shooting = 0.4): () => Partial<Arena['input']> {
  const random = new Random(seed)
  let held: Partial<Arena['input']> = {}
  return () => {
    if (random.next() < 0.05)
      held = { thrust: random.next() < 0.6, turn: random.int(-8, 8), firing: random.next() < shooting }
    return { ...held, laser: random.next() < shooting / 40 }
  }
}

/** What the world has done to a player by now: shots that hit it, and ships that it lost. */
export class Hardship {
  hits = 0
  private lastHp = 0

  look(room: JoinedRoom<Arena>): void {
    const hp = room.mine('ship')?.hp ?? 0
    if (hp < this.lastHp) this.hits++
    this.lastHp = hp
  }
}
