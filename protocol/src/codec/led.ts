import type { BitReader } from '../bits/reader.ts'
import { freshHidden } from './extrapolate.ts'
import { readGolomb } from './golomb.ts'
import type { Track } from './layout.ts'
import { RecordCodec } from './record.ts'
import type { OnBlob } from './record.ts'
import { addMiss, isWhole, missOf } from './value-ladder.ts'

/** Ways of so many doublings of a tick and more are alike: nothing is known any more. */
const FARTHEST = 15
/** Who kept its speed misses by the rounding of it. */
export const KEPT_SPEED = 1
/** Wider columns are not worth a table of their own. */
const MOST_BITS = 24

/**
 * Records for readers of whom much is put off. They lead over many ticks, so larger misses are expected than in those of
 * everybody: in exponential Golomb codes that grow with the way. What moves went evenly from its old velocity to the new one,
 * and who turned kept its speed, if the writer says so. Over 0 ticks they lead from another entity to one that is new.
 */
export class LedCodec extends RecordCodec {
  /** By the doublings of the way, per column: the k of its code, or -1. */
  private readonly widths: readonly (readonly number[])[]
  /** The components of the velocity before the last one, in the order in which they are told, and that. */
  private readonly firstTurning: readonly number[]
  private readonly lastTurning: number
  /** The widths of this way. */
  protected widthOf: readonly number[] = []
  /** The length of the velocity that is led from, squared. */
  private squaredSpeed = 0
  private hasTurned = false
  protected isKept = false

  constructor(track: Track) {
    super(track)
    this.widths = Array.from({ length: FARTHEST + 1 }, (_, doublings) => widthsOf(track, doublings))
    const turning = track.velocity.map(({ target }) => target).toSorted((a, b) => a - b)
    const mayTurn = turning.length > 1 && turning.every((i) => this.widths[0]![i]! >= 0)
    this.firstTurning = mayTurn ? turning.slice(0, -1) : []
    this.lastTurning = mayTurn ? turning.at(-1)! : -1
  }

  /** Makes a row what a newcomer is led from: as it is, but nothing is known of where it goes, and its texts are another's. */
  modelOf(row: Int32Array, at: number, model: Int32Array): void {
    const { columns, defaults, size } = this.track
    for (let i = 0; i < size; i++) model[i] = row[at + i]!
    for (let i = 0; i < columns.length; i++) if (columns[i]!.blob >= 0) model[i] = defaults[i]!
    freshHidden(this.track, model, 0)
  }

  protected override begin(from: Int32Array, fromAt: number, ticks: number): void {
    super.begin(from, fromAt, ticks)
    this.widthOf = this.widths[ticks === 0 ? FARTHEST : Math.min(FARTHEST, 31 - Math.clz32(ticks))]!
    this.hasTurned = false
    this.squaredSpeed = 0
    for (const { target } of this.track.velocity) this.squaredSpeed += from[fromAt + target]! * from[fromAt + target]!
  }

  protected override move(from: Int32Array, fromAt: number, ticks: number): void {
    this.expectation.lead(from, fromAt, ticks)
  }

  protected override readColumn(reader: BitReader, i: number, onBlob: OnBlob): void {
    if (this.mayKeep(i)) {
      this.isKept = reader.bool('kept speed')
      if (this.isKept) this.expectation.columns[i] = this.keptSpeed(reader.bool('kept speed'))
    }
    const expected = this.expectation.columns[i]!
    super.readColumn(reader, i, onBlob)
    this.pass(i, this.expectation.columns[i] !== expected)
  }

  protected override readMissed(reader: BitReader, i: number, expected: number): number {
    const k = this.isKept ? KEPT_SPEED : this.widthOf[i]!
    if (k < 0) return super.readMissed(reader, i, expected)
    const column = this.track.columns[i]!
    return addMiss(reader, column, expected, missOf(readGolomb(reader, k, MOST_BITS + 2, column.name)))
  }

  protected mayKeep(i: number): boolean {
    return this.hasTurned && i === this.lastTurning
  }

  /** A column is told. */
  protected pass(i: number, isMissed: boolean): void {
    if (isMissed && this.firstTurning.includes(i)) this.hasTurned = true
    this.isKept = false
  }

  /** What is left for the last component if the length of the velocity is still the same. */
  protected keptSpeed(isNegative: boolean): number {
    let rest = this.squaredSpeed
    for (const i of this.firstTurning) rest -= this.expectation.columns[i]! * this.expectation.columns[i]!
    const size = rest > 0 ? Math.floor(Math.sqrt(rest)) : 0
    return isNegative ? -size : size
  }
}

/**
 * Chosen by histograms of ships that turn, on ways of 1 to 40 ticks: a velocity misses by as much as it can after a few ticks, a
 * place by the square root of the cube of the way.
 */
function widthsOf(track: Track, doublings: number): number[] {
  return track.columns.map((column, i) => {
    const { bits } = column
    if (isWhole(column) || bits > MOST_BITS) return -1
    if (i < track.sourcesEnd) return Math.min(1 + 3 * doublings, bits - 3)
    if (track.rates.some(({ target }) => target === i)) return Math.min(1 + ((3 * doublings) >> 1), bits - 4)
    if (track.trends.some(({ target }) => target === i)) return Math.min(1 + doublings, bits - 2)
    return 4
  })
}
