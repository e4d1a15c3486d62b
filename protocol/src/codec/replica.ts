import type { BitReader } from '../bits/reader.ts'
import { DecodeError } from '../errors.ts'
import { decodeBlob } from '../messages/values.ts'
import type { Packer } from '../messages/values.ts'
import { extrapolate } from './extrapolate.ts'
import { TRACKS } from './layout.ts'
import type { GameLayout, KindLayout, TrackName } from './layout.ts'
import { RecordCodec } from './record.ts'
import { readAnchorTick, readCount, readForm, readHead, readSlot, readSlots } from './updates.ts'

/** One track of an entity as a client holds it: an anchor, from which it continues by the rule. */
interface HeldAnchor {
  tick: number
  readonly row: Int32Array
}

/** An entity as a client holds it. */
export interface HeldEntity {
  readonly id: number
  readonly slot: number
  readonly kind: KindLayout
  readonly anchors: Partial<Record<TrackName, HeldAnchor>>
  /** Decoded values of its variable-length fields, by blob index; undefined: the default. */
  readonly blobs: unknown[]
}

/** One change that was read and not applied yet. */
type Staged =
  | { readonly type: 'remove'; readonly track: TrackName; readonly slot: number }
  | {
      readonly type: 'set'
      readonly track: TrackName
      readonly entity: HeldEntity
      readonly tick: number
      readonly row: Int32Array
    }
  | { readonly type: 'blob'; readonly entity: HeldEntity; readonly blob: number; readonly value: unknown }

/** What a snapshot changed besides fields. */
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
  private staged: Staged[] = []
  /** Entities that the staged changes bring, by slot. */
  private readonly arriving: Map<number, HeldEntity> = new Map()

  constructor(layout: GameLayout, packer: Packer) {
    this.layout = layout
    this.packer = packer
    this.codecs = layout.kinds.map(({ tracks }) => ({
      all: new RecordCodec(tracks.all),
      owner: new RecordCodec(tracks.owner),
      revealed: new RecordCodec(tracks.revealed),
    }))
  }

  /** Drops what an earlier, broken snapshot staged. */
  begin(): void {
    this.staged = []
    this.arriving.clear()
  }

  /** Reads one track of a snapshot; nothing changes until `commit`. */
  readTrack(reader: BitReader, track: TrackName, snapshotTick: number): void {
    readSlots(reader, (slot) => this.staged.push({ type: 'remove', track, slot }))
    for (let left = readCount(reader), slot = -1; left > 0; left--) {
      slot = readSlot(reader, slot)
      this.readUpdate(reader, track, slot, snapshotTick)
    }
  }

  /** Applies what was read. */
  commit(): ReplicaChanges {
    const changes: ReplicaChanges = { entered: [], left: [] }
    for (const change of this.staged) {
      if (change.type === 'remove') this.remove(change.track, change.slot, changes)
      else if (change.type === 'blob') change.entity.blobs[change.blob] = change.value
      else this.set(change.track, change.entity, change.tick, change.row, changes)
    }
    this.begin()
    return changes
  }

  /**
   * Writes the flat row of an entity, continued to `tick`, and says whether the owner's track is part of it. Columns of
   * tracks that this client does not hold are 0.
   */
  rowAt(entity: HeldEntity, tick: number, row: Int32Array): boolean {
    for (const name of TRACKS) {
      const track = entity.kind.tracks[name]
      const anchor = entity.anchors[name]
      if (anchor === undefined) {
        row.fill(0, track.start, track.start + track.columns.length)
        continue
      }
      const continued = this.scratch(track.size)
      extrapolate(track, anchor.row, 0, tick - anchor.tick, continued, 0)
      for (let i = 0; i < track.columns.length; i++) row[track.start + i] = continued[i]!
    }
    return entity.anchors.owner !== undefined
  }

  private scratchRow: Int32Array = new Int32Array(64)
  private scratch(size: number): Int32Array {
    if (this.scratchRow.length < size) this.scratchRow = new Int32Array(size)
    return this.scratchRow
  }

  private readUpdate(reader: BitReader, track: TrackName, slot: number, snapshotTick: number): void {
    const form = readForm(reader)
    const tick = form === 'delta' ? snapshotTick : readAnchorTick(reader, snapshotTick)
    const entity = form === 'full' && track === 'all' ? this.readArrival(reader, slot) : this.known(reader, slot)
    const codec = this.codecs[entity.kind.index]![track]
    const row = new Int32Array(codec.track.size)
    const onBlob = (blob: number, bytes: Uint8Array): void => this.stageBlob(entity, blob, bytes)
    if (form === 'full') {
      this.stageDefaultBlobs(entity, codec)
      codec.readFull(reader, row, 0, onBlob)
    } else {
      const held = entity.anchors[track]
      if (held === undefined || held.tick > tick)
        throw unexpected(reader, 'record', 'an entity that is held', `slot ${slot}`)
      codec.readDelta(reader, held.row, 0, tick - held.tick, row, 0, onBlob)
      if (form === 'catch-up') codec.readHidden(reader, row, 0)
    }
    this.staged.push({ type: 'set', track, entity, tick, row })
  }

  private readArrival(reader: BitReader, slot: number): HeldEntity {
    const { kind, generation } = readHead(reader, this.layout.kinds.length)
    const id = entityId(slot, generation)
    const held = this.entities.get(slot)
    // A full record for what is held already only replaces its anchor: the object stays the same for the game.
    if (held?.id === id && held.kind.index === kind) return held
    const entity: HeldEntity = { id, slot, kind: this.layout.kinds[kind]!, anchors: {}, blobs: [] }
    this.arriving.set(slot, entity)
    return entity
  }

  private known(reader: BitReader, slot: number): HeldEntity {
    const entity = this.arriving.get(slot) ?? this.entities.get(slot)
    if (entity === undefined) throw unexpected(reader, 'record', 'an entity that is held', `slot ${slot}`)
    return entity
  }

  /** A full record mentions only what differs from the default. */
  private stageDefaultBlobs(entity: HeldEntity, { track }: RecordCodec): void {
    for (const { blob } of track.columns) {
      if (blob >= 0) this.staged.push({ type: 'blob', entity, blob, value: undefined })
    }
  }

  private stageBlob(entity: HeldEntity, blob: number, bytes: Uint8Array): void {
    const { name, declared } = entity.kind.blobs[blob]!
    const value = decodeBlob(name, declared, bytes, this.packer)
    this.staged.push({ type: 'blob', entity, blob, value })
  }

  private remove(track: TrackName, slot: number, changes: ReplicaChanges): void {
    const entity = this.entities.get(slot)
    if (entity === undefined) return
    if (track !== 'all') {
      delete entity.anchors[track]
      return
    }
    this.entities.delete(slot)
    changes.left.push(entity)
  }

  private set(track: TrackName, entity: HeldEntity, tick: number, row: Int32Array, changes: ReplicaChanges): void {
    const known = this.entities.get(entity.slot)
    if (known !== entity) {
      if (known !== undefined) changes.left.push(known)
      this.entities.set(entity.slot, entity)
      changes.entered.push(entity)
    }
    entity.anchors[track] = { tick, row }
  }
}

function unexpected(reader: BitReader, what: string, expected: string, got: string): DecodeError {
  return new DecodeError('unexpected', { what, expected, got, offset: reader.bitOffset })
}
