import type { GameSchema } from '@tickwire/protocol'
import type { BitReader, CallItem, GameCodec, LatestMessage, ServerItem } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { ShownRoom } from '../directory/directory.ts'
import type { PasswordHash } from '../lobby/passwords.ts'
import type { Tape } from '../record/tape.ts'
import type { Traffic } from '../traffic.ts'
import type { SendResult } from '../transport/transport.ts'
import type { LeaveReason, RoomError } from './definition.ts'
import type { ObserveTick } from './observed-scheduler.ts'
import type { PlayerViewArea } from './room-api.ts'
import type { RoomOperator } from './room-operator.ts'
import type { InputCounters } from './input-queue.ts'
import type { YieldToIo } from './scheduler.ts'

/**
 * The border between links and rooms: a link knows connections and users, a room knows seats and ticks, and this is all
 * that they know of each other.
 */

/**
 * What a room needs of the link that occupies a seat. From `join` on; until that has resolved, what is pushed and flushed
 * is held, so that nothing of the room overtakes `joined`. The link pushes `joined`, `joinRefused` and `left` itself.
 */
export interface SeatLink {
  readonly userId: string
  /** The channel that this seat's messages carry. */
  readonly channel: number
  /** A snapshot may be lost on its way, or come late (default: all arrive in order). */
  readonly losesSnapshots?: boolean
  /** Queues a reliable item; it leaves with the next `flush`. False: the client's buffer is full, nothing was queued. */
  push(item: ServerItem): boolean
  /** Queues a `latest` message, which replaces one of the same name that has not left yet. */
  pushLatest(message: Omit<LatestMessage, 'type' | 'channel'>): void
  /** True if something waits for `flush`. */
  readonly hasPending: boolean
  /**
   * Sends one packet: what is queued, then the snapshot if there is one: a whole `snapshot` message, as it stands at the
   * end of a packet. Alone it is a packet. The bytes may be reused after the call. `'closed'`: the connection dropped, or the seat is not this link's any more.
   */
  flush(snapshot: Uint8Array | null): SendResult
}

export interface JoinAsk {
  readonly link: SeatLink
  readonly key: string | null
  /** It takes no seat and only looks on. */
  readonly isSpectator?: boolean
  /** The game's join fields, still encoded: the room decodes them with its schema (`DecodeError` if they are not). */
  readonly join: Uint8Array
}

/** What a join gives: all that the client needs to start. */
export interface SeatGrant {
  /** The number is the room's own affair: its client has no seat. */
  readonly isSpectator: boolean
  readonly seat: number
  readonly roomId: string
  readonly epoch: number
  readonly tick: number
  readonly simulationSeed: number
}

/** What a link needs of the room that it has a seat in. A seat number is valid from `join` until `onGone`. */
export interface RoomPort {
  readonly id: string
  readonly key: string | null
  readonly gameName: string
  readonly epoch: number
  readonly codec: GameCodec
  readonly isLocked: boolean
  readonly freeSeats: number
  readonly spectators: number
  readonly terms: RoomTerms
  /** What lists show of it. */
  readonly shown: ShownRoom
  readonly maxPlayers: number
  /** How long a dropped seat is kept; its link ends it with `leave(seat, 'expired')`. */
  readonly resumeWindowMs: number
  /** The newest tick that was run; no snapshot to come is of an older one. */
  readonly tick: number
  /** Room time in ticks, with its fraction, at this moment of the server's clock; runs ahead of `tick` while the process is late. */
  timeAt(nowMs: number): number

  /**
   * Takes a seat, runs `onJoin` (which may be async) and puts the player into the world.
   * @throws RefusedError when game code refuses (its code) or fails (`server-error`), the room is full (`room-full`), locked
   * (`room-locked`) or gone (`room-gone`), or the join was abandoned (`join-cancelled`)
   * @throws DecodeError when `join` is not the game's join fields
   */
  join(ask: JoinAsk): Promise<SeatGrant>
  /** Abandons a join that is still running: its link dropped for good. */
  cancelJoin(link: SeatLink): void
  /** The connection dropped; the seat is kept. */
  drop(seat: number): void
  /** The connection is back. The client holds snapshot `heldSnapshot` (-1: nothing). False: the seat is gone. */
  resume(seat: number, link: SeatLink, heldSnapshot: number): boolean
  /** The seat is given up. */
  leave(seat: number, reason: LeaveReason): void

