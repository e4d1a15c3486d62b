import type { OpenRoom } from './backfill.ts'
import type { Match } from './match.ts'

/** What a `Matchmaker` needs of its surroundings, and all that it knows of them. */
export interface MatchmakerPort<Placement> {
  /** Running rooms that look for players of this queue. May be out of date: `onMatch` has the last word. */
  openRooms(queue: string): readonly OpenRoom[]
  /**
   * Makes or finds the room of a match and reserves the seats; what it resolves with is told to the tickets. When it rejects, or takes
   * longer than `seatTimeoutMs`, the tickets go back to the front of the queue; what a late one has reserved must expire by itself.
   */
  onMatch(match: Match): Promise<Placement>
  /** `onMatch` or a listener failed, or `openRooms` did: for the log. */
  onError(error: unknown): void
}

/** Where a ticket stands. Behind `matched` and `ended` nothing follows. */
export type TicketState<Placement> =
  | { readonly phase: 'queued' }
  /** A match waits for all of its players to accept. */
  | {
      readonly phase: 'proposed'
      /** On the matchmaker's clock, in ms. Whoever has not accepted by then is out. */
      readonly expiresAtMs: number
      readonly players: number
      readonly acceptedPlayers: number
      /** Who of this ticket has accepted. */
      readonly accepted: readonly string[]
    }
  /** `onMatch` is at work. */
  | { readonly phase: 'seating' }
  | { readonly phase: 'matched'; readonly match: Match; readonly placement: Placement }
  /** `by`: whose doing it was, among the ticket's users. */
  | { readonly phase: 'ended'; readonly reason: TicketEnd; readonly by: readonly string[] }

export type TicketEnd =
  /** Somebody of the ticket cancelled or left. */
  | 'cancelled'
  | 'declined'
  /** Somebody of the ticket did not answer in time. */
  | 'not-accepted'
  /** The matchmaker was closed. */
  | 'closed'

export type TicketListener<Placement> = (state: TicketState<Placement>) => void
