import { DecodeError, LIMITS } from '@tickwire/protocol'
import type { BitReader, BitWriter } from '@tickwire/protocol/internal'
import type { LeaveReason } from '../room/definition.ts'
import type { Call, PlayerCommand, RoomOp } from './tape.ts'
import { MAX_STATE_BYTES } from './state-image.ts'

/** What a recording is made of, in the order in which it happened. */
export type Op =
  | RoomOp
  /** What somebody had on screen whose past was asked for. */
  | { readonly type: 'sight'; readonly sight: RecordedSight }
  /** A tick is run; who is not named has the same input as in the tick before. */
  | { readonly type: 'inputs'; readonly changed: readonly ChangedInput[] }
  /** It ended, with this state. */
  | { readonly type: 'ticked'; readonly hash: number }
  /** The whole state at the end of the newest tick: an image. */
  | { readonly type: 'keyframe'; readonly image: Uint8Array }
  | { readonly type: 'end' }

export interface ChangedInput {
  readonly seat: number
  readonly columns: Int32Array
}

export interface RecordedSight {
  readonly tick: number
  readonly older: number | null
  readonly newer: number | null
  /** What `sees` answered, one after the other. */
  readonly answers: readonly boolean[]
}

type OpOf<T extends Op['type']> = Extract<Op, { type: T }>

/** One byte at the head of each op. Used numbers are never used again: recordings outlive versions. */
const CODE = {
  joining: 1,
  joined: 2,
  refused: 3,
  cancelled: 4,
  dropped: 5,
  resumed: 6,
  left: 7,
  call: 8,
  closed: 9,
  sight: 10,
  inputs: 11,
  ticked: 12,
  keyframe: 13,
  end: 14,
  draining: 15,
  managed: 16,
  rang: 17,
  removed: 18,
} as const satisfies Record<Op['type'], number>
const TYPES: ReadonlyMap<number, Op['type']> = new Map(
  Object.entries(CODE).map(([type, code]) => [code, type as Op['type']]),
)
const CALLS = ['message', 'request', 'cancel', 'latest', 'reply', 'refusal'] as const satisfies readonly Call['type'][]
const COMMANDS = [
  'remove',
  'lock',
  'transfer',
  'metadata',
  'profile',
] as const satisfies readonly PlayerCommand['kind'][]
const REASONS = ['left', 'expired', 'kicked', 'room-closed'] as const satisfies readonly LeaveReason[]

const MAX_SEAT = LIMITS.maxSeatsPerRoom
const MAX_INDEX = 0xffff
const MAX_USER_BYTES = 0xffff
const MAX_TICK = 0xffff_ffff
const MAX_ANSWERS = 1 << 24

/** Each op starts at a whole byte. */
export function writeOp(writer: BitWriter, op: Op): void {
  const code: number = CODE[op.type]
  writer.bits(code, 8)
  writeBody(writer, op)
  writer.align()
}

/** @throws DecodeError */
export function readOp(reader: BitReader, inputColumns: number): Op {
  const code = reader.bits(8, 'op')
  const type = TYPES.get(code)
  if (type === undefined) {
    throw new DecodeError('unexpected', {
      what: 'op',
      expected: '1 to 18',
      got: `${code}`,
      offset: reader.bitOffset - 8,
    })
  }
  const op = readBody(reader, type, inputColumns)
  reader.align()
  return op
}

function writeBody(writer: BitWriter, op: Op): void {
  if (op.type === 'sight') writeSight(writer, op.sight)
  else if (op.type === 'inputs') writeInputs(writer, op)
  else if (op.type === 'ticked') writer.bits(op.hash, 32)
  else if (op.type === 'rang') writer.varuint(op.timer)
  else if (op.type === 'keyframe') writeBytes(writer, op.image)
  else if ('seat' in op) {
    writer.uintMax(op.seat, MAX_SEAT)
    if (op.type === 'joining') writeJoining(writer, op)
    else if (op.type === 'left') writer.uintMax(REASONS.indexOf(op.reason), REASONS.length - 1)
    else if (op.type === 'call') writeCall(writer, op.call)
    else if (op.type === 'managed') writeCommand(writer, op.command)
    else if (op.type === 'removed') writer.bool(op.ban)
  }
}

function readBody(reader: BitReader, type: Op['type'], inputColumns: number): Op {
  switch (type) {
    case 'sight':
      return { type, sight: readSight(reader) }
    case 'inputs':
      return readInputs(reader, inputColumns)
    case 'ticked':
      return { type, hash: reader.bits(32, 'state hash') }
    case 'keyframe':
      return { type, image: readBytes(reader, MAX_STATE_BYTES, 'keyframe') }
    case 'rang':
      return { type, timer: reader.varuint(MAX_TICK, 'timer') }
    case 'draining':
    case 'closed':
    case 'end':
      return { type }
    default:
      return readSeatOp(reader, type)
  }
}

type SeatOp = Extract<RoomOp, { seat: number }>['type']

function readSeatOp(reader: BitReader, type: SeatOp): RoomOp {
  const seat = reader.uintMax(MAX_SEAT, 'seat')
  if (type === 'joining') return readJoining(reader, seat)
  if (type === 'left') return { type, seat, reason: REASONS[reader.uintMax(REASONS.length - 1, 'leave reason')]! }
  if (type === 'call') return { type, seat, call: readCall(reader) }
  if (type === 'managed') return { type, seat, command: readCommand(reader) }
  if (type === 'removed') return { type, seat, ban: reader.bool('ban') }
  return { type, seat }
}

