import { TEAMS } from '../shared/schema.ts'
import type { Team } from '../shared/schema.ts'
import type { ArenaRoom, Pilot } from './types.ts'

/**
 * The team for somebody who joins. People go where fewer people are, so that two who meet are not put beside each other
 * against bots alone; at a tie, and for bots, where fewer ships are.
 */
export function teamFor(room: ArenaRoom, { isBot }: Pilot): Team {
  const [first, second] = TEAMS
  const people = isBot ? 0 : countOf(room, first, isPerson) - countOf(room, second, isPerson)
  const more = people === 0 ? countOf(room, first) - countOf(room, second) : people
  return more > 0 ? second : first
}

const isPerson = (player: Pilot): boolean => !player.isBot

/** How many of a team there are, or those of them that `counts` says. */
export function countOf(room: ArenaRoom, team: Team, counts: (player: Pilot) => boolean = () => true): number {
  let count = 0
  for (const player of room.players.values()) if (player.state.team === team && counts(player)) count++
  return count
}
