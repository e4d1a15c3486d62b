import type { FieldMap } from '@tickwire/protocol'
import {
  assertNever,
  LINK_CHANNEL,
  LISTED_ROOM,
  lobbyCodec,
  PARTY_MEMBER,
  readClientMessage,
  readPacket,
  readServerMessage,
} from '@tickwire/protocol/internal'
import type {
  BitReader,
  CallItem,
  ClientItem,
  ClientMessage,
  GameCodec,
  LatestMessage,
  ServerItem,
  ServerMessage,
} from '@tickwire/protocol/internal'
import { RoomDecoder } from './room-decoder.ts'
import type { EntityChange, ToldEvent, ToldRoom } from './room-decoder.ts'

/** `up`: from the client to the server. */
export type Direction = 'up' | 'down'

/** One message of a packet, in words. */
export interface DecodedMessage {
  readonly direction: Direction
  /** As docs/protocol.md names it; of a reliable one that of its item. `undecodable`: `says.why` tells why. */
  readonly type: string
  /** 0 is the link's own, the lobby; null: it has none. */
  readonly channel: number | null
  /** Of a message, a request and what answers it: its name in the schema. */
  readonly name: string | null
  /** Of the message alone, without the packet's own. */
  readonly bytes: number
  /** All else, by name. Secrets are left out: what was decoded may be shown to others. */
  readonly says: Readonly<Record<string, unknown>>
  /** Of a message, a request or a reply: its fields; as hex where its game is not ours. Null: it has none. */
  readonly payload: Readonly<Record<string, unknown>> | string | null
  /** Of a snapshot: what it tells. */
  readonly changes: readonly EntityChange[]
  readonly events: readonly ToldEvent[]
}

/** Enough to tell links apart; who knows all of an id is closer to a seat that is not theirs. */
const SHOWN_LINK = 8

type Says = Readonly<Record<string, unknown>>
/** What one message comes to, before it is put beside its size and direction. */
interface Words extends Partial<Pick<DecodedMessage, 'channel' | 'name' | 'payload' | 'changes' | 'events'>> {
  readonly type: string
  readonly says?: Says
}

const NOTHING = { channel: null, name: null, says: {}, payload: null, changes: [], events: [] } as const

/** What is known of a channel that was joined. */
interface Channel {
  /** Null: it is another game's than ours. */
  readonly codec: GameCodec | null
  /** Null until the seat is given, and after what was missed: see `hello`. */
  room: ToldRoom | null
  /** Names of requests that wait for an answer, by who asked and the id. */
  readonly asked: Map<string, string>
}

/** What both ends of a link know of its channels. */
type Channels = Map<number, Channel>

/**
 * Reads what two ends say to each other, as they themselves do: it needs all packets of a connection from the first one on.
 * One per game, for any number of connections: a link that goes on in another one is known again.
 */
export class Decoder {
  private readonly codec: GameCodec
  private readonly links = new Map<string, Channels>()

  constructor(codec: GameCodec) {
    this.codec = codec
  }

  /** For the packets of one connection, both directions, in the order in which they came by. */
  connect(): ConnectionDecoder {
    return new ConnectionDecoder(this.codec, this.links)
  }
}

export class ConnectionDecoder {
  private readonly codec: GameCodec
  private readonly links: Map<string, Channels>
  private channels: Channels = new Map([[LINK_CHANNEL, { codec: lobbyCodec, room: null, asked: new Map() }]])
  private claims = false

  /** Use `Decoder`. */
  constructor(codec: GameCodec, links: Map<string, Channels>) {
    this.codec = codec
    this.links = links
  }

  /** From here on `room` reads what a channel says: it holds what was said before. */
  follow(channel: number, codec: GameCodec, room: ToldRoom): void {
    this.channels.set(channel, { codec, room, asked: this.channels.get(channel)?.asked ?? new Map() })
  }

  /** Reads one packet. It never throws: what cannot be read is told as such, and the next packet is tried again. */
  decode(direction: Direction, packet: Uint8Array): DecodedMessage[] {
    const decoded: DecodedMessage[] = []
    try {
      readPacket(packet, (id, reader) => {
        const bytes = Math.ceil(reader.bitsLeft / 8)
        const words = this.tryRead(direction, id, reader)
        decoded.push({ ...NOTHING, ...words, direction, bytes })
      })
    } catch (error) {
      decoded.push({ ...NOTHING, ...undecodable(error), direction, bytes: packet.length })
    }
    return decoded
  }

