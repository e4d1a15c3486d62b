import { RefusedError } from '@tickwire/protocol'
import { ClientFeed } from '../replication/client-feed.ts'
import { fieldsOf } from '../replication/world.ts'
import type { LeaveReason } from './definition.ts'
import { createGamePlayer } from './game-room.ts'
import type { RoomActions } from './game-room.ts'
import { InputQueue } from './input-queue.ts'
import type { InputCounters } from './input-queue.ts'
import type { JoinAsk, SeatLink } from './ports.ts'
import type { AnyPlayer, RoomCore } from './room-core.ts'
import { RoomLobby } from './room-lobby.ts'
import { Seat } from './seat.ts'

const MAX_REASON_BYTES = 64

/** What plays a bot. */
type Mind = (player: AnyPlayer) => object

/** What stands for a link where there is none: it takes everything, and nobody hears it. */
export const NO_LINK: SeatLink = {
  userId: 'bot',
  channel: 0,
  hasPending: false,
  push: () => true,
  pushLatest: () => undefined,
  flush: () => 'sent',
}

/** What seating needs of its room. */
export interface SeatingRoom {
  readonly isDisposed: boolean
  dispose(): void
  /** A seat has ended that its link did not give up. */
  onGone(seat: number, reason: string): void
  /** A bot took or left a seat. */
  onChanged(): void
}

/** How seats of a room are taken, and how they end. */
export class RoomSeating {
  /** Who owns the room, and who may not come back. */
  readonly lobby: RoomLobby
  /** What game code may do through `room` and `player`. */
  readonly actions: RoomActions
  private readonly core: RoomCore
  private readonly room: SeatingRoom
  private readonly inputCounters: InputCounters | undefined

  constructor(core: RoomCore, room: SeatingRoom, inputCounters: InputCounters | undefined) {
    this.core = core
    this.room = room
    this.inputCounters = inputCounters
    this.lobby = new RoomLobby(core, (seat, reason) => this.kick(seat, reason))
    this.actions = {
      dispose: () => room.dispose(),
      kick: (seat, reason) => this.kick(seat, checkedReason(reason)),
      ban: (seat) => this.lobby.ban(seat),
      own: (seat) => this.lobby.own(seat),
      addBot: (join, think) => this.addBot(join, think),
    }
  }

  /** See `RoomPort.join`. */
  async join({ link, key, join, isSpectator = false }: JoinAsk): Promise<Seat> {
    const { codec, tape } = this.core
    this.lobby.checkUser(link.userId)
    if (isSpectator) return this.spectate(link)
    const fields = codec.decodePayload(codec.schema.join, join)
    const seat = this.reserve(link, fields, null)
    tape?.note({ type: 'joining', seat: seat.id, userId: link.userId, key, join })
    await this.admit(seat, key)
    return seat
  }

  cancelJoin(link: SeatLink): void {
    const seat = this.core.seats.byLink(link)
    if (seat?.phase !== 'joining') return
    this.core.tape?.note({ type: 'cancelled', seat: seat.id })
    this.vacate(seat)
  }

  /** @throws RefusedError `room-full`, `room-locked` or `room-gone`; RangeError for join fields that do not fit */
  private addBot(join: object, think: Mind): AnyPlayer {
    const { codec, game } = this.core
    const { join: fields } = codec.schema
    const checked = codec.decodePayload(fields, codec.encodePayload(fields, join))
    const seat = this.reserve(NO_LINK, checked, think)
    this.room.onChanged()
    this.admit(seat, null).catch((error: unknown) => {
      game.fail('join', seat.id, error)
      this.room.onChanged()
    })
    return seat.player
  }

  kick(seat: Seat, reason: string): void {
    if (seat.phase === 'gone') return
    if (this.remove(seat, 'kicked')) this.tellGone(seat, reason)
  }

  leave(seat: Seat, reason: LeaveReason): void {
    this.core.tape?.note({ type: 'left', seat: seat.id, reason })
    this.remove(seat, reason)
  }

  /** The room is over: all seats end. */
  endAll(): void {
    for (const seat of this.core.seats) {
      if (this.remove(seat, 'room-closed')) this.tellGone(seat, 'room-closed')
    }
  }

  private reserve(link: SeatLink, join: object, think: Mind | null): Seat {
    const { plan, card, seats, maxPlayers } = this.core
    if (this.room.isDisposed) throw new RefusedError('room-gone')
    if (card.isLocked) throw new RefusedError('room-locked')
    const id = seats.nextFree(false)
    if (id < 0) throw new RefusedError('room-full', `room "${plan.id}" has ${maxPlayers} of ${maxPlayers} seats`)
    const seat = this.makeSeat(id, link, join, think)
    seats.add(seat)
    return seat
  }

