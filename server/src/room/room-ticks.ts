import type { RoomCore } from './room-core.ts'
import type { Seat, Think } from './seat.ts'

const DEFAULT_EMPTY_ROOM_MS = 5_000

/**
 * One tick after the other: due timers, inputs, the simulation, rounding, the room's own `onTick`, rounding again; at
 * snapshot ticks what clients are told; in the end everything else that waits for them.
 */
export class RoomTicks {
  /** Which of the ticks from one snapshot to the next ends with one: rooms take turns. */
  snapshotPhase = 0
  private readonly core: RoomCore
  private readonly isOver: () => boolean
  private readonly onEmpty: () => void
  private readonly maxEmptyTicks: number
  private emptyTicks = 0
  private readonly predicted: readonly RoomCore['codec']['layout']['room'][]

  constructor(core: RoomCore, isOver: () => boolean, onEmpty: () => void) {
    this.core = core
    this.isOver = isOver
    this.onEmpty = onEmpty
    this.predicted = core.codec.layout.kinds.filter((kind) => kind.predicted)
    const emptyRoomMs = core.type.definition.emptyRoomMs ?? DEFAULT_EMPTY_ROOM_MS
    this.maxEmptyTicks = Math.max(1, Math.ceil((emptyRoomMs * core.codec.schema.tickRateHz) / 1000))
  }

  run(tick: number): void {
    const { world, timers, game, type, facade, codec } = this.core
    const { onTick } = type.definition
    world.tick = tick
    timers.run(tick, (fn) => game.run('timer', null, fn))
    if (this.isOver()) return
    this.takeInputs(tick)
    game.run('simulate', null, () => world.simulate(() => type.game.simulate(facade.world)))
    this.round()
    if (onTick !== undefined && !this.isOver()) {
      game.run('tick', null, () => onTick(facade))
      this.round()
    }
    if (this.isOver()) return
    if (tick % codec.schema.ticksPerSnapshot === this.snapshotPhase) this.snapshot(tick)
    this.core.tape?.ticked()
    this.flush()
    this.watchEmptiness()
  }

  private takeInputs(tick: number): void {
    const { seats, codec, tape } = this.core
    for (const seat of seats) {
      if (seat.isSpectator) continue
      if (seat.think !== null) {
        seat.input = this.thought(seat, seat.think)
        continue
      }
      const taken = seat.inputs.take(tick)
      if (tape !== null) seat.input = codec.inputs.fromColumns(tape.input(seat.id, taken.columns))
      else if (taken.hasChanged) seat.input = codec.inputs.fromColumns(taken.columns)
      seat.see(taken)
    }
  }

  /** A bot's input is held to the schema as a client's is; one that fails does nothing. */
  private thought(seat: Seat, think: Think): object {
    const { codec, game, neutralInput } = this.core
    try {
      return codec.inputs.fromColumns(codec.inputs.toColumns(game.enter(think)))
    } catch (error) {
      game.fail('bot', seat.id, error)
      return neutralInput
    }
  }

  /** Predicted kinds are simulated at the precision that their owners get to know, on both ends. */
  private round(): void {
    const { world, quantiser, replication } = this.core
    for (const kind of this.predicted) {
      for (const entity of world.table.list(kind).now) {
        quantiser.round(world.table.find(entity.id)!, replication.lastRow)
      }
    }
  }

  private snapshot(tick: number): void {
    const { replication, history, events, seats } = this.core
    replication.advance(tick)
    history.record(replication)
    this.core.sender.beginTick()
    for (const seat of seats) if (seat.hasListener) this.send(seat)
    events.prune(tick)
  }

  /** One client's snapshot must not cost the others theirs. */
  private send(seat: Seat): void {
    const { sender, game } = this.core
    try {
      if (sender.send(seat)) seat.hasWorld()
    } catch (error) {
      seat.feed.discard()
      game.fail('quantise', seat.id, error)
    }
  }

  private flush(): void {
    for (const { hasListener, link } of this.core.seats) if (hasListener && link.hasPending) link.flush(null)
  }

  private watchEmptiness(): void {
    this.emptyTicks = this.core.seats.people === 0 ? this.emptyTicks + 1 : 0
    if (this.emptyTicks >= this.maxEmptyTicks) this.onEmpty()
  }
}