  private tryRead(direction: Direction, id: number, reader: BitReader): Words {
    try {
      if (direction === 'up') return this.fromClient(readClientMessage(id, reader))
      return this.fromServer(readServerMessage(id, reader))
    } catch (error) {
      return undecodable(error)
    }
  }

  private fromClient(message: ClientMessage): Words {
    const { type } = message
    switch (type) {
      case 'hello':
        return { type, says: this.hello(message) }
      case 'ping':
        return { type, channel: message.channel, says: { id: message.id } }
      case 'inputs': {
        const room = this.channels.get(message.channel)?.room
        const says = { acked: message.ackedSnapshot16, ...(room && { inputs: room.readInputs(message.bits) }) }
        return { type, channel: message.channel, says }
      }
      case 'snapshotAck':
        return { type, channel: message.channel, says: { acked: message.ackedSnapshot16 } }
      case 'reliable':
        return this.item('up', message.seq, message.item)
      case 'reliableAck':
        return { type, says: { seq: message.seq } }
      case 'latest':
        return this.message('up', message)
      default:
        return assertNever(message)
    }
  }

  private fromServer(message: ServerMessage): Words {
    const { type } = message
    switch (type) {
      case 'welcome':
        return { type, says: this.welcome(message) }
      case 'pong':
        return { type, channel: message.channel, says: { id: message.id, tick: message.tick, holdMs: message.holdMs } }
      case 'snapshot':
        return this.snapshot(message.channel, message.bits)
      case 'looseSnapshot':
        // It leads on from one that a listener in between cannot know to have come.
        return { type, channel: message.channel, says: { back: message.loose.back } }
      case 'reliable':
        return this.item('down', message.seq, message.item)
      case 'reliableAck':
        return { type, says: { seq: message.seq } }
      case 'latest':
        return this.message('down', message)
      case 'goingAway':
        return { type, says: { retryAfterMs: message.retryAfterMs, address: message.address } }
      default:
        return assertNever(message)
    }
  }

  private hello({ protocolVersion, linkId, ticket, resume }: Extract<ClientMessage, { type: 'hello' }>): Says {
    const id = hexOf(linkId)
    this.channels = this.links.get(id) ?? this.channels
    this.claims = resume !== null
    const says = { version: protocolVersion, link: id.slice(0, SHOWN_LINK), ticketBytes: ticket.length }
    if (resume === null) return says
    const { receivedSeq, seat } = resume
    const known = seat === null ? undefined : this.channels.get(seat.channel)
    // One of us has read what the other has not: what follows leads on from what we do not hold.
    if (known !== undefined && seat?.heldSnapshot !== (known.room?.seq ?? -1)) known.room = null
    const claim = seat && { channel: seat.channel, game: seat.game, heldSnapshot: seat.heldSnapshot }
    return { ...says, resume: { received: receivedSeq, seat: claim } }
  }

  private welcome(message: Extract<ServerMessage, { type: 'welcome' }>): Says {
    const { linkId, userId, resumed, receivedSeq, seatResumed, resumeWindowMs } = message
    const id = hexOf(linkId)
    if (this.claims && !seatResumed) for (const known of this.channels.values()) known.room = null
    this.links.set(id, this.channels)
    return { link: id.slice(0, SHOWN_LINK), user: userId, resumed, received: receivedSeq, seatResumed, resumeWindowMs }
  }

  private snapshot(channel: number, bits: BitReader): Words {
    const room = this.channels.get(channel)?.room
    if (!room) return { type: 'snapshot', channel, says: { why: 'what it leads on from was not seen' } }
    const { header, changes, events } = room.readSnapshot(bits, channel)
    const { seq, tick, isPartial, slackTicks, starvedTicks } = header
    return {
      type: 'snapshot',
      channel,
      says: { seq, tick, partial: isPartial, slackTicks, starvedTicks },
      changes,
      events,
    }
  }

  private item(direction: Direction, seq: number, item: ClientItem | ServerItem): Words {
    const words = this.itemWords(direction, item)
    return { channel: item.channel, ...words, says: { seq, ...words.says } }
  }

