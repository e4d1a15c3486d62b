import type { AllFields, Game, GameTypes, KindOf, RequestsTo, SimEntity, ToServer } from '@tickwire/protocol'
import type { RecordTo } from '../record/sink.ts'
import type { JoinRequest, Player, Room } from './room-api.ts'

/** Why a player went: it left, its resume window ended, game code or an operator removed it, or the room closed. */
export type LeaveReason = 'left' | 'expired' | 'kicked' | 'room-closed'

type Handler<G extends GameTypes, D, A extends unknown[] = []> = (room: Room<G, D>, ...rest: A) => void
type MaybeAsync = void | Promise<void>

/** What the room does with each message a client may send. Required exactly when the schema declares one. */
export type MessageHandlers<G extends GameTypes, D> = {
  readonly [M in keyof ToServer<G>]: (room: Room<G, D>, player: Player<G>, payload: ToServer<G>[M]) => void
}

/** How the room answers each request; throw `RefusedError` to refuse with a code. */
export type RequestHandlers<G extends GameTypes, D> = {
  readonly [R in keyof RequestsTo<G, 'server'>]: (
    room: Room<G, D>,
    player: Player<G>,
    ask: G['requests'][R]['ask'],
  ) => G['requests'][R]['reply'] | Promise<G['requests'][R]['reply']>
}

/** `name: T` if `Keys` names something, else the key must be absent. */
type RequiredIfAny<Keys, Name extends string, T> = [Keys] extends [never]
  ? { readonly [N in Name]?: undefined }
  : { readonly [N in Name]: T }

export interface RoomOptions<G extends GameTypes, D> {
  /** Seats, 1 to 1023 (default 16). */
  readonly maxPlayers?: number
  /** Names this type among those of one game (default: the game's name); clients ask for it as `type`. */
  readonly name?: string
  /**
   * Spectators, beside the players (default 0). They see what all may see: no `owner` fields, and of the `revealed` ones those
   * that were revealed to all. In a game that hides entities by `canSee` they see only what `canSpectate` allows.
   */
  readonly maxSpectators?: number
  /** Whether rooms are in lists, and found by who names none (default); else they are joined by id, key or invite code. */
  readonly visibility?: 'public' | 'private'
  /** `'creator'`: the first player owns the room, after it whoever sits longest. Default `'none'`. */
  readonly owner?: 'creator' | 'none'
  /** Whether the owner may change the metadata from its page (default: only the server may). */
  readonly metadataBy?: 'owner' | 'server'
  /** Options that a creator does not name, where not the fields' own defaults. */
  readonly options?: Partial<G['options']>
  /** What the metadata is at first. */
  readonly metadata?: Partial<G['metadata']>
  /** How long a dropped player's seat is kept (default 30 000). */
  readonly resumeWindowMs?: number
  /** How long an empty room lives on (default 5 000). */
  readonly emptyRoomMs?: number
  /** The room's private state, made when the room is created. */
  readonly data?: () => D
  /**
   * What `inputOf` says for a tick without input: the last one without its presses, for half a second at most (default), or
   * neutral. A dropped player's input is always neutral.
   */
  readonly idleInput?: 'repeat' | 'neutral'
  /**
   * How many bytes of snapshots one player is sent per second, from 256 on (default: as many as it takes; see also
   * `player.bytesPerSecond`). Beyond it, what is near, important (`priority` of its kind) or has waited long goes first, and
   * the rest follows; the room, the players and what a player owns always go.
   */
  readonly bytesPerSecond?: number
  /**
   * Has the last word on what a player is sent: asked in every snapshot for each entity that its `view` reaches, except what
   * it owns; after `simulate` and `onTick`. What it may not see never reaches its client, nor does its id. Keep it cheap and
   * without effects; when it throws, the entity is hidden.
   */
  readonly canSee?: (room: Room<G, D>, player: Player<G>, entity: SimEntity<G, KindOf<G>>) => boolean
  /** The same for spectators. In a game with `canSee` and without this they are sent no entity. */
  readonly canSpectate?: (room: Room<G, D>, entity: SimEntity<G, KindOf<G>>) => boolean

  /**
   * For development: once a second each client is sent a hash of what it should hold. One that holds something else says which
   * field of which entity, in its console and in `room.stats.mismatches`, and gets everything anew. Costs a look at all that
   * the client holds on both ends, and a snapshot that leaves nothing out. Default: false.
   */
  readonly verify?: boolean

  /**
   * Records each room of this type, for `replay`: `true` into files in `recordings/`, or wherever the sinks that it makes
   * put it (`recordFiles(folder)`). Costs a look at the whole state in every tick.
   */
  readonly record?: boolean | RecordTo
  /** How often a recording holds the whole state, to name the field in which a replay differs (default 1); 0: every tick. */
  readonly keyframeSeconds?: number

  readonly onCreate?: Handler<G, D>
  /** May be async: the seat is reserved, the player appears when it resolves. Throw `RefusedError` to refuse. */
  readonly onJoin?: (room: Room<G, D>, player: Player<G>, request: JoinRequest) => MaybeAsync
  readonly onDrop?: Handler<G, D, [player: Player<G>]>
  readonly onResume?: Handler<G, D, [player: Player<G>]>
  /**
   * The player is no longer among `room.players`; what it owns is still there. Afterwards its entities of kinds with
   * `predict: 'owner'` are despawned and all others become nobody's; do otherwise here if the game wants it.
   */
  readonly onLeave?: Handler<G, D, [player: Player<G>, reason: LeaveReason]>
  /** The room has another owner, or none: nobody is left. */
  readonly onOwner?: Handler<G, D, [player: Player<G> | null]>
  /** A player has changed its profile. */
  readonly onProfile?: Handler<G, D, [player: Player<G>]>
  /** After each tick's simulation: what only the authority decides. */
  readonly onTick?: Handler<G, D>
  /**
   * The server is about to stop (`server.drain`, SIGTERM): nobody new comes, and when `graceMs` are over the room is disposed. Once
   * it is empty, or disposed by itself, nobody waits for it.
   */
  readonly onDrain?: Handler<G, D>
  readonly onDispose?: Handler<G, D>
  /** An exception of game code, with where it came from. Default: the server's log. */
  readonly onError?: (room: Room<G, D>, error: RoomError) => void
}

/** An exception of game code: it never ends the process or the room. */
export interface RoomError {
  readonly error: unknown
  readonly phase: RoomPhase
  readonly roomId: string
  readonly seat: number | null
}

export type RoomPhase =
  | 'create'
  | 'join'
  | 'bot'
  | 'drop'
  | 'resume'
  | 'leave'
  | 'simulate'
  | 'tick'
  | 'message'
  | 'request'
  | 'timer'
  | 'drain'
  | 'dispose'
  | 'owner'
  | 'profile'
  | 'quantise'
  | 'interest'

export type RoomDefinition<G extends GameTypes, D> = RoomOptions<G, D> &
  RequiredIfAny<keyof ToServer<G>, 'onMessage', MessageHandlers<G, D>> &
  RequiredIfAny<keyof RequestsTo<G, 'server'>, 'onRequest', RequestHandlers<G, D>>

/** A room type: a game and what its server does. */
export interface RoomType<G extends GameTypes = GameTypes, D = unknown> {
  readonly game: Game<G>
  readonly definition: RoomDefinition<G, D>
}

/** A player's own fields, writable on the server. */
export type PlayerState<G extends GameTypes> = AllFields<G['player']>
