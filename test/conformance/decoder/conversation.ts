/** Both directions of one link, packet by packet: what section 2 to 7 of docs/protocol.md together make of bytes. */
import type { GameSchema } from '../../../protocol/src/schema/define.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import { BitSource, malformed } from './bits.ts'
import { readInputs } from './inputs.ts'
import { channel, MESSAGES } from './messages.ts'
import type { End, Item, Reliable } from './messages.ts'
import { readPacket } from './packet.ts'
import type { RawMessage } from './packet.ts'
import type { Part } from './parts.ts'
import { SnapshotReader } from './snapshot.ts'
import { readPayload } from './values.ts'
import type { Values } from './values.ts'

/** One message as it was read; `values` are those of its payload. */
export type Decoded = { readonly type: string; readonly values?: Values } & Readonly<Record<string, unknown>>

/** What is known of one channel. */
interface Seat {
  readonly schema: GameSchema
  reader: SnapshotReader | null
  /** Which request each id is, by who asked. */
  readonly asked: Readonly<Record<End, Map<number, number>>>
}

export class Conversation {
  private readonly games: ReadonlyMap<string, GameSchema>
  private readonly seats = new Map<number, Seat>()

  constructor(games: readonly GameSchema[]) {
    this.games = new Map(games.map((schema) => [schema.name, schema]))
  }

  /** The world of a channel, for whoever compares it. */
  readerOf(of: number): SnapshotReader {
    return this.seat(of).reader ?? malformed(`nothing was joined on channel ${of}`)
  }

  readers(): SnapshotReader[] {
    return [...this.seats.values()].flatMap(({ reader }) => reader ?? [])
  }

  read(end: End, packet: Uint8Array): Decoded[] {
    return readPacket(end, packet).map((message) => this.readMessage(end, message))
  }

  private readMessage(end: End, { name, body }: RawMessage): Decoded {
    const from = new BitSource(body)
    const part = (MESSAGES[end] as Record<string, Part<object> | null>)[name] ?? null
    const message = part === null ? this.readOfRoom(end, name, from) : part.read(from)
    from.expectEnd()
    return { type: name, ...message, ...this.follow(end, name, message) }
  }

  private readOfRoom(end: End, name: string, from: BitSource): object {
    const of = channel.read(from)
    if (name === 'looseSnapshot') return { channel: of, ...(this.readerOf(of).readLoose(from) ?? { isLate: true }) }
    if (end === 'server') return { channel: of, ...this.readerOf(of).read(from) }
    const { schema, reader } = this.seat(of)
    return { channel: of, ...readInputs(from, schema.input, reader?.tick ?? 0) }
  }

  /** What later messages need of this one, and the values of its payload. */
  private follow(end: End, name: string, message: object): { readonly values?: Values } {
    if (name === 'hello') this.claim((message as ReturnType<typeof MESSAGES.client.hello.read>).resume?.seat ?? null)
    if (name === 'reliable') return this.followItem(end, (message as Reliable).item)
    if (name !== 'latest') return {}
    const latest = message as ReturnType<typeof MESSAGES.client.latest.read>
    return { values: readPayload(this.messageFields(end, latest.channel, latest.message), latest.payload) }
  }

  private claim(seat: { readonly channel: number; readonly game: string } | null): void {
    if (seat !== null && !this.seats.has(seat.channel)) this.open(seat.channel, seat.game)
  }

  private open(of: number, game: string): Seat {
    const schema = this.games.get(game) ?? malformed(`no game ${game}`)
    const seat = { schema, reader: null, asked: { client: new Map(), server: new Map() } }
    this.seats.set(of, seat)
    return seat
  }

  private seat(of: number): Seat {
    return this.seats.get(of) ?? malformed(`nothing on channel ${of}`)
  }

  private followItem(end: End, item: Item): { readonly values?: Values } {
    switch (item.type) {
      case 'join':
        return { values: readPayload(this.open(item.channel, item.game).schema.join, item.join) }
      case 'joined':
        this.seat(item.channel).reader = new SnapshotReader(this.seat(item.channel).schema, item.tick)
        return {}
      case 'table':
        this.readerOf(item.channel).tables.take(item.number, item.bytes)
        return {}
      case 'message':
        return { values: readPayload(this.messageFields(end, item.channel, item.message), item.payload) }
      case 'request':
        this.seat(item.channel).asked[end].set(item.id, item.request)
        return { values: readPayload(this.requestOf(item.channel, item.request).ask, item.payload) }
      case 'reply':
        return { values: readPayload(this.replyFields(end, item.channel, item.id), item.payload) }
      default:
        return {}
    }
  }

  private messageFields(end: End, of: number, index: number): FieldMap {
    const declared = Object.values(this.seat(of).schema.messages)[index]
    const fields = end === 'client' ? declared?.toServer : declared?.toClient
    return fields ?? malformed(`no message ${index} of a ${end}`)
  }

  private requestOf(of: number, index: number): { readonly ask: FieldMap; readonly reply: FieldMap } {
    return Object.values(this.seat(of).schema.requests)[index] ?? malformed(`no request ${index}`)
  }

  private replyFields(end: End, of: number, id: number): FieldMap {
    const asker = end === 'client' ? 'server' : 'client'
    const request = this.seat(of).asked[asker].get(id) ?? malformed(`a reply to nothing: ${id}`)
    return this.requestOf(of, request).reply
  }
}
