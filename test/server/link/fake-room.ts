import { RefusedError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import type { BitReader, CallItem, LatestMessage } from '@tickwire/protocol/internal'
import type { LeaveReason } from '../../../server/src/room/definition.ts'
import type { ShownRoom } from '../../../server/src/directory/directory.ts'
import { NO_TERMS } from '../../../server/src/room/ports.ts'
import type {
  AnyRoomType,
  JoinAsk,
  RoomCommand,
  RoomMaker,
  RoomPlan,
  RoomPort,
  RoomTerms,
  SeatGrant,
  SeatLink,
} from '../../../server/src/room/ports.ts'

/** How the next joins of a `FakeRoom` go. */
export type JoinBehaviour = (ask: JoinAsk) => void | Promise<void>

/** A room without a world: it takes seats and writes down what its links tell it. */
export class FakeRoom implements RoomPort {
  readonly id: string
  readonly key: string | null
  readonly epoch: number
  readonly gameName: string
  readonly codec: GameCodec
  readonly maxPlayers: number
  readonly resumeWindowMs: number
  readonly log: string[] = []
  readonly seats = new Map<number, SeatLink>()
  isLocked = false
  isDisposed = false
  onJoin: JoinBehaviour = () => {}
  canResume = true
  onGone: (seat: number, reason: string) => void = () => {}
  onChanged: () => void = () => undefined
  spectators = 0
  readonly operator: RoomPort['operator'] = {
    players: { people: 0, bots: 0 },
    remove: () => undefined,
    send: () => undefined,
    inspect: () => ({ state: {}, players: [], entities: {} }),
  }
  readonly terms: RoomTerms
  readonly shown: ShownRoom = {
    revision: 0,
    options: new Uint8Array(0),
    metadata: new Uint8Array(0),
    attributes: {},
  }
  onDisposed: () => void = () => {}
  private readonly joining = new Set<SeatLink>()

  constructor(schema: GameSchema, { definition }: AnyRoomType, { id, key, epoch, terms = NO_TERMS }: RoomPlan) {
    this.id = id
    this.terms = terms
    this.key = key
    this.epoch = epoch
    this.gameName = schema.name
    this.codec = new GameCodec(schema)
    this.maxPlayers = definition.maxPlayers ?? 16
    this.resumeWindowMs = definition.resumeWindowMs ?? 30_000
  }

  get freeSeats(): number {
    return this.maxPlayers - this.seats.size - this.joining.size
  }

  /** Like a room that is late: its clock has gone further. */
  tick = 100

  timeAt(nowMs: number): number {
    return nowMs / 10
  }

  async join(ask: JoinAsk): Promise<SeatGrant> {
    if (this.isDisposed) throw new RefusedError('room-gone')
    if (this.isLocked) throw new RefusedError('room-locked')
    if (this.freeSeats <= 0) throw new RefusedError('room-full')
    this.joining.add(ask.link)
    try {
      await this.onJoin(ask)
    } finally {
      this.joining.delete(ask.link)
    }
    let seat = 0
    while (this.seats.has(seat)) seat++
    this.seats.set(seat, ask.link)
    this.log.push(`join ${seat}`)
    return {
      seat,
      isSpectator: ask.isSpectator === true,
      roomId: this.id,
      epoch: this.epoch,
      tick: this.tick,
      simulationSeed: 7,
    }
  }

  manage(seat: number, command: RoomCommand): void {
    this.log.push(`manage ${seat}: ${command.kind}`)
  }

  cancelJoin(): void {
    this.log.push('cancelJoin')
  }

  drop(seat: number): void {
    this.log.push(`drop ${seat}`)
  }

  resume(seat: number, link: SeatLink, heldSnapshot: number): boolean {
    this.log.push(`resume ${seat} from ${heldSnapshot}`)
    if (this.canResume) this.seats.set(seat, link)
    else this.seats.delete(seat)
    return this.canResume
  }

  leave(seat: number, reason: LeaveReason): void {
    this.log.push(`leave ${seat} ${reason}`)
    this.seats.delete(seat)
  }

  receiveInputs(seat: number, bits: BitReader): void {
    this.log.push(`inputs ${seat}: ${bits.bits(8, 'input')}`)
  }

  drain(): void {
    this.log.push('drain')
  }

  receiveSnapshotAck(seat: number, acked16: number): void {
    this.log.push(`ack ${seat}: ${acked16}`)
  }

  receiveMismatch(seat: number, tick16: number): void {
    this.log.push(`mismatch ${seat}: ${tick16}`)
  }

  receiveCall(seat: number, call: CallItem): void {
    this.log.push(`call ${seat}: ${call.type}`)
  }

  receiveLatest(seat: number, message: LatestMessage): void {
    this.log.push(`latest ${seat}: ${message.message}`)
  }

  /** Ends a seat as game code does. */
  kick(seat: number, reason: string): void {
    this.seats.delete(seat)
    this.onGone(seat, reason)
  }

  dispose(): void {
    if (this.isDisposed) return
    this.isDisposed = true
    for (const seat of this.seats.keys()) this.kick(seat, 'room-closed')
    this.onDisposed()
  }
}

export class FakeMaker implements RoomMaker {
  readonly rooms: FakeRoom[] = []
  /** What `create` throws, as a faulty `onCreate` would. */
  error: Error | null = null
  /** Prepares each new room. */
  prepare: (room: FakeRoom) => void = () => {}
  isClosed = false

  create(type: AnyRoomType, plan: RoomPlan): RoomPort {
    if (this.error !== null) throw this.error
    const room = new FakeRoom(type.game.schema, type, plan)
    this.prepare(room)
    this.rooms.push(room)
    return room
  }

  close(): void {
    this.isClosed = true
  }
}
