import type { Game, GameTypes } from '@tickwire/protocol'
import type { CreateOptions, JoinOptions } from '../client-api.ts'
import type { JoinedRoom, Unsubscribe } from '../room-api.ts'

export interface PartyMember {
  /** Unique in the party, and never used again there. */
  readonly id: number
  readonly userId: string
  /** '' without one. */
  readonly alias: string
  /** Whether it may be seated; who leads need not say so. */
  readonly ready: boolean
  readonly leader: boolean
  /** It is this client. */
  readonly me: boolean
}

type WithoutPassword<O> = Omit<O, 'password'>

/**
 * People who want to play together. It outlives drops of the connection, and this client is in it until it leaves, is sent away, or its
 * link ends. Requests reject with `RefusedError`: `not-leader`, `no-such-member`, `party-busy`, `not-ready`, `already-seated` ...
 */
export interface Party {
  /** For `client.joinParty`: six letters and digits. */
  readonly code: string
  readonly maxMembers: number
  /** In the order of coming, this client among them. */
  readonly members: readonly PartyMember[]
  readonly me: PartyMember
  readonly leader: PartyMember
  /** Why this client is in it no more: `'left'`, `'kicked'` or `'link-lost'`; null while it is. */
  readonly ended: string | null
  /** Hears each change of all of the above. */
  onChange(listener: () => void): Unsubscribe
  setReady(ready?: boolean): Promise<void>
  /** Makes another member the leader. */
  promote(member: PartyMember): Promise<void>
  kick(member: PartyMember): Promise<void>
  leave(): Promise<void>
  /**
   * For the leader: seats for all in one room, or for nobody. Its own is taken at once, the others hear of theirs in `onSeat`.
   * Takes what `client.joinOrCreate` takes, but no password, and rejects like it.
   */
  joinOrCreate<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    options?: WithoutPassword<JoinOptions<G>>,
  ): Promise<JoinedRoom<G>>
  create<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    options?: WithoutPassword<CreateOptions<G>>,
  ): Promise<JoinedRoom<G>>
  joinById<G extends GameTypes>(game: Game<G>, roomId: string, join: G['join']): Promise<JoinedRoom<G>>
  joinByCode<G extends GameTypes>(game: Game<G>, code: string, join: G['join']): Promise<JoinedRoom<G>>
  /** The leader has found seats in a room of this game. Where nobody listens, the seat is declined. */
  onSeat<G extends GameTypes>(game: Game<G>, listener: (offer: SeatOffer<G>) => void | Promise<void>): Unsubscribe
  /** The leader has queued for this game. */
  onTicket<G extends GameTypes>(game: Game<G>, listener: (ticket: MatchTicket<G>) => void): Unsubscribe
}

/** A seat that is held for this client, for 20 seconds. */
export interface SeatOffer<G extends GameTypes> {
  /** '' on another server. */
  readonly roomId: string
  /** Takes it. Rejects like any join, and with `reservation-expired`. */
  accept(join: G['join']): Promise<JoinedRoom<G>>
  decline(): Promise<void>
}

/** Where a ticket stands. Behind `matched` only `ended` may follow, behind that nothing. */
export type MatchTicketState =
  | { readonly phase: 'queued'; readonly why: WhyWaiting }
  | {
      readonly phase: 'proposed'
      /** When it was told: whoever has not accepted by then is out. */
      readonly expiresInMs: number
      readonly players: number
      readonly acceptedPlayers: number
      /** Whether this client has. */
      readonly accepted: boolean
    }
  /** The room is being found. */
  | { readonly phase: 'seating' }
  | { readonly phase: 'matched'; readonly roomId: string; readonly region: string }
  /** `mine`: it was this client's doing. */
  | { readonly phase: 'ended'; readonly reason: MatchTicketEnd; readonly mine: boolean }

export type MatchTicketEnd = 'cancelled' | 'declined' | 'not-accepted' | 'closed' | 'link-lost'

