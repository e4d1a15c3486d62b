import type { BitReader } from '../bits/reader.ts'
import { DecodeError } from '../errors.ts'
import { decodeBlob } from '../messages/values.ts'
import type { Packer } from '../messages/values.ts'
import { extrapolate, freshHidden } from './extrapolate.ts'
import { HeldPlaces } from './held-places.ts'
import { TRACKS } from './layout.ts'
import type { GameLayout, KindLayout, TrackName } from './layout.ts'
import { LedCodec } from './led.ts'
import { RecordCodec } from './record.ts'
import { NOT_HELD, Staging } from './staging.ts'
import type { HeldAnchor, HeldEntity } from './staging.ts'
import type { BodyDecoder } from './entropy/body-decoder.ts'
import {
  readAnchorTick,
  readCount,
  readForm,
  readHead,
  readSparseHead,
  SlotGaps,
  SPARSE_COUNT_BITS,
} from './updates.ts'
import type { UpdateForm } from './updates.ts'

/** What a snapshot changed besides fields. Both lists are valid until the next snapshot is read. */
export interface ReplicaChanges {
  readonly entered: HeldEntity[]
  readonly left: HeldEntity[]
}

/** An id is the slot and how often it was taken. */
export function entityId(slot: number, generation: number): number {
  return generation * 0x1_0000 + slot
}
export function slotOf(id: number): number {
  return id % 0x1_0000
}

/**
 * What a client holds of a room: one anchor per entity and track. A snapshot is read whole before any of it is applied,
 * so a broken one leaves nothing half done.
 */
export class Replica {
  readonly entities: Map<number, HeldEntity> = new Map()
  private readonly layout: GameLayout
  private readonly packer: Packer
  private readonly codecs: readonly Record<TrackName, RecordCodec>[]
  /** For sparse tracks. */
  private readonly led: readonly LedCodec[]
  /** By kind: where in the staging the row stands that a newcomer of a sparse track may be like. */
  private readonly models: Map<number, number> = new Map()
  private readonly staging = new Staging()
  private readonly gaps = new SlotGaps()
  private readonly places = new HeldPlaces()
  /** Entities that the staged changes bring, by slot. */
  private readonly arriving: Map<number, HeldEntity> = new Map()
  /** Slots that the staged changes remove, by track: nothing leads on from what is gone. */
  private readonly leaving: Readonly<Record<TrackName, Set<number>>> = {
    all: new Set(),
    owner: new Set(),
    revealed: new Set(),
  }
  private readonly changes: ReplicaChanges = { entered: [], left: [] }
  private readonly continued: Int32Array
  /** What the blob that is being read belongs to; a field, because a closure per record would be garbage. */
  private reading: HeldEntity | undefined
  /** In games that are coded by models. */
  private readonly coded: BodyDecoder | null
  /** The held entities by slot: coded bodies ask all of them, in this order. */
  private readonly bySlot: (HeldEntity | undefined)[] = []
  private readonly onRemoval = (slot: number): void => {
    this.leaving.all.add(slot)
    this.staging.push('all', slot, undefined, NOT_HELD, 0)
  }
  private readonly onBlob = (blob: number, bytes: Uint8Array): void => this.stageBlob(blob, bytes)

  /** @param coded for a game that is coded by models; `replicaOf` knows */
  constructor(layout: GameLayout, packer: Packer, coded: BodyDecoder | null) {
    this.layout = layout
    this.packer = packer
    this.coded = coded
    this.codecs = layout.kinds.map(({ tracks }) => ({
      all: new RecordCodec(tracks.all),
      owner: new RecordCodec(tracks.owner),
      revealed: new RecordCodec(tracks.revealed),
    }))
    this.led = layout.kinds.map(({ tracks }) => new LedCodec(tracks.all))
    const sizes = layout.kinds.flatMap(({ tracks }) => TRACKS.map((name) => tracks[name].size))
    this.continued = new Int32Array(Math.max(...sizes))
  }

  /** Drops what an earlier, broken snapshot staged. */
  begin(): void {
    this.forget()
    this.changes.entered.length = 0
    this.changes.left.length = 0
  }

  /** Reads one track of a snapshot; nothing changes until `commit`. */
  readTrack(reader: BitReader, track: TrackName, snapshotTick: number): void {
    const coded = track === 'all' && this.coded?.begin(reader) === true ? this.coded : null
    if (coded !== null) this.readCoded(coded, snapshotTick)
    else this.readRemovals(reader, track)
    this.gaps.begin()
    for (let left = readCount(reader); left > 0; left--) {
      const slot = this.gaps.read(reader)
      const form = readForm(reader)
      // Behind a coded body there are arrivals only: the rest was in it.
      if (coded !== null && form !== 'full') throw notHeld(reader, slot)
      this.readUpdate(reader, track, slot, form, snapshotTick)
    }
  }

