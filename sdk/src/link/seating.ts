import { DecodeError } from '@tickwire/protocol'
import type {
  BitReader,
  CallItem,
  GameCodec,
  LatestMessage,
  LooseHead,
  LinkSecrets,
  SeatClaim,
  ServerItem,
} from '@tickwire/protocol/internal'
import { roomGone } from '../connection/close-info.ts'
import { ConnectionClosedError, joinRefusal, StateError } from '../errors.ts'
import type { Report } from '../report.ts'
import type { CloseInfo } from '../room-api.ts'
import { Joining } from './joining.ts'
import type { PendingJoin } from './joining.ts'
import type { Joined, OpenRoom, RoomReceiver } from './ports.ts'
import type { ResumeStore, StoredSeat } from './resume.ts'
import { Seat } from './seat.ts'
import type { SeatHost } from './seat.ts'

export type Identity = LinkSecrets

export interface SeatingParts {
  readonly host: SeatHost
  /** Where the link is now. */
  url(): string
  readonly store: ResumeStore
  readonly report: Report
  /** The link's secrets, as the server knows them: asked only behind a welcome. */
  identity(): Identity
  /** A room was opened. */
  onSeated(): void
}

/** How long a leave waits for the server's word. */
const LEAVE_TIMEOUT_MS = 2000

/** The one seat that a link may hold: from the join, over resumes, to its end. */
export class Seating {
  private readonly parts: SeatingParts
  private joining: PendingJoin | null = null
  /** A reloaded page's claim, until the server has answered it. */
  private claimed: StoredSeat | null = null
  private current: Seat | null = null
  /** The server said that the seat is gone, and perhaps will say why. */
  private isLost = false
  private leaving: Promise<void> | null = null
  private onEnd: (() => void) | null = null

  constructor(parts: SeatingParts) {
    this.parts = parts
  }

  get seat(): Seat | null {
    return this.current
  }

  get isClaiming(): boolean {
    return this.claimed !== null
  }

  /** @throws StateError when a seat is held or asked for already */
  join<R extends RoomReceiver>(channel: number, codec: GameCodec, openRoom: OpenRoom<R>): Joining<R> {
    if (this.current !== null) throw new StateError('already-seated', 'this client has a seat; leave that room first')
    if (this.joining !== null) throw new StateError('join-pending', 'a join of this client is not answered yet')
    const { clock, sender } = this.parts.host
    const joining = new Joining<R>({
      clock,
      channel,
      codec,
      openRoom,
      // Whatever the server makes of the join later, nobody is there to play.
      onTimeout: () => sender.push({ type: 'leave', channel }),
      onEnd: () => (this.joining = null),
    })
    this.joining = joining
    return joining
  }

  /** Like `join`, for the seat that this page held before a reload. */
  claim<R extends RoomReceiver>(stored: StoredSeat, codec: GameCodec, openRoom: OpenRoom<R>): Joining<R> {
    const joining = this.join(stored.channel, codec, openRoom)
    this.claimed = stored
    return joining
  }

  /** For a hello: the seat that is to be resumed, or null. */
  seatClaim(): SeatClaim | null {
    if (this.claimed === null) return this.current?.receiver?.seatClaim ?? null
    const { channel, epoch, game } = this.claimed
    return { channel, epoch, game, hashes: this.joining?.codec.hashes ?? [], heldSnapshot: -1 }
  }

  /** Keeps the newest token, for a reload. */
  remember(): void {
    const { parts, claimed, current } = this
    const identity = parts.identity()
    const seat = claimed ?? current?.receiver?.seatClaim
    if (seat === undefined) return
    const { channel, epoch, game } = seat
    const { isSpectator } = claimed ?? current!
    parts.store.save({ url: parts.url(), ...identity, channel, epoch, game, isSpectator })
  }

  /** The link is back on a new connection, with the seat or without it. */
  resumed(hasSeat: boolean): void {
    const { claimed, current } = this
    this.claimed = null
    if (!hasSeat && claimed !== null) this.claimGone()
    if (current === null) return
    // Why the seat is gone may stand in the items that follow in this packet.
    this.isLost = !hasSeat
    if (!hasSeat) return
    current.sync.reset()
    this.guard(() => current.receiver?.resumed())
  }

