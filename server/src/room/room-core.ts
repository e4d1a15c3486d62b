import { Random } from '@tickwire/protocol'
import type { GameTypes } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { EntityRecord } from '../replication/entity-table.ts'
import { EventLog } from '../replication/event-log.ts'
import { Quantiser } from '../replication/quantiser.ts'
import { Replication } from '../replication/replication.ts'
import { SnapshotSender } from '../replication/send-snapshots.ts'
import type { SendRules } from '../replication/send-snapshots.ts'
import { RoomCard } from '../lobby/room-card.ts'
import { World } from '../replication/world.ts'
import { History } from '../rewind/history.ts'
import type { RoomError, RoomType } from './definition.ts'
import { GameCode } from './game-code.ts'
import { InputRules } from './input-rules.ts'
import { DEFAULT_MAX_PLAYERS, NO_TERMS } from './ports.ts'
import type { RoomHost, RoomPlan } from './ports.ts'
import type { Player, Room } from './room-api.ts'
import type { Tape } from '../record/tape.ts'
import { RoomTimers } from './room-timers.ts'
import { newTraffic } from '../traffic.ts'
import { Seats } from './seats.ts'

export type AnyRoom = Room<GameTypes>
export type AnyPlayer = Player<GameTypes>

const U32 = 0x1_0000_0000

/** The parts of one room, wired to each other; what they do together is in `room.ts` and `room-ticks.ts`. */
export class RoomCore {
  readonly plan: RoomPlan
  readonly clock: Clock
  readonly type: RoomType
  readonly codec: GameCodec
  readonly maxPlayers: number
  readonly simulationSeed: number
  readonly game: GameCode
  readonly events: EventLog
  readonly world: World
  readonly replication: Replication
  readonly quantiser: Quantiser
  readonly sender: SnapshotSender
  readonly history: History
  readonly seats: Seats
  readonly players: Map<number, AnyPlayer> = new Map()
  /** Players whose seats ended. */
  readonly left: WeakSet<object> = new WeakSet()
  readonly timers: RoomTimers
  readonly rules: InputRules
  /** What an empty seat does. */
  readonly neutralInput: object
  readonly random: Random
  readonly data: unknown
  /** Who records this room, or replays it. */
  readonly tape: Tape | null
  /** What the lobby knows of it. */
  readonly card: RoomCard
  /** What handlers are given as `room`; set once, right after this was made. */
  facade!: AnyRoom

  constructor(type: RoomType, plan: RoomPlan, codec: GameCodec, host: RoomHost) {
    const { schema } = type.game
    this.plan = plan
    this.clock = host.clock
    this.tape = host.tape ?? null
    this.type = type
    this.codec = codec
    this.maxPlayers = type.definition.maxPlayers ?? DEFAULT_MAX_PLAYERS
    this.simulationSeed = Math.floor(host.random() * U32)
    this.random = new Random(Math.floor(host.random() * Number.MAX_SAFE_INTEGER))
    this.game = new GameCode(plan.id, (error) => this.report(error, host))
    this.events = new EventLog(codec)
    this.rules = new InputRules(codec.inputs, schema, type.definition.idleInput ?? 'repeat')
    this.neutralInput = codec.inputs.fromColumns(codec.inputs.neutral)
    this.seats = new Seats(this.maxPlayers, type.definition.maxSpectators ?? 0)
    this.world = new World(codec, this.worldHost(), this.events)
    this.quantiser = new Quantiser(plan.id, codec.packer, codec.layout.maxColumns, {
      reportError: (error) => this.game.fail('quantise', null, error),
      warn: (text) => host.warn?.(text),
    })
    this.replication = new Replication(codec.layout, this.world.table, this.quantiser)
    this.sender = new SnapshotSender(
      codec,
      this.replication,
      this.events,
      this.sendRules(host),
      host.traffic ?? newTraffic(),
    )
    this.history = new History(schema.snapshotRateHz)
    this.timers = new RoomTimers(schema.tickRateHz)
    this.card = new RoomCard(codec, this.world.state, plan.terms ?? NO_TERMS, type.definition)
    this.data = type.definition.data?.()
    if (this.tape !== null) this.tape.core = this
  }

  private worldHost(): ConstructorParameters<typeof World>[1] {
    return {
      maxPlayers: this.maxPlayers,
      simulationSeed: this.simulationSeed,
      inputOf: (seat) => this.seats.at(seat)?.input ?? this.neutralInput,
      recordOf: (player) => this.recordOf(player),
      hasLeft: (player) => this.left.has(player),
    }
  }

  private sendRules({ clock }: RoomHost): SendRules {
    const { canSee, canSpectate, bytesPerSecond, verify } = this.type.definition
    const asks = canSee !== undefined || canSpectate !== undefined
    return {
      canSee: asks ? (seat, { fields }) => this.ask(seat, fields as never) : null,
      teamOf: (seat) => this.seats.at(seat)?.team ?? 0,
      bytesPerSecond: bytesPerSecond ?? Infinity,
      verify: verify ?? false,
      nowMs: () => clock.nowMs(),
    }
  }

  /** Asks game code whether a player may see an entity; where it fails, the entity stays hidden. */
  private ask(seat: number, entity: never): boolean {
    const { canSee, canSpectate } = this.type.definition
    const { isSpectator, player } = this.seats.at(seat)!
    try {
      if (!isSpectator) return canSee === undefined || this.game.enter(() => canSee(this.facade, player, entity))
      // Who made a rule for players has not thought of others yet.
      return canSpectate !== undefined && this.game.enter(() => canSpectate(this.facade, entity))
    } catch (error) {
      this.game.fail('interest', seat, error)
      return false
    }
  }

  private recordOf(player: object): EntityRecord | undefined {
    const seat = 'id' in player ? this.seats.at(Number(player.id)) : undefined
    return seat?.player === player ? (seat.record ?? undefined) : undefined
  }

  /** To the room's own `onError`; what that one throws goes to the server's log together with what it was told. */
  private report(error: RoomError, host: RoomHost): void {
    const { onError } = this.type.definition
    if (onError === undefined || this.facade === undefined) {
      host.reportError(error)
      return
    }
    try {
      onError(this.facade, error)
    } catch (second) {
      host.reportError(error)
      host.reportError({ ...error, error: second })
    }
  }
}