  /** Reads the public track of a snapshot and what fills its last byte; nothing changes until `commit`. */
  readPublic(reader: BitReader, { tick, isSparse }: { readonly tick: number; readonly isSparse: boolean }): void {
    if (isSparse) {
      this.readSparse(reader, tick)
      return
    }
    this.readTrack(reader, 'all', tick)
    // It may be the same bytes for many readers: those are whole ones.
    reader.align('body padding')
  }

  private readSparse(reader: BitReader, snapshotTick: number): void {
    this.models.clear()
    const { bySlot, entities, leaving } = this
    this.places.begin(bySlot, NONE_LEAVE)
    let left = this.readSome(reader, entities.size)
    for (; left > 0; left--) this.onRemoval(this.readPlace(reader).slot)
    this.places.begin(bySlot, leaving.all)
    left = this.readSome(reader, entities.size - leaving.all.size)
    for (; left > 0; left--) this.readLed(reader, this.readPlace(reader), snapshotTick)
    left = this.readSome(reader, 1 + bySlot.findLastIndex((held) => held !== undefined && !leaving.all.has(held.slot)))
    for (; left > 0; left--) this.readNewcomer(reader, this.gaps.read(reader), snapshotTick)
  }

  /** How many a list of a sparse track holds, of so many; its gaps come next. */
  private readSome(reader: BitReader, of: number): number {
    const count = readCount(reader, SPARSE_COUNT_BITS)
    this.gaps.beginSome(count, of)
    return count
  }

  /** The next entity of a list that names them by their places among what is held. */
  private readPlace(reader: BitReader): HeldEntity {
    const place = this.gaps.read(reader)
    const entity = this.places.at(place)
    if (entity === undefined) throw notHeld(reader, place)
    return entity
  }

  private readLed(reader: BitReader, entity: HeldEntity, tick: number): void {
    const { slot, kind, anchors } = entity
    const codec = this.led[kind.index]!
    const isFull = reader.bool('record form')
    const at = this.staging.reserve(codec.track.size)
    this.reading = entity
    if (isFull) this.readWhole(reader, entity, codec, at)
    else if (anchors.all.tick > tick) throw notHeld(reader, slot)
    else codec.readDelta(reader, anchors.all.row, 0, tick - anchors.all.tick, this.staging.rows, at, this.onBlob)
    this.models.set(kind.index, at)
    this.staging.push('all', slot, entity, tick, at)
  }

  private readNewcomer(reader: BitReader, slot: number, tick: number): void {
    const { kind, generation } = readSparseHead(reader, this.layout.kinds.length)
    const entity = this.arrival(slot, kind, generation)
    const codec = this.led[kind]!
    const model = this.models.get(kind)
    const at = this.staging.reserve(codec.track.size)
    this.reading = entity
    if (model === undefined || !reader.bool('like one before')) this.readWhole(reader, entity, codec, at)
    else {
      this.stageDefaultBlobs(entity, codec)
      codec.modelOf(this.staging.rows, model, this.continued)
      codec.readDelta(reader, this.continued, 0, 0, this.staging.rows, at, this.onBlob)
      freshHidden(codec.track, this.staging.rows, at)
    }
    this.models.set(kind, at)
    this.staging.push('all', slot, entity, tick, at)
  }

  private readWhole(reader: BitReader, entity: HeldEntity, codec: RecordCodec, at: number): void {
    this.stageDefaultBlobs(entity, codec)
    codec.readFull(reader, this.staging.rows, at, this.onBlob)
  }

  /**
   * Comes to hold what another one does, which may be of a later snapshot or an earlier one. Entities that both hold stay the same
   * objects.
   * @param mayBeLate of what it says so of, a newer public anchor stays: in the other one it may have been put off
   */
  copyFrom(other: Replica, mayBeLate: (entity: HeldEntity) => boolean): void {
    this.begin()
    for (const { id, kind, slot } of this.entities.values()) {
      const theirs = other.entities.get(slot)
      if (theirs?.id === id && theirs.kind === kind) continue
      this.entities.delete(slot)
      this.bySlot[slot] = undefined
    }
    for (const theirs of other.entities.values()) {
      const { slot, id, kind } = theirs
      const ours = this.entities.get(slot) ?? arrive(id, slot, kind)
      this.entities.set(slot, ours)
      while (this.bySlot.length <= slot) this.bySlot.push(undefined)
      this.bySlot[slot] = ours
      const isNewer = ours.anchors.all.tick > theirs.anchors.all.tick && mayBeLate(theirs)
      for (const name of TRACKS) if (name !== 'all' || !isNewer) copyTrack(ours, theirs, name)
    }
  }