  /** The server has forgotten the link. */
  expired(): void {
    const reason = roomGone('expired')
    if (this.claimed !== null) this.claimGone()
    else this.joining?.fail(new ConnectionClosedError(reason))
    this.end(reason)
  }

  packetHandled(): void {
    if (this.isLost) this.end(roomGone('expired'))
  }

  /** The server's answer to a join; the room is made before the packet's next message is read, perhaps a snapshot. */
  handle(item: Exclude<ServerItem, CallItem>): void {
    const { joining } = this
    if (item.type === 'left') {
      if (this.current?.channel === item.channel) this.end(roomGone(item.reason))
      return
    }
    if (item.type === 'table' || item.type === 'stateHash') {
      const receiver = this.current?.channel === item.channel ? this.current.receiver : null
      if (item.type === 'table') this.guard(() => receiver?.receiveTable(item.number, item.bytes))
      else receiver?.receiveStateHash(item.tick16, item.hash)
      return
    }
    // Of a join that was given up, or a grant that a resume replays.
    if (joining === null || joining.channel !== item.channel || this.current !== null) return
    if (item.type === 'joined') this.open(joining, item)
    else if (item.type === 'redirect') joining.succeed(item)
    else joining.fail(joinRefusal(joining.codec.schema, item))
  }

  receiveSnapshot(channel: number, bits: BitReader, nowMs: number, loose: LooseHead | null): void {
    // Snapshots of a seat that was left may still be on their way, and loose ones may overtake `joined`.
    if (this.current?.channel !== channel) return
    const { receiver } = this.current
    this.guard(() => receiver?.receiveSnapshot(bits, nowMs, loose))
  }

  receive(message: CallItem | LatestMessage): void {
    const receiver = this.current?.channel === message.channel ? this.current.receiver : null
    if (receiver === null) {
      if (this.joining?.channel === message.channel) this.joining.held.push(message)
      return
    }
    this.guard(() => (message.type === 'latest' ? receiver.receiveLatest(message) : receiver.receiveCall(message)))
  }

  leave(): Promise<void> {
    const { current } = this
    if (current === null) return Promise.resolve()
    const { clock, sender } = this.parts.host
    this.leaving ??= new Promise((resolve) => {
      sender.push({ type: 'leave', channel: current.channel })
      const timer = clock.setTimer(() => this.end(roomGone('left')), LEAVE_TIMEOUT_MS)
      this.onEnd = () => {
        timer.cancel()
        resolve()
      }
    })
    return this.leaving
  }

  /** The link is over, and with it the seat or the wish for one. */
  closed(reason: CloseInfo, error: Error): void {
    this.joining?.fail(error)
    this.end(reason)
  }

  private open(joining: PendingJoin, joined: Joined): void {
    const { host } = this.parts
    const seat = new Seat(host, joined, joining.codec)
    try {
      seat.receiver = joining.open(joined, seat)
    } catch (error) {
      host.sender.push({ type: 'leave', channel: joined.channel })
      joining.fail(error)
      return
    }
    this.current = seat
    this.remember()
    for (const message of joining.held) this.receive(message)
    this.parts.onSeated()
  }

  private claimGone(): void {
    this.claimed = null
    this.parts.store.clear()
    this.joining?.succeed({ type: 'gone' })
  }

  private end(reason: CloseInfo): void {
    const { current, onEnd, parts } = this
    this.isLost = false
    if (current === null) return
    this.current = null
    this.leaving = null
    this.onEnd = null
    current.end()
    parts.host.sender.dropLatest()
    // After a drop for good a reload may still find the seat; after a leave there is none.
    if (!reason.retry) parts.store.clear()
    const error = new ConnectionClosedError(reason)
    parts.host.requests.failAll(error, current.channel)
    if (this.joining?.channel === current.channel) this.joining.fail(error)
    this.guard(() => current.receiver?.ended(reason))
    onEnd?.()
  }

  /** Game code that throws must not cost the rest of the packet: reliable items come only once. */
  private guard(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      if (error instanceof DecodeError) throw error
      this.parts.report('a message of the server could not be handled', error)
    }
  }
}
