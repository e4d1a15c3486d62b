import type { GameTypes, Show } from '@tickwire/protocol'
import type { RequestOptions } from '../room-api.ts'

type ScalarsOf<T> = { [K in keyof T as T[K] extends string | number | boolean ? K : never]: T[K] }

/** What rooms of a game are searched and sorted by: what every room has, and the game's options and metadata. */
export type RoomAttributes<G extends GameTypes> = Show<
  {
    id: string
    type: string
    players: number
    maxPlayers: number
    spectators: number
    locked: boolean
    password: boolean
  } & ScalarsOf<G['options']> &
    ScalarsOf<G['metadata']>
>

/** What an attribute must be: this value, or what the object says; `min` and `max` are included, `above` and `below` not. */
export type Condition<T> =
  | T
  | { readonly in: readonly T[] }
  | { readonly not: T }
  | ([T] extends [number]
      ? { readonly min?: number; readonly max?: number; readonly above?: number; readonly below?: number }
      : never)
  | ([T] extends [string] ? { readonly contains: string } : never)

/** Conditions on rooms, all of which must hold: by attribute, or as text: `'map = "dust" and skill > 5 and not locked'`. */
export type Where<G extends GameTypes> =
  | string
  | { readonly [K in keyof RoomAttributes<G>]?: Condition<RoomAttributes<G>[K]> }

type AttributeName<G extends GameTypes> = keyof RoomAttributes<G> & string

export interface RoomQuery<G extends GameTypes> {
  /** Default: all listed rooms of the game. */
  readonly where?: Where<G>
  /** An attribute, with `-` ahead of it for the highest first. Default: the rooms' ids. */
  readonly sort?: AttributeName<G> | `-${AttributeName<G>}`
  /** 1 to 100 (default 50). */
  readonly limit?: number
}

/** A room in a list. */
export interface RoomListing<G extends GameTypes> {
  /** For `joinById` and `spectate`. */
  readonly id: string
  readonly type: string
  readonly players: number
  readonly maxPlayers: number
  readonly spectators: number
  readonly locked: boolean
  /** Whether it takes a password to get in. */
  readonly password: boolean
  /** Rises with each change of the metadata. */
  readonly revision: number
  readonly options: Readonly<G['options']>
  readonly metadata: Readonly<G['metadata']>
}

export interface RoomPage<G extends GameTypes> {
  readonly rooms: readonly RoomListing<G>[]
  /** For the next page; null after the last one. */
  readonly cursor: string | null
  /** How many rooms match, on all pages. */
  readonly total: number
}

export interface ListListeners<G extends GameTypes> {
  readonly onAdd?: (room: RoomListing<G>) => void
  readonly onChange?: (room: RoomListing<G>) => void
  readonly onRemove?: (room: RoomListing<G>) => void
}

/** A list that follows what happens, until it is closed. */
export interface LiveRooms<G extends GameTypes> {
  /** As they are now, in the order of the query. */
  readonly rooms: readonly RoomListing<G>[]
  close(): void
}

/** The rooms of one game, seen from outside. Asking connects, and takes no seat. */
export interface Lobby<G extends GameTypes> {
  /** One page. Rejects with `RefusedError`: `bad-where` and `bad-sort` say what was expected. */
  list(query?: RoomQuery<G> & { readonly cursor?: string | null }, options?: RequestOptions): Promise<RoomPage<G>>
  /** The first rooms that match, then each change of these, over drops and redirects. Rejects like `list`. */
  watch(query: RoomQuery<G>, listeners?: ListListeners<G>): Promise<LiveRooms<G>>
}