  /** Takes in a table that coded snapshots will start from. */
  learnTable(number: number, bytes: Uint8Array): void {
    this.coded?.learn(number, bytes)
  }

  private readRemovals(reader: BitReader, track: TrackName): void {
    this.gaps.begin()
    for (let left = readCount(reader); left > 0; left--) {
      const slot = this.gaps.read(reader)
      this.leaving[track].add(slot)
      this.staging.push(track, slot, undefined, NOT_HELD, 0)
    }
  }

  /** What all readers hold is asked one by one whether it is in the snapshot; arrivals follow as plain bits. */
  private readCoded(coded: BodyDecoder, tick: number): void {
    coded.readRemovals(this.entities.size, this.onRemoval)
    const { bySlot } = this
    const someLeave = this.leaving.all.size > 0
    for (let slot = 0; slot < bySlot.length; slot++) {
      const entity = bySlot[slot]
      if (entity === undefined) continue
      const { kind, anchors } = entity
      const ticks = tick - anchors.all.tick
      if (ticks <= 0) throw backwards(slot, tick)
      if (someLeave && this.leaving.all.has(slot)) continue
      if (!coded.readMention(kind.index, anchors.all.row, ticks)) continue
      const at = this.staging.reserve(kind.tracks.all.size)
      this.reading = entity
      coded.readRecord(kind.index, anchors.all.row, ticks, this.staging.rows, at, this.onBlob)
      this.staging.push('all', slot, entity, tick, at)
    }
  }

  /** Whose records were read and not applied yet, one by one in the order of the bits; removals are not among them. */
  staged(): HeldEntity[] {
    const { count, entities } = this.staging
    return entities.slice(0, count).filter((entity) => entity !== undefined)
  }

  /** Applies what was read. */
  commit(): ReplicaChanges {
    const { staging, changes } = this
    for (let i = 0; i < staging.count; i++) {
      const entity = staging.entities[i]
      if (entity === undefined) this.remove(staging.tracks[i]!, staging.slots[i]!)
      else this.set(staging.tracks[i]!, entity, staging.ticks[i]!, staging.rowAt[i]!)
    }
    for (let i = 0; i < staging.blobs.length; i++) {
      const { entity, blob, value } = staging.blobs[i]!
      entity.blobs[blob] = value
    }
    this.forget()
    return changes
  }

  private forget(): void {
    this.staging.clear()
    // Emptying a set or a map makes it a new, empty table each time.
    if (this.arriving.size > 0) this.arriving.clear()
    const { all, owner, revealed } = this.leaving
    if (all.size > 0) all.clear()
    if (owner.size > 0) owner.clear()
    if (revealed.size > 0) revealed.clear()
  }

  /**
   * Writes the flat row of an entity, continued to `tick`, and says whether the owner's track is part of it. Columns of
   * tracks that this client does not hold are 0.
   */
  rowAt(entity: HeldEntity, tick: number, row: Int32Array): boolean {
    for (const name of TRACKS) {
      const track = entity.kind.tracks[name]
      const anchor = entity.anchors[name]
      if (anchor.tick === NOT_HELD) {
        row.fill(0, track.start, track.start + track.columns.length)
        continue
      }
      extrapolate(track, anchor.row, 0, tick - anchor.tick, this.continued, 0)
      for (let i = 0; i < track.columns.length; i++) row[track.start + i] = this.continued[i]!
    }
    return entity.anchors.owner.tick !== NOT_HELD
  }

  private readUpdate(reader: BitReader, track: TrackName, slot: number, form: UpdateForm, snapshotTick: number): void {
    const tick = form === 'delta' ? snapshotTick : readAnchorTick(reader, snapshotTick)
    const entity = form === 'full' && track === 'all' ? this.readArrival(reader, slot) : this.known(reader, slot)
    const codec = this.codecs[entity.kind.index]![track]
    const heldTick = this.leaving[track].has(slot) ? NOT_HELD : entity.anchors[track].tick
    // Anchors only go forward, and there is none of a track without columns.
    const leads = heldTick <= tick && (form === 'full' || heldTick !== NOT_HELD) && codec.track.size > 0
    if (!leads) throw notHeld(reader, slot)
    const at = this.staging.reserve(codec.track.size)
    this.reading = entity
    if (form === 'full') this.readWhole(reader, entity, codec, at)
    else {
      codec.readDelta(reader, entity.anchors[track].row, 0, tick - heldTick, this.staging.rows, at, this.onBlob)
      if (form === 'catch-up') codec.readHidden(reader, this.staging.rows, at)
    }
    this.staging.push(track, slot, entity, tick, at)
  }

