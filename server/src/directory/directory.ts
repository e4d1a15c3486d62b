/**
 * Where rooms are found and seats are reserved, by one process or by many. Every method is asynchronous and may fail: the
 * directory may be on another machine.
 */
export interface Directory {
  /**
   * Finds a room and reserves a seat per user in it, in one atomic step: there is no other way to join, and no "find" that
   * could be outdated when the seat is taken. When no room fits and `createIfNone` is given, reserves seats in a new one,
   * which the server that gets the answer opens.
   */
  reserve(criteria: SeatCriteria, party: Party, createIfNone: NewRoom | null): Promise<ReserveAnswer>
  /** The party has taken its seats: ends the reservation and takes over the room's numbers, in one step. */
  confirm(reservation: string, report: RoomReport): Promise<void>
  /** The party will not come. Unknown reservations are ignored: it may have expired. */
  release(reservation: string): Promise<void>
  /** A room is open. */
  register(room: RoomEntry): Promise<void>
  /** A room's numbers have changed. */
  report(report: RoomReport): Promise<void>
  /** A room is gone, with all reservations in it. */
  unregister(roomId: string): Promise<void>
}

/** Which room: of which game, and how it is named. */
export type SeatCriteria = { readonly game: string } & (
  | { readonly by: 'any' }
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'roomId'; readonly roomId: string }
  /** No existing room fits. */
  | { readonly by: 'new' }
  /** The seat that another server reserved before it redirected the client here. */
  | { readonly by: 'reservation'; readonly reservation: string }
)

/** Users who want seats in the same room. */
export interface Party {
  readonly userIds: readonly string[]
}

export interface NewRoom {
  readonly key: string | null
  readonly maxPlayers: number
}

export type ReserveAnswer =
  | {
      readonly kind: 'local'
      readonly roomId: string
      readonly key: string | null
      readonly reservation: string
      /** No server has registered the room yet: open it. */
      readonly isNew: boolean
    }
  /** The room is another server's: the client goes there. */
  | { readonly kind: 'redirect'; readonly url: string; readonly reservation: string }
  | { readonly kind: 'none'; readonly reason: NoSeatReason }

/** Also the codes that a client's join is refused with. */
export type NoSeatReason = 'room-not-found' | 'room-full' | 'room-locked' | 'key-taken' | 'reservation-expired'

export interface RoomReport {
  readonly roomId: string
  /** Seats that nobody has, not counting those who came with a reservation that was not confirmed yet. */
  readonly freeSeats: number
  readonly isLocked: boolean
}

export interface RoomEntry extends RoomReport {
  readonly game: string
  readonly key: string | null
}