  /** Somebody who looks on: no player, and nothing that game code hears of. */
  private spectate(link: SeatLink): Seat {
    const { plan, seats, events } = this.core
    if (this.room.isDisposed) throw new RefusedError('room-gone')
    const id = seats.nextFree(true)
    if (id < 0) throw new RefusedError('room-full', `room "${plan.id}" takes no more spectators (maxSpectators)`)
    const seat = this.makeSeat(id, link, {}, null)
    seat.isSpectator = true
    seat.phase = 'playing'
    seat.feed.cursor = events.end
    seats.add(seat)
    return seat
  }

  private makeSeat(id: number, link: SeatLink, join: object, think: Mind | null): Seat {
    const { core, actions } = this
    const inputs = new InputQueue(core.rules, core.world.tick, this.inputCounters)
    const fields = fieldsOf(core.codec.layout.player, {})
    const feed = new ClientFeed(core.events.end)
    const ask = think === null ? null : (): object => think(seat.player)
    const seat: Seat = new Seat(id, link, inputs, feed, fields, core.neutralInput, ask)
    seat.player = createGamePlayer(core, actions, seat, link.userId, join)
    return seat
  }

  /** Runs `onJoin` and puts the player into the world; frees the seat if it throws. */
  private async admit(seat: Seat, key: string | null): Promise<void> {
    const { game, facade, type, tape } = this.core
    const { userId } = seat.link
    const turn = seat.think === null ? tape?.turn(seat.id) : null
    if (turn) await turn
    try {
      const joining = game.enter(() => type.definition.onJoin?.(facade, seat.player, { userId, key }))
      if (joining instanceof Promise) await joining
    } catch (error) {
      if (seat.phase !== 'joining') throw this.abandoned()
      if (seat.think === null) tape?.note({ type: 'refused', seat: seat.id })
      this.vacate(seat)
      if (error instanceof RefusedError) throw error
      game.fail('join', seat.id, error)
      throw new RefusedError('server-error', 'the room failed in onJoin; the log of the server says why')
    }
    if (seat.phase !== 'joining') throw this.abandoned()
    this.enter(seat)
  }

  /** What a join ends with that nobody waits for any more. */
  private abandoned(): RefusedError {
    return new RefusedError(this.room.isDisposed ? 'room-gone' : 'join-cancelled')
  }

  /** The player appears. */
  private enter(seat: Seat): void {
    const { world, players, events, codec, tape } = this.core
    if (seat.think === null) tape?.note({ type: 'joined', seat: seat.id })
    seat.phase = 'playing'
    seat.fields['connected'] = true
    seat.feed.cursor = events.end
    seat.record = world.table.add(codec.layout.player, null, () => ({ fields: seat.fields, head: { owner: seat.id } }))
    players.set(seat.id, seat.player)
    this.lobby.entered(seat)
  }

  /** A bot's seat has no link that would have to hear of it. */
  private tellGone(seat: Seat, reason: string): void {
    if (seat.think === null) this.room.onGone(seat.id, reason)
    else this.room.onChanged()
  }

  /** Ends a seat; true if somebody was in it. */
  private remove(seat: Seat, reason: LeaveReason): boolean {
    const wasIn = seat.phase === 'playing' || seat.phase === 'dropped'
    const { game, players, type, facade } = this.core
    if (wasIn) {
      seat.phase = 'gone'
      players.delete(seat.id)
      if (!seat.isSpectator) {
        game.run('leave', seat.id, () => type.definition.onLeave?.(facade, seat.player, reason))
      }
    }
    this.vacate(seat)
    this.lobby.left(seat)
    return wasIn
  }

  /**
   * Frees the number: whoever takes it next inherits nothing. What the player's own client simulated goes with it (a ship);
   * what it only owned stays, and is nobody's (a card, a house).
   */
  private vacate(seat: Seat): void {
    seat.asked.end()
    const { world, seats, left } = this.core
    if (seats.at(seat.id) !== seat) return
    seat.phase = 'gone'
    left.add(seat.player)
    for (const record of world.table) {
      record.reveals.forget(seat.id)
      if (record.head.owner !== seat.id) continue
      if (record.kind.predicted || record === seat.record) world.table.remove(record)
      else record.head.owner = null
      record.isTouched = true
    }
    seats.remove(seat)
  }
}

function checkedReason(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason
  throw new RangeError(
    `player.leave: expected a reason of at most ${MAX_REASON_BYTES} bytes, got ${reason.length} characters`,
  )
}
