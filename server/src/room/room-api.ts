import type {
  EventOf,
  EmitOptions,
  GameTypes,
  KindOf,
  Place,
  RequestsTo,
  Show,
  SimEntity,
  SimWorld,
  ToClient,
} from '@tickwire/protocol'
import type { PlayerState } from './definition.ts'

/** What a client said to get in, besides the game's own `join` fields. */
export interface JoinRequest {
  /** Who it is: from `authenticate`, or an anonymous id. */
  readonly userId: string
  /** The key it named the room with, or null. */
  readonly key: string | null
}

export interface SendOptions {
  /** `'reliable'` (default): in order, exactly once, across reconnects. `'latest'`: the newest per message name wins. */
  readonly delivery?: 'reliable' | 'latest'
}

export interface RequestOptions {
  /** Default 10 000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * What a client is sent of the world: a circle around (x, y), or a box with its upper left corner there; everything when it
 * is null. What was in it leaves 15 % farther out. Always sent: the room, the players, what the player owns, and kinds
 * without a position or with `relevant: 'always'`. References to what is not sent read as null.
 */
export type PlayerViewArea =
  | { readonly x: number; readonly y: number; readonly radius: number }
  | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The players of some teams: those whose `team` has one of these bits. */
export interface TeamMask {
  readonly team: number
}

/** The occupant of a seat. */
export interface Player<G extends GameTypes> {
  /** Its seat number: small, local to the room, never a secret. */
  readonly id: number
  readonly userId: string
  readonly join: Readonly<G['join']>
  /** Its fields, seen by the others as the schema says. */
  readonly state: PlayerState<G>
  /** What it shows of itself; only its own page changes it (`room.setProfile`). */
  readonly profile: Readonly<G['profile']>
  /** False while its connection is dropped and the seat is kept. */
  readonly connected: boolean
  /** Whether `room.addBot` seated it. */
  readonly isBot: boolean
  /** Which part of the world it is sent; null is everything. Set it whenever it changes. */
  view: PlayerViewArea | null
  /** Its teams as a bit mask of 31 bits (0: none); see `world.reveal`. */
  team: number
  /** Its own budget in bytes of snapshots per second, from 256 on; null: that of the room's `bytesPerSecond`. */
  bytesPerSecond: number | null
  /** The entities of a kind that it owns. */
  owned<K extends KindOf<G>>(kind: K): Iterable<SimEntity<G, K>>
  send<M extends keyof ToClient<G> & string>(message: M, payload: ToClient<G>[M], options?: SendOptions): void
  /**
   * Asks its client, which answers by `room.onRequest`; also while it is dropped: then it is asked when it is back. Rejects with what
   * the client refused (`RefusedError`; `no-handler` if nobody listens there), as `request-timeout`, with the signal's reason, and
   * as `seat-over` when the player leaves. What comes back is what a client says: valid by the schema, and nothing more.
   */
  request<R extends keyof RequestsTo<G, 'client'> & string>(
    request: R,
    ask: G['requests'][R]['ask'],
    options?: RequestOptions,
  ): Promise<G['requests'][R]['reply']>
  /** Takes the seat away; the client's `room.left` says why. */
  leave(reason?: string): void
  /** Takes the seat away as `banned`: its user may not come back to this room; who is anonymous, not on this link. */
  ban(): void
}

/** The server's world: the simulation's, and what only the authority may do. */
export interface ServerWorld<G extends GameTypes> extends SimWorld<G> {
  readonly state: G['state']
  /**
   * Shows the `revealed` fields of an entity, or of a player, to a player, to those in a team (a bit mask), or to all. Who is
   * in a team is looked up in every snapshot; what was said of a player by name goes before its team.
   */
  reveal(entity: { readonly id: number }, to: Player<G> | TeamMask | 'all'): void
  /** Takes it back. */
  conceal(entity: { readonly id: number }, from: Player<G> | TeamMask | 'all'): void
  /** Says that a static entity changed. */
  touch(entity: { readonly id: number }): void
}

/** A cancellable timer on room time. */
export interface RoomTimer {
  cancel(): void
}

/** One isolated world with its players and ticks, as its game code sees it. */
export interface Room<G extends GameTypes, D = unknown> {
  readonly id: string
  readonly key: string | null
  readonly tick: number
  readonly state: G['state']
  /** What its creator chose, with the defaults of its type; fixed. */
  readonly options: Readonly<G['options']>
  /** What lists show of it; see `setMetadata`. */
  readonly metadata: Readonly<G['metadata']>
  /** Whoever knows it may join by it: six letters and digits. */
  readonly invite: string
  /** With `owner: 'creator'`: who may manage the room. */
  readonly owner: Player<G> | null
  readonly isLocked: boolean
  readonly data: D
  readonly world: ServerWorld<G>
  readonly players: ReadonlyMap<number, Player<G>>
  broadcast<M extends keyof ToClient<G> & string>(message: M, payload: ToClient<G>[M], options?: SendOptions): void
  emit<E extends EventOf<G>>(event: E, payload: Show<G['events'][E]>, options?: EmitOptions): void
  /** Runs `fn` once, `seconds` of room time from now (0 or more), before the simulation of that tick. */
  after(seconds: number, fn: () => void): RoomTimer
  /** A number in [0, 1) from the room's own seeded generator; clients do not know it. */
  random(): number
  /** What a player saw when it made the input of this tick. */
  rewind<T>(player: Player<G>, fn: (past: Past<G>) => T): T
  /**
   * Seats a player without a client, from the end of its `onJoin` on. `think` is asked for its input once a tick, which is held
   * to the schema as a client's is; what it leaves out is neutral. A bot does not keep an empty room alive; `leave` ends
   * it.
   * @throws RefusedError `room-full`, `room-locked` or `room-gone`
   */
  addBot(join: G['join'], think: (player: Player<G>) => Partial<G['input']>): Player<G>
  /** Changes some of the metadata. @throws RangeError naming the field that does not fit, ConfigError for one that there is not */
  setMetadata(patch: Partial<G['metadata']>): void
  /** Makes a player the owner, or nobody. */
  transfer(player: Player<G> | null): void
  /** No more joins; resumes still work. */
  lock(locked?: boolean): void
  /** Ends the room: all players leave with `room-closed`. */
  dispose(): void
}

/**
 * The world as one player saw it, for hit tests; see `Room.rewind`. Never among the hits: what the player owns, what its client
 * was not sent, and what is gone by now. For a bot, and for a player whose connection dropped, it is the present.
 *
 * `radius` is how large the hit entities are: they are circles around their places.
 */
export interface Past<G extends GameTypes> {
  /** The tick it shows, with its fraction. */
  readonly tick: number
  /** The first entity of a kind that the way from `from` to `to` meets (`radius` default 1): `segment`'s first, or null. */
  ray<K extends KindOf<G>>(
    kind: K,
    from: Place,
    to: Place,
    options?: { readonly radius?: number },
  ): PastHit<G, K> | null
  /** All entities that it meets, in the order in which it does; their `distance` is how far along that is. */
  segment<K extends KindOf<G>>(kind: K, from: Place, to: Place, options?: { readonly radius?: number }): PastHit<G, K>[]
  /** All entities that touch a rectangle (`radius` default 0), nearest to its middle first. */
  box<K extends KindOf<G>>(
    kind: K,
    box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
    options?: { readonly radius?: number },
  ): PastHit<G, K>[]
  /** The entities of a kind whose places are within `radius` of a place, nearest first. */
  circle<K extends KindOf<G>>(kind: K, at: Place, radius: number): PastHit<G, K>[]
}

export interface PastHit<G extends GameTypes, K extends KindOf<G>> {
  readonly entity: SimEntity<G, K>
  /** Where the player saw it. */
  readonly x: number
  readonly y: number
  readonly distance: number
}
