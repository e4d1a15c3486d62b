import { DecodeError, LIMITS, SchemaMismatchError } from '@tickwire/protocol'
import { differingSection } from '@tickwire/protocol/internal'
import type { BitReader, GameCodec } from '@tickwire/protocol/internal'
import { NO_TERMS } from '../room/ports.ts'
import type { RoomPlan } from '../room/ports.ts'
import { hex } from '../secrets.ts'

/** Raised by every change after which older recordings cannot be read. */
const FORMAT_VERSION = 1
/** The first four bytes of a recording. */
const MAGIC = new TextEncoder().encode('TWR1')
const MAX_HEADER_BYTES = 65_536

/** Who a room is. Not its plan as it is: what else there may be in it (a password's hash) is not for files. */
export interface RecordedPlan {
  readonly id: string
  readonly key: string | null
  readonly epoch: number
  readonly invite: string
  /** What its creator chose: the patch, in hexadecimal. */
  readonly options: string
  /** Whose room it is, if not whoever's came first. */
  readonly owner?: string
}

export function recordPlan({ id, key, epoch, terms = NO_TERMS }: RoomPlan): RecordedPlan {
  const { invite, options, owner } = terms
  return { id, key, epoch, invite, options: hex(options), ...(owner !== null && { owner }) }
}

export function planOf({ id, key, epoch, invite, options, owner }: RecordedPlan): RoomPlan {
  const terms = { ...NO_TERMS, invite, options: new Uint8Array(Buffer.from(options, 'hex')), owner: owner ?? null }
  return { id, key, epoch, terms }
}

/** All that a room is made from. */
export interface RecordingHeader {
  readonly format: number
  readonly game: string
  readonly hashes: readonly number[]
  readonly plan: RecordedPlan
  /** What the process's randomness said when the room was made: its seeds. */
  readonly draws: readonly number[]
  readonly snapshotPhase: number
  readonly maxPlayers: number
  /** Undefined where the room type said nothing. */
  readonly emptyRoomMs?: number
}

/** Magic, then the header as a chunk of JSON, for people and other programs to look at. */
export function encodeHeader(header: Omit<RecordingHeader, 'format'>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify({ format: FORMAT_VERSION, ...header }))
  const chunk = encodeChunk(json)
  const bytes = new Uint8Array(MAGIC.length + chunk.length)
  bytes.set(MAGIC)
  bytes.set(chunk, MAGIC.length)
  return bytes
}

/** A part of a file: its length as a u32 and its bytes. A crash leaves whole chunks, and perhaps a piece of one. */
export function encodeChunk(content: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(4 + content.length)
  new DataView(chunk.buffer).setUint32(0, content.length, true)
  chunk.set(content, 4)
  return chunk
}

/** @throws DecodeError when the file ends within the chunk */
export function readChunk(reader: BitReader, maxBytes: number): Uint8Array {
  const offset = reader.bitOffset
  const length = reader.bits(32, 'chunk length')
  if (length > maxBytes) {
    const fault = { what: 'chunk length', expected: `at most ${maxBytes}`, got: `${length}`, offset }
    throw new DecodeError('limit', fault)
  }
  return reader.bytes(length, 'chunk')
}

/** @throws DecodeError for what is no recording, or one of another version */
export function readHeader(reader: BitReader): RecordingHeader {
  for (const byte of MAGIC) if (reader.bits(8, 'recording') !== byte) throw notARecording('other bytes')
  const text = new TextDecoder().decode(readChunk(reader, MAX_HEADER_BYTES))
  const header = parse(text)
  if (!isHeader(header)) throw notARecording('a header without what makes a room')
  return header
}

/** @throws SchemaMismatchError when the recording is of another game, or of another version of it */
export function checkGame({ game, hashes }: RecordingHeader, { schema, hashes: ours }: GameCodec): void {
  if (game !== schema.name) throw new SchemaMismatchError({ game, section: 'name', path: null })
  const section = differingSection(ours, hashes)
  if (section !== null) throw new SchemaMismatchError({ game, section, path: null })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notARecording('a header that is no JSON')
  }
}

function isHeader(value: unknown): value is RecordingHeader {
  if (typeof value !== 'object' || value === null) return false
  const { format, game, hashes, plan, draws, snapshotPhase, maxPlayers, emptyRoomMs } = value as Record<string, unknown>
  if (format !== FORMAT_VERSION) throw notARecording(`format ${String(format)}`)
  return (
    typeof game === 'string' &&
    isListOf(hashes, (hash) => isWithin(hash, 0, 0xffff_ffff)) &&
    isPlan(plan) &&
    isListOf(draws, (draw) => isWithin(draw, 0, 1)) &&
    isWithin(snapshotPhase, 0, 0xffff) &&
    isWithin(maxPlayers, 1, LIMITS.maxSeatsPerRoom) &&
    isWithin(emptyRoomMs ?? 0, 0, Number.MAX_SAFE_INTEGER)
  )
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => fits(item))
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function isPlan(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { id, key, epoch, invite, options } = value as Record<string, unknown>
  const isNamed = typeof id === 'string' && (key === null || typeof key === 'string') && Number.isInteger(epoch)
  return isNamed && typeof invite === 'string' && typeof options === 'string'
}

function notARecording(got: string): DecodeError {
  return new DecodeError('malformed', {
    what: 'recording',
    expected: `a .twr file of format ${FORMAT_VERSION}`,
    got,
    offset: 0,
  })
}
