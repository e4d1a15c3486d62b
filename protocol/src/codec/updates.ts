import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { Anchors } from './anchors.ts'
import type { BlobBytes, RecordCodec } from './record.ts'

/**
 * One track of a body: the entities that the reader forgets, then those that it updates, each in the order of slots.
 *
 *     removals: count, then a gap each
 *     updates:  count, then each: gap | 0 delta
 *                                     | 10 age, delta, hidden columns
 *                                     | 11 age, head (first track only), full
 *
 * A gap is the distance to the slot before, less one: 0 is one bit. The age says how many ticks before the snapshot the
 * anchor is; a plain delta leads to an anchor of the snapshot's own tick.
 */
export type UpdateForm = 'delta' | 'catch-up' | 'full'

const COUNT_BITS = 4
const GAP_BITS = 3
const AGE_BITS = 4
const GENERATION_BITS = 16

export interface EntityHeadBits {
  readonly kind: number
  readonly generation: number
}

/** Writes a list of slots in ascending order. */
export function writeSlots(writer: BitWriter, slots: ArrayLike<number>, count: number): void {
  writer.varuint(count, COUNT_BITS)
  for (let i = 0, last = -1; i < count; i++) {
    writeGap(writer, slots[i]! - last - 1)
    last = slots[i]!
  }
}

export function writeCount(writer: BitWriter, count: number): void {
  writer.varuint(count, COUNT_BITS)
}

export function readCount(reader: BitReader): number {
  return reader.varuint(LIMITS.maxEntitySlots, 'entity count', COUNT_BITS)
}

export function writeGap(writer: BitWriter, gap: number): void {
  writer.bool(gap > 0)
  if (gap > 0) writer.varuint(gap - 1, GAP_BITS)
}

/** The next slot after `last`; slots rise, so one cannot come twice. */
export function readSlot(reader: BitReader, last: number): number {
  const start = reader.bitOffset
  const gap = reader.bool('slot gap') ? 1 + reader.varuint(LIMITS.maxEntitySlots, 'slot gap', GAP_BITS) : 0
  const slot = last + 1 + gap
  if (slot < LIMITS.maxEntitySlots) return slot
  const expected = `below ${LIMITS.maxEntitySlots}`
  throw new DecodeError('out-of-range', { what: 'slot', expected, got: `${slot}`, offset: start })
}

/** Which record leads a reader that holds the anchor of `heldTick` (-1: nothing) to the newest one. */
export function formFor(anchors: Anchors, slot: number, heldTick: number, snapshotTick: number): UpdateForm {
  if (heldTick < 0) return 'full'
  const isNext = anchors.newestTick(slot) === snapshotTick && anchors.previousTick(slot) === heldTick
  if (isNext) return 'delta'
  return anchors.find(slot, heldTick) >= 0 ? 'catch-up' : 'full'
}

/** Writes one update without its gap. `head` is written with a full record; only the first track has one. */
export function writeUpdate(
  writer: BitWriter,
  anchors: Anchors,
  slot: number,
  kind: number,
  heldTick: number,
  snapshotTick: number,
  head: EntityHeadBits | null,
  blobs: BlobBytes,
): void {
  const newestTick = anchors.newestTick(slot)
  const form = formFor(anchors, slot, heldTick, snapshotTick)
  const from = form === 'full' ? 0 : anchors.find(slot, heldTick)
  const newestAt = anchors.newestAt(slot)
  const { rows } = anchors
  const codec = anchors.codecs[kind]!
  writeUpdateRows(
    writer,
    codec,
    form,
    snapshotTick - newestTick,
    newestTick - heldTick,
    head,
    rows,
    from,
    rows,
    newestAt,
    blobs,
  )
}

/** Writes one update from given rows: `age` is that of the anchor at `next`, `ticks` how far it is from the one at `from`. */
export function writeUpdateRows(
  writer: BitWriter,
  codec: RecordCodec,
  form: UpdateForm,
  age: number,
  ticks: number,
  head: EntityHeadBits | null,
  from: Int32Array,
  fromAt: number,
  next: Int32Array,
  nextAt: number,
  blobs: BlobBytes,
): void {
  writeForm(writer, form)
  if (form !== 'delta') writer.varuint(age, AGE_BITS)
  if (form === 'full') {
    if (head !== null) writeHead(writer, head)
    codec.writeFull(writer, next, nextAt, blobs)
    return
  }
  codec.writeDelta(writer, from, fromAt, ticks, next, nextAt, blobs)
  if (form === 'catch-up') codec.writeHidden(writer, next, nextAt)
}

function writeForm(writer: BitWriter, form: UpdateForm): void {
  if (form === 'delta') writer.bits(0, 1)
  else writer.bits(form === 'full' ? 0b11 : 0b01, 2)
}

export function readForm(reader: BitReader): UpdateForm {
  if (!reader.bool('record form')) return 'delta'
  return reader.bool('record form') ? 'full' : 'catch-up'
}

/** The tick of the anchor that a catch-up or full record leads to. */
export function readAnchorTick(reader: BitReader, snapshotTick: number): number {
  return snapshotTick - reader.varuint(snapshotTick, 'anchor age', AGE_BITS)
}

const KIND_BITS = 4

function writeHead(writer: BitWriter, { kind, generation }: EntityHeadBits): void {
  writer.varuint(kind, KIND_BITS)
  writer.bits(generation, GENERATION_BITS)
}

export function readHead(reader: BitReader, kinds: number): EntityHeadBits {
  return {
    kind: reader.varuint(kinds - 1, 'entity kind', KIND_BITS),
    generation: reader.bits(GENERATION_BITS, 'generation'),
  }
}
