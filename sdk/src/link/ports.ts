import type {
  BitReader,
  BitWriter,
  CallItem,
  ClientItem,
  GameCodec,
  LatestMessage,
  LooseHead,
  SeatClaim,
  ServerItem,
} from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { LobbyChannel } from '../lobby/lobby-channel.ts'
import type { CloseInfo, ConnectionState, RequestOptions, Unsubscribe } from '../room-api.ts'
import type { ClockSync } from '../time/clock-sync.ts'

/**
 * The border between the link and the room that it has a seat in: the link knows connections, tokens and reliable
 * streams; the room knows ticks, prediction and pictures.
 */

/** What a joined room needs of its link. */
export interface RoomLink {
  readonly clock: Clock
  readonly channel: number
  /** The game's, made before the join: its packer is loaded if the schema needs one. */
  readonly codec: GameCodec
  readonly connection: ConnectionState
  /** What is asked beside the room. */
  readonly lobby: LobbyChannel
  /** Round trip, jitter and the room's time, from pings. */
  readonly sync: ClockSync
  /** Whether packets of inputs may be lost on the present connection, so that they must travel more than once. */
  readonly losesInputs: boolean
  /** Bytes per second over the last second, all messages of the connection. */
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  /** Resumes of this link so far. */
  readonly resumes: number
  onConnection(listener: (state: ConnectionState) => void): Unsubscribe
  /** Queues a reliable item and sends it at the end of this turn; false: the buffer is full, nothing was queued. */
  push(item: ClientItem): boolean
  /**
   * Asks the server and waits: `request` is its index in the schema, `decode` reads the reply and may throw DecodeError.
   * Rejects with RefusedError, RequestTimeoutError, ConnectionClosedError, or the signal's reason.
   */
  request<T>(
    request: number,
    payload: Uint8Array,
    decode: (reply: Uint8Array) => T,
    options?: RequestOptions,
  ): Promise<T>
  /** Sends now if online; else keeps the newest per message name. */
  sendLatest(message: Omit<LatestMessage, 'type' | 'channel'>): void
  /** Sends an inputs message now, with whatever is queued; `write` appends the inputs. Dropped while not online. */
  sendInputs(ackedSnapshot16: number, write: (writer: BitWriter) => void): void
  /** Sends an acknowledgement of its own, when no input has carried one for 50 ms. */
  sendSnapshotAck(ackedSnapshot16: number): void
  /** Asks to leave; resolves when the server agrees, or after a bounded wait. */
  leave(): Promise<void>
}

/** What the link tells its room. Both throw DecodeError for bytes that are not theirs. */
export interface RoomReceiver {
  /** Resolves when the first snapshot is in: a join resolves only then. */
  readonly ready: Promise<void>
  /** `bits` is behind the channel, and behind `loose`, which says what it leads on from; null: from the one before. */
  receiveSnapshot(bits: BitReader, nowMs: number, loose?: LooseHead | null): void
  /** Messages, and requests of the server; replies go to whoever asked. */
  receiveCall(call: CallItem): void
  receiveLatest(message: LatestMessage): void
  /** What the server says that this client holds once it has read the snapshot of a tick (its low 16 bits). */
  receiveStateHash(tick16: number, hash: number): void
  /** What coded snapshots start from. */
  receiveTable(number: number, bytes: Uint8Array): void
  /** For a resume: what this client still holds. */
  readonly seatClaim: SeatClaim
  /** The seat was resumed on a new connection; snapshots go on from what was held. */
  resumed(): void
  /** The seat is gone for good. */
  ended(reason: CloseInfo): void
}

/** The server's answer to a join; it comes again when a page that was reloaded, and holds nothing, takes its seat back. */
export type Joined = Extract<ServerItem, { type: 'joined' }>

/** Makes the room's side of a seat once the server has granted it; called before the packet's next message is read. */
export type OpenRoom<R extends RoomReceiver> = (joined: Joined, link: RoomLink) => R
