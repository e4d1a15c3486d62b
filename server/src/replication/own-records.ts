import {
  extrapolate,
  freshHidden,
  isFreshHidden,
  leadsTo,
  LedWriter,
  writeSparseHead,
  writeUpdateRows,
} from '@tickwire/protocol/internal'
import type { BitWriter, BlobBytes } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'
import { NOTHING } from './held.ts'
import type { OwnAnchor, OwnHeld } from './held.ts'
import type { Records } from './records.ts'
import { hidesInLists } from './references.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'

/** What one client holds, and how its records are chosen. */
export interface OwnReader {
  readonly own: OwnHeld
  /** What is in step is held as of this tick. */
  readonly syncTick: number
  /** It has a budget: records are as small as can be, even where others could not share them. */
  readonly isTight: boolean
  /** Its track is a sparse one. */
  readonly isSparse: boolean
  /** It may hold anything, as of any tick until now. */
  readonly isLost: boolean
}

/**
 * Writes public records for clients with a mode of their own. Who holds what everybody holds is told what everybody is told.
 * Who does not is led from its own anchor to the truth of this tick by a plain delta: the shared anchors that it missed, and
 * their hidden columns, need not be told.
 */
export class OwnRecords {
  private readonly replication: Replication
  private readonly records: Records
  private readonly references: References
  private readonly stride: number
  /** Per slot the truth of the tick in `truthTicks`, hidden columns included. */
  private truths: Int32Array = new Int32Array(0)
  private truthTicks: Float64Array = new Float64Array(0)
  /** The truth as the client of the newest record reads it. */
  private readonly next: Int32Array
  /** For sparse tracks, by kind. */
  private readonly led: readonly LedWriter[]
  /** By kind: what a newcomer of the sparse track that is being written is led from. */
  private readonly models: Map<number, Int32Array> = new Map()

  constructor(replication: Replication, records: Records, references: References) {
    this.replication = replication
    this.records = records
    this.references = references
    this.stride = Math.max(...replication.anchors.all.codecs.map(({ track }) => track.size))
    this.next = new Int32Array(this.stride)
    this.led = replication.anchors.all.codecs.map(({ track }) => new LedWriter(track))
  }

  /** From here on sparse records are those of another track. */
  beginSparse(): void {
    this.models.clear()
  }

  /** The record of a sparse track, all of which lead to the truth of this tick. */
  private writeSparse(
    writer: BitWriter,
    record: EntityRecord,
    { own, syncTick }: OwnReader,
    mask: number,
    holds: Holds,
  ): void {
    const { slot, id, kind } = record
    const codec = this.led[kind.index]!
    const blobs = this.blobsOf(record, mask, holds)
    this.take(record, mask)
    if (own.idAt(slot) === id) {
      const from = own.outOfStep.get(slot) ?? own.leaveStep(slot, syncTick, this.replication, codec.track.size)
      this.writeLed(writer, codec, from, mask, blobs)
    } else this.writeNewcomer(writer, record, codec, blobs)
    const model = this.models.get(kind.index) ?? new Int32Array(codec.track.size)
    codec.modelOf(this.next, 0, model)
    this.models.set(kind.index, model)
  }

  /** Whether an anchor still leads to what its client should see. */
  isExact(record: EntityRecord, anchor: OwnAnchor): boolean {
    if (anchor.tick === NOTHING) return false
    const { track } = this.replication.anchors.all.codecs[record.kind.index]!
    const ticks = this.replication.tick - anchor.tick
    if (anchor.mask === 0) return leadsTo(track, anchor.row, 0, ticks, this.truths, this.truthAt(record))
    this.take(record, anchor.mask)
    return leadsTo(track, anchor.row, 0, ticks, this.next, 0)
  }

  /** @returns whether it leads to an anchor of the client's own; `settle` must say so, if it is sent */
  write(writer: BitWriter, record: EntityRecord, reader: OwnReader, mask: number, holds: Holds): boolean {
    if (reader.isSparse) {
      this.writeSparse(writer, record, reader, mask, holds)
      return true
    }
    const { slot, id } = record
    const { own, syncTick } = reader
    const isHeld = own.idAt(slot) === id
    const anchor = isHeld ? own.outOfStep.get(slot) : undefined
    const stepTick = isHeld && anchor === undefined ? this.stepTick(slot, syncTick) : NOTHING
    if (mask === 0 && this.isShared(record, reader, isHeld, anchor, stepTick)) {
      this.records.write(writer, 'all', record, stepTick)
      return false
    }
    const { size } = this.replication.anchors.all.codecs[record.kind.index]!.track
    const from = anchor ?? (isHeld ? own.leaveStep(slot, syncTick, this.replication, size) : null)
    this.writeOwn(writer, record, from, mask, holds)
    return true
  }

  /** Whether the newest record led to just what everybody holds: how an anchor goes on depends on its tick, too. */
  isInStep({ slot, kind }: EntityRecord): boolean {
    const { all } = this.replication.anchors
    const { size } = all.codecs[kind.index]!.track
    if (all.newestTick(slot) !== this.replication.tick) return false
    const at = all.newestAt(slot)
    for (let i = 0; i < size; i++) if (this.next[i] !== all.rows[at + i]) return false
    return true
  }