/** What keeps a ticket waiting; numbers of players, its own among them. Told anew every few seconds. */
export interface WhyWaiting {
  /** The first thing that leaves too few: in the queue, of these alike, near, similar; or a full match, or each other. */
  readonly reason: 'players' | 'attributes' | 'latency' | 'skill' | 'full-match' | 'company'
  readonly waitedMs: number
  /** How many a match needs at least, and has at most. */
  readonly needed: number
  readonly full: number
  readonly queued: number
  readonly alike: number
  readonly near: number
  readonly similar: number
}

/** A place in a queue. It outlives drops of the connection. */
export interface MatchTicket<G extends GameTypes> {
  readonly queue: string
  readonly state: MatchTicketState
  onState(listener: (state: MatchTicketState) => void): Unsubscribe
  /** Says yes to a match; when the ticket is over by now, nothing happens. */
  accept(): Promise<void>
  /** Ends the ticket; the others of the match go back to the queue. */
  decline(): Promise<void>
  /** Ends the ticket, for all of a party; a seat that was found already is given up. */
  cancel(): Promise<void>
  /** Waits until it is matched and takes the seat. Rejects with `StateError` (`ticket-ended`) when it comes to nothing, or like any join. */
  join(join: G['join']): Promise<JoinedRoom<G>>
}

/** Somebody who has an alias. */
export interface FoundPlayer {
  readonly alias: string
  readonly status: string
  /** Where it plays, unless that room is in no list. */
  readonly roomId: string | null
}

export interface DirectMessage {
  /** The sender's alias at that time. */
  readonly from: string
  readonly text: string
}

/** What a client does with other people outside of rooms: all of it belongs to the link, survives drops and rooms and ends with it. */
export interface People {
  /** The party that this client is in. */
  readonly party: Party | null
  /** @param options maxMembers: 2 to 32 (default 4) */
  createParty(options?: { readonly maxMembers?: number }): Promise<Party>
  /** Rejects with `wrong-code`, `party-full`, `party-busy`, `already-in-party` or `too-many-guesses`. */
  joinParty(code: string): Promise<Party>
  /**
   * Queues for a match, alone or with the party that this client leads. Rejects with `queue-not-found`, `already-queued`,
   * `bad-ticket`, `not-ready`, `queue-full` ...
   */
  queue<G extends GameTypes, Q extends keyof G['queues'] & string>(
    game: Game<G>,
    queue: Q,
    attributes: G['queues'][Q],
  ): Promise<MatchTicket<G>>
  /** Tells the server this client's round trips to regions, in ms, for queues that look at them. */
  setLatencies(roundTripsMs: Readonly<Record<string, number>>): Promise<void>
  /**
   * The same, measured: the round trips to one server per region, by its address. Regions that do not answer within 5 s are left out.
   * Each takes a link for a moment, and a ticket if there are tickets.
   */
  measureLatencies(urls: Readonly<Record<string, string>>): Promise<Record<string, number>>
  /** Null without one. */
  readonly alias: string | null
  /**
   * Takes a name by which others find this client, instead of the one it has; '' gives it up. Resolves with the name as it is
   * compared. Rejects with `bad-alias` or `alias-taken`.
   */
  setAlias(alias: string): Promise<string>
  /** At most 64 bytes. */
  setStatus(status: string): Promise<void>
  /** Rejects with `not-found`. */
  find(alias: string): Promise<FoundPlayer>
  /** At most 500 bytes. Rejects with `not-found`, `no-alias` or `rate-limited`; who has blocked this client, or hears too much, is not told of. */
  sendTo(alias: string, text: string): Promise<void>
  onDirect(listener: (message: DirectMessage) => void): Unsubscribe
  /** Hears no more of whoever has this alias now, whatever it is called later; false takes it back. */
  block(alias: string, blocked?: boolean): Promise<void>
}
