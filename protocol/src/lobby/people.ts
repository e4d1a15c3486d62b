type Nothing = { readonly [name in never]: never }

/** What the lobby tells of people: parties, tickets of queues, names. The fields that carry it are in `schema.ts`. */
export type PeopleMessages = {
  readonly party: { readonly toClient: PartyState }
  readonly partyEnded: { readonly toClient: { reason: string } }
  readonly seatOffer: { readonly toClient: SeatOffer }
  readonly ticketQueued: { readonly toClient: TicketQueued }
  readonly ticketProposed: { readonly toClient: TicketProposed }
  readonly ticketSeating: { readonly toClient: { ticket: number } }
  readonly ticketMatched: { readonly toClient: TicketMatched }
  readonly ticketEnded: { readonly toClient: TicketEnded }
  readonly direct: { readonly toClient: { from: string; text: string } }
}

/** What is asked about people. */
export type PeopleRequests = {
  readonly createParty: { readonly ask: { maxMembers: number }; readonly reply: Nothing }
  readonly joinParty: { readonly ask: { code: string }; readonly reply: Nothing }
  readonly leaveParty: { readonly ask: Nothing; readonly reply: Nothing }
  readonly setReady: { readonly ask: { ready: boolean }; readonly reply: Nothing }
  readonly promoteMember: { readonly ask: { member: number }; readonly reply: Nothing }
  readonly kickMember: { readonly ask: { member: number }; readonly reply: Nothing }
  readonly seatParty: { readonly ask: SeatPartyAsk; readonly reply: SeatOffer }
  readonly declineSeat: { readonly ask: { reservation: string }; readonly reply: Nothing }
  readonly queue: { readonly ask: QueueAsk; readonly reply: { ticket: number } }
  readonly setLatencies: { readonly ask: { regions: string[]; roundTripsMs: number[] }; readonly reply: Nothing }
  readonly acceptMatch: { readonly ask: { ticket: number }; readonly reply: Nothing }
  readonly declineMatch: { readonly ask: { ticket: number }; readonly reply: Nothing }
  readonly cancelTicket: { readonly ask: { ticket: number }; readonly reply: Nothing }
  readonly setAlias: { readonly ask: { alias: string }; readonly reply: { alias: string } }
  readonly setStatus: { readonly ask: { status: string }; readonly reply: Nothing }
  readonly find: { readonly ask: { alias: string }; readonly reply: Found }
  readonly sendTo: { readonly ask: { alias: string; text: string }; readonly reply: Nothing }
  readonly block: { readonly ask: { alias: string; blocked: boolean }; readonly reply: Nothing }
}

/** All of a party, sent whenever something of it changes. */
export interface PartyState {
  code: string
  maxMembers: number
  /** Numbers of members. */
  leader: number
  me: number
  /** In the order of coming; each is a `PartyMember`. */
  members: Uint8Array[]
}

export interface PartyMember {
  /** Unique in its party, and never used again there. */
  id: number
  user: string
  /** '' without one. */
  alias: string
  ready: boolean
}

/** A seat that is held for this client: a `join` with the reservation takes it. */
export interface SeatOffer {
  reservation: string
  /** Of the server that has the room; '': of this one. */
  url: string
  game: string
  room: string
}

export interface SeatPartyAsk {
  game: string
  /** See `QueryFields.hash`. */
  hash: number
  verb: 'joinOrCreate' | 'create' | 'joinById' | 'joinByCode'
  /** The key, id or code; '': any. */
  room: string
  type: string
  private: boolean
  where: string
  /** A patch. */
  options: Uint8Array
}

/** For all of a party, if its leader asks. */
export interface QueueAsk {
  game: string
  queue: string
  /** `queueHash` of the queue's attributes. */
  hash: number
  /** One payload. */
  attributes: Uint8Array
}

/** It waits for a match: numbers of players as in `WhyWaiting`. */
export interface TicketQueued {
  ticket: number
  game: string
  queue: string
  reason: WaitReason
  waitedMs: number
  needed: number
  full: number
  queued: number
  alike: number
  near: number
  similar: number
}

export type WaitReason = 'players' | 'attributes' | 'latency' | 'skill' | 'full-match' | 'company'

export interface TicketProposed {
  ticket: number
  /** From now, in ms. */
  expiresInMs: number
  players: number
  acceptedPlayers: number
  /** Whether this client's user has. */
  accepted: boolean
}

export type TicketMatched = SeatOffer & { ticket: number; region: string }

export interface TicketEnded {
  ticket: number
  reason: 'cancelled' | 'declined' | 'not-accepted' | 'closed'
  /** Whether it was this client's doing. */
  mine: boolean
}

/** Where somebody is. */
export interface Found {
  alias: string
  status: string
  /** The id of a room that lists show, or ''. */
  room: string
}
