import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { SECTIONS } from '../schema/describe.ts'
import type { SchemaHashes } from '../schema/describe.ts'
import { MAGIC, PROTOCOL_VERSION } from '../version.ts'
import { readCall, readLatest, writeCall, writeLatest } from './calls.ts'
import type { CallItem, LatestMessage } from './calls.ts'
import { ITEM, CLIENT_MESSAGE } from './ids.ts'
import { readBytes, readChannel, readEpoch, readSeq, writeBytes, writeChannel, writeEpoch, writeSeq } from './parts.ts'

/** What names a link and opens it: 16 bytes each. */
export interface LinkSecrets {
  readonly linkId: Uint8Array
  readonly token: Uint8Array
}

/** What a client says of the link that it wants back. */
export interface ResumeClaim extends LinkSecrets {
  /**
   * The newest reliable item that it received: the server goes on behind it. 0 from a page that was reloaded: it takes
   * whatever number comes first, and numbers its own items on from the welcome's `receivedSeq`.
   */
  readonly receivedSeq: number
  /** The room that it had a seat in, or null. */
  readonly seat: SeatClaim | null
}

export interface SeatClaim {
  readonly channel: number
  readonly epoch: number
  readonly game: string
  readonly hashes: SchemaHashes
  /** The newest snapshot that it holds, or -1: it holds nothing and needs everything (a reload). */
  readonly heldSnapshot: number
}

/** How a client asks for a room. */
export type JoinVerb = 'joinOrCreate' | 'create' | 'joinById' | 'joinByCode' | 'spectate'
const JOIN_VERBS: readonly JoinVerb[] = ['joinOrCreate', 'create', 'joinById', 'joinByCode', 'spectate']

/** What the room shall be like: one that exists, and one that is made. */
export interface RoomWish {
  /** The type of room, or '': the first of its game. */
  readonly type: string
  /** A new room is in no list, and nobody comes in who was not invited. */
  readonly isPrivate: boolean
  /** That a new room shall have, or that opens the one that is joined; or ''. */
  readonly password: string
  /** What a room that exists must fulfil, as text. */
  readonly where: string
  /** A patch of the game's options, for a new room. */
  readonly options: Uint8Array
}

export const NO_WISH: RoomWish = {
  type: '',
  isPrivate: false,
  password: '',
  where: '',
  options: new Uint8Array(0),
}

export type ClientMessage =
  | (LinkSecrets & {
      readonly type: 'hello'
      readonly protocolVersion: number
      /** `LOBBY_HASH` of the client. */
      readonly lobby: number
      readonly ticket: string
      /** Null: the client opens a link, and has drawn its id and its first token itself. */
      readonly resume: Omit<ResumeClaim, keyof LinkSecrets> | null
    })
  | { readonly type: 'ping'; readonly id: number; readonly channel: number }
  /** `bits` is read by the room's `InputCodec`, which knows the columns. */
  | { readonly type: 'inputs'; readonly channel: number; readonly ackedSnapshot16: number; readonly bits: BitReader }
  | { readonly type: 'snapshotAck'; readonly channel: number; readonly ackedSnapshot16: number }
  | { readonly type: 'reliable'; readonly seq: number; readonly item: ClientItem }
  | { readonly type: 'reliableAck'; readonly seq: number }
  | LatestMessage

/** What travels in the client's reliable stream: in order, exactly once, across reconnects. */
export type ClientItem =
  | {
      readonly type: 'join'
      readonly channel: number
      readonly verb: JoinVerb
      readonly game: string
      readonly hashes: SchemaHashes
      /** Room id for `joinById` and `spectate`, invite code for `joinByCode`, else the key, or ''. */
      readonly room: string
      /** From a redirect: the seat that was reserved, or ''. */
      readonly reservation: string
      readonly wish: RoomWish
      readonly join: Uint8Array
    }
  | { readonly type: 'leave'; readonly channel: number }
  /** What it held at that tick (its low 16 bits) was not what the server's hash said. */
  | { readonly type: 'mismatch'; readonly channel: number; readonly tick16: number }
  | CallItem