function writeJoining(writer: BitWriter, { userId, key, join }: OpOf<'joining'>): void {
  writer.text(userId, MAX_USER_BYTES)
  writer.bool(key !== null)
  if (key !== null) writer.text(key, LIMITS.maxNameBytes)
  writeBytes(writer, join)
}

function readJoining(reader: BitReader, seat: number): RoomOp {
  const userId = reader.text(MAX_USER_BYTES, 'user id')
  const key = reader.bool('has key') ? reader.text(LIMITS.maxNameBytes, 'key') : null
  return { type: 'joining', seat, userId, key, join: readBytes(reader, LIMITS.maxPayloadBytes, 'join fields') }
}

function writeCall(writer: BitWriter, call: Call): void {
  writer.uintMax(CALLS.indexOf(call.type), CALLS.length - 1)
  if ('id' in call) writer.varuint(call.id)
  if (call.type === 'request') writer.varuint(call.request)
  else if (call.type === 'message' || call.type === 'latest') writer.varuint(call.message)
  if ('payload' in call) writeBytes(writer, call.payload)
  if (call.type !== 'refusal') return
  writer.text(call.code, LIMITS.maxNameBytes)
  writer.text(call.text, LIMITS.maxTextBytes)
}

function readCall(reader: BitReader): Call {
  const type = CALLS[reader.uintMax(CALLS.length - 1, 'call')]!
  const channel = 0
  if (type === 'message' || type === 'latest') {
    const message = reader.varuint(MAX_INDEX, 'message')
    return { type, channel, message, payload: readBytes(reader, LIMITS.maxPayloadBytes, 'message payload') }
  }
  const id = reader.varuint(MAX_TICK, 'request id')
  if (type === 'cancel') return { type, channel, id }
  if (type === 'refusal') {
    const code = reader.text(LIMITS.maxNameBytes, 'refusal code')
    return { type, channel, id, code, text: reader.text(LIMITS.maxTextBytes, 'refusal text') }
  }
  const request = type === 'request' ? reader.varuint(MAX_INDEX, 'request') : 0
  const payload = readBytes(reader, LIMITS.maxPayloadBytes, 'call payload')
  return type === 'request' ? { type, channel, id, request, payload } : { type, channel, id, payload }
}

function writeCommand(writer: BitWriter, command: PlayerCommand): void {
  writer.uintMax(COMMANDS.indexOf(command.kind), COMMANDS.length - 1)
  if (command.kind === 'lock') writer.bool(command.locked)
  if (command.kind === 'remove') writer.bool(command.ban)
  if (command.kind === 'metadata') writer.varuint(command.revision)
  if ('seat' in command) writer.varuint(command.seat === null ? 0 : command.seat + 1)
  if ('patch' in command) writeBytes(writer, command.patch)
}

function readCommand(reader: BitReader): PlayerCommand {
  const kind = COMMANDS[reader.uintMax(COMMANDS.length - 1, 'command')]!
  if (kind === 'lock') return { kind, locked: reader.bool('locked') }
  if (kind === 'remove') {
    const ban = reader.bool('ban')
    return { kind, ban, seat: readSeat(reader) }
  }
  if (kind === 'transfer') return { kind, seat: readSeat(reader) }
  const revision = kind === 'metadata' ? reader.varuint(MAX_TICK, 'revision') : 0
  const patch = readBytes(reader, LIMITS.maxPayloadBytes, 'patch')
  return kind === 'metadata' ? { kind, revision, patch } : { kind, patch }
}

function readSeat(reader: BitReader): number | null {
  const seat = reader.varuint(MAX_SEAT + 1, 'seat')
  return seat === 0 ? null : seat - 1
}

function writeInputs(writer: BitWriter, { changed }: OpOf<'inputs'>): void {
  writer.varuint(changed.length)
  for (const { seat, columns } of changed) {
    writer.uintMax(seat, MAX_SEAT)
    for (const column of columns) writer.varint(column)
  }
}

function readInputs(reader: BitReader, inputColumns: number): Op {
  const count = reader.varuint(MAX_SEAT, 'changed inputs')
  const changed: ChangedInput[] = []
  for (let i = 0; i < count; i++) {
    const seat = reader.uintMax(MAX_SEAT, 'seat')
    const columns = new Int32Array(inputColumns)
    for (let at = 0; at < inputColumns; at++) columns[at] = reader.varint(-0x8000_0000, 0x7fff_ffff, 'input column')
    changed.push({ seat, columns })
  }
  return { type: 'inputs', changed }
}

function writeSight(writer: BitWriter, { tick, older, newer, answers }: RecordedSight): void {
  writer.f64(tick)
  for (const snapshot of [older, newer]) writer.varuint(snapshot === null ? 0 : snapshot + 1)
  writer.varuint(answers.length)
  for (const answer of answers) writer.bool(answer)
}

function readSight(reader: BitReader): RecordedSight {
  const tick = reader.f64('view tick')
  const [older, newer] = [reader.varuint(MAX_TICK, 'snapshot tick'), reader.varuint(MAX_TICK, 'snapshot tick')]
  const count = reader.varuint(Math.min(MAX_ANSWERS, reader.bitsLeft), 'answer count')
  const answers = Array.from({ length: count }, () => reader.bool('answer'))
  return { tick, older: older === 0 ? null : older - 1, newer: newer === 0 ? null : newer - 1, answers }
}

function writeBytes(writer: BitWriter, bytes: Uint8Array): void {
  writer.varuint(bytes.length)
  writer.align()
  writer.bytes(bytes)
}

function readBytes(reader: BitReader, maxBytes: number, what: string): Uint8Array {
  const length = reader.varuint(maxBytes, `${what} length`)
  reader.align()
  return reader.bytes(length, what).slice()
}
