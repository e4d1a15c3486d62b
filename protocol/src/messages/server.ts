import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { readCall, readLatest, writeCall, writeLatest } from './calls.ts'
import type { CallItem, LatestMessage } from './calls.ts'
import { ITEM, SERVER_MESSAGE } from './ids.ts'
import { readBytes, readChannel, readEpoch, readSeq, writeBytes, writeChannel, writeEpoch, writeSeq } from './parts.ts'
import { readLooseHead } from './snapshot.ts'
import type { LooseHead } from './snapshot.ts'

export type ServerMessage =
  | {
      readonly type: 'welcome'
      readonly linkId: Uint8Array
      readonly token: Uint8Array
      readonly userId: string
      /** True: the link of the hello's claim goes on; false: this is a new one. */
      readonly resumed: boolean
      /** The newest reliable item that the server received: the client goes on behind it. */
      readonly receivedSeq: number
      /** Whether the claimed seat is still held. */
      readonly seatResumed: boolean
      readonly resumeWindowMs: number
    }
  | {
      readonly type: 'pong'
      readonly id: number
      readonly channel: number
      /** The room's time when the ping was answered, in ticks; 0 on channel 0. */
      readonly tick: number
      /** How long the ping was held before the answer, in ms. */
      readonly holdMs: number
    }
  /** `bits` is read by `readSnapshotHeader` and the room's replica. */
  | { readonly type: 'snapshot'; readonly channel: number; readonly bits: BitReader }
  /** The same where snapshots may be lost. */
  | {
      readonly type: 'looseSnapshot'
      readonly channel: number
      readonly loose: LooseHead
      readonly bits: BitReader
    }
  | { readonly type: 'reliable'; readonly seq: number; readonly item: ServerItem }
  | { readonly type: 'reliableAck'; readonly seq: number }
  | LatestMessage
  /** The server stops: come back after so long, to this address, or to the same if it is ''. */
  | { readonly type: 'goingAway'; readonly retryAfterMs: number; readonly address: string }

/** What travels in the server's reliable stream. */
export type ServerItem =
  /** Also the first item after the resume of a seat by a client that holds nothing of it (`heldSnapshot` -1: a reload). */
  | {
      readonly type: 'joined'
      readonly channel: number
      readonly roomId: string
      readonly epoch: number
      /** `NO_SEAT` for a spectator. */
      readonly seat: number
      readonly tick: number
      /** Seeds `world.random`, which both ends must draw alike. */
      readonly simulationSeed: number
    }
  | {
      readonly type: 'joinRefused'
      readonly channel: number
      readonly code: string
      readonly text: string
      /** For `schema-mismatch`: the section, and the server's description of it, for the client to compare. */
      readonly section: string
      readonly description: string
    }
  | { readonly type: 'redirect'; readonly channel: number; readonly url: string; readonly reservation: string }
  | { readonly type: 'left'; readonly channel: number; readonly reason: string }
  /** Probabilities that coded snapshots start from; comes ahead of the first one that names it. */
  | { readonly type: 'table'; readonly channel: number; readonly number: number; readonly bytes: Uint8Array }
  /** What this client holds once it has read the snapshot of that tick (its low 16 bits); comes ahead of it. */
  | { readonly type: 'stateHash'; readonly channel: number; readonly tick16: number; readonly hash: number }
  | CallItem

/** The seat of a spectator, who has none. */
export const NO_SEAT = -1

const SECRET_BYTES = 16
/** A bit per context, and six more for each that was learnt. */
const MAX_TABLE_BYTES = 256 * 1024
const MAX_DESCRIPTION_BYTES = 64 * 1024
/** Ticks of a pong travel in 1/256, so that the clock is finer than a tick. */
const PONG_STEPS = 256
/** Hold times travel in 1/16 ms. */
const HOLD_STEPS = 16

export function writeServerMessage(writer: BitWriter, message: ServerMessage): number {
  switch (message.type) {
    case 'welcome':
      writer.bytes(message.linkId)
      writer.bytes(message.token)
      writer.text(message.userId, LIMITS.maxNameBytes)
      writer.bool(message.resumed)
      writeSeq(writer, message.receivedSeq)
      writer.bool(message.seatResumed)
      writer.bits(message.resumeWindowMs, 32)
      break
    case 'pong': {
      const steps = Math.floor(message.tick * PONG_STEPS)
      writer.bits(message.id, 16)
      writeChannel(writer, message.channel)
      writer.bits(Math.floor(steps / PONG_STEPS) >>> 0, 32)
      writer.bits(steps % PONG_STEPS, 8)
      writer.bits(Math.min(0xffff, Math.round(message.holdMs * HOLD_STEPS)), 16)
      break
    }
    case 'snapshot':
    case 'looseSnapshot':
      throw new RangeError('snapshots are written by writeSnapshotHeader and the replication')
    case 'reliable':
      writeSeq(writer, message.seq)
      writeServerItem(writer, message.item)
      break
    case 'reliableAck':
      writeSeq(writer, message.seq)
      break
    case 'latest':
      writeLatest(writer, message)
      break
    case 'goingAway':
      writer.bits(message.retryAfterMs, 32)
      writer.text(message.address, LIMITS.maxUrlBytes)
      break
  }
  return SERVER_MESSAGE[message.type]
}

/** Reads one message; all but snapshots to the end. */
export function readServerMessage(id: number, reader: BitReader): ServerMessage {
  const message = readBody(id, reader)
  if (message.type !== 'snapshot' && message.type !== 'looseSnapshot') reader.expectEnd()
  return message
}

