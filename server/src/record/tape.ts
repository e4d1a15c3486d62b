import type { CallItem, LatestMessage } from '@tickwire/protocol/internal'
import type { LeaveReason } from '../room/definition.ts'
import type { RoomCommand } from '../room/ports.ts'
import type { RoomCore } from '../room/room-core.ts'
import type { Sight } from '../rewind/sight.ts'

/** Something that came to a room from outside of its game code, between two ticks. */
export type RoomOp =
  | {
      readonly type: 'joining'
      readonly seat: number
      readonly userId: string
      readonly key: string | null
      /** The game's join fields, encoded. */
      readonly join: Uint8Array
    }
  /** The end of a join whose `onJoin` took its time, or did not: the player appears, or does not. */
  | { readonly type: 'joined' | 'refused'; readonly seat: number }
  | { readonly type: 'cancelled' | 'dropped' | 'resumed'; readonly seat: number }
  | { readonly type: 'left'; readonly seat: number; readonly reason: LeaveReason }
  | { readonly type: 'call'; readonly seat: number; readonly call: Call }
  | { readonly type: 'managed'; readonly seat: number; readonly command: PlayerCommand }
  /** An operator sent the player away. */
  | { readonly type: 'removed'; readonly seat: number; readonly ban: boolean }
  /** A timer of the process went off: a player did not answer in time. Timers are counted as they are set. */
  | { readonly type: 'rang'; readonly timer: number }
  /** The server is about to stop; the room is over. */
  | { readonly type: 'draining' | 'closed' }

/** What a client said, asked or answered. */
export type Call = CallItem | LatestMessage

/** What a player asked of the lobby. Where spectators look is nothing that game code notices. */
export type PlayerCommand = Exclude<RoomCommand, { kind: 'view' }>

/**
 * What stands between a room and everything that is not its game code: it takes down what comes in, or, in a replay, is
 * where it comes from. A room without one pays a comparison with null.
 */
export interface Tape {
  /** The parts of the room; set by the room as soon as it has them. */
  core: RoomCore | null
  /** Takes down what is about to happen. */
  note(op: RoomOp): void
  /**
   * When `onJoin` of a seat may begin; null: at once. In a replay it runs when it ended: what it waited for (a database) may take
   * as long as it likes, and what it did after that is done in the right tick.
   */
  turn(seat: number): Promise<void> | null
  /** The input of a seat for the tick being run: the one that is given, or that of the recording. */
  input(seat: number, columns: Int32Array): Int32Array
  /** What a player had on screen: what is given, or what it had then. */
  sight(live: Sight): Sight
  /** A tick ended. */
  ticked(): void
}
