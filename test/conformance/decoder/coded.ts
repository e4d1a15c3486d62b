/** "Coded bodies" of docs/protocol.md: track "all" of games with `compression: 'entropy'`. */
import { BitSource, malformed } from './bits.ts'
import { modulo } from './columns.ts'
import type { Kind, RowColumn } from './kinds.ts'
import { bits, bool } from './parts.ts'
import { magnitude, RangeReader } from './range-coder.ts'
import type { Context } from './range-coder.ts'
import { fromBlob, maxBlobBytes } from './values.ts'
import type { AnyField } from './values.ts'

const [COLUMN, SIGNS, MAGNITUDES] = [271, 12, 15]
const MENTIONS = 6
const [COUNTS, GAPS] = [128, 128]
const HOW_MANY = 128
/** The ages of an anchor in snapshots that share a context; older ones share one more. */
const AGES = [1, 2, 4, 8, 16]

/** Where the contexts of each kind begin, and those of counts and gaps behind them. */
interface Places {
  readonly kinds: ReadonlyMap<Kind, number>
  readonly counts: number
  readonly gaps: number
  readonly size: number
}

function placesOf(kinds: readonly Kind[]): Places {
  const starts = new Map<Kind, number>()
  let at = 0
  for (const kind of kinds) {
    starts.set(kind, at)
    at += MENTIONS + COLUMN * kind.tracks.all.columns.length
  }
  return { kinds: starts, counts: at, gaps: at + COUNTS, size: at + COUNTS + GAPS }
}

/** What both ends knew of the traffic when a table was made: a probability per context. */
export type Table = readonly number[]

/** The newest tables of a room, by number. */
export class Tables {
  private readonly places: Places
  private readonly tables = new Map<number, Table>()

  constructor(kinds: readonly Kind[]) {
    this.places = placesOf(kinds)
  }

  /** @param payload of an item `table` */
  take(number: number, payload: Uint8Array): void {
    const from = new BitSource(payload)
    const table = Array.from({ length: this.places.size }, () =>
      bool.read(from) ? chance(bits(6).read(from)) : 32_768,
    )
    from.expectEnd()
    this.tables.delete(number)
    this.tables.set(number, table)
    for (const old of [...this.tables.keys()].slice(0, -2)) this.tables.delete(old)
  }

  /** A reader of a coded body, with contexts that start from a table. */
  open(number: number, coded: Uint8Array): CodedBody {
    const table = this.tables.get(number) ?? malformed(`a body of table ${number}, which is unknown`)
    const contexts = table.map((p) => ({ fast: p, slow: p }))
    return new CodedBody(this.places, contexts, new RangeReader(coded))
  }
}

function chance(step: number): number {
  return Math.round(65_536 / (1 + Math.exp(-6.9 * ((2 * step) / 63 - 1))))
}

/** The parts of a body in the order in which they stand. */
export class CodedBody {
  private readonly places: Places
  private readonly contexts: readonly Context[]
  private readonly from: RangeReader

  constructor(places: Places, contexts: readonly Context[], from: RangeReader) {
    this.places = places
    this.contexts = contexts
    this.from = from
  }

  removals(): number {
    return magnitude(this.from, this.contexts, this.places.counts)
  }

  gap(): number {
    return magnitude(this.from, this.contexts, this.places.gaps)
  }

  isMentioned(kind: Kind, snapshots: number): boolean {
    return this.decide(this.places.kinds.get(kind)! + ageOf(snapshots)) === 1
  }

  /** The columns of one entity, one after the other. */
  columns(kind: Kind, snapshots: number): (of: RowColumn, index: number, change: number, expected: number) => Change {
    const age = ageOf(snapshots)
    let didDiffer = 0
    return (of, index, change, expected) => {
      const first = this.places.kinds.get(kind)! + MENTIONS + COLUMN * index
      didDiffer = this.decide(first + age * 2 + didDiffer)
      return didDiffer === 0 ? null : this.value(of, first, age, change, expected)
    }
  }

  private value(of: RowColumn, first: number, age: number, change: number, expected: number): number | Uint8Array {
    if (of.blob !== null) return this.blob(of.blob)
    if (of.bits === 32) return of.min < 0 ? this.from.raw(32) | 0 : this.from.raw(32)
    const isNegative = this.decide(first + SIGNS + Math.sign(change) + 1) === 1
    const size = magnitude(this.from, this.contexts, first + MAGNITUDES + (age === 0 ? 0 : HOW_MANY)) + 1
    const value = isNegative ? expected - size : expected + size
    return of.isCircular ? modulo(value, of.max + 1) : Math.min(of.max, Math.max(of.min, value))
  }

  private blob(declared: AnyField): Uint8Array {
    const length = Math.min(this.from.raw(16), maxBlobBytes(declared))
    const bytes = Uint8Array.from({ length }, () => this.from.raw(8))
    fromBlob(declared, bytes)
    return bytes
  }

  private decide(at: number): number {
    return this.from.decide(this.contexts[at]!)
  }
}

/** A value that differs from the expected one; null: it does not. */
export type Change = number | Uint8Array | null

function ageOf(snapshots: number): number {
  const age = AGES.findIndex((upTo) => snapshots <= upTo)
  return age === -1 ? AGES.length : age
}
