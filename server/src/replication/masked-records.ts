import { formFor, writeUpdateRows } from '@tickwire/protocol/internal'
import type { BitWriter, TrackName } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'
import { hidesInLists } from './references.ts'
import type { Holds, References } from './references.ts'
import type { Replication } from './replication.ts'

/** What a client holds of one track of an entity: the anchor of a tick (-1: nothing) under a mask. */
export interface MaskedAnchor {
  readonly tick: number
  readonly mask: number
}

/** Writes the records of which parts are hidden from one client; such records are that client's own. */
export class MaskedRecords {
  private readonly replication: Replication
  private readonly references: References
  /** The anchor that the client holds, and behind it the one that it gets, as that client reads them. */
  private readonly rows: Int32Array

  constructor(replication: Replication, references: References, maxColumns: number) {
    this.replication = replication
    this.references = references
    // Each column has at most one carry and two hidden columns of a trend.
    this.rows = new Int32Array(2 * 4 * maxColumns)
  }

  /** Writes what leads from what is held to the newest anchor under `mask`. */
  write(
    writer: BitWriter,
    track: TrackName,
    record: EntityRecord,
    held: MaskedAnchor,
    mask: number,
    holds: Holds,
  ): void {
    const { tick } = this.replication
    const anchors = this.replication.anchors[track]
    const { slot, kind, generation } = record
    const codec = anchors.codecs[kind.index]!
    const { size } = codec.track
    const newestTick = anchors.newestTick(slot)
    // Nothing leads from an anchor to itself, and no delta into a list: then the record is a full one.
    const isFull = held.tick === newestTick || hidesInLists(held.mask) || hidesInLists(mask)
    const form = isFull ? 'full' : formFor(anchors, slot, held.tick, tick)
    if (form !== 'full') this.take(track, record, anchors.find(slot, held.tick), size, held.mask, 0)
    this.take(track, record, anchors.newestAt(slot), size, mask, size)
    const head = track === 'all' ? { kind: kind.index, generation } : null
    const blobs = (blob: number): Uint8Array => this.references.bytesFor(record, blob, holds)
    writeUpdateRows(
      writer,
      codec,
      form,
      tick - newestTick,
      newestTick - held.tick,
      head,
      this.rows,
      0,
      this.rows,
      size,
      blobs,
    )
  }

  private take(track: TrackName, { kind }: EntityRecord, from: number, size: number, mask: number, to: number): void {
    const { rows } = this.replication.anchors[track]
    for (let i = 0; i < size; i++) this.rows[to + i] = rows[from + i]!
    this.references.hide(kind, track, mask, this.rows, to)
  }
}
