import { Random } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import type { RecordingSink, RecordTo, RoomType } from '@tickwire/server'
import type { RoomError } from '../../../server/src/room/definition.ts'
import { createPacker } from '../../../server/src/room/packer.ts'
import { NO_TERMS } from '../../../server/src/room/ports.ts'
import { createRoomMaker } from '../../../server/src/room/room-maker.ts'
import type { RoomMachine } from '../../../server/src/room/room.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { FakeLink } from '../room/harness.ts'

/** Keeps a recording in memory. */
export class MemorySink implements RecordingSink {
  isClosed = false
  /** Takes so much and no more. */
  maxBytes = Infinity
  private readonly parts: Uint8Array[] = []

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts))
  }

  write(bytes: Uint8Array): boolean {
    if (this.bytes.length + bytes.length > this.maxBytes) return false
    this.parts.push(bytes)
    return true
  }

  close(): void {
    this.isClosed = true
  }
}

/** A room type as it is, but recorded. */
export function recorded(type: RoomType, record: RecordTo, keyframeSeconds = 1): RoomType {
  return defineRoom(type.game as never, { ...type.definition, record, keyframeSeconds })
}

/** A recorded room without a network. */
export class TapeDeck {
  readonly clock = new FakeClock()
  readonly sink = new MemorySink()
  readonly warnings: string[] = []
  readonly errors: RoomError[] = []
  readonly codec: GameCodec
  readonly room: RoomMachine
  private readonly hz: number

  constructor(type: RoomType, { keyframeSeconds = 1, seed = 5, terms = NO_TERMS } = {}) {
    const random = new Random(seed)
    const host = {
      clock: this.clock,
      random: () => random.next(),
      reportError: (error: RoomError) => void this.errors.push(error),
      warn: (line: string) => void this.warnings.push(line),
    }
    this.hz = type.game.schema.tickRateHz
    this.codec = new GameCodec(type.game.schema, createPacker())
    const isTold = recorded(type, () => this.sink, keyframeSeconds)
    this.room = createRoomMaker(host).create(isTold, { id: 'r1', key: 'k', epoch: 3, terms }) as RoomMachine
  }

  get tick(): number {
    return this.room.tick
  }

  ticks(count: number): void {
    const until = this.tick + count
    while (this.tick < until) this.clock.advance(250 / this.hz)
  }

  async join(join: object, userId = 'ada'): Promise<number> {
    const { codec } = this
    const link = new FakeLink(codec, userId)
    const encoded = codec.encodePayload(codec.schema.join, join)
    return (await this.room.join({ link, key: 'k', join: encoded })).seat
  }

  input(seat: number, input: object): void {
    const columns = this.codec.inputs.toColumns(input)
    const queue = this.room.core.seats.at(seat)!.inputs
    queue.push({ tick: this.tick + 1, columns: Int32Array.from(columns), viewStamp: -1 }, this.tick)
  }

  say(seat: number, name: string, payload: object): void {
    const { codec, room } = this
    const encoded = codec.encodePayload(codec.schema.messages[name]!.toServer!, payload)
    const message = codec.messageNames.indexOf(name)
    room.receiveCall(seat, { type: 'message', channel: 1, message, payload: encoded })
  }

  /** Ends the room and returns what was recorded. */
  finish(): Uint8Array {
    this.room.dispose()
    return this.sink.bytes
  }
}
