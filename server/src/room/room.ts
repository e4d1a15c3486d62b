import { RefusedError } from '@tickwire/protocol'
import { InputBatch } from '@tickwire/protocol/internal'
import type { BitReader, CallItem, GameCodec, LatestMessage } from '@tickwire/protocol/internal'
import type { LeaveReason, RoomType } from './definition.ts'
import { createGameRoom } from './game-room.ts'
import type { JoinAsk, RoomCommand, RoomHost, RoomPlan, RoomPort, RoomTerms, SeatGrant, SeatLink } from './ports.ts'
import type { ShownRoom } from '../directory/directory.ts'
import { RoomCalls } from './room-calls.ts'
import { RoomCore } from './room-core.ts'
import { RoomOperator } from './room-operator.ts'
import { RoomSeating } from './room-seating.ts'
import type { SeatingRoom } from './room-seating.ts'
import { RoomTicks } from './room-ticks.ts'
import type { Pace, RoomScheduler } from './scheduler.ts'
import type { Seat } from './seat.ts'

const DEFAULT_RESUME_WINDOW_MS = 30_000

/** One isolated world with its players and ticks: the machine behind `RoomPort`. */
export class RoomMachine implements RoomPort, SeatingRoom {
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
  private readonly seating: RoomSeating
  private readonly pace: Pace
  /** What was read of the packet at hand. */
  private readonly batch = new InputBatch()
  isDisposed = false

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
    this.seating = new RoomSeating(this.core, this, host.inputCounters)
    const { lobby, actions } = this.seating
    const kick = (seat: Seat, reason: string): void => this.seating.kick(seat, reason)
    this.operator = new RoomOperator(this.core, lobby, kick)
    this.core.facade = createGameRoom(this.core, actions)
    this.calls = new RoomCalls(this.core, host)
    this.core.card.onChange = () => this.onChanged()
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

  async join(ask: JoinAsk): Promise<SeatGrant> {
    const seat = await this.seating.join(ask)
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

  cancelJoin(link: SeatLink): void {
    this.seating.cancelJoin(link)
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
    if (seat !== undefined) this.seating.leave(seat, reason)
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

  manage(id: number, command: RoomCommand): void {
    const seat = this.online(id)
    if (seat === undefined) throw new RefusedError('not-seated', 'you are not in this room')
    if (command.kind !== 'view') this.core.tape?.note({ type: 'managed', seat: id, command })
    this.seating.lobby.manage(seat, command)
  }

  private close(): void {
    const { game, timers, type, facade } = this.core
    this.seating.endAll()
    game.run('dispose', null, () => type.definition.onDispose?.(facade))
    timers.clear()
    this.pace?.stop()
    this.onDisposed()
  }
}