  /** Reads the inputs behind the head of an `inputs` message; throws DecodeError. */
  receiveInputs(seat: number, bits: BitReader, nowMs: number): void
  /** The client holds this snapshot (low 16 bits); rides on inputs or comes alone. */
  receiveSnapshotAck(seat: number, acked16: number, nowMs: number): void
  /** What the client held at this tick (low 16 bits) was not what its hash said: it needs everything. */
  receiveMismatch(seat: number, tick16: number): void
  /** A message, request or reply; throws DecodeError. Replies leave through the seat's link. */
  receiveCall(seat: number, call: CallItem): void
  receiveLatest(seat: number, message: LatestMessage): void
  /**
   * What somebody in the room asks of the lobby.
   * @throws RefusedError when it may not; DecodeError for bytes that are not the game's
   */
  manage(seat: number, command: RoomCommand): void

  /** What operators may do in it. */
  readonly operator: Pick<RoomOperator, 'players' | 'remove' | 'send' | 'inspect'>

  /** Called when a seat ends for any reason that its link did not ask for; the link tells the client. */
  onGone: (seat: number, reason: string) => void
  /** Called when what others know of the room has changed: its lock, what it shows, or a bot that took or left a seat. */
  onChanged: () => void
  /** Called once when the room is disposed. */
  onDisposed: () => void
  /** The server is about to stop. */
  drain(): void
  /** Ends the room: all seats go with `room-closed`. */
  dispose(): void
}

/** Seats of a room whose type does not say. The directory is told before the room exists. */
export const DEFAULT_MAX_PLAYERS = 16

/** The least budget of a player: below it nothing but the headers of its snapshots would fit. */
export const MIN_BYTES_PER_SECOND = 256

/** Any room type, whatever its game: what links and the registry read of it. */
export interface AnyRoomType {
  readonly game: { readonly schema: GameSchema }
  readonly definition: {
    readonly name?: string
    readonly maxPlayers?: number
    readonly resumeWindowMs?: number
    readonly visibility?: 'public' | 'private'
  }
}

/** Who a new room is. */
export interface RoomPlan {
  readonly id: string
  readonly key: string | null
  /** Drawn anew for each room, also for one that is restored under its old id. */
  readonly epoch: number
  /** Default: those of a public room whose creator chose nothing. */
  readonly terms?: RoomTerms
}

/** What the creator of a room chose, and what the directory gave it. */
export interface RoomTerms {
  /** The name of its room type. */
  readonly type: string
  /** Opens it to who knows it. */
  readonly invite: string
  readonly isListed: boolean
  /** What a password must hash to, or null. */
  readonly password: PasswordHash | null
  /** Whose room it is from when they come, whoever came before; a user's id, or null: whoever comes first. */
  readonly owner: string | null
  /** A patch of the game's options. */
  readonly options: Uint8Array
}

export const NO_TERMS: RoomTerms = {
  type: '',
  invite: '',
  isListed: true,
  password: null,
  owner: null,
  options: new Uint8Array(0),
}

/** What the occupant of a seat may ask of its room beside what the game declares. */
export type RoomCommand =
  | { readonly kind: 'remove'; readonly seat: number | null; readonly ban: boolean }
  | { readonly kind: 'lock'; readonly locked: boolean }
  | { readonly kind: 'transfer'; readonly seat: number | null }
  /** `revision`: that of the room which it was made for, or 0. */
  | { readonly kind: 'metadata'; readonly revision: number; readonly patch: Uint8Array }
  | { readonly kind: 'profile'; readonly patch: Uint8Array }
  | { readonly kind: 'view'; readonly area: PlayerViewArea | null }

/** What rooms need of their process. */
export interface RoomHost {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  /** Where an exception of game code goes when its room has no `onError`. */
  readonly reportError: (error: RoomError) => void
  /** Calls back after the process has looked at its sockets. Default: a timer of 0 ms; in production `setImmediate`. */
  readonly yieldToIo?: YieldToIo
  /** Requests of one player that may wait for a reply (default `LIMITS.maxPendingRequests`). */
  readonly maxPendingRequests?: number
  /** Hears of each request that was refused for that. */
  readonly onTooManyRequests?: () => void
  /** Where all rooms count what becomes of inputs (default: nowhere). */
  readonly inputCounters?: InputCounters
  /** Where all rooms count their snapshots (default: nowhere). */
  readonly traffic?: Traffic
  /** Hears of each tick: of which game, how long it took and how late it began, in ms. */
  readonly observeTick?: ObserveTick
  /** Where a room says that something is odd and goes on: a value that was clamped. */
  readonly warn?: (line: string) => void
  /** Who records the room, or replays it. */
  readonly tape?: Tape
}

/** Makes this process's rooms and drives their ticks: `createRoomMaker(host: RoomHost): RoomMaker` in `room-maker.ts`. */
export interface RoomMaker {
  /** Throws what `onCreate` throws: then there is no room. */
  create(type: AnyRoomType, plan: RoomPlan): RoomPort
  /** Stops all ticks and timers; the rooms were disposed before. */
  close(): void
}
