import type { BitReader } from '../bits/reader.ts'
import { DecodeError } from '../errors.ts'
import { decodeBlob } from '../messages/values.ts'
import type { Packer } from '../messages/values.ts'
import { extrapolate } from './extrapolate.ts'
import { TRACKS } from './layout.ts'
import type { GameLayout, KindLayout, TrackName } from './layout.ts'
import { RecordCodec } from './record.ts'
import { readAnchorTick, readCount, readForm, readHead, readSlot } from './updates.ts'

/** One track of an entity as a client holds it: an anchor, from which it continues by the rule. */
interface HeldAnchor {
  /** -1: this track is not held. */
  tick: number
  readonly row: Int32Array
}

/** An entity as a client holds it. */
export interface HeldEntity {
  readonly id: number
  readonly slot: number
  readonly kind: KindLayout
  readonly anchors: Readonly<Record<TrackName, HeldAnchor>>
  /** Decoded values of its variable-length fields, by blob index; undefined: the default. */
  readonly blobs: unknown[]
}

/** A value of a variable-length field that was read and not applied yet. */
interface StagedBlob {
  readonly entity: HeldEntity
  readonly blob: number
  readonly value: unknown
}

/** Changes that were read and not applied yet; the arrays are reused, so that a steady stream makes no garbage. */
class Staging {
  count = 0
  readonly entities: (HeldEntity | undefined)[] = []
  readonly tracks: TrackName[] = []
  readonly slots: number[] = []
  /** The anchor's tick, or -1 for a removal. */
  readonly ticks: number[] = []
  readonly rowAt: number[] = []
  rows: Int32Array = new Int32Array(1024)
  rowsUsed = 0
  readonly blobs: StagedBlob[] = []

  clear(): void {
    this.count = 0
    this.rowsUsed = 0
    if (this.blobs.length > 0) this.blobs.length = 0
  }

  /** Room for one more row; where it starts. */
  reserve(size: number): number {
    const at = this.rowsUsed
    this.rowsUsed += size
    if (this.rowsUsed <= this.rows.length) return at
    const grown = new Int32Array(2 * this.rowsUsed)
    grown.set(this.rows)
    this.rows = grown
    return at
  }

  push(track: TrackName, slot: number, entity: HeldEntity | undefined, tick: number, rowAt: number): void {
    const i = this.count++
    this.tracks[i] = track
    this.slots[i] = slot
    this.entities[i] = entity
    this.ticks[i] = tick
    this.rowAt[i] = rowAt
  }
}

const NOT_HELD = -1

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
  private readonly staging = new Staging()
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
  private readonly onBlob = (blob: number, bytes: Uint8Array): void => this.stageBlob(blob, bytes)

  constructor(layout: GameLayout, packer: Packer) {
    this.layout = layout
    this.packer = packer
    this.codecs = layout.kinds.map(({ tracks }) => ({
      all: new RecordCodec(tracks.all),
      owner: new RecordCodec(tracks.owner),
      revealed: new RecordCodec(tracks.revealed),
    }))
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
    for (let left = readCount(reader), slot = -1; left > 0; left--) {
      slot = readSlot(reader, slot)
      this.leaving[track].add(slot)
      this.staging.push(track, slot, undefined, NOT_HELD, 0)
    }
    for (let left = readCount(reader), slot = -1; left > 0; left--) {
      slot = readSlot(reader, slot)
      this.readUpdate(reader, track, slot, snapshotTick)
    }
  }

  /** Applies what was read. */
  commit(): ReplicaChanges {
    const { staging, changes } = this
    for (let i = 0; i < staging.count; i++) {
      const entity = staging.entities[i]
      if (entity === undefined) this.remove(staging.tracks[i]!, staging.slots[i]!)
      else this.set(staging.tracks[i]!, entity, staging.ticks[i]!, staging.rowAt[i]!)
    }
    for (const { entity, blob, value } of staging.blobs) entity.blobs[blob] = value
    this.forget()
    return changes
  }

  private forget(): void {
    this.staging.clear()
    this.arriving.clear()
    for (const track of TRACKS) this.leaving[track].clear()
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

  private readUpdate(reader: BitReader, track: TrackName, slot: number, snapshotTick: number): void {
    const form = readForm(reader)
    const tick = form === 'delta' ? snapshotTick : readAnchorTick(reader, snapshotTick)
    const entity = form === 'full' && track === 'all' ? this.readArrival(reader, slot) : this.known(reader, slot)
    const codec = this.codecs[entity.kind.index]![track]
    const heldTick = this.leaving[track].has(slot) ? NOT_HELD : entity.anchors[track].tick
    // Anchors only go forward, and there is none of a track without columns.
    const leads = heldTick <= tick && (form === 'full' || heldTick !== NOT_HELD) && codec.track.size > 0
    if (!leads) throw notHeld(reader, slot)
    const at = this.staging.reserve(codec.track.size)
    this.reading = entity
    if (form === 'full') {
      this.stageDefaultBlobs(entity, codec)
      codec.readFull(reader, this.staging.rows, at, this.onBlob)
    } else {
      codec.readDelta(reader, entity.anchors[track].row, 0, tick - heldTick, this.staging.rows, at, this.onBlob)
      if (form === 'catch-up') codec.readHidden(reader, this.staging.rows, at)
    }
    this.staging.push(track, slot, entity, tick, at)
  }

  private readArrival(reader: BitReader, slot: number): HeldEntity {
    const { kind, generation } = readHead(reader, this.layout.kinds.length)
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

  private remove(track: TrackName, slot: number): void {
    const entity = this.entities.get(slot)
    if (entity === undefined) return
    if (track !== 'all') {
      entity.anchors[track].tick = NOT_HELD
      for (const { blob } of entity.kind.tracks[track].columns) if (blob >= 0) entity.blobs[blob] = undefined
      return
    }
    this.entities.delete(slot)
    this.changes.left.push(entity)
  }

  private set(track: TrackName, entity: HeldEntity, tick: number, rowAt: number): void {
    const known = this.entities.get(entity.slot)
    if (known !== entity) {
      if (known !== undefined) this.changes.left.push(known)
      this.entities.set(entity.slot, entity)
      this.changes.entered.push(entity)
    }
    const anchor = entity.anchors[track]
    anchor.tick = tick
    for (let i = 0; i < anchor.row.length; i++) anchor.row[i] = this.staging.rows[rowAt + i]!
  }
}

function arrive(id: number, slot: number, kind: KindLayout): HeldEntity {
  const anchor = (name: TrackName): HeldAnchor => ({ tick: NOT_HELD, row: new Int32Array(kind.tracks[name].size) })
  const anchors = { all: anchor('all'), owner: anchor('owner'), revealed: anchor('revealed') }
  return { id, slot, kind, anchors, blobs: [] }
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
