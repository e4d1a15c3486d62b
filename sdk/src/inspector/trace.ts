import { DecodeError } from '@tickwire/protocol'
import { BitReader } from '@tickwire/protocol/internal'

/**
 * A trace: the packets of one client, with their times, as a file. See docs/guide/inspector.md for the layout.
 *
 *     "TWT1" | length: u32 | header: JSON | records ...
 *     record: type: u8 | time: u32, in 1/10 ms | length: u32 | bytes
 *
 * All numbers are little-endian. Time starts at 0 with the first record and does not run back.
 */
export interface TraceHeader {
  /** Name of the game, and the hashes of its schema: other versions of it read other bits. */
  readonly game: string
  readonly hashes: readonly number[]
}

/** `held`: what the client held of its room at that time (`held-image.ts`), from which the snapshots behind it lead on. */
export type TraceRecordType = 'received' | 'sent' | 'held'

export interface TraceRecord {
  readonly type: TraceRecordType
  readonly atMs: number
  readonly bytes: Uint8Array
}

export interface Trace {
  readonly header: TraceHeader
  readonly records: readonly TraceRecord[]
}

const MAGIC = [0x54, 0x57, 0x54, 0x31]
const TYPES: readonly TraceRecordType[] = ['received', 'sent', 'held']
const FORMAT = 1
const STEPS_PER_MS = 10
const MAX_HEADER_BYTES = 4096
const RECORD_HEAD_BYTES = 9
/** More than half an hour of a busy room; a page has to hold it. */
export const MAX_TRACE_BYTES: number = 64 * 1024 * 1024

export function encodeTrace({ header, records }: Trace): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...header }))
  const size = records.reduce((sum, { bytes }) => sum + RECORD_HEAD_BYTES + bytes.length, 8 + head.length)
  const file = new Uint8Array(size)
  const view = new DataView(file.buffer)
  file.set(MAGIC)
  view.setUint32(4, head.length, true)
  file.set(head, 8)
  let at = 8 + head.length
  const startMs = records[0]?.atMs ?? 0
  for (const { type, atMs, bytes } of records) {
    view.setUint8(at, TYPES.indexOf(type))
    view.setUint32(at + 1, Math.round((atMs - startMs) * STEPS_PER_MS), true)
    view.setUint32(at + 5, bytes.length, true)
    file.set(bytes, at + RECORD_HEAD_BYTES)
    at += RECORD_HEAD_BYTES + bytes.length
  }
  return file
}

/** @throws DecodeError for bytes that are no trace, or not a whole one */
export function decodeTrace(file: Uint8Array): Trace {
  if (file.length > MAX_TRACE_BYTES) {
    const fault = { what: 'trace', expected: `at most ${MAX_TRACE_BYTES} bytes`, got: `${file.length}`, offset: 0 }
    throw new DecodeError('limit', fault)
  }
  const reader = new BitReader(file)
  for (const byte of MAGIC) if (reader.bits(8, 'trace') !== byte) throw noTrace('other bytes at the start')
  const header = readHeader(reader)
  const records: TraceRecord[] = []
  while (reader.bitsLeft > 0) records.push(readRecord(reader, records.at(-1)?.atMs ?? 0))
  return { header, records }
}

function readHeader(reader: BitReader): TraceHeader {
  const length = reader.bits(32, 'trace header length')
  // The length is the file's word: it is held against a bound before anything is copied.
  if (length > MAX_HEADER_BYTES) throw noTrace(`a header of ${length} bytes`)
  const { format, game, hashes } = parse(new TextDecoder().decode(reader.bytes(length, 'trace header')))
  if (format !== FORMAT) throw noTrace(`format ${String(format)}`)
  if (typeof game !== 'string' || !isHashes(hashes)) throw noTrace('a header without the game')
  return { game, hashes }
}

function readRecord(reader: BitReader, notBeforeMs: number): TraceRecord {
  const type = TYPES[reader.bits(8, 'trace record type')]
  const atMs = reader.bits(32, 'trace record time') / STEPS_PER_MS
  const bytes = reader.bytes(reader.bits(32, 'trace record length'), 'trace record')
  if (type === undefined) throw noTrace('a record of an unknown type')
  if (atMs < notBeforeMs) throw noTrace('a record before the one in front of it')
  return { type, atMs, bytes }
}

function parse(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    throw noTrace('a header that is no JSON')
  }
}

function isHashes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 64 && value.every((hash) => typeof hash === 'number')
}

function noTrace(got: string): DecodeError {
  return new DecodeError('malformed', { what: 'trace', expected: 'a trace of the inspector', got, offset: 0 })
}
