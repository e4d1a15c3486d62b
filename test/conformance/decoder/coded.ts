/** "Coded bodies" of docs/protocol.md: track "all" of games with `compression: 'entropy'`. */
import { bitsOf, BitSource, malformed } from './bits.ts'
import { modulo, whole } from './columns.ts'
import { edgeOf, Misses, paceOf } from './known.ts'
import type { ColumnKnown, Known } from './known.ts'
import type { Kind, RowColumn, Track } from './kinds.ts'
import { bits, bool, sized } from './parts.ts'
import { RangeReader } from './range-coder.ts'
import type { Context } from './range-coder.ts'
import { moversOf } from './tracks.ts'
import type { ReadChange } from './tracks.ts'
import { fromBlob, maxBlobBytes } from './values.ts'
import type { AnyField } from './values.ts'

/** How many contexts there are of each decision. */
const [MENTIONS, ANY_OTHER, ANY_COLD, DIFFERS, LESS, SIZES] = [120, 150, 150, 100, 120, 9]
const SLOT_BITS = 16
/** Contexts that share the bit of a table that says whether any was learnt. */
const GROUP = 16

/** Where the contexts of each kind and of its columns begin, and those of counts and gaps behind them. */
interface Places {
  readonly kinds: ReadonlyMap<Kind, { readonly start: number; readonly columns: readonly number[] }>
  readonly counts: number
  readonly gaps: number
  readonly size: number
}

function placesOf(kinds: readonly Kind[]): Places {
  const places = new Map<Kind, { start: number; columns: number[] }>()
  let at = 0
  for (const kind of kinds) {
    const place = { start: at, columns: [] as number[] }
    places.set(kind, place)
    at += MENTIONS + ANY_OTHER + ANY_COLD
    for (const of of kind.tracks.all.columns) {
      place.columns.push(at)
      at += DIFFERS + (isWhole(of) ? 0 : LESS + SIZES * magnitudeSize(of.bits))
    }
  }
  const size = magnitudeSize(SLOT_BITS)
  return { kinds: places, counts: at, gaps: at + size, size: at + 2 * size }
}

/** A column whose values have no misses. */
function isWhole({ bits: width, blob }: RowColumn): boolean {
  return blob !== null || width === 32
}

