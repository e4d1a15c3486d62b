import type {
  EntityHead,
  EventOf,
  GameTypes,
  KindOf,
  PlayerFields,
  EntityView,
  RequestsTo,
  RequestTypes,
  ToClient,
  ToServer,
} from '@tickwire/protocol'

/** Sprites follow entities: `enter` makes one, `update` moves it each frame, `leave` takes it away. */
export interface Drawing<V, T> {
  readonly enter: (view: V) => T
  readonly update?: (view: V, drawn: T) => void
  readonly leave?: (view: V, drawn: T) => void
}

export interface PlayerView<G extends GameTypes = GameTypes> {
  /** Its seat number. */
  readonly id: number
  readonly mine: boolean
  readonly connected: boolean
  /** What it shows of itself. */
  readonly profile: Readonly<G['profile']>
}

/** A player, or its seat. */
export type PlayerRef = number | { readonly id: number }

/** What the owner of a room may do. All of it rejects with `RefusedError`: `not-owner`, `no-such-player`, `not-allowed`. */
export interface RoomAdmin<G extends GameTypes> {
  /** Takes a player's seat away; its `room.left` says `kicked`. */
  kick(player: PlayerRef): Promise<void>
  /** The same, and its user may not come back while the room lives; who is anonymous, not on the same link. */
  ban(player: PlayerRef): Promise<void>
  /** No more players. */
  lock(): Promise<void>
  unlock(): Promise<void>
  /** Makes another player the owner. */
  transfer(player: PlayerRef): Promise<void>
  /**
   * Changes some of the metadata, where the room type lets its owner (`metadataBy`), and resolves with the new revision. With
   * `revision` only if the room is still at that one: it rejects as `outdated`, and undoes nothing newer.
   */
  setMetadata(patch: Partial<G['metadata']>, options?: { readonly revision?: number }): Promise<number>
}

/**
 * How it stands with the server. `resuming` mends itself or ends in `closed`; `closed` is final: of a room, join again; of
 * a client, make another.
 */
export type ConnectionState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'online' }
  | { readonly phase: 'resuming'; readonly attempt: number; readonly retryInMs: number; readonly reason: CloseInfo }
  | { readonly phase: 'closed'; readonly reason: CloseInfo }

/** Why a connection ended, as far as a browser can know. */
export interface CloseInfo {
  readonly code: number
  /** The name in the table of close codes, such as `replaced`. */
  readonly name: string
  readonly meaning: string
  /** Whether coming back makes sense. */
  readonly retry: boolean
}

/** Numbers for a readout, with their units. */
export interface RoomStats {
  readonly rttMs: number
  readonly jitterMs: number
  /** The least time, in ticks, that an input waited at the server since the last snapshot; negative: it came late. */
  readonly slackTicks: number
  /** How far this client runs ahead of the newest snapshot. */
  readonly leadTicks: number
  /** Inputs waiting at the server, as far as slack tells. */
  readonly inputQueueTicks: number
  readonly snapshotAgeMs: number
  readonly interpolationDelayMs: number
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  /**
   * Snapshots since joining that moved the picture of what this player owns by a step of its precision or more, or made it
   * come or go. What only the server decides, such as damage, does not count.
   */
  readonly corrections: number
  readonly starvedTicks: number
  /** How often what this client held was not what the server hashed; 0 unless the room says `verify: true`. */
  readonly mismatches: number
  readonly resumes: number
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

/** Answers one request of the room. The signal aborts when the room does not wait any more. */
export type RequestHandler<R extends RequestTypes> = (
  ask: R['ask'],
  about: { readonly signal: AbortSignal },
) => R['reply'] | Promise<R['reply']>

/** Stops a subscription. */
export type Unsubscribe = () => void

/** One frame's input. What it leaves out is neutral; a press that it names is pressed anew in each frame: see `press`. */
export type Sample<G extends GameTypes> = () => Partial<G['input']>

/** A room as its player sees it. */
export interface JoinedRoom<G extends GameTypes> {
  /** For `joinById` on other pages, in a link to invite with for instance. */
  readonly id: string
  /** This player's seat number. */
  readonly seat: number
  /** The newest tick that was received. */
  readonly tick: number
  /** The room's own fields, as last received. */
  readonly state: Readonly<G['state']>
  /** What its creator chose. */
  readonly options: Readonly<G['options']>
  /** What lists show of it, as last received. */
  readonly metadata: Readonly<G['metadata']>
  /** Rises with each change of the metadata. */
  readonly revision: number
  /** The seat of who owns the room, or null where nobody does. */
  readonly owner: number | null
  /** Whether it takes no more players. */
  readonly locked: boolean
  /** Who knows it may join by it (`client.joinByCode`): for a link to invite with. */
  readonly invite: string
  /** For its owner; the server refuses others as `not-owner`. */
  readonly admin: RoomAdmin<G>
  /** Everybody in the room by seat number, this player too; those whose connection is dropped are `connected: false`. */
  readonly players: ReadonlyMap<number, PlayerView<G> & Readonly<PlayerFields<G>>>
  readonly stats: RoomStats
  /** `closed` as soon as the room is over for this player, even if the client is online. */
  readonly connection: ConnectionState