  private itemWords(direction: Direction, item: ClientItem | ServerItem): Words {
    const { type, channel } = item
    switch (type) {
      case 'join':
        return { type, says: this.join(item) }
      case 'joined': {
        const { roomId, epoch, seat, tick } = item
        const known = this.channels.get(channel)
        if (known?.codec) known.room = new RoomDecoder(known.codec, { seq: 0, tick })
        return { type, says: { room: roomId, epoch, seat, tick } }
      }
      case 'joinRefused':
        return { type, says: { code: item.code, text: item.text, section: item.section } }
      case 'redirect':
        return { type, says: { url: item.url } }
      case 'left':
        return { type, says: { reason: item.reason } }
      case 'leave':
        return { type }
      case 'table':
        this.channels.get(channel)?.room?.learnTable(item.number, item.bytes)
        return { type, says: { number: item.number, bytes: item.bytes.length } }
      case 'stateHash':
        return { type, says: { tick16: item.tick16, hash: item.hash } }
      case 'mismatch':
        return { type, says: { tick16: item.tick16 } }
      default:
        return this.call(direction, item)
    }
  }

  private join({ channel, verb, game, room, wish, join }: Extract<ClientItem, { type: 'join' }>): Says {
    const codec = game === this.codec.schema.name ? this.codec : null
    this.channels.set(channel, { codec, room: null, asked: new Map() })
    const { type, isPrivate, where, options } = wish
    return {
      verb,
      game,
      room,
      ...(type !== '' && { type }),
      ...(isPrivate && { private: true }),
      ...(where !== '' && { where }),
      ...(codec !== null && options.length > 0 && { options: codec.decodePatch(codec.schema.options, options) }),
      join: codec === null ? hexOf(join) : codec.decodePayload(codec.schema.join, join),
    }
  }

  private call(direction: Direction, item: CallItem): Words {
    const { type, channel } = item
    if (type === 'message') return this.message(direction, item)
    const known = this.channels.get(channel)
    const other = direction === 'up' ? 'down' : 'up'
    if (type === 'request') {
      const name = known?.codec?.requestNames[item.request] ?? null
      if (name !== null) known?.asked.set(`${direction} ${item.id}`, name)
      const fields = name === null ? undefined : known?.codec?.schema.requests[name]?.ask
      return { type, name, says: { id: item.id }, payload: payload(known, name, fields, item.payload) }
    }
    const asked = `${type === 'cancel' ? direction : other} ${item.id}`
    const name = known?.asked.get(asked) ?? null
    // What is cancelled may be answered all the same.
    if (type !== 'cancel') known?.asked.delete(asked)
    if (type === 'cancel') return { type, name, says: { id: item.id } }
    if (type === 'refusal') return { type, name, says: { id: item.id, code: item.code, text: item.text } }
    const fields = name === null ? undefined : known?.codec?.schema.requests[name]?.reply
    return { type, name, says: { id: item.id }, payload: payload(known, name, fields, item.payload) }
  }

  private message(direction: Direction, item: LatestMessage | Extract<CallItem, { type: 'message' }>): Words {
    const { type, channel, message } = item
    const known = this.channels.get(channel)
    const name = known?.codec?.messageNames[message] ?? null
    const declared = name === null ? undefined : known?.codec?.schema.messages[name]
    const fields = direction === 'up' ? declared?.toServer : declared?.toClient
    return { type, channel, name, payload: payload(known, name, fields, item.payload) }
  }
}

/** The values of a payload, or its bytes where its game is not ours. */
function payload(
  known: Channel | undefined,
  name: string | null,
  fields: FieldMap | undefined,
  bytes: Uint8Array,
): Says | string {
  const codec = known?.codec ?? null
  if (codec === null || fields === undefined) return hexOf(bytes)
  const values = codec.decodePayload(fields, bytes)
  return codec === lobbyCodec ? lobbyValues(name, values) : values
}

/** Payloads within payloads, which the lobby has in two places. */
function lobbyValues(name: string | null, values: Record<string, unknown>): Says {
  const inner = (key: string, fields: FieldMap): Says => {
    const list = values[key]
    if (!Array.isArray(list)) return values
    return { ...values, [key]: list.map((bytes: Uint8Array) => lobbyCodec.decodePayload(fields, bytes)) }
  }
  if (name === 'party') return inner('members', PARTY_MEMBER)
  return name === 'rooms' || name === 'list' ? inner('rooms', LISTED_ROOM) : values
}

function undecodable(error: unknown): Words {
  return { type: 'undecodable', says: { why: error instanceof Error ? error.message : String(error) } }
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
