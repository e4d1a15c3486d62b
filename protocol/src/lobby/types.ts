import type { GameTypes } from '../schema/types.ts'
import type { PeopleMessages, PeopleRequests } from './people.ts'

type Nothing = { readonly [name in never]: never }

/** What the lobby's requests and messages say; the fields that carry it are in `schema.ts`. */
export interface LobbyTypes extends GameTypes {
  readonly messages: PeopleMessages & {
    /** What has changed in a watched list since the last one of these. */
    readonly rooms: { readonly toClient: WatchedRooms }
  }
  readonly requests: PeopleRequests & {
    readonly list: { readonly ask: ListAsk; readonly reply: ListReply }
    readonly watch: { readonly ask: WatchAsk; readonly reply: Nothing }
    readonly unwatch: { readonly ask: { watch: number }; readonly reply: Nothing }
    readonly removePlayer: { readonly ask: RemovePlayerAsk; readonly reply: Nothing }
    readonly lockRoom: { readonly ask: { room: string; locked: boolean }; readonly reply: Nothing }
    readonly transferRoom: { readonly ask: { room: string; seat: number | null }; readonly reply: Nothing }
    readonly setMetadata: { readonly ask: SetMetadataAsk; readonly reply: { revision: number } }
    readonly setProfile: { readonly ask: { room: string; patch: Uint8Array }; readonly reply: Nothing }
    readonly setView: { readonly ask: SetViewAsk; readonly reply: Nothing }
  }
}

/** Which rooms of which game. */
export interface QueryFields {
  game: string
  /** Of the sections that lists are read with, `listingHash`: a page of another version could not read them. */
  hash: number
  /** Conditions as text: see `criteria.ts`. */
  where: string
  /** The attribute to sort by, with `-` ahead of it for the highest first; '' is the room's id. */
  sort: string
  limit: number
}

/** `cursor`: of the page before, or ''. */
export type ListAsk = QueryFields & { cursor: string }

export interface ListReply {
  /** Each is a `ListedRoom`. */
  rooms: Uint8Array[]
  /** Where the next page begins, or '' after the last one. */
  cursor: string
  /** How many rooms match, on all pages. */
  total: number
}

/** `watch`: a number of the client's, which names the list until `unwatch`. */
export type WatchAsk = QueryFields & { watch: number }

export interface WatchedRooms {
  watch: number
  removed: string[]
  /** Rooms that are new in the list, or have changed. Each is a `ListedRoom`. */
  rooms: Uint8Array[]
  /** Of one change another message follows. */
  more: boolean
}

export interface RemovePlayerAsk {
  room: string
  seat: number | null
  /** It may not come back while the room lives. */
  ban: boolean
}

export interface SetMetadataAsk {
  room: string
  /** Refused unless this is the room's revision; 0: whatever it is. */
  revision: number
  patch: Uint8Array
}

/** A spectator's circle of the world; `everything` instead of it. */
export interface SetViewAsk {
  room: string
  everything: boolean
  x: number
  y: number
  radius: number
}

/** One room in a list. */
export interface ListedRoom {
  id: string
  type: string
  key: string
  players: number
  maxPlayers: number
  spectators: number
  locked: boolean
  password: boolean
  /** Rises with each change. */
  revision: number
  /** The game's sections. */
  options: Uint8Array
  metadata: Uint8Array
}