export function writeClientMessage(writer: BitWriter, message: ClientMessage): number {
  switch (message.type) {
    case 'hello':
      writeHello(writer, message)
      break
    case 'ping':
      writer.bits(message.id, 16)
      writeChannel(writer, message.channel)
      break
    case 'inputs':
      throw new RangeError('inputs are written by writeInputsHead and the InputCodec')
    case 'snapshotAck':
      writeInputsHead(writer, message.channel, message.ackedSnapshot16)
      break
    case 'reliable':
      writeSeq(writer, message.seq)
      writeClientItem(writer, message.item)
      break
    case 'reliableAck':
      writeSeq(writer, message.seq)
      break
    case 'latest':
      writeLatest(writer, message)
      break
  }
  return CLIENT_MESSAGE[message.type]
}

/** The inputs themselves follow, by the game's `InputCodec`. */
export function writeInputsHead(writer: BitWriter, channel: number, ackedSnapshot16: number): void {
  writeChannel(writer, channel)
  writer.bits(ackedSnapshot16, 16)
}

/** Reads one message; all but `inputs` to the end. */
export function readClientMessage(id: number, reader: BitReader): ClientMessage {
  const message = readBody(id, reader)
  if (message.type !== 'inputs') reader.expectEnd()
  return message
}

function readBody(id: number, reader: BitReader): ClientMessage {
  switch (id) {
    case CLIENT_MESSAGE.hello:
      return readHello(reader)
    case CLIENT_MESSAGE.ping:
      return { type: 'ping', id: reader.bits(16, 'ping id'), channel: readChannel(reader) }
    case CLIENT_MESSAGE.inputs:
      return { type: 'inputs', channel: readChannel(reader), ackedSnapshot16: readAck(reader), bits: reader }
    case CLIENT_MESSAGE.snapshotAck:
      return { type: 'snapshotAck', channel: readChannel(reader), ackedSnapshot16: readAck(reader) }
    case CLIENT_MESSAGE.reliable:
      return { type: 'reliable', seq: readSeq(reader), item: readClientItem(reader) }
    case CLIENT_MESSAGE.reliableAck:
      return { type: 'reliableAck', seq: readSeq(reader) }
    case CLIENT_MESSAGE.latest:
      return readLatest(reader)
    default:
      throw new DecodeError('unexpected', { what: 'message id', expected: 'a client message', got: `${id}`, offset: 0 })
  }
}

const readAck = (reader: BitReader): number => reader.bits(16, 'acknowledged snapshot')

const SECRET_BYTES = 16
/** Of a hello of another version: opens nothing. */
const UNREAD: Uint8Array = new Uint8Array(0)

function writeHello(writer: BitWriter, hello: Extract<ClientMessage, { type: 'hello' }>): void {
  writer.bits(MAGIC, 32)
  writer.varuint(hello.protocolVersion, 7)
  writer.bits(hello.lobby, 32)
  writer.text(hello.ticket, LIMITS.maxTicketBytes)
  writer.bytes(hello.linkId)
  writer.bytes(hello.token)
  writer.bool(hello.resume !== null)
  if (hello.resume === null) return
  const { receivedSeq, seat } = hello.resume
  writeSeq(writer, receivedSeq)
  writer.bool(seat !== null)
  if (seat === null) return
  writeChannel(writer, seat.channel)
  writeEpoch(writer, seat.epoch)
  writer.text(seat.game, LIMITS.maxNameBytes)
  writeHashes(writer, seat.hashes)
  writeSeq(writer, seat.heldSnapshot + 1)
}