function readBody(id: number, reader: BitReader): ServerMessage {
  switch (id) {
    case SERVER_MESSAGE.welcome:
      return {
        type: 'welcome',
        linkId: reader.bytes(SECRET_BYTES, 'link id'),
        token: reader.bytes(SECRET_BYTES, 'resume token'),
        userId: reader.text(LIMITS.maxNameBytes, 'user id'),
        resumed: reader.bool('resumed'),
        receivedSeq: readSeq(reader),
        seatResumed: reader.bool('seat resumed'),
        resumeWindowMs: reader.bits(32, 'resume window'),
      }
    case SERVER_MESSAGE.pong:
      return {
        type: 'pong',
        id: reader.bits(16, 'ping id'),
        channel: readChannel(reader),
        tick: reader.bits(32, 'pong tick') + reader.bits(8, 'pong fraction') / PONG_STEPS,
        holdMs: reader.bits(16, 'hold time') / HOLD_STEPS,
      }
    case SERVER_MESSAGE.snapshot:
      return { type: 'snapshot', channel: readChannel(reader), bits: reader }
    case SERVER_MESSAGE.looseSnapshot:
      return { type: 'looseSnapshot', channel: readChannel(reader), loose: readLooseHead(reader), bits: reader }
    case SERVER_MESSAGE.reliable:
      return { type: 'reliable', seq: readSeq(reader), item: readServerItem(reader) }
    case SERVER_MESSAGE.reliableAck:
      return { type: 'reliableAck', seq: readSeq(reader) }
    case SERVER_MESSAGE.latest:
      return readLatest(reader)
    case SERVER_MESSAGE.goingAway:
      return {
        type: 'goingAway',
        retryAfterMs: reader.bits(32, 'retry after'),
        address: reader.text(LIMITS.maxUrlBytes, 'address'),
      }
    default:
      throw new DecodeError('unexpected', { what: 'message id', expected: 'a server message', got: `${id}`, offset: 0 })
  }
}

export function writeServerItem(writer: BitWriter, item: ServerItem): void {
  writer.bits(ITEM[item.type], 4)
  writeChannel(writer, item.channel)
  switch (item.type) {
    case 'joined':
      writer.text(item.roomId, LIMITS.maxNameBytes)
      writeEpoch(writer, item.epoch)
      writer.uintMax(item.seat === NO_SEAT ? LIMITS.maxSeatsPerRoom : item.seat, LIMITS.maxSeatsPerRoom)
      writer.bits(item.tick >>> 0, 32)
      writer.bits(item.simulationSeed >>> 0, 32)
      return
    case 'joinRefused':
      writer.text(item.code, LIMITS.maxNameBytes)
      writer.text(item.text, LIMITS.maxTextBytes)
      writer.text(item.section, LIMITS.maxNameBytes)
      writer.text(item.description, MAX_DESCRIPTION_BYTES)
      return
    case 'redirect':
      writer.text(item.url, LIMITS.maxUrlBytes)
      writer.text(item.reservation, LIMITS.maxNameBytes)
      return
    case 'left':
      writer.text(item.reason, LIMITS.maxNameBytes)
      return
    case 'table':
      writer.bits(item.number, 8)
      writeBytes(writer, item.bytes)
      return
    case 'stateHash':
      writer.bits(item.tick16, 16)
      writer.bits(item.hash, 32)
      return
    default:
      writeCall(writer, item)
  }
}

export function readServerItem(reader: BitReader): ServerItem {
  const id = reader.bits(4, 'item id')
  const channel = readChannel(reader)
  switch (id) {
    case ITEM.joined:
      return {
        type: 'joined',
        channel,
        roomId: reader.text(LIMITS.maxNameBytes, 'room id'),
        epoch: readEpoch(reader),
        seat: seatOf(reader.uintMax(LIMITS.maxSeatsPerRoom, 'seat')),
        tick: reader.bits(32, 'tick'),
        simulationSeed: reader.bits(32, 'simulation seed'),
      }
    case ITEM.joinRefused:
      return {
        type: 'joinRefused',
        channel,
        code: reader.text(LIMITS.maxNameBytes, 'refusal code'),
        text: reader.text(LIMITS.maxTextBytes, 'refusal text'),
        section: reader.text(LIMITS.maxNameBytes, 'schema section'),
        description: reader.text(MAX_DESCRIPTION_BYTES, 'schema description'),
      }
    case ITEM.redirect:
      return {
        type: 'redirect',
        channel,
        url: reader.text(LIMITS.maxUrlBytes, 'redirect url'),
        reservation: reader.text(LIMITS.maxNameBytes, 'reservation'),
      }
    case ITEM.left:
      return { type: 'left', channel, reason: reader.text(LIMITS.maxNameBytes, 'reason') }
    case ITEM.table:
      return {
        type: 'table',
        channel,
        number: reader.bits(8, 'table number'),
        bytes: readBytes(reader, MAX_TABLE_BYTES, 'table'),
      }
    case ITEM.stateHash:
      return {
        type: 'stateHash',
        channel,
        tick16: reader.bits(16, 'tick of the hash'),
        hash: reader.bits(32, 'state hash'),
      }
    default:
      return readCall(reader, id, channel) ?? unknownItem(id)
  }
}

/** The number beyond that of the last seat. */
const seatOf = (number: number): number => (number === LIMITS.maxSeatsPerRoom ? NO_SEAT : number)

function unknownItem(id: number): never {
  throw new DecodeError('unexpected', { what: 'item id', expected: 'an item of a server', got: `${id}`, offset: 0 })
}
