import { BitWriter, writeUpdate } from '@tickwire/protocol/internal'
import type { TrackName } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'
import type { Replication } from './replication.ts'

/**
 * Writes records, the common ones once: what leads a client that knows the anchor before to one that is new at this tick is
 * the same bits for everybody, encoded once per snapshot tick and copied from then on.
 */
export class Records {
  private readonly replication: Replication
  private readonly shared: BitWriter = new BitWriter(4096)
  private sharedTick = -1
  /** Per slot: the tick of its shared record, where it starts and how long it is, in bits. */
  private ticks: Float64Array = new Float64Array(0)
  private starts: Float64Array = new Float64Array(0)
  private lengths: Float64Array = new Float64Array(0)
  private current: EntityRecord | null = null
  /** Used again for each record: most of them do not even write it. */
  private readonly head = { kind: 0, generation: 0 }

  constructor(replication: Replication) {
    this.replication = replication
  }

  /** Writes what leads from the anchor of `heldTick` (-1: nothing) to the newest one. */
  write(writer: BitWriter, track: TrackName, record: EntityRecord, heldTick: number): void {
    const { anchors, tick } = this.replication
    const { slot } = record
    const isNext = anchors.all.newestTick(slot) === tick && anchors.all.previousTick(slot) === heldTick
    if (track !== 'all' || heldTick < 0 || !isNext) this.encode(writer, track, record, heldTick)
    else this.copy(writer, record, heldTick)
  }

  /** Writes the record of whoever knows the anchor before, if it is one of this tick and was written already. */
  copyShared(writer: BitWriter, slot: number): boolean {
    if (this.sharedTick !== this.replication.tick || this.ticks[slot] !== this.sharedTick) return false
    writer.copyFrom(this.shared, this.starts[slot]!, this.lengths[slot]!)
    return true
  }

  private copy(writer: BitWriter, record: EntityRecord, heldTick: number): void {
    const { slot } = record
    this.beginTick()
    if (this.ticks[slot] !== this.sharedTick) {
      const start = this.shared.bitLength
      this.encode(this.shared, 'all', record, heldTick)
      this.ticks[slot] = this.sharedTick
      this.starts[slot] = start
      this.lengths[slot] = this.shared.bitLength - start
    }
    writer.copyFrom(this.shared, this.starts[slot]!, this.lengths[slot]!)
  }

  private beginTick(): void {
    const { tick, table } = this.replication
    if (this.sharedTick === tick) return
    this.sharedTick = tick
    this.shared.reset()
    if (this.ticks.length >= table.slots) return
    const size = 2 * table.slots
    this.ticks = new Float64Array(size).fill(-1)
    this.starts = new Float64Array(size)
    this.lengths = new Float64Array(size)
  }

  private encode(writer: BitWriter, track: TrackName, record: EntityRecord, heldTick: number): void {
    const { anchors, tick } = this.replication
    const { slot, kind, generation } = record
    this.current = record
    this.head.kind = kind.index
    this.head.generation = generation
    const head = track === 'all' ? this.head : null
    writeUpdate(writer, anchors[track], slot, kind.index, heldTick, tick, head, this.blobs)
  }

  private readonly blobs = (blob: number): Uint8Array => this.current!.blobs.bytes(blob)
}
