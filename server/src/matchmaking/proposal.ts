import type { Timer } from '../clock.ts'
import type { OpenRoom } from './backfill.ts'
import type { Match } from './match.ts'
import type { TicketListener, TicketState } from './port.ts'
import type { Queue } from './queue.ts'
import type { MatchTicket } from './ticket.ts'

/** A ticket that has not come to its end. */
export interface Waiting<Placement> {
  readonly queue: Queue
  readonly listener: TicketListener<Placement>
  ticket: MatchTicket
  state: TicketState<Placement>
  /** While it is proposed or being seated. */
  proposal: Proposal<Placement> | null
}

/** A match that waits for acceptance or for its seats. */
export interface Proposal<Placement> {
  readonly match: Match
  readonly members: readonly Waiting<Placement>[]
  readonly players: number
  readonly accepted: Set<string>
  /** Users who left while seats were reserved: their tickets do not come back. */
  readonly gone: Set<string>
  readonly expiresAtMs: number
  timer: Timer | null
}

export const usersOf = ({ ticket }: Pick<Waiting<unknown>, 'ticket'>): string[] =>
  ticket.players.map(({ userId }) => userId)

export function countPlayers(tickets: readonly MatchTicket[]): number {
  return tickets.reduce((sum, { players }) => sum + players.length, 0)
}

export function proposedState<Placement>(
  { expiresAtMs, players, accepted }: Proposal<Placement>,
  { ticket }: Waiting<Placement>,
): TicketState<Placement> {
  const mine = usersOf({ ticket }).filter((userId) => accepted.has(userId))
  return { phase: 'proposed', expiresAtMs, players, acceptedPlayers: accepted.size, accepted: mine }
}

/** Rooms without the seats that are promised already, but not yet reserved. */
export function withoutPromised(
  rooms: readonly OpenRoom[],
  proposals: Iterable<Pick<Proposal<unknown>, 'match'>>,
): OpenRoom[] {
  const coming = new Map<string, number[]>()
  for (const { match } of proposals) {
    if (match.room === null) continue
    const before = coming.get(match.room.roomId)
    coming.set(
      match.room.roomId,
      match.teams.map((tickets, team) => countPlayers(tickets) + (before?.[team] ?? 0)),
    )
  }
  return rooms.map((room) => {
    const promised = coming.get(room.roomId)
    if (promised === undefined) return room
    return { ...room, freeSeats: room.freeSeats.map((free, team) => free - (promised[team] ?? 0)) }
  })
}