  /** The visible entities of a kind: one stable, read-only object each until it leaves. */
  view<K extends KindOf<G>>(kind: K): Iterable<EntityView<G, K>>
  /** The first entity of a kind that this player owns, or undefined. */
  mine<K extends KindOf<G>>(kind: K): Extract<EntityView<G, K>, { readonly mine: true }> | undefined
  /** Calls back as entities of a kind enter, at each `advance`, and as they leave. */
  draw<K extends KindOf<G>, T>(kind: K, drawing: Drawing<EntityView<G, K>, T>): Unsubscribe

  /**
   * Once per rendered frame: runs the due ticks, sends inputs, moves what is drawn. `sample` is asked once per call, and
   * only when a tick is due; fields that it leaves out are idle.
   */
  advance(sample: Sample<G>): void
  /** A press of a `field.press()` input; it lives until one tick has read it. */
  press(input: keyof G['input'] & string): void

  /**
   * Hears an event when the picture has come to its tick; a predicted one at once. A function that the listener returns is called
   * if a predicted event turns out not to have happened: it stops the sound, takes the flash away.
   * @throws ConfigError for an unknown name
   */
  onEvent<E extends EventOf<G>>(
    event: E,
    listener: (payload: Readonly<G['events'][E]>, about: EventInfo) => void,
  ): Unsubscribe
  /** Hears a message as it arrives. Those that came before the first `advance` wait for it. @throws ConfigError for an unknown name */
  onMessage<M extends keyof ToClient<G> & string>(message: M, listener: (payload: ToClient<G>[M]) => void): Unsubscribe
  /** Hears each change of `connection`; its last one is `closed`. */
  onConnection(listener: (state: ConnectionState) => void): Unsubscribe
  /** Resolves once the room is over for this player, with the reason: it left, was kicked, or the room is gone. */
  readonly left: Promise<CloseInfo>

  /**
   * True if it was taken; false if the reliable buffer is full and the caller must wait, or if the room is over.
   * @throws RangeError naming a field that does not fit, ConfigError for a message that the schema does not declare
   */
  send<M extends keyof ToServer<G> & string>(message: M, payload: ToServer<G>[M], options?: SendOptions): boolean
  /**
   * Asks the room and resolves with its reply. Rejects with what its handler refused (`RefusedError`), when no reply comes
   * in time (`RequestTimeoutError`), and when the room is over.
   */
  request<R extends keyof RequestsTo<G, 'server'> & string>(
    request: R,
    ask: G['requests'][R]['ask'],
    options?: RequestOptions,
  ): Promise<G['requests'][R]['reply']>
  /**
   * Answers what the room asks this player (`to: 'client'` in the schema; `player.request` there). One handler per request; may
   * be async; `RefusedError` says no. Without a handler the room hears `no-handler`. @throws ConfigError for an unknown name
   */
  onRequest<R extends keyof RequestsTo<G, 'client'> & string>(
    request: R,
    handler: RequestHandler<G['requests'][R]>,
  ): Unsubscribe
  /** Changes some of what this player shows of itself; others see it in `players`. */
  setProfile(patch: Partial<G['profile']>): Promise<void>
  /** Gives the seat back. */
  leave(): Promise<void>
}

/** What a spectator has of a room: no seat, so nothing that only players may see, say or do. */
export interface WatchedRoom<G extends GameTypes> extends Pick<
  JoinedRoom<G>,
  | 'id'
  | 'tick'
  | 'state'
  | 'options'
  | 'metadata'
  | 'players'
  | 'stats'
  | 'connection'
  | 'left'
  | 'view'
  | 'draw'
  | 'onEvent'
  | 'onMessage'
  | 'onConnection'
  | 'leave'
> {
  /** Once per rendered frame. */
  advance(): void
  /** Which part of the world it is sent: a circle, or null for everything that spectators may see. */
  look(area: { readonly x: number; readonly y: number; readonly radius: number } | null): Promise<void>
}

export interface EventInfo {
  readonly tick: number
  /** True while it is only predicted by this client. */
  readonly predicted: boolean
}

export type EntityRef = EntityHead['id']
