import type { Team } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { spawnShip } from './ships.ts'
import type { ArenaRoom } from './types.ts'

const ROUND_SECONDS = 300
/** Who has so many points first has won, where the room's creator says nothing else. */
export const WINNING_SCORE = 25
const PAUSE_SECONDS = 8

/** Nobody has a point, and everybody a whole ship. */
export function newRound(room: ArenaRoom): void {
  Object.assign(room.state, {
    phase: 'playing',
    endsAt: after(room, ROUND_SECONDS),
    azure: 0,
    amber: 0,
    winner: 'nobody',
  })
  room.setMetadata({ round: (room.metadata.round % 999) + 1 })
  for (const bullet of room.world.all('bullet')) room.world.despawn(bullet)
  for (const ship of room.world.all('ship')) room.world.despawn(ship)
  for (const player of room.players.values()) {
    player.state.score = 0
    player.state.deaths = 0
    spawnShip(room, player)
  }
}

export function countPoint(room: ArenaRoom, team: Team): void {
  room.state[team]++
  if (room.state[team] >= room.options.points) endRound(room)
}

/** Ends what is over: a round whose time is up, or the pause behind one. */
export function runRound(room: ArenaRoom): void {
  if (room.tick < room.state.endsAt) return
  if (room.state.phase === 'playing') endRound(room)
  else newRound(room)
}

function endRound(room: ArenaRoom): void {
  const { azure, amber } = room.state
  const winner = azure === amber ? 'nobody' : azure > amber ? 'azure' : 'amber'
  Object.assign(room.state, { phase: 'over', endsAt: after(room, PAUSE_SECONDS), winner })
}

const after = (room: ArenaRoom, seconds: number): number => room.tick + seconds * arena.schema.tickRateHz
