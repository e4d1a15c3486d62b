import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { readGolomb, writeGolomb } from './golomb.ts'
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
 * A gap is the distance to the slot before, less one. The age says how many ticks before the snapshot the anchor is; a plain
 * delta leads to an anchor of the snapshot's own tick.
 */
export type UpdateForm = 'delta' | 'catch-up' | 'full'

const COUNT_BITS = 4
/** Of a list in a sparse track. */
export const SPARSE_COUNT_BITS = 2
const AGE_BITS = 4
/** Slots that are taken again and again are few; most entities are among the first of theirs. */
const GENERATION_BITS = 7
const MAX_GENERATION = 0xffff

export interface EntityHeadBits {
  readonly kind: number
  readonly generation: number
}

/** Which entity a full record is of: a reader that holds it knows. */
export type Head = EntityHeadBits | 'known'

/** Nothing is one bit: most lists are empty. */
export function writeCount(writer: BitWriter, count: number, bits: number = COUNT_BITS): void {
  writer.bool(count > 0)
  if (count > 0) writer.varuint(count - 1, bits)
}

export function readCount(reader: BitReader, bits: number = COUNT_BITS): number {
  if (!reader.bool('entity count')) return 0
  return 1 + reader.varuint(LIMITS.maxEntitySlots - 1, 'entity count', bits)
}

/** Before anything is known of a list, its gaps are taken for about this large. */
const FIRST_GAP = 8
/** After as many gaps those before count half: entities that move together often stand in a row. */
const RECENT = 8
/** A gap of 65534 and the widest group need no more. */
const MOST_GAP_BITS = 17

/**
 * The slots of one list, rising, each by its gap in an exponential Golomb code: k bits, and two more for each doubling. Both
 * ends take k from the mean of the gaps so far, so that a crowd costs a bit or two each and single ones do not cost much more.
 */
export class SlotGaps {
  private last = -1
  private sum = FIRST_GAP
  private count = 1

  begin(): void {
    this.last = -1
    this.sum = FIRST_GAP
    this.count = 1
  }

  /** Begins a list of which it is known how many there are of so many. */
  beginSome(count: number, of: number): void {
    this.begin()
    if (count > 0) this.sum = Math.max(1, Math.floor(of / count))
  }

  write(writer: BitWriter, slot: number): void {
    const gap = slot - this.last - 1
    writeGolomb(writer, gap, this.groupBits())
    this.learn(gap)
  }

  /** The next slot; slots rise, so one cannot come twice. */
  read(reader: BitReader): number {
    const start = reader.bitOffset
    const gap = readGolomb(reader, this.groupBits(), MOST_GAP_BITS, 'slot gap')
    if (this.last + 1 + gap >= LIMITS.maxEntitySlots) throw noSlot(start, `${this.last + 1 + gap}`)
    this.learn(gap)
    return this.last
  }

  private learn(gap: number): void {
    this.last += 1 + gap
    this.sum += gap
    if (++this.count < RECENT) return
    this.sum >>= 1
    this.count >>= 1
  }

  /** The least k at which twice a group is no less than the mean gap. */
  private groupBits(): number {
    let k = 0
    while (this.count * (2 << k) < this.sum) k++
    return k
  }
}

const listGaps = new SlotGaps()

/** Writes a list of slots in ascending order. */
export function writeSlots(writer: BitWriter, slots: ArrayLike<number>, count: number): void {
  writeCount(writer, count)
  listGaps.begin()
  for (let i = 0; i < count; i++) listGaps.write(writer, slots[i]!)
}

function noSlot(offset: number, got: string): DecodeError {
  const expected = `below ${LIMITS.maxEntitySlots}`
  return new DecodeError('out-of-range', { what: 'slot', expected, got, offset })
}

/** Which record leads a reader that holds the anchor of `heldTick` (-1: nothing; or `FORGOTTEN`) to the newest one. */
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
    head === null || heldTick === -1 ? head : 'known',
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
  head: Head | null,
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

function writeHead(writer: BitWriter, head: Head): void {
  writer.bool(head === 'known')
  if (head === 'known') return
  writer.varuint(head.kind, KIND_BITS)
  writer.varuint(head.generation, GENERATION_BITS)
}

/** Of who is new in a sparse track. */
const SPARSE_GENERATION_BITS = 2

export function writeSparseHead(writer: BitWriter, { kind, generation }: EntityHeadBits, kinds: number): void {
  writer.uintMax(kind, kinds - 1)
  writer.varuint(generation, SPARSE_GENERATION_BITS)
}

export function readSparseHead(reader: BitReader, kinds: number): EntityHeadBits {
  return {
    kind: reader.uintMax(kinds - 1, 'entity kind'),
    generation: reader.varuint(MAX_GENERATION, 'generation', SPARSE_GENERATION_BITS),
  }
}

export function readHead(reader: BitReader, kinds: number): Head {
  if (reader.bool('known entity')) return 'known'
  return {
    kind: reader.varuint(kinds - 1, 'entity kind', KIND_BITS),
    generation: reader.varuint(MAX_GENERATION, 'generation', GENERATION_BITS),
  }
}
