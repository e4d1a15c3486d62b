import { BitWriter, BodyEncoder } from '@tickwire/protocol/internal'
import type { GameLayout } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'
import type { Replication } from './replication.ts'
import type { SlotList } from './slot-list.ts'

/** The first table comes as soon as there is something to learn from; the next ones later and later: they differ less. */
const FIRST_TABLE_SECONDS = 2
const MAX_TABLE_SECONDS = 32

/** The table that snapshots start from. */
export interface CodingTable {
  readonly number: number
  readonly bytes: Uint8Array
}

/**
 * Shared bodies coded by models, in games that ask for it. Only the body that nearly everybody is told, from the news before
 * to these, is coded: once per room and tick. Who was skipped, joins or has a view of its own gets plain bits.
 */
export class CodedBodies {
  /** The newest table, or null before the first. */
  table: CodingTable | null = null
  private readonly replication: Replication
  private readonly encoder: BodyEncoder
  private readonly ticksPerSecond: number
  /** Used again for each body. */
  private readonly known: EntityRecord[] = []
  private current: EntityRecord | null = null
  private readonly unread = new BitWriter(1024)
  private learntSinceTick = -1
  private tableSeconds = FIRST_TABLE_SECONDS

  constructor(replication: Replication, layout: GameLayout) {
    this.replication = replication
    this.encoder = new BodyEncoder(layout)
    this.ticksPerSecond = layout.schema.tickRateHz
  }

  /** Whether a client has what coded bodies start from. */
  canRead(tableNumber: number): boolean {
    return this.table !== null && tableNumber === this.table.number
  }

  /** Writes what all who know everything up to `from` are told, without the arrivals; and learns from it. */
  write(writer: BitWriter, from: number, removals: SlotList): void {
    const { table, anchors, tick } = this.replication
    let count = 0
    for (const record of table) if (record.bornTick >= 0 && record.bornTick <= from) this.known[count++] = record
    this.known.length = count
    this.encoder.write(writer, anchors.all, tick, [...removals], this.known, this.blobsOf)
    if (this.learntSinceTick < 0) this.learntSinceTick = tick
  }

  /** Before the first table there is nothing to read by, but something to learn. */
  learn(from: number, removals: SlotList): void {
    if (this.table !== null) return
    this.unread.reset()
    this.write(this.unread, from, removals)
  }

  /** Makes the next table when its time has come; between two snapshots. */
  maintain(): void {
    if (this.learntSinceTick < 0) return
    const seconds = (this.replication.tick - this.learntSinceTick) / this.ticksPerSecond
    if (seconds < this.tableSeconds) return
    this.tableSeconds = Math.min(MAX_TABLE_SECONDS, 2 * this.tableSeconds)
    const bytes = this.encoder.publish()
    this.table = { number: this.encoder.number, bytes }
    this.learntSinceTick = this.replication.tick
  }

  private readonly blobsOf = (slot: number): ((blob: number) => Uint8Array) => {
    this.current = this.replication.table.at(slot)!
    return this.blobs
  }

  private readonly blobs = (blob: number): Uint8Array => this.current!.blobs.bytes(blob)
}
