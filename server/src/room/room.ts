import { RefusedError } from '@tickwire/protocol'
import { InputBatch } from '@tickwire/protocol/internal'
import type { BitReader, CallItem, GameCodec, LatestMessage } from '@tickwire/protocol/internal'
import { ClientFeed } from '../replication/client-feed.ts'
import { fieldsOf } from '../replication/world.ts'
import type { LeaveReason, RoomType } from './definition.ts'
import { createGamePlayer, createGameRoom } from './game-room.ts'
import type { RoomActions } from './game-room.ts'
import { InputQueue } from './input-queue.ts'
import type { InputCounters } from './input-queue.ts'
import type { JoinAsk, RoomCommand, RoomHost, RoomPlan, RoomPort, RoomTerms, SeatGrant, SeatLink } from './ports.ts'
import type { ShownRoom } from '../directory/directory.ts'
import { RoomLobby } from './room-lobby.ts'
import { RoomCalls } from './room-calls.ts'
import { RoomCore } from './room-core.ts'
import type { AnyPlayer } from './room-core.ts'
import { RoomOperator } from './room-operator.ts'
import { RoomTicks } from './room-ticks.ts'
import type { Pace, RoomScheduler } from './scheduler.ts'
import { Seat } from './seat.ts'

const DEFAULT_RESUME_WINDOW_MS = 30_000
const MAX_REASON_BYTES = 64

type BotMind = (player: AnyPlayer) => object

/** What stands for a link where there is none: it takes everything, and nobody hears it. */
export const NO_LINK: SeatLink = {
  userId: 'bot',
  channel: 0,
  hasPending: false,
  push: () => true,
  pushLatest: () => undefined,
  flush: () => 'sent',
}

/** One isolated world with its players and ticks: the machine behind `RoomPort`. */
export class RoomMachine implements RoomPort {
  readonly id: string
  readonly key: string | null
  readonly gameName: string
  readonly epoch: number
  readonly codec: GameCodec
  readonly maxPlayers: number
  readonly resumeWindowMs: number
  onGone: (seat: number, reason: string) => void = () => undefined
  onChanged: () => void = () => undefined
  onDisposed: () => void = () => undefined
  /** The parts, for metrics and tests. */
  readonly core: RoomCore
  private readonly calls: RoomCalls
  readonly operator: RoomOperator
  private readonly lobby: RoomLobby
  private readonly inputCounters: InputCounters | undefined
  private readonly pace: Pace
  private readonly actions: RoomActions
  /** What was read of the packet at hand. */
  private readonly batch = new InputBatch()
  private isDisposed = false

  /** Throws what `onCreate` or `data` throws. */
  constructor(type: RoomType, plan: RoomPlan, codec: GameCodec, host: RoomHost, scheduler: RoomScheduler) {
    this.id = plan.id
    this.key = plan.key
    this.epoch = plan.epoch
    this.gameName = type.game.schema.name
    this.codec = codec
    this.core = new RoomCore(type, plan, codec, host)
    this.maxPlayers = this.core.maxPlayers
    this.resumeWindowMs = type.definition.resumeWindowMs ?? DEFAULT_RESUME_WINDOW_MS
    this.lobby = new RoomLobby(this.core, (seat, reason) => this.kick(seat, reason))
    this.operator = new RoomOperator(this.core, this.lobby, (seat, reason) => this.kick(seat, reason))
    this.actions = {
      dispose: () => this.dispose(),
      kick: (seat, reason) => this.kick(seat, checkedReason(reason)),
      ban: (seat) => this.lobby.ban(seat),
      own: (seat) => this.lobby.own(seat),
      addBot: (join, think) => this.addBot(join, think),
    }
    this.core.facade = createGameRoom(this.core, this.actions)
    this.calls = new RoomCalls(this.core, host)
    this.core.card.onChange = () => this.onChanged()
    this.inputCounters = host.inputCounters
    const creating: unknown = this.core.game.enter(() => type.definition.onCreate?.(this.core.facade))
    this.core.game.watch('create', null, creating)
    if (this.isDisposed) throw new RefusedError('room-gone', `room "${plan.id}" was disposed in its onCreate`)
    const ticks = new RoomTicks(
      this.core,
      () => this.isDisposed,
      () => this.dispose(),
    )
    this.pace = scheduler.add(type.game.schema.tickRateHz, (tick) => ticks.run(tick))
    ticks.snapshotPhase = this.pace.ordinal % type.game.schema.ticksPerSnapshot
  }

  get isLocked(): boolean {
    return this.core.card.isLocked
  }

  get terms(): RoomTerms {
    return this.core.card.terms
  }

  get shown(): ShownRoom {
    return this.core.card.shown
  }

  get spectators(): number {
    return this.core.seats.spectators
  }

