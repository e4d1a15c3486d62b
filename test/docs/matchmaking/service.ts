import { Matchmaker, openskillRatings } from '@tickwire/server'
import type { Clock, MatchmakerPort, Rating, TicketState, WhyWaiting } from '@tickwire/server'
import * as openskill from 'openskill'
import { brawl, duel, ranked } from './queues.ts'

export interface Placement {
  readonly roomId: string
  readonly map: string
}

/** Of the server around it. */
export interface Surroundings {
  readonly clock: Clock
  readonly openRooms: MatchmakerPort<Placement>['openRooms']
  readonly openRoom: (options: { map: string; region: string | null; userIds: string[] }) => Promise<string>
  readonly log: (error: unknown) => void
}

export function createMatchmaker({ clock, openRooms, openRoom, log }: Surroundings): Matchmaker<Placement> {
  const port: MatchmakerPort<Placement> = {
    openRooms,
    async onMatch(match) {
      const [map] = [match.attributes['maps'] ?? 'dust'].flat()
      const userIds = match.teams.flatMap((tickets) =>
        tickets.flatMap(({ players }) => players.map(({ userId }) => userId)),
      )
      if (match.room !== null) return { roomId: match.room.roomId, map: String(map) }
      const roomId = await openRoom({ map: String(map), region: match.region, userIds })
      return { roomId, map: String(map) }
    },
    onError: log,
  }
  return new Matchmaker([duel, brawl, ranked], port, { clock })
}

/** What the player reads. */
export function banner(state: TicketState<Placement>): string {
  switch (state.phase) {
    case 'queued':
      return 'Looking for a match'
    case 'proposed':
      return `Match found: ${state.acceptedPlayers} of ${state.players} are ready`
    case 'seating':
      return 'Opening the room'
    case 'matched':
      return `You play on ${state.placement.map}`
    case 'ended':
      return state.reason === 'declined' ? `${state.by.join(' and ')} declined` : 'You left the queue'
  }
}

export function play(matchmaker: Matchmaker<Placement>, userId: string, show: (text: string) => void): void {
  const request = { players: [{ userId }] }
  matchmaker.enqueue('duel', request, (state) => show(banner(state)))
}

export function hint({ reason, needed, queued, near, similar }: WhyWaiting): string {
  if (reason === 'players') return `${queued} of ${needed} players`
  if (reason === 'latency') return `${near} of ${needed} players near you`
  if (reason === 'skill') return `${similar} of ${needed} players of your strength; the longer you wait, the more suit`
  return 'Looking for company that suits'
}

const ratings = openskillRatings(openskill)

/** After a duel. */
export function rate(users: Map<string, Rating>, winner: string, loser: string): void {
  const player = (userId: string) => ({ userId, rating: users.get(userId) ?? ratings.newcomer() })
  const after = ratings.update([
    { players: [player(winner)], rank: 1 },
    { players: [player(loser)], rank: 2 },
  ])
  for (const [userId, rating] of after) users.set(userId, rating)
}
