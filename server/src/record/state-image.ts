import { BitWriter, ROOM_KIND } from '@tickwire/protocol/internal'
import type { BitReader } from '@tickwire/protocol/internal'
import { DecodeError } from '@tickwire/protocol'
import type { EntityRecord } from '../replication/entity-table.ts'
import type { RoomCore } from '../room/room-core.ts'

/** A room whose state takes more is not recorded any further. */
export const MAX_STATE_BYTES: number = 16 * 1024 * 1024

/** Which value of which entity starts at a bit of an image. */
export interface Mark {
  readonly bit: number
  readonly kind: string
  readonly id: number
  /** `'#id'`: another entity stands here, or, with an empty `kind`, none any more. */
  readonly field: string
}

/**
 * The whole state of a room at full precision as bytes: equal states are equal bytes. The room's generator and timers
 * first, then all entities in the order of slots, each with every field, hidden ones too.
 */
export class StateImage {
  /** Where each value starts, if it was asked for. */
  readonly marks: Mark[] | null
  private readonly writer = new BitWriter(4096, MAX_STATE_BYTES)

  constructor(isMarked: boolean) {
    this.marks = isMarked ? [] : null
  }

  /** Until the next `take`. */
  get bytes(): Uint8Array {
    return this.writer.view()
  }

  /** A u32 that depends on every bit. */
  get hash(): number {
    return hashBytes(this.bytes)
  }

  /** @throws RangeError for a state of more than `MAX_STATE_BYTES` */
  take({ world, random, timers }: RoomCore): void {
    this.writer.reset()
    if (this.marks !== null) this.marks.length = 0
    this.value(ROOM_KIND, 0, '#random', random.state)
    this.value(ROOM_KIND, 0, '#timers', timers.dueTicks)
    for (const record of world.table) this.entity(record)
    // Where an image that holds more entities goes on.
    this.marks?.push({ bit: this.writer.bitLength, kind: '', id: 0, field: '#id' })
    this.writer.align()
  }

  private entity({ id, kind, head, jumps, fields }: EntityRecord): void {
    this.value(kind.name, id, '#id', id)
    this.value(kind.name, id, '#kind', kind.index)
    this.value(kind.name, id, '#owner', head.owner)
    this.value(kind.name, id, '#jumps', jumps)
    for (const { name } of kind.fields) this.value(kind.name, id, name, fields[name])
  }

  private value(kind: string, id: number, field: string, value: unknown): void {
    this.marks?.push({ bit: this.writer.bitLength, kind, id, field })
    writeValue(this.writer, value)
  }
}

const TAG_BITS = 3
/** Used numbers are never used again: recordings outlive versions. */
const TAG = { nothing: 0, no: 1, yes: 2, int: 3, float: 4, text: 5, list: 6, object: 7 } as const
const MAX_TEXT_BYTES = 1 << 20
const MAX_DEPTH = 32
const INT_LIMIT = 0x4000_0000

function writeValue(writer: BitWriter, value: unknown): void {
  if (value === null || value === undefined) writer.bits(TAG.nothing, TAG_BITS)
  else if (typeof value === 'boolean') writer.bits(value ? TAG.yes : TAG.no, TAG_BITS)
  else if (Number.isFinite(value)) writeNumber(writer, value as number)
  else if (Array.isArray(value)) writeList(writer, TAG.list, value)
  else if (typeof value === 'object') writeList(writer, TAG.object, Object.entries(value).flat())
  else {
    // NaN and the infinities are no numbers that travel, but a state may hold them.
    writer.bits(TAG.text, TAG_BITS)
    writer.text(`${value as string | number}`, MAX_TEXT_BYTES)
  }
}

function writeNumber(writer: BitWriter, value: number): void {
  const isSmall = Number.isInteger(value) && Math.abs(value) < INT_LIMIT && !Object.is(value, -0)
  writer.bits(isSmall ? TAG.int : TAG.float, TAG_BITS)
  if (isSmall) writer.varint(value)
  else writer.f64(value)
}

function writeList(writer: BitWriter, tag: number, items: readonly unknown[]): void {
  writer.bits(tag, TAG_BITS)
  writer.varuint(items.length)
  for (const item of items) writeValue(writer, item)
}

/** Reads one value of an image. @throws DecodeError */
export function readValue(reader: BitReader, depth: number = 0): unknown {
  if (depth > MAX_DEPTH) {
    const fault = { what: 'state value', expected: `at most ${MAX_DEPTH} deep`, got: 'more', offset: reader.bitOffset }
    throw new DecodeError('limit', fault)
  }
  const tag = reader.bits(TAG_BITS, 'value tag')
  if (tag === TAG.nothing) return null
  if (tag === TAG.no || tag === TAG.yes) return tag === TAG.yes
  if (tag === TAG.int) return reader.varint(-INT_LIMIT, INT_LIMIT, 'integer')
  if (tag === TAG.float) return reader.f64('number')
  if (tag === TAG.text) return reader.text(MAX_TEXT_BYTES, 'text')
  // Each item takes three bits at least: what is left bounds their number before anything is made of them.
  const count = reader.varuint(Math.floor(reader.bitsLeft / TAG_BITS), 'item count')
  const items = Array.from({ length: count }, () => readValue(reader, depth + 1))
  if (tag === TAG.list) return items
  return Object.fromEntries(Array.from({ length: count >> 1 }, (_, i) => [String(items[2 * i]), items[2 * i + 1]]))
}

/** FNV-1a by Glenn Fowler, Landon Curt Noll and Phong Vo, in the public domain. */
function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c_9dc5
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193)
  return hash >>> 0
}

/** The first value at which two images differ, or null. `marks` are those of `b`. */
export function firstDifferingMark(a: Uint8Array, b: Uint8Array, marks: readonly Mark[]): Mark | null {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a[at] === b[at]) at++
  if (at === length && a.length === b.length) return null
  const differing = ((a[at] ?? 0) ^ (b[at] ?? 0)) >>> 0
  // Up to the lowest bit that differs (the first that was written) both are one image, and so are their marks.
  const bit = at * 8 + (differing === 0 ? 0 : 31 - Math.clz32(differing & -differing))
  return marks.findLast((mark) => mark.bit <= bit) ?? marks[0] ?? null
}
