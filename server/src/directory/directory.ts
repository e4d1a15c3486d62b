import type { Attributes, Criteria } from '@tickwire/protocol/internal'
import type { Names } from './names.ts'

/**
 * Where rooms are found, seats are reserved and lists are made, by one process or by many. Every method is asynchronous and
 * may fail: the directory may be on another machine.
 */
export interface Directory {
  /** Of people. */
  readonly names: Names
  /**
   * Finds a room and reserves a seat per user in it, in one atomic step: there is no other way to join, and no "find" that
   * could be outdated when the seat is taken. The party gets all its seats or none. When no room fits and `createIfNone` is
   * given, reserves seats in a new one, which the server that gets the answer opens.
   */
  reserve(criteria: SeatCriteria, party: Party, createIfNone: NewRoom | null): Promise<ReserveAnswer>
  /** The party has taken its seats: ends the reservation and takes over the room's numbers, in one step. */
  confirm(reservation: string, report: RoomReport): Promise<void>
  /** The party will not come. Unknown reservations are ignored: it may have expired. */
  release(reservation: string): Promise<void>
  /** A room is open. */
  register(room: RoomEntry): Promise<void>
  /** Something of a room has changed. News that are older than what is known are ignored. */
  report(report: RoomReport): Promise<void>
  /** A room is gone, with all reservations in it. */
  unregister(roomId: string): Promise<void>

  /** One page of the listed rooms that match. @throws RefusedError `bad-cursor` */
  list(query: RoomQuery, cursor: string): Promise<RoomPage>
  /**
   * Tells the first `limit` rooms that match, then each change of these: at first all at once, before this resolves, later
   * what came together in one turn of its own timing.
   */
  watch(query: RoomQuery, listener: (changes: RoomChanges) => void): Promise<RoomWatch>
}

/** Which room: of which game, and how it is named. */
export type SeatCriteria = {
  readonly game: string
  /** Only rooms of this type; without it, of any. */
  readonly type?: string
  /** Rooms that were tried already. */
  readonly except?: readonly string[]
} & (
  | { readonly by: 'any'; readonly where?: Criteria }
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'roomId'; readonly roomId: string }
  /** The invite code of a room. */
  | { readonly by: 'code'; readonly code: string }
  /** No existing room fits. */
  | { readonly by: 'new' }
  /** The seat that another server reserved before it redirected the client here. */
  | { readonly by: 'reservation'; readonly reservation: string }
)

/** Users who want seats in the same room; none, for a room that is made before anybody comes. */
export interface Party {
  readonly userIds: readonly string[]
}

export interface NewRoom {
  readonly type: string
  readonly key: string | null
  readonly maxPlayers: number
  /** Whether it is in lists, and found by who names none. */
  readonly isListed: boolean
}

/**
 * `seats`: a reservation for each user of the party, in their order, each confirmed, released or redeemed by itself.
 * `reservation`: the first of them; without users, one that holds the room.
 */
export type ReserveAnswer =
  | {
      readonly kind: 'local'
      readonly roomId: string
      readonly key: string | null
      readonly type: string
      /** Opens the room to who knows it. */
      readonly invite: string
      readonly isListed: boolean
      readonly reservation: string
      /** No server has registered the room yet: open it. */
      readonly isNew: boolean
      readonly seats: readonly string[]
    }
  /** The room is another server's: the client goes there. */
  | {
      readonly kind: 'redirect'
      readonly url: string
      readonly reservation: string
      readonly seats: readonly string[]
    }
  | { readonly kind: 'none'; readonly reason: NoSeatReason }

/** Also the codes that a client's join is refused with. */
export type NoSeatReason =
  | 'room-not-found'
  | 'room-full'
  | 'room-locked'
  | 'key-taken'
  | 'reservation-expired'
  | 'wrong-code'

/** What may change of a room while it is open. */
export interface RoomReport {
  readonly roomId: string
  /** Rises with each report of a room: one that was overtaken changes nothing. */
  readonly order: number
  /** Seats that nobody has, not counting those who came with a reservation that was not confirmed yet. */
  readonly freeSeats: number
  readonly isLocked: boolean
  readonly spectators: number
  readonly shown: ShownRoom
}

/** What lists show of a room besides numbers; the same object until it changes. */
export interface ShownRoom {
  /** Rises with each change of it. */
  readonly revision: number
  /** As payloads of the game's sections. */
  readonly options: Uint8Array
  readonly metadata: Uint8Array
  /** Those of the game's own, by name. */
  readonly attributes: Attributes
}

export interface RoomEntry extends RoomReport {
  readonly game: string
  readonly type: string
  readonly key: string | null
  readonly invite: string
  readonly maxPlayers: number
  readonly isListed: boolean
  readonly hasPassword: boolean
}

export interface RoomQuery {
  readonly game: string
  readonly where: Criteria
  /** An attribute, with `-` ahead of it for the highest first; '' is the id. */
  readonly sort: string
  /** 1 to `maxListedRooms`. */
  readonly limit: number
}

export interface RoomPage {
  readonly rooms: readonly RoomEntry[]
  /** Of the next page, or ''. */
  readonly cursor: string
  /** How many match, on all pages. */
  readonly total: number
}

export interface RoomChanges {
  /** Ids of rooms that are no more among the first. */
  readonly removed: readonly string[]
  /** Rooms that are new among them, or have changed. */
  readonly rooms: readonly RoomEntry[]
}

export interface RoomWatch {
  close(): void
}