  private readArrival(reader: BitReader, slot: number): HeldEntity {
    const head = readHead(reader, this.layout.kinds.length)
    if (head === 'known') return this.known(reader, slot)
    return this.arrival(slot, head.kind, head.generation)
  }

  private arrival(slot: number, kind: number, generation: number): HeldEntity {
    const id = entityId(slot, generation)
    const held = this.leaving.all.has(slot) ? undefined : this.entities.get(slot)
    // A full record for what is held already only replaces its anchor: the object stays the same for the game.
    if (held?.id === id && held.kind.index === kind) return held
    const entity = arrive(id, slot, this.layout.kinds[kind]!)
    this.arriving.set(slot, entity)
    return entity
  }

  private known(reader: BitReader, slot: number): HeldEntity {
    const held = this.leaving.all.has(slot) ? undefined : this.entities.get(slot)
    const entity = this.arriving.get(slot) ?? held
    if (entity === undefined) throw notHeld(reader, slot)
    return entity
  }

  /** A full record mentions only what differs from the default. */
  private stageDefaultBlobs(entity: HeldEntity, { track }: RecordCodec): void {
    if (entity.kind.blobs.length === 0) return
    for (const { blob } of track.columns) {
      if (blob >= 0) this.staging.blobs.push({ entity, blob, value: undefined })
    }
  }

  private stageBlob(blob: number, bytes: Uint8Array): void {
    const entity = this.reading!
    const { name, declared } = entity.kind.blobs[blob]!
    this.staging.blobs.push({ entity, blob, value: decodeBlob(name, declared, bytes, this.packer) })
  }

  /** Holds an entity as it stands, as a replica did that was written down. */
  hold(entity: HeldEntity): void {
    this.entities.set(entity.slot, entity)
    while (this.bySlot.length <= entity.slot) this.bySlot.push(undefined)
    this.bySlot[entity.slot] = entity
  }

  private remove(track: TrackName, slot: number): void {
    const entity = this.entities.get(slot)
    if (entity === undefined) return
    if (track !== 'all') {
      entity.anchors[track].tick = NOT_HELD
      for (const { blob } of entity.kind.tracks[track].columns) if (blob >= 0) entity.blobs[blob] = undefined
      return
    }
    this.entities.delete(slot)
    this.bySlot[slot] = undefined
    this.changes.left.push(entity)
  }

  private set(track: TrackName, entity: HeldEntity, tick: number, rowAt: number): void {
    const known = this.entities.get(entity.slot)
    if (known !== entity) {
      if (known !== undefined) this.changes.left.push(known)
      this.hold(entity)
      this.changes.entered.push(entity)
    }
    const anchor = entity.anchors[track]
    anchor.tick = tick
    for (let i = 0; i < anchor.row.length; i++) anchor.row[i] = this.staging.rows[rowAt + i]!
  }
}

const NONE_LEAVE: ReadonlySet<number> = new Set()

function arrive(id: number, slot: number, kind: KindLayout): HeldEntity {
  const anchor = (name: TrackName): HeldAnchor => ({ tick: NOT_HELD, row: new Int32Array(kind.tracks[name].size) })
  const anchors = { all: anchor('all'), owner: anchor('owner'), revealed: anchor('revealed') }
  return { id, slot, kind, anchors, blobs: [] }
}

function copyTrack(ours: HeldEntity, theirs: HeldEntity, name: TrackName): void {
  const { tick, row } = theirs.anchors[name]
  const anchor = ours.anchors[name]
  anchor.tick = tick
  anchor.row.set(row)
  for (const { blob } of ours.kind.tracks[name].columns) if (blob >= 0) ours.blobs[blob] = theirs.blobs[blob]
}

function notHeld(reader: BitReader, slot: number): DecodeError {
  const got = `slot ${slot}`
  return new DecodeError('unexpected', {
    what: 'record',
    expected: 'an entity that is held',
    got,
    offset: reader.bitOffset,
  })
}

function backwards(slot: number, tick: number): DecodeError {
  const what = `tick of a coded snapshot, for slot ${slot}`
  return new DecodeError('unexpected', { what, expected: 'one behind those before', got: `${tick}`, offset: 0 })
}