function readHello(reader: BitReader): Extract<ClientMessage, { type: 'hello' }> {
  const magic = reader.bits(32, 'magic')
  if (magic !== MAGIC) {
    throw new DecodeError('unexpected', { what: 'magic', expected: '"TKWR"', got: magic.toString(16), offset: 0 })
  }
  const protocolVersion = reader.varuint(0xffff, 'protocol version', 7)
  if (protocolVersion !== PROTOCOL_VERSION) {
    // Another version's hello may go on differently; only its beginning is promised.
    reader.skipBits(reader.bitsLeft, 'hello')
    return { type: 'hello', protocolVersion, lobby: 0, ticket: '', linkId: UNREAD, token: UNREAD, resume: null }
  }
  const lobby = reader.bits(32, 'hash of the lobby')
  const ticket = reader.text(LIMITS.maxTicketBytes, 'ticket')
  const linkId = reader.bytes(SECRET_BYTES, 'link id')
  const token = reader.bytes(SECRET_BYTES, 'resume token')
  if (!reader.bool('resume')) return { type: 'hello', protocolVersion, lobby, ticket, linkId, token, resume: null }
  const receivedSeq = readSeq(reader)
  const seat = reader.bool('seat claim') ? readSeatClaim(reader) : null
  return { type: 'hello', protocolVersion, lobby, ticket, linkId, token, resume: { receivedSeq, seat } }
}

function readSeatClaim(reader: BitReader): SeatClaim {
  return {
    channel: readChannel(reader),
    epoch: readEpoch(reader),
    game: reader.text(LIMITS.maxNameBytes, 'game'),
    hashes: readHashes(reader),
    heldSnapshot: readSeq(reader) - 1,
  }
}

function writeHashes(writer: BitWriter, hashes: SchemaHashes): void {
  for (const hash of hashes) writer.bits(hash, 32)
}

function readHashes(reader: BitReader): SchemaHashes {
  return SECTIONS.map((section) => reader.bits(32, `hash of ${section}`))
}

function writeWish(writer: BitWriter, wish: RoomWish): void {
  writer.text(wish.type, LIMITS.maxNameBytes)
  writer.bool(wish.isPrivate)
  writer.text(wish.password, LIMITS.maxPasswordBytes)
  writer.text(wish.where, LIMITS.maxWhereBytes)
  writeBytes(writer, wish.options)
}

function readWish(reader: BitReader): RoomWish {
  return {
    type: reader.text(LIMITS.maxNameBytes, 'room type'),
    isPrivate: reader.bool('private'),
    password: reader.text(LIMITS.maxPasswordBytes, 'password'),
    where: reader.text(LIMITS.maxWhereBytes, 'where'),
    options: readBytes(reader, LIMITS.maxSectionBytes, 'options'),
  }
}

export function writeClientItem(writer: BitWriter, item: ClientItem): void {
  writer.bits(ITEM[item.type], 4)
  writeChannel(writer, item.channel)
  switch (item.type) {
    case 'join':
      writer.uintMax(JOIN_VERBS.indexOf(item.verb), JOIN_VERBS.length - 1)
      writer.text(item.game, LIMITS.maxNameBytes)
      writeHashes(writer, item.hashes)
      writer.text(item.room, LIMITS.maxNameBytes)
      writer.text(item.reservation, LIMITS.maxNameBytes)
      writeWish(writer, item.wish)
      writeBytes(writer, item.join)
      return
    case 'leave':
      return
    case 'mismatch':
      writer.bits(item.tick16, 16)
      return
    default:
      writeCall(writer, item)
  }
}

export function readClientItem(reader: BitReader): ClientItem {
  const id = reader.bits(4, 'item id')
  const channel = readChannel(reader)
  switch (id) {
    case ITEM.join:
      return {
        type: 'join',
        channel,
        verb: JOIN_VERBS[reader.uintMax(JOIN_VERBS.length - 1, 'join verb')]!,
        game: reader.text(LIMITS.maxNameBytes, 'game'),
        hashes: readHashes(reader),
        room: reader.text(LIMITS.maxNameBytes, 'room'),
        reservation: reader.text(LIMITS.maxNameBytes, 'reservation'),
        wish: readWish(reader),
        join: readBytes(reader, LIMITS.maxPayloadBytes, 'join fields'),
      }
    case ITEM.leave:
      return { type: 'leave', channel }
    case ITEM.mismatch:
      return { type: 'mismatch', channel, tick16: reader.bits(16, 'tick of the hash') }
    default:
      return readCall(reader, id, channel) ?? unknownItem(id)
  }
}

function unknownItem(id: number): never {
  throw new DecodeError('unexpected', { what: 'item id', expected: 'an item of a client', got: `${id}`, offset: 0 })
}