  /** Gives a client the anchor that the newest record led to. */
  settle({ kind }: EntityRecord, anchor: OwnAnchor, mask: number): void {
    const { size } = this.replication.anchors.all.codecs[kind.index]!.track
    if (anchor.row.length !== size) anchor.row = new Int32Array(size)
    for (let i = 0; i < size; i++) anchor.row[i] = this.next[i]!
    anchor.tick = this.replication.tick
    anchor.mask = mask
    anchor.isLate = false
  }

  /** The tick of the shared anchor that is known to whoever knows all up to `syncTick`. */
  private stepTick(slot: number, syncTick: number): number {
    const { all } = this.replication.anchors
    const newest = all.newestTick(slot)
    if (newest <= syncTick) return newest
    const previous = all.previousTick(slot)
    return previous <= syncTick ? previous : all.heldAt(slot, syncTick)
  }

  /** Whether the client goes the way of the shared anchors. */
  private isShared(
    { slot, kind }: EntityRecord,
    { isTight, isLost }: OwnReader,
    isHeld: boolean,
    anchor: OwnAnchor | undefined,
    stepTick: number,
  ): boolean {
    const { tick, anchors } = this.replication
    const { all } = anchors
    const newest = all.newestTick(slot)
    if (anchor !== undefined) {
      // Anchors only go forward [REC4]: where the client's is newer, or unknown, the shared one must be as new as can be.
      const isForward = newest >= (anchor.tick === NOTHING ? tick : anchor.tick)
      return isForward && !isTight && kind.far === null
    }
    if (isLost && newest < tick) return false
    // What moves would need its hidden columns: they cost more than what being in step saves.
    if (!isHeld) return !isTight || isFreshHidden(all.codecs[kind.index]!.track, all.rows, all.newestAt(slot))
    const isNext = stepTick >= 0 && newest === tick && all.previousTick(slot) === stepTick
    return isNext || (!isTight && kind.far === null)
  }

  private writeOwn(writer: BitWriter, record: EntityRecord, from: OwnAnchor | null, mask: number, holds: Holds): void {
    const { kind, generation } = record
    const { tick, anchors } = this.replication
    const codec = anchors.all.codecs[kind.index]!
    const { next } = this
    this.take(record, mask)
    const blobs = this.blobsOf(record, mask, holds)
    if (from === null || isCutOff(from, mask)) {
      freshHidden(codec.track, next, 0)
      const head = from === null ? { kind: kind.index, generation } : 'known'
      writeUpdateRows(writer, codec, 'full', 0, 0, head, next, 0, next, 0, blobs)
      return
    }
    const ticks = tick - from.tick
    writeUpdateRows(writer, codec, 'delta', 0, ticks, null, from.row, 0, next, 0, blobs)
    codec.chain(from.row, 0, ticks, next, 0)
  }

  private writeLed(writer: BitWriter, codec: LedWriter, from: OwnAnchor, mask: number, blobs: BlobBytes): void {
    const { next } = this
    const isFull = isCutOff(from, mask)
    writer.bool(isFull)
    if (isFull) {
      freshHidden(codec.track, next, 0)
      codec.writeFull(writer, next, 0, blobs)
      return
    }
    const ticks = this.replication.tick - from.tick
    codec.writeDelta(writer, from.row, 0, ticks, next, 0, blobs)
    codec.chain(from.row, 0, ticks, next, 0)
  }

  private writeNewcomer(
    writer: BitWriter,
    { kind, generation }: EntityRecord,
    codec: LedWriter,
    blobs: BlobBytes,
  ): void {
    const { next, models } = this
    const model = models.get(kind.index)
    writeSparseHead(writer, { kind: kind.index, generation }, this.led.length)
    if (model !== undefined) writer.bool(true)
    freshHidden(codec.track, next, 0)
    if (model === undefined) codec.writeFull(writer, next, 0, blobs)
    else codec.writeDelta(writer, model, 0, 0, next, 0, blobs)
  }

  private blobsOf(record: EntityRecord, mask: number, holds: Holds): BlobBytes {
    return (blob) => (mask === 0 ? record.blobs.bytes(blob) : this.references.bytesFor(record, blob, holds))
  }

  private take(record: EntityRecord, mask: number): void {
    const at = this.truthAt(record)
    for (let i = 0; i < this.stride; i++) this.next[i] = this.truths[at + i]!
    if (mask !== 0) this.references.hide(record.kind, 'all', mask, this.next, 0)
  }

  /** Where the truth about an entity stands in `truths`; made once per tick. */
  private truthAt({ slot, kind }: EntityRecord): number {
    const { tick, table } = this.replication
    const { all } = this.replication.anchors
    if (this.truthTicks.length < table.slots) {
      this.truths = new Int32Array(2 * table.slots * this.stride)
      this.truthTicks = new Float64Array(2 * table.slots).fill(NOTHING)
    }
    const at = slot * this.stride
    if (this.truthTicks[slot] === tick) return at
    this.truthTicks[slot] = tick
    extrapolate(
      all.codecs[kind.index]!.track,
      all.rows,
      all.newestAt(slot),
      tick - all.newestTick(slot),
      this.truths,
      at,
    )
    return at
  }
}

/** No delta leads into a list of which something is hidden, nor out of one, nor from what is not known. */
function isCutOff(from: OwnAnchor, mask: number): boolean {
  return from.tick === NOTHING || hidesInLists(from.mask) || hidesInLists(mask)
}