function magnitudeSize(width: number): number {
  return 1 + 2 ** bitsOf(width) + 3 * (width + 1)
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
    const table: number[] = []
    for (let left = this.places.size; left > 0; left -= GROUP) {
      const isAny = bool.read(from)
      for (let i = 0; i < Math.min(left, GROUP); i++) {
        table.push(isAny && bool.read(from) ? chance(bits(6).read(from)) : 32_768)
      }
    }
    from.expectEnd()
    this.tables.delete(number)
    this.tables.set(number, table)
    for (const old of [...this.tables.keys()].slice(0, -2)) this.tables.delete(old)
  }

  /** A reader of a coded body, with contexts that start from a table; plain bits follow behind the coded ones. */
  open(number: number, coded: Uint8Array, plain: BitSource): CodedBody {
    const table = this.tables.get(number) ?? malformed(`a body of table ${number}, which is unknown`)
    const contexts = table.map((p) => ({ fast: p, slow: p }))
    return new CodedBody(this.places, contexts, new RangeReader(coded), plain)
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
  private readonly plain: BitSource

  constructor(places: Places, contexts: readonly Context[], from: RangeReader, plain: BitSource) {
    this.places = places
    this.contexts = contexts
    this.from = from
    this.plain = plain
  }

  removals(): number {
    return this.magnitude(this.places.counts, SLOT_BITS)
  }

  gap(): number {
    return this.magnitude(this.places.gaps, SLOT_BITS)
  }

  isMentioned(kind: Kind, known: Known): boolean {
    const { start } = this.places.kinds.get(kind)!
    return this.decide(start + (known.pace * 4 + known.edge) * 6 + known.age) === 1
  }

  /** The columns of one entity, one after the other. */
  columns(kind: Kind, known: Known): ReadChange {
    const { start, columns } = this.places.kinds.get(kind)!
    const order = new DecisionOrder(kind.tracks.all)
    const misses = new Misses()
    const any = (part: 'other' | 'cold'): number => {
      const first = start + MENTIONS + (part === 'other' ? 0 : ANY_OTHER)
      return this.decide(first + (known.pace * 5 + misses.surprise) * 6 + known.age)
    }
    return (of, index, expected, column) => {
      for (const part of order.opening(of, index)) order.say(part, any(part))
      if (order.isLeftOut(of, index)) return null
      const context = (paceOf(column.change) * 5 + misses.surprise) * 4 + edgeOf(column.sixteenth)
      if (this.decide(columns[index]! + context) === 1)
        return this.value(of, columns[index]! + DIFFERS, expected, column, misses)
      misses.add(0)
      return null
    }
  }

  private value(
    of: RowColumn,
    first: number,
    expected: number,
    { change, sixteenth }: ColumnKnown,
    misses: Misses,
  ): number | Uint8Array {
    if (isWhole(of)) {
      misses.add(1)
      return of.blob === null ? whole(of).read(this.plain) : this.blob(of.blob)
    }
    const { surprise } = misses
    const eighth = sixteenth === null ? 0 : Math.floor(sixteenth / 2)
    const isLess = this.decide(first + (surprise * 8 + eighth) * 3 + Math.sign(change) + 1) === 1
    const which = surprise > 0 ? 4 + surprise : paceOf(change)
    const size = this.magnitude(first + LESS + which * magnitudeSize(of.bits), of.bits) + 1
    misses.add(size)
    const value = isLess ? expected - size : expected + size
    return of.isCircular ? modulo(value, of.max + 1) : Math.min(of.max, Math.max(of.min, value))
  }

  private blob(declared: AnyField): Uint8Array {
    const bytes = sized(maxBlobBytes(declared)).read(this.plain)
    fromBlob(declared, bytes)
    return bytes
  }

  /** A number of so many bits, by contexts that begin at `first`. */
  private magnitude(first: number, width: number): number {
    if (this.decide(first) === 0) return 0
    const tree = bitsOf(width)
    let node = 1
    for (let i = 0; i < tree; i++) node = node * 2 + this.decide(first + 1 + node)
    const n = Math.min(width, node - 2 ** tree)
    if (n < 2) return 1
    const own = first + 1 + 2 ** tree + 3 * n
    const second = this.decide(own)
    if (n === 2) return 2 + second
    const third = this.decide(own + 1 + second)
    return (4 + 2 * second + third) * 2 ** (n - 3) + this.rest(n - 3)
  }

  private rest(count: number): number {
    return bits(count).read(this.plain)
  }

  private decide(at: number): number {
    return this.from.decide(this.contexts[at]!)
  }
}

/** Which decisions stand between the columns of a record, and which columns they leave out. */
class DecisionOrder {
  private readonly movers: ReadonlySet<number>
  private other: number | null
  private cold: number | null = null

  constructor(track: Track) {
    this.movers = moversOf(track)
    this.other = this.movers.size === 0 ? 1 : null
  }

  /** What is decided ahead of a column. */
  *opening({ isHot }: RowColumn, index: number): Generator<'other' | 'cold'> {
    if (this.other === null && !this.movers.has(index)) yield 'other'
    if (this.other === 1 && this.cold === null && !isHot) yield 'cold'
  }

  say(part: 'other' | 'cold', decision: number): void {
    this[part] = decision
  }

  isLeftOut({ isHot }: RowColumn, index: number): boolean {
    return (this.other === 0 && !this.movers.has(index)) || (this.cold === 0 && !isHot)
  }
}

/** A value that differs from the expected one; null: it does not. */
export type Change = number | Uint8Array | null
