import {
  Anchors,
  encodeBlob,
  FORGOTTEN,
  formFor,
  layoutOf,
  NO_PACKER,
  quantise,
  TRACKS,
  writeCount,
  SlotGaps,
  writeSlots,
  writeUpdate,
} from '@tickwire/protocol/internal'
import type { BitWriter, BodyEncoder, Fields, FieldLayout, KindLayout, TrackName } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'

/** One entity of the test's truth. */
interface Truth {
  readonly kind: KindLayout
  readonly generation: number
  readonly fields: Fields
  owner: number
  jumps: number
  readonly row: Int32Array
  readonly blobs: { value: unknown; bytes: Uint8Array; revision: number }[]
}

/**
 * The smallest writer that a replica can read: entities in slots, anchors, and bodies for a reader that holds everything
 * up to some tick. What the server does with interest and budget is left out.
 */
export class TestWorld {
  readonly slots: Map<number, Truth> = new Map()
  private readonly anchors: Record<TrackName, Anchors>
  private readonly kinds: ReadonlyMap<string, KindLayout>
  private readonly generations: Map<number, number> = new Map()

  constructor(schema: GameSchema) {
    const layout = layoutOf(schema)
    this.kinds = layout.kindByName
    const make = (track: TrackName): Anchors => {
      const anchors = new Anchors(layout.kinds, track)
      anchors.reserve(1024)
      return anchors
    }
    this.anchors = { all: make('all'), owner: make('owner'), revealed: make('revealed') }
  }

  spawn(slot: number, kindName: string, fields: Fields): Truth {
    const kind = this.kinds.get(kindName)!
    const generation = ((this.generations.get(slot) ?? -1) + 1) & 0xffff
    this.generations.set(slot, generation)
    const truth: Truth = {
      kind,
      generation,
      fields,
      owner: -1,
      jumps: 0,
      row: new Int32Array(kind.columns.length),
      blobs: kind.blobs.map(() => ({ value: undefined, bytes: new Uint8Array(0), revision: 0 })),
    }
    this.slots.set(slot, truth)
    for (const track of TRACKS) this.anchors[track].clear(slot)
    return truth
  }

  despawn(slot: number): void {
    this.slots.delete(slot)
    for (const track of TRACKS) this.anchors[track].clear(slot)
  }

  /** Quantises everything and sets the anchors that are needed. */
  advance(tick: number): void {
    for (const [slot, truth] of this.slots) {
      quantise(
        truth.kind,
        truth.fields,
        truth.row,
        (layout, value) => revise(truth, layout, value),
        () => undefined,
      )
      truth.row[truth.kind.ownerColumn] = truth.owner + 1
      truth.row[truth.kind.ownerColumn + 1] = truth.jumps & 3
      for (const track of TRACKS) this.anchors[track].advance(slot, truth.kind.index, truth.row, tick)
    }
  }

  /** What a reader that holds `known` (slots with their generation) up to `syncTick` must be told at `tick`. */
  writeTrack(
    writer: BitWriter,
    track: TrackName,
    known: ReadonlyMap<number, number>,
    syncTick: number,
    tick: number,
  ): void {
    const anchors = this.anchors[track]
    const removed = track === 'all' ? [...known.keys()].filter((slot) => !this.slots.has(slot)) : []
    writeSlots(
      writer,
      removed.toSorted((a, b) => a - b),
      removed.length,
    )
    const dirty = [...this.slots.keys()]
      .filter((slot) => anchors.newestTick(slot) > syncTick || known.get(slot) !== this.slots.get(slot)!.generation)
      .filter((slot) => anchors.newestTick(slot) >= 0)
      .toSorted((a, b) => a - b)
    writeCount(writer, dirty.length)
    const gaps = new SlotGaps()
    for (const slot of dirty) {
      const truth = this.slots.get(slot)!
      const held = known.get(slot) === truth.generation ? anchors.heldAt(slot, syncTick) : -1
      const head = track === 'all' ? { kind: truth.kind.index, generation: truth.generation } : null
      gaps.write(writer, slot)
      writeUpdate(writer, anchors, slot, truth.kind.index, held, tick, head, (blob) => truth.blobs[blob]!.bytes)
      const isKnown = track === 'all' && held === FORGOTTEN
      this.forms.push(`${track} ${isKnown ? 'known' : formFor(anchors, slot, held, tick)}`)
    }
  }

  /** The public track for a reader that holds `known` up to the snapshot before, coded by models. */
  writeCoded(writer: BitWriter, encoder: BodyEncoder, known: ReadonlyMap<number, number>, tick: number): void {
    const slots = [...this.slots.keys()].toSorted((a, b) => a - b)
    const isKnown = (slot: number): boolean => known.get(slot) === this.slots.get(slot)?.generation
    const removals = [...known.keys()].filter((slot) => !isKnown(slot)).toSorted((a, b) => a - b)
    const entities = slots.filter(isKnown).map((slot) => ({ slot, kind: this.slots.get(slot)!.kind }))
    const { all } = this.anchors
    encoder.write(writer, all, tick, removals, entities, (slot) => (blob) => this.slots.get(slot)!.blobs[blob]!.bytes)
    const arrivals = slots.filter((slot) => !isKnown(slot))
    writeCount(writer, arrivals.length)
    const gaps = new SlotGaps()
    for (const slot of arrivals) {
      const { kind, generation, blobs } = this.slots.get(slot)!
      gaps.write(writer, slot)
      writeUpdate(
        writer,
        all,
        slot,
        kind.index,
        -1,
        tick,
        { kind: kind.index, generation },
        (blob) => blobs[blob]!.bytes,
      )
    }
  }

  /** Which records were written, as `track form`, for tests that must be sure to have met one. */
  readonly forms: string[] = []
}

function revise(truth: Truth, { blob, name, declared }: FieldLayout, value: unknown): number {
  const kept = truth.blobs[blob]!
  const bytes = encodeBlob(name, declared, value, NO_PACKER)
  const isSame = bytes.length === kept.bytes.length && bytes.every((byte, i) => byte === kept.bytes[i])
  if (!isSame) Object.assign(kept, { bytes, revision: kept.revision + 1 })
  return kept.revision
}
