import { SPAWNS } from '../shared/map.ts'
import type { Spot } from '../shared/map.ts'
import { FULL_HP } from '../shared/schema.ts'
import type { Team } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import type { ArenaRoom, Pilot } from './types.ts'

/** Nobody appears in front of somebody's guns, if there is another place. */
const SPAWN_DISTANCE = 320
const SAFE_SECONDS = 2.5

/** A whole ship on its team's side of the arena, pointing to the middle, and safe for a moment. */
export function spawnShip(room: ArenaRoom, player: Pilot): void {
  const { team } = player.state
  const { x, y } = freeSpawn(room, team)
  const angle = team === 'azure' ? 0 : Math.PI
  const safeUntil = room.tick + SAFE_SECONDS * arena.schema.tickRateHz
  room.world.spawn('ship', { x, y, angle, team, hp: FULL_HP, safeUntil }, { owner: player })
}

function freeSpawn(room: ArenaRoom, team: Team): Spot {
  const free = SPAWNS[team].filter((spawn) => room.world.near('ship', spawn, SPAWN_DISTANCE).length === 0)
  const choice = free.length > 0 ? free : SPAWNS[team]
  return choice[Math.floor(room.random() * choice.length)] ?? choice[0]!
}
