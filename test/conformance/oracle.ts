/** What the real implementation makes of the packets of one link: the values that the corpus holds. */
import { DecodeError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import {
  GameCodec,
  readClientMessage,
  readPacket,
  readServerMessage,
  readSnapshotBody,
  readSnapshotHeader,
  replicaOf,
  scalarsOf,
} from '@tickwire/protocol/internal'
import type {
  BitReader,
  CallItem,
  ClientItem,
  ClientMessage,
  FieldLayout,
  HeldEntity,
  Packer,
  ServerItem,
  ServerMessage,
  TrackName,
  Replica,
} from '@tickwire/protocol/internal'
import { LooseSnapshots } from '../../sdk/src/loose-snapshots.ts'
import { Ledger, shown } from './shown.ts'
import type { Shown, ShownEntity, ShownTrack } from './shown.ts'

type End = 'client' | 'server'

/** What is known of one channel. */
interface Seat {
  readonly codec: GameCodec
  readonly replica: Replica
  readonly loose: LooseSnapshots
  readonly ledger: Ledger
  last: { readonly seq: number; readonly tick: number }
  readonly asked: Readonly<Record<End, Map<number, number>>>
}

export class Oracle {
  private readonly codecs: ReadonlyMap<string, GameCodec>
  private readonly seats = new Map<number, Seat>()

  constructor(games: readonly GameSchema[], packer: Packer) {
    this.codecs = new Map(games.map((schema) => [schema.name, new GameCodec(schema, packer)]))
  }

  /** @throws DecodeError */
  read(end: End, packet: Uint8Array): Shown[] {
    const messages: Shown[] = []
    readPacket(packet, (id, reader) => {
      const message = end === 'client' ? readClientMessage(id, reader) : readServerMessage(id, reader)
      messages.push(shown(this.complete(end, message)))
    })
    return messages
  }

  private complete(end: End, message: ClientMessage | ServerMessage): object {
    switch (message.type) {
      case 'hello':
        if (message.resume?.seat) this.open(message.resume.seat.channel, message.resume.seat.game)
        return message
      case 'inputs':
        return this.inputs(message)
      case 'snapshot':
        return this.snapshot(message)
      case 'looseSnapshot':
        return this.looseSnapshot(message)
      case 'latest':
        return { ...message, values: this.message(end, message.channel, message.message, message.payload) }
      case 'reliable':
        return { ...message, ...this.item(end, message.item) }
      default:
        return message
    }
  }

  private open(channel: number, game: string): Seat {
    const held = this.seats.get(channel)
    if (held !== undefined) return held
    const codec = this.codecs.get(game)
    if (codec === undefined) throw refused('game')
    const seat: Seat = { codec, asked: { client: new Map(), server: new Map() }, ...emptyWorld(codec, 0) }
    this.seats.set(channel, seat)
    return seat
  }

  private seat(channel: number): Seat {
    const seat = this.seats.get(channel)
    if (seat === undefined) throw refused('channel')
    return seat
  }

  private inputs({ bits, ...head }: { readonly channel: number; readonly bits: BitReader }): object {
    const { codec, last } = this.seat(head.channel)
    const inputs = codec.inputs.read(bits, last.tick)
    bits.expectEnd()
    return { ...head, inputs: inputs.map(({ columns, ...input }) => ({ ...input, columns: unsigned(codec, columns) })) }
  }

  private snapshot(message: { readonly channel: number; readonly bits: BitReader }): object {
    const seat = this.seat(message.channel)
    const { bits } = message
    const header = readSnapshotHeader(bits, message.channel, seat.last, seat.codec.schema.ticksPerSnapshot)
    // As the client does before it reads on.
    if (header.seq <= seat.last.seq || header.tick < seat.last.tick) throw refused('snapshot order')
    const { keys: spawnKeys, events } = readSnapshotBody(bits, header, seat.replica, seat.codec)
    seat.replica.commit()
    seat.last = header
    return { type: 'snapshot', ...header, spawnKeys, events, changes: changesOf(seat) }
  }

  private looseSnapshot(message: ServerMessage & { readonly type: 'looseSnapshot' }): object {
    const { type, channel, loose, bits } = message
    const seat = this.seat(channel)
    const read = seat.loose.read(bits, channel, loose, seat.last)
    if (read === null) return { type, channel, isLate: true }
    const { header, keys: spawnKeys, events, replica } = read
    seat.replica.copyFrom(replica, () => false)
    seat.last = header
    return { type, ...header, loose, spawnKeys, events, changes: changesOf(seat) }
  }

  private item(end: End, item: ClientItem | ServerItem): { readonly values?: unknown } {
    switch (item.type) {
      case 'join': {
        const { codec } = this.open(item.channel, item.game)
        return { values: codec.decodePayload(codec.schema.join, item.join) }
      }
      case 'joined': {
        const seat = this.seat(item.channel)
        this.seats.set(item.channel, { ...seat, ...emptyWorld(seat.codec, item.tick) })
        return {}
      }
      case 'table':
        this.seat(item.channel).replica.learnTable(item.number, item.bytes)
        return {}
      case 'message':
        return { values: this.message(end, item.channel, item.message, item.payload) }
      case 'request':
      case 'reply':
        return { values: this.call(end, item) }
      default:
        return {}
    }
  }

  private message(end: End, channel: number, index: number, payload: Uint8Array): unknown {
    const { codec } = this.seat(channel)
    const declared = codec.schema.messages[codec.nameAt(codec.messageNames, index, 'message')]!
    return codec.decodePayload((end === 'client' ? declared.toServer : declared.toClient)!, payload)
  }

  private call(end: End, item: CallItem & { readonly type: 'request' | 'reply' }): unknown {
    const { codec, asked } = this.seat(item.channel)
    if (item.type === 'request') asked[end].set(item.id, item.request)
    const asker = end === 'client' ? 'server' : 'client'
    const request = item.type === 'request' ? item.request : asked[asker].get(item.id)
    if (request === undefined) throw refused('reply')
    const declared = codec.schema.requests[codec.nameAt(codec.requestNames, request, 'request')]!
    return codec.decodePayload(item.type === 'request' ? declared.ask : declared.reply, item.payload)
  }
}

function changesOf(seat: Seat): object {
  return seat.ledger.changes([...seat.replica.entities].map(([slot, held]) => entityAt(seat, slot, held)))
}

/** What the ends around the codec refuse. */
function refused(what: string): DecodeError {
  return new DecodeError('unexpected', { what, expected: 'another', got: 'this', offset: 0 })
}

function emptyWorld(codec: GameCodec, tick: number): Pick<Seat, 'replica' | 'loose' | 'ledger' | 'last'> {
  const create = (): Replica => replicaOf(codec.layout, codec.packer)
  return { replica: create(), loose: new LooseSnapshots(codec, create), ledger: new Ledger(), last: { seq: 0, tick } }
}

function entityAt(seat: Seat, slot: number, held: HeldEntity): ShownEntity {
  const row = new Int32Array(held.kind.columns.length)
  seat.replica.rowAt(held, seat.last.tick, row)
  const track = (name: TrackName): ShownTrack => trackAt(held, name, row)
  const { id, kind } = held
  return { slot, id, kind: kind.name, all: track('all'), owner: track('owner'), revealed: track('revealed') }
}

function trackAt(held: HeldEntity, name: TrackName, row: Int32Array): ShownTrack {
  const { start, size, columns } = held.kind.tracks[name]
  if (size === 0 || held.anchors[name].tick < 0) return undefined
  return columns.map(({ blob, bits, min }, i) => {
    if (blob >= 0) return held.blobs[blob] ?? nothing(held.kind.blobs[blob]!)
    // Rows are int32; what travels as 32 bits from 0 on is not.
    return bits === 32 && min === 0 ? row[start + i]! >>> 0 : row[start + i]
  })
}

/** Inputs are int32; what travels as 32 bits from 0 on is not. */
function unsigned({ schema }: GameCodec, columns: Int32Array): number[] {
  const scalars = Object.values(schema.input).flatMap(({ spec }) => scalarsOf(spec))
  return scalars.map(({ bits, min }, i) => (bits === 32 && min === 0 ? columns[i]! >>> 0 : columns[i]!))
}

/** What no bytes say. */
function nothing({ declared: { spec } }: FieldLayout): unknown {
  if (spec.kind === 'packed') return null
  return spec.kind === 'list' ? [] : ''
}
