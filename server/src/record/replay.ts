import { TickwireError } from '@tickwire/protocol'
import type { GameTypes } from '@tickwire/protocol'
import { BitReader, GameCodec } from '@tickwire/protocol/internal'
import { readFile } from 'node:fs/promises'
import { realYieldToIo } from '../real-clock.ts'
import type { RoomError, RoomType } from '../room/definition.ts'
import { createPacker } from '../room/packer.ts'
import type { Room } from '../room/room-api.ts'
import { RoomMachine } from '../room/room.ts'
import { Pace } from '../room/scheduler.ts'
import { checkGame, planOf, readChunk, readHeader } from './header.ts'
import type { RecordingHeader } from './header.ts'
import { readOp } from './ops.ts'
import type { Op } from './ops.ts'
import { MAX_CHUNK_BYTES } from './recorder.ts'
import { Replayer } from './replayer.ts'
import type { Divergence } from './replayer.ts'

export interface ReplayOptions<G extends GameTypes = GameTypes> {
  /** Called after each tick with the room as it was then: to look at, not to change. */
  readonly onTick?: (room: Room<G>) => void
}

export interface ReplayReport {
  readonly roomId: string
  readonly epoch: number
  /** The tick that the replay came to. */
  readonly ticks: number
  /** Whether the recording ends with its room; false after a crash of the process, or when its sink took no more. */
  readonly isComplete: boolean
  /** Where replay and recording part, or null: they are the same, bit for bit. */
  readonly divergence: Divergence | null
  /** What game code threw, if its room type has no `onError`. */
  readonly errors: readonly RoomError[]
}

/**
 * Runs a recorded room again, as fast as it goes: the same seeds, joins, messages and inputs in the same ticks, and what each
 * player had on screen when it was rewound. After every tick the state is compared with what was recorded.
 *
 * It is the same room, bit for bit, as long as game code uses only the room's random, ticks and timers; what else it asks (the
 * clock, `Math.random`, a database) is asked again.
 * @param recording a path, or the bytes of a file
 * @throws DecodeError for bytes that are no recording, or that end within a chunk
 * @throws SchemaMismatchError for one of another game, or of another version of it
 */
export async function replay<G extends GameTypes = GameTypes>(
  recording: string | Uint8Array,
  type: RoomType,
  { onTick }: ReplayOptions<G> = {},
): Promise<ReplayReport> {
  const bytes = typeof recording === 'string' ? new Uint8Array(await readFile(recording)) : recording
  const reader = new BitReader(bytes)
  const header = readHeader(reader)
  const codec = new GameCodec(type.game.schema, createPacker())
  checkGame(header, codec)
  const errors: RoomError[] = []
  const { room, replayer, pace } = stage(type, header, codec, errors)
  const play = new Play(room, replayer, pace)
  for (const op of opsOf(reader, codec.inputs.neutral.length)) {
    await play.run(op)
    if (op.type === 'ticked') onTick?.(room.core.facade as unknown as Room<G>)
    if (play.isOver) break
  }
  const { id: roomId, epoch } = header.plan
  const { isComplete } = play
  return { roomId, epoch, ticks: room.tick, isComplete, divergence: replayer.divergence, errors }
}

function* opsOf(reader: BitReader, inputColumns: number): Generator<Op> {
  while (reader.bitsLeft > 0) {
    const chunk = new BitReader(readChunk(reader, MAX_CHUNK_BYTES))
    while (chunk.bitsLeft > 0) yield readOp(chunk, inputColumns)
  }
}

function stage(
  { game, definition }: RoomType,
  { plan, draws, snapshotPhase, maxPlayers, emptyRoomMs }: RecordingHeader,
  codec: GameCodec,
  errors: RoomError[],
): { room: RoomMachine; replayer: Replayer; pace: Pace } {
  const type: RoomType = {
    game,
    definition: { ...definition, maxPlayers, ...(emptyRoomMs === undefined ? {} : { emptyRoomMs }) },
  }
  const replayer = new Replayer()
  let drawn = 0
  let pace: Pace | null = null
  const host = {
    clock: replayer.clock,
    random: () => draws[drawn++] ?? 0,
    reportError: (error: RoomError) => void errors.push(error),
    tape: replayer,
  }
  const scheduler = {
    // Its ordinal is all that a snapshot's phase depends on.
    add: (rateHz: number, run: (tick: number) => void): Pace => (pace = new Pace(snapshotPhase, 1000 / rateHz, 0, run)),
  }
  const room = new RoomMachine(type, planOf(plan), codec, host, scheduler)
  return { room, replayer, pace: pace! }
}

/** Tells a room what it was told. */
class Play {
  isOver = false
  isComplete = false
  private readonly room: RoomMachine
  private readonly replayer: Replayer
  private readonly pace: Pace
  private readonly joins: Map<number, Promise<unknown>> = new Map()

  constructor(room: RoomMachine, replayer: Replayer, pace: Pace) {
    this.room = room
    this.replayer = replayer
    this.pace = pace
  }

  async run(op: Op): Promise<void> {
    switch (op.type) {
      case 'sight':
        this.replayer.sights.push(op.sight)
        return
      case 'inputs':
        this.replayer.change(op.changed)
        this.pace.runTick()
        await Promise.resolve()
        return
      case 'ticked':
        this.replayer.compareHash(this.room.tick, op.hash)
        return
      case 'keyframe':
        this.isOver = this.replayer.compareImage(op.image)
        return
      case 'end':
        this.isOver = this.isComplete = true
        return
      default:
        await this.tell(op)
        // Async game code goes on between ticks, and needs its turns of the event loop.
        await new Promise<void>(realYieldToIo)
    }
  }

  private async tell(op: Exclude<Op, { type: 'sight' | 'inputs' | 'ticked' | 'keyframe' | 'end' }>): Promise<void> {
    const { room } = this
    switch (op.type) {
      case 'joining': {
        const link = this.replayer.seat(op.seat, op.userId)
        // Whether it was refused is the room's to say again; here nobody waits for the answer.
        this.joins.set(op.seat, room.join({ link, key: op.key, join: op.join }).catch(ignore))
        return
      }
      case 'joined':
      case 'refused':
        this.replayer.admit(op.seat)
        await this.joins.get(op.seat)
        return
      case 'cancelled':
        room.cancelJoin(this.replayer.linkOf(op.seat))
        return
      case 'dropped':
        room.drop(op.seat)
        return
      case 'resumed':
        room.resume(op.seat, this.replayer.linkOf(op.seat), -1)
        return
      case 'left':
        room.leave(op.seat, op.reason)
        return
      case 'call':
        this.try(() => this.call(op.seat, op.call))
        return
      case 'managed':
        this.try(() => room.manage(op.seat, op.command))
        return
      case 'removed':
        this.try(() => room.operator.remove(op.seat, op.ban))
        return
      case 'rang':
        this.replayer.ring(op.timer)
        return
      case 'draining':
        room.drain()
        return
      default:
        room.dispose()
    }
  }

  private call(seat: number, call: Extract<Op, { type: 'call' }>['call']): void {
    if (call.type === 'latest') this.room.receiveLatest(seat, call)
    else this.room.receiveCall(seat, call)
  }

  /** What its room refused is refused again; whom that was told, or the connection that it cost, is not part of the room. */
  private try(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error
    }
  }
}

function ignore(): void {}