  get freeSeats(): number {
    return this.isDisposed ? 0 : this.core.seats.free
  }

  /** Ticks that were not run because the process was too far behind. */
  get droppedTicks(): number {
    return this.pace.droppedTicks
  }

  get tick(): number {
    return this.core.world.tick
  }

  /** Which of its scheduler's rooms it is. */
  get ordinal(): number {
    return this.pace.ordinal
  }

  timeAt(nowMs: number): number {
    return this.pace.timeAt(nowMs)
  }

  async join({ link, key, join, isSpectator = false }: JoinAsk): Promise<SeatGrant> {
    this.lobby.checkUser(link.userId)
    if (isSpectator) return this.grant(this.spectate(link))
    const fields = this.codec.decodePayload(this.codec.schema.join, join)
    const seat = this.reserve(link, fields, null)
    this.core.tape?.note({ type: 'joining', seat: seat.id, userId: link.userId, key, join })
    await this.admit(seat, key)
    return this.grant(seat)
  }

  private grant(seat: Seat): SeatGrant {
    const { simulationSeed, world } = this.core
    return {
      seat: seat.id,
      isSpectator: seat.isSpectator,
      roomId: this.id,
      epoch: this.epoch,
      tick: world.tick,
      simulationSeed,
    }
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

  cancelJoin(link: SeatLink): void {
    const seat = this.core.seats.byLink(link)
    if (seat?.phase !== 'joining') return
    this.core.tape?.note({ type: 'cancelled', seat: seat.id })
    this.vacate(seat)
  }

  drop(id: number): void {
    const seat = this.core.seats.at(id)
    if (seat?.phase !== 'playing') return
    this.core.tape?.note({ type: 'dropped', seat: id })
    seat.phase = 'dropped'
    seat.fields['connected'] = false
    seat.inputs.drop()
    if (seat.isSpectator) return
    this.core.game.run('drop', id, () => this.core.type.definition.onDrop?.(this.core.facade, seat.player))
  }

  resume(id: number, link: SeatLink, heldSnapshot: number): boolean {
    const seat = this.core.seats.at(id)
    if (seat?.phase !== 'dropped' && seat?.phase !== 'playing') return false
    const wasDropped = seat.phase === 'dropped'
    this.core.tape?.note({ type: 'resumed', seat: id })
    seat.link = link
    seat.phase = 'playing'
    seat.feed.resume(heldSnapshot, this.core.events.end)
    if (heldSnapshot < 0) seat.lostWorld()
    if (!wasDropped) return true
    seat.fields['connected'] = true
    if (seat.isSpectator) return true
    this.core.game.run('resume', id, () => this.core.type.definition.onResume?.(this.core.facade, seat.player))
    return true
  }

  drain(): void {
    const { game, type, facade, tape } = this.core
    if (this.isDisposed) return
    tape?.note({ type: 'draining' })
    game.run('drain', null, () => type.definition.onDrain?.(facade))
  }

  leave(id: number, reason: LeaveReason): void {
    const seat = this.core.seats.at(id)
    if (seat === undefined) return
    this.core.tape?.note({ type: 'left', seat: id, reason })
    this.remove(seat, reason)
  }

  receiveInputs(id: number, bits: BitReader, nowMs: number): void {
    const { batch } = this
    this.codec.inputs.readInto(batch, bits, this.core.world.tick)
    bits.expectEnd()
    const seat = this.online(id)
    const time = this.timeAt(nowMs)
    if (seat?.isSpectator === true) return
    for (let i = 0; i < batch.count; i++) seat?.inputs.push(batch.inputs[i]!, time)
  }

  receiveSnapshotAck(id: number, acked16: number, nowMs: number): void {
    const feed = this.online(id)?.feed
    feed?.acknowledge(acked16)
    feed?.window.acknowledged(feed.acknowledgedSeq, nowMs)
  }

  receiveMismatch(id: number, tick16: number): void {
    this.online(id)?.feed.mismatched(tick16)
  }

  receiveCall(id: number, call: CallItem): void {
    const seat = this.online(id)
    if (seat === undefined) return
    this.core.tape?.note({ type: 'call', seat: id, call })
    this.calls.receive(seat, call)
  }

  receiveLatest(id: number, message: LatestMessage): void {
    const seat = this.online(id)
    if (seat === undefined) return
    this.core.tape?.note({ type: 'call', seat: id, call: message })
    this.calls.receiveLatest(seat, message)
  }

  dispose(): void {
    if (this.isDisposed) return
    this.isDisposed = true
    this.core.tape?.note({ type: 'closed' })
    this.core.game.whenIdle(() => this.close())
  }

  private online(id: number): Seat | undefined {
    const seat = this.core.seats.at(id)
    return seat?.phase === 'playing' ? seat : undefined
  }

  private reserve(link: SeatLink, join: object, think: BotMind | null): Seat {
    const { core } = this
    if (this.isDisposed) throw new RefusedError('room-gone')
    if (core.card.isLocked) throw new RefusedError('room-locked')
    const id = core.seats.nextFree(false)
    if (id < 0)
      throw new RefusedError('room-full', `room "${this.id}" has ${this.maxPlayers} of ${this.maxPlayers} seats`)
    const seat = this.makeSeat(id, link, join, think)
    core.seats.add(seat)
    return seat
  }

  private makeSeat(id: number, link: SeatLink, join: object, think: BotMind | null): Seat {
    const { core } = this
    const inputs = new InputQueue(core.rules, core.world.tick, this.inputCounters)
    const fields = fieldsOf(this.codec.layout.player, {})
    const feed = new ClientFeed(core.events.end)
    const ask = think === null ? null : (): object => think(seat.player)
    const seat: Seat = new Seat(id, link, inputs, feed, fields, core.neutralInput, ask)
    seat.player = createGamePlayer(core, this.actions, seat, link.userId, join)
    return seat
  }

  /** What a join ends with that nobody waits for any more. */
  private abandoned(): RefusedError {
    return new RefusedError(this.isDisposed ? 'room-gone' : 'join-cancelled')
  }

  /** The player appears. */
  private enter(seat: Seat): void {
    const { world, players, events } = this.core
    if (seat.think === null) this.core.tape?.note({ type: 'joined', seat: seat.id })
    seat.phase = 'playing'
    seat.fields['connected'] = true
    seat.feed.cursor = events.end
    seat.record = world.table.add(this.codec.layout.player, null, () => ({
      fields: seat.fields,
      head: { owner: seat.id },
    }))
    players.set(seat.id, seat.player)
    this.lobby.entered(seat)
  }

  /** Somebody who looks on: no player, and nothing that game code hears of. */
  private spectate(link: SeatLink): Seat {
    const { core } = this
    if (this.isDisposed) throw new RefusedError('room-gone')
    const id = core.seats.nextFree(true)
    if (id < 0) throw new RefusedError('room-full', `room "${this.id}" takes no more spectators (maxSpectators)`)
    const seat = this.makeSeat(id, link, {}, null)
    seat.isSpectator = true
    seat.phase = 'playing'
    seat.feed.cursor = core.events.end
    core.seats.add(seat)
    return seat
  }

  manage(id: number, command: RoomCommand): void {
    const seat = this.online(id)
    if (seat === undefined) throw new RefusedError('not-seated', 'you are not in this room')
    if (command.kind !== 'view') this.core.tape?.note({ type: 'managed', seat: id, command })
    this.lobby.manage(seat, command)
  }

  private addBot(join: object, think: BotMind): AnyPlayer {
    const { join: fields } = this.codec.schema
    const checked = this.codec.decodePayload(fields, this.codec.encodePayload(fields, join))
    const seat = this.reserve(NO_LINK, checked, think)
    this.onChanged()
    this.admit(seat, null).catch((error: unknown) => {
      this.core.game.fail('join', seat.id, error)
      this.onChanged()
    })
    return seat.player
  }

  private kick(seat: Seat, reason: string): void {
    if (seat.phase === 'gone') return
    if (this.remove(seat, 'kicked')) this.tellGone(seat, reason)
  }

  /** A bot's seat has no link that would have to hear of it. */
  private tellGone(seat: Seat, reason: string): void {
    if (seat.think === null) this.onGone(seat.id, reason)
    else this.onChanged()
  }

  /** Ends a seat; true if it had a player. */
  private remove(seat: Seat, reason: LeaveReason): boolean {
    const hadPlayer = seat.phase === 'playing' || seat.phase === 'dropped'
    const { game, players, type, facade } = this.core
    if (hadPlayer) {
      seat.phase = 'gone'
      players.delete(seat.id)
      if (!seat.isSpectator) {
        game.run('leave', seat.id, () => type.definition.onLeave?.(facade, seat.player, reason))
      }
    }
    this.vacate(seat)
    this.lobby.left(seat)
    return hadPlayer
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

  private close(): void {
    const { game, seats, timers, type, facade } = this.core
    for (const seat of seats) if (this.remove(seat, 'room-closed')) this.tellGone(seat, 'room-closed')
    game.run('dispose', null, () => type.definition.onDispose?.(facade))
    timers.clear()
    this.pace?.stop()
    this.onDisposed()
  }
}

function checkedReason(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason
  throw new RangeError(
    `player.leave: expected a reason of at most ${MAX_REASON_BYTES} bytes, got ${reason.length} characters`,
  )
}
