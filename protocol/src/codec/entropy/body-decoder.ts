import type { BitReader } from '../../bits/reader.ts'
import { DecodeError } from '../../errors.ts'
import { LIMITS } from '../../limits.ts'
import type { GameLayout } from '../layout.ts'
import type { OnBlob } from '../record.ts'
import { NO_TABLE } from './body-encoder.ts'
import { ModelDecoder, Models } from './models.ts'
import { RangeDecoder } from './range-coder.ts'
import { SharedBodyModels } from './shared-body.ts'
import { decodeTable } from './tables.ts'

/** A table may still be named by snapshots that were under way when the next one came. */
const KEPT_TABLES = 2

/** Reads what `BodyEncoder` wrote. A hostile body costs no more time than an honest one, and ends in values of their range. */
export class BodyDecoder {
  private readonly body: SharedBodyModels
  private readonly ticksPerSnapshot: number
  private readonly tables: Map<number, Models> = new Map()
  private readonly range = new RangeDecoder()
  private readonly coder: ModelDecoder

  constructor({ kinds, schema }: GameLayout) {
    this.body = new SharedBodyModels(kinds)
    this.ticksPerSnapshot = schema.ticksPerSnapshot
    this.coder = new ModelDecoder(new Models(this.body.contexts), this.range)
  }

  /** Takes a table in. */
  learn(number: number, bytes: Uint8Array): void {
    this.tables.delete(number)
    this.tables.set(number, decodeTable(bytes, this.body.contexts))
    for (const oldest of this.tables.keys()) {
      if (this.tables.size <= KEPT_TABLES) break
      this.tables.delete(oldest)
    }
  }

  /** Begins a body; false: it follows as plain bits. */
  begin(reader: BitReader): boolean {
    const start = reader.bitOffset
    const number = reader.bits(8, 'table')
    if (number === NO_TABLE) return false
    const table = this.tables.get(number)
    if (table === undefined) {
      throw new DecodeError('unexpected', {
        what: 'table',
        expected: 'one that was sent',
        got: `${number}`,
        offset: start,
      })
    }
    this.range.begin(reader, reader.varuint(LIMITS.maxServerMessageBytes, 'coded body', 7))
    this.coder.models.copyFrom(table)
    this.coder.begin(reader)
    return true
  }

  /** Which slots are forgotten, in their order; at most as many as are held. */
  readRemovals(heldCount: number, onSlot: (slot: number) => void): void {
    const count = this.body.codeCount(this.coder, 0)
    if (count > heldCount) throw tooMany('removals', heldCount, count)
    for (let i = 0, slot = -1; i < count; i++) {
      slot += 1 + this.body.codeGap(this.coder, 0)
      if (slot >= LIMITS.maxEntitySlots) throw tooMany('slot', LIMITS.maxEntitySlots - 1, slot)
      onSlot(slot)
    }
  }

  /** Whether the next of the held entities is in the snapshot; to be asked of all, in the order of slots. */
  readMention(kind: number, from: Int32Array, ticks: number): boolean {
    return this.body.entities[kind]!.codeMention(this.coder, ticks / this.ticksPerSnapshot, from, 0, ticks, false)
  }

  /** Reads the record of the entity that was just mentioned into `next`. */
  readRecord(kind: number, from: Int32Array, ticks: number, next: Int32Array, nextAt: number, onBlob: OnBlob): void {
    this.body.entities[kind]!.codeRecord(this.coder, from, 0, ticks, next, nextAt, null, onBlob)
  }
}

function tooMany(what: string, most: number, got: number): DecodeError {
  return new DecodeError('out-of-range', { what, expected: `at most ${most}`, got: `${got}`, offset: 0 })
}
