import { BitWriter } from '../../bits/writer.ts'
import type { Anchors } from '../anchors.ts'
import type { GameLayout } from '../layout.ts'
import type { BlobBytes } from '../record.ts'
import { ModelEncoder, Models } from './models.ts'
import { RangeEncoder } from './range-coder.ts'
import { SharedBodyModels } from './shared-body.ts'
import { decodeTable, encodeTable } from './tables.ts'
import { Trainer } from './trainer.ts'

const TABLE_BITS = 8
const MAX_TABLE = (1 << TABLE_BITS) - 1
/** Behind a table byte of 0 a body follows as plain bits. */
export const NO_TABLE = 0
const LENGTH_BITS = 7

/** An entity that all readers of the body hold. */
export interface CodedEntity {
  readonly slot: number
  readonly kind: { readonly index: number }
}

/**
 * Writes shared bodies by models, and learns from each for the next table. Every body starts from the table that it names, so
 * it can be read without the ones before it.
 */
export class BodyEncoder {
  /** The number of the newest table, or 0 while there is none. */
  number: number = NO_TABLE
  private readonly body: SharedBodyModels
  private readonly ticksPerSnapshot: number
  private readonly trainer: Trainer
  private readonly range = new RangeEncoder()
  private readonly plain = new BitWriter(1024)
  private readonly coder: ModelEncoder
  private table: Models

  constructor({ kinds, schema }: GameLayout) {
    this.body = new SharedBodyModels(kinds)
    this.ticksPerSnapshot = schema.ticksPerSnapshot
    this.trainer = new Trainer(this.body.contexts)
    this.table = new Models(this.body.contexts)
    this.coder = new ModelEncoder(new Models(this.body.contexts), this.trainer, this.range, this.plain)
  }

  /** Makes a table of what was learnt so far; bodies start from it from now on. */
  publish(): Uint8Array {
    const bytes = encodeTable(this.trainer)
    this.table = decodeTable(bytes, this.body.contexts)
    this.number = this.number === MAX_TABLE ? 1 : this.number + 1
    return bytes
  }

  /**
   * Writes the coded part of a body: what readers forget, and the news of `entities`, which they all hold as of the news
   * before. Both lists are in the order of slots.
   */
  write(
    writer: BitWriter,
    anchors: Anchors,
    tick: number,
    removals: readonly number[],
    entities: Iterable<CodedEntity>,
    blobsOf: (slot: number) => BlobBytes,
  ): void {
    this.coder.models.copyFrom(this.table)
    this.range.reset()
    this.plain.reset()
    this.body.codeCount(this.coder, removals.length)
    let last = -1
    for (const slot of removals) {
      this.body.codeGap(this.coder, slot - last - 1)
      last = slot
    }
    for (const entity of entities) this.writeEntity(entity, anchors, tick, blobsOf)
    const bytes = this.range.finish()
    writer.bits(this.number, TABLE_BITS)
    writer.varuint(bytes.length, LENGTH_BITS)
    writer.bytes(bytes)
    writer.copyFrom(this.plain, 0, this.plain.bitLength)
  }

  private writeEntity(
    { slot, kind }: CodedEntity,
    anchors: Anchors,
    tick: number,
    blobsOf: (slot: number) => BlobBytes,
  ) {
    const isNew = anchors.newestTick(slot) === tick
    const heldTick = isNew ? anchors.previousTick(slot) : anchors.newestTick(slot)
    const ticks = tick - heldTick
    const models = this.body.entities[kind.index]!
    const { rows } = anchors
    const from = anchors.find(slot, heldTick)
    if (!models.codeMention(this.coder, ticks / this.ticksPerSnapshot, rows, from, ticks, isNew)) return
    models.codeRecord(this.coder, rows, from, ticks, rows, anchors.newestAt(slot), blobsOf(slot), null)
  }
}

/** Says that a body follows as plain bits. */
export function writeNoTable(writer: BitWriter): void {
  writer.bits(NO_TABLE, TABLE_BITS)
}
