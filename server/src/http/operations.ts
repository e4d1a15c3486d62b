import type { GameSchema } from '@tickwire/protocol'
import type { RoomInspection } from '../room/room-operator.ts'
import type { Traffic } from '../traffic.ts'

/**
 * What services and operators may do to a running server, in terms of JSON: the border between HTTP and the rooms. What
 * cannot be done is thrown as an error that has a code.
 */
export interface Operations {
  /** Whether new players are taken. */
  readonly isReady: boolean
  readonly games: readonly GameSchema[]
  /** This process at one glance. */
  readonly overview: Overview
  list(query: ListQuery): Promise<RoomListing>
  /** Tells the listed rooms, then each change of them, until it is closed. */
  watch(query: ListQuery, listener: (changes: ListingChanges) => void): Promise<{ close(): void }>
  /** A room of this process with everything that is in it, or null. */
  room(roomId: string): RoomDetail | null
  create(ask: CreateAsk): Promise<CreatedRoom>
  /** Holds seats for users who come later: all of them or none. */
  reserve(ask: ReserveAsk): Promise<ReservedSeats>
  removePlayer(roomId: string, seat: number, ban: boolean): void
  dispose(roomId: string): void
  /** Sends a message of the game to a player, or to everybody in the room. */
  send(roomId: string, seat: number | null, message: string, payload: object): void
}

export interface Overview {
  readonly ready: boolean
  readonly linksOnline: number
  readonly linksDropped: number
  readonly traffic: Readonly<Traffic>
  readonly rooms: readonly RoomGlance[]
}

export interface RoomGlance {
  readonly id: string
  readonly game: string
  readonly key: string | null
  readonly players: number
  readonly maxPlayers: number
  readonly tick: number
}

export interface ListQuery {
  readonly game: string
  /** Conditions as text: `map = "dust" and players < 8`. */
  readonly where: string
  readonly sort: string
  readonly limit: number
  readonly cursor: string
}

export interface RoomSummary {
  readonly id: string
  readonly type: string
  readonly key: string | null
  readonly players: number
  readonly maxPlayers: number
  readonly spectators: number
  readonly locked: boolean
  readonly password: boolean
  readonly revision: number
  readonly options: object
  readonly metadata: object
}

export interface RoomListing {
  readonly rooms: readonly RoomSummary[]
  /** Of the next page, or ''. */
  readonly cursor: string
  readonly total: number
}

export interface ListingChanges {
  readonly removed: readonly string[]
  readonly rooms: readonly RoomSummary[]
}

/** What an operator sees of a room. */
export interface RoomDetail extends RoomInspection {
  readonly id: string
  readonly game: string
  readonly key: string | null
  readonly tick: number
  readonly maxPlayers: number
  readonly isLocked: boolean
}

export interface CreateAsk {
  readonly game: string
  readonly type?: string
  readonly key?: string
  readonly visibility?: 'public' | 'private'
  readonly password?: string
  readonly options?: object
}

export interface CreatedRoom {
  readonly roomId: string
  readonly invite: string
}

export interface ReserveAsk {
  readonly game: string
  readonly userIds: readonly string[]
  readonly roomId?: string
  readonly key?: string
  readonly where?: string
  /** Whether a new room may be made (default true, unless a room id is given). */
  readonly createIfNone?: boolean
}

export interface ReservedSeats {
  /** What each user's client joins with. */
  readonly seats: readonly { readonly userId: string; readonly reservation: string }[]
  /** Null: on the server at `url`, where the clients have to go. */
  readonly roomId: string | null
  readonly url: string | null
}
