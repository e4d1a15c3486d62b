import type { Game, GameTypes } from '@tickwire/protocol'
import type { Clock } from './clock.ts'
import type { Impairment } from './impair/impairment.ts'
import type { Lobby, Where } from './lobby/lobby-api.ts'
import type { People } from './lobby/people-api.ts'
import type { ConnectionState, JoinedRoom, Unsubscribe, WatchedRoom } from './room-api.ts'

/** Where the resume token lives between page loads: `sessionStorage` in a window, nothing in a Worker or in Node. */
export interface TokenStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** At most 4096 bytes, or who makes one. */
export type Ticket = string | (() => string | Promise<string>)

export interface ClientOptions {
  /**
   * Proof of who the user is, for the server's `authenticate`. Sent in the handshake, never in the URL. A function is asked for
   * each connection: a ticket that is good for one use may be used up when that one breaks. When it fails, the join fails with its
   * error; a seat that is held is resumed without a ticket.
   */
  readonly ticket?: Ticket
  readonly clock?: Clock
  /** `null`: nothing survives a reload. */
  readonly storage?: TokenStorage | null
  /** The WebSocket constructor; Node 20 has none of its own. */
  readonly WebSocket?: WebSocketConstructor
  /**
   * Makes the network worse on purpose, from the start; `client.impair` changes it later. It delays all that the client sends and
   * receives, its own pings too. A WebSocket's protocol-level pings are answered by the platform and bypass it: what the
   * server measures with them is the real network. For those, too, put `createProxy` in between.
   */
  readonly impair?: Impairment
  /** Draws for backoff jitter; default the platform's. */
  readonly random?: () => number
}

/** The part of the WebSocket constructor that is used; the browser's and ws's both have it. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike

export interface WebSocketLike {
  binaryType: string
  readonly bufferedAmount: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}

/** What a room shall be like that is made. */
export interface CreateOptions<G extends GameTypes = GameTypes> {
  /** Names the room: everybody with the same key meets in it. It is in no list. */
  readonly key?: string
  /** The type of room, where the server has several of the game (default: the first). */
  readonly type?: string
  /** Its options; those that are left out are as the room type says. */
  readonly options?: Partial<G['options']>
  /** `'private'`: in no list, and joined by id or invite code only. Default: as the room type says. */
  readonly visibility?: 'public' | 'private'
  /** Asked of everybody who joins; 1 to 64 bytes. */
  readonly password?: string
}

export interface JoinOptions<G extends GameTypes = GameTypes> extends CreateOptions<G> {
  /** What a room that exists must fulfil to be joined. */
  readonly where?: Where<G>
}

/** How to get into a room that exists. */
export interface EnterOptions {
  readonly password?: string
}

export interface Client extends People {
  /** The link's, over all rooms; `closed` only when nothing brings it back. */
  readonly connection: ConnectionState
  /** Hears each change of `connection`. */
  onConnection(listener: (state: ConnectionState) => void): Unsubscribe
  /**
   * Joins a room with a free seat, or a new one; with a key, the room of that key. Rejects with what `onJoin` refused
   * (`RefusedError`), `UnreachableError`, `SchemaMismatchError` or `ConnectionClosedError`, all of which
   * have a `code`; or with a `RangeError` that names the field of `join` that does not fit.
   */
  joinOrCreate<G extends GameTypes>(game: Game<G>, join: G['join'], options?: JoinOptions<G>): Promise<JoinedRoom<G>>
  /** Makes a room and joins it; with a key that is taken it rejects (`key-taken`). */
  create<G extends GameTypes>(game: Game<G>, join: G['join'], options?: CreateOptions<G>): Promise<JoinedRoom<G>>
  /** Joins exactly this room (`room.id` of another page); rejects with `room-not-found`, `room-full` or `room-locked`. */
  joinById<G extends GameTypes>(
    game: Game<G>,
    roomId: string,
    join: G['join'],
    options?: EnterOptions,
  ): Promise<JoinedRoom<G>>
  /** Joins the room of this invite code (`room.invite`), however it was typed; rejects with `wrong-code` too. */
  joinByCode<G extends GameTypes>(
    game: Game<G>,
    code: string,
    join: G['join'],
    options?: EnterOptions,
  ): Promise<JoinedRoom<G>>
  /** Looks on in a room without a seat: it sees what all may see. Rejects with `room-full` where no more may. */
  spectate<G extends GameTypes>(game: Game<G>, roomId: string, options?: EnterOptions): Promise<WatchedRoom<G>>
  /** The rooms of a game, seen from outside. */
  lobby<G extends GameTypes>(game: Game<G>): Lobby<G>
  /** Takes the seat back that this tab held before a reload, or null if there is none any more. */
  resume<G extends GameTypes>(game: Game<G>): Promise<JoinedRoom<G> | null>
  /** Looks on again where this tab did before a reload, or null if it did not, or the room is gone. What it `look`ed at stays. */
  resumeSpectating<G extends GameTypes>(game: Game<G>): Promise<WatchedRoom<G> | null>
  /**
   * Changes how bad the network is, for the open connection and later ones; `{}`: as good as it is.
   * @throws ConfigError that says which part is wrong
   */
  impair(impairment: Impairment): void
  /** Breaks the connection at once, as a lost network does; what was under way is lost, and the link comes back by itself. */
  cut(): void
  /** Leaves and closes; nothing comes back by itself. */
  close(): Promise<void>
}
