import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { widen16 } from '../bits/width.ts'
import { readScalar, writeScalar } from '../codec/scalar-bits.ts'
import { defaultValue } from '../codec/default-value.ts'
import { fromInts, naming, scalarsOf, toInts } from '../codec/scalars.ts'
import type { Scalar } from '../codec/scalars.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { FieldMap } from '../schema/field.ts'
import type { FieldSpec } from '../schema/spec.ts'

/** One tick of a player's intent as integers, and what it had on screen. */
export interface TickInput {
  readonly tick: number
  readonly columns: Int32Array
  /** The tick that the player saw others at, in 1/16; -1: it saw nothing yet. */
  readonly viewStamp: number
}

/** The inputs of one packet, oldest first; used again for the next packet, so that receiving allocates nothing. */
export class InputBatch {
  /** How many of `inputs` are of this packet; behind them stand those of earlier, longer ones. */
  count = 0
  readonly inputs: MutableInput[] = []
}

interface MutableInput extends TickInput {
  tick: number
  columns: Int32Array
  viewStamp: number
}

/** View ticks travel in sixteenths: at 60 Hz about a millisecond, finer than any screen. */
export const VIEW_STEPS_PER_TICK = 16

/** A field and where its columns start. */
interface InputField {
  readonly name: string
  readonly spec: FieldSpec
  readonly at: number
}

function placed(fields: FieldMap): InputField[] {
  let end = 0
  return Object.entries(fields).map(([name, { spec }]) => {
    const at = end
    end += scalarsOf(spec).length
    return { name, spec, at }
  })
}

const COUNT_MAX = LIMITS.maxInputsPerPacket
/** A view is behind its input by the lead and the interpolation delay; farther than this it is of no use to a rewind. */
const VIEW_LAG_BITS = 14
const VIEW_LAG_MAX = (1 << VIEW_LAG_BITS) - 2
const NO_VIEW = (1 << VIEW_LAG_BITS) - 1

/**
 * The inputs of a packet, oldest first.
 *
 *     | newest tick: 16 bits | count | oldest: per column one bit, then its value | next: same? or columns ... |
 *
 * behind each input its view: lag behind the input's tick in 1/16, or, after the first, one bit for "one tick on".
 */
export class InputCodec {
  private readonly scalars: readonly Scalar[]
  private readonly fields: readonly InputField[]
  private readonly neutralColumns: Int32Array

  constructor(fields: FieldMap) {
    this.fields = placed(fields)
    this.scalars = Object.values(fields).flatMap(({ spec }) => scalarsOf(spec))
    this.neutralColumns = this.toColumns({})
  }

  /** The input of somebody who does nothing. */
  get neutral(): Int32Array {
    return this.neutralColumns
  }

  /**
   * Quantises an input; fields left out are neutral, values beyond their range are clamped.
   * @throws RangeError naming a field whose value is NaN or not of its kind
   */
  toColumns(input: object): Int32Array {
    const columns = new Int32Array(this.scalars.length)
    for (const { name, spec, at } of this.fields) {
      const value = (input as Record<string, unknown>)[name] ?? defaultValue(spec)
      try {
        toInts(spec, value, columns, at)
      } catch (error) {
        throw naming(`input ${name}`, error)
      }
    }
    return columns
  }

  /** The input as game code reads it. */
  fromColumns(columns: Int32Array): Record<string, unknown> {
    const input: Record<string, unknown> = {}
    for (const { name, spec, at } of this.fields) input[name] = fromInts(spec, columns, at)
    return input
  }

  /** What stands for a missing tick: the held values of the last one; a press is never repeated. */
  repeat(columns: Int32Array): Int32Array {
    const repeated = columns.slice()
    for (const { spec, at } of this.fields) if (spec.kind === 'press') repeated[at] = 0
    return repeated
  }

  /** @param inputs oldest first, of consecutive ticks, 1 to 32 */
  write(writer: BitWriter, inputs: readonly TickInput[]): void {
    const newest = inputs.at(-1)
    if (newest === undefined || inputs.length > COUNT_MAX) {
      throw new RangeError(`inputs of a packet: expected 1 to ${COUNT_MAX}, got ${inputs.length}`)
    }
    writer.bits(newest.tick & 0xffff, 16)
    writer.uintMax(inputs.length, COUNT_MAX)
    let last: TickInput | null = null
    for (const input of inputs) {
      this.writeColumns(writer, input.columns, last?.columns ?? null)
      writeView(writer, input, last)
      last = input
    }
  }

  /** @param reference a tick near the newest one, to widen its 16 bits */
  read(reader: BitReader, reference: number): TickInput[] {
    const batch = new InputBatch()
    this.readInto(batch, reader, reference)
    return batch.inputs
  }

  /** The same, in place of what `batch` held: nobody may have kept any of it. */
  readInto(batch: InputBatch, reader: BitReader, reference: number): void {
    const newestTick = widen16(reference, reader.bits(16, 'newest input tick'))
    const count = reader.uintMax(COUNT_MAX, 'input count')
    if (count === 0 || newestTick < count - 1) {
      const got = `${count} up to tick ${newestTick}`
      throw new DecodeError('out-of-range', { what: 'inputs', expected: '1 or more', got, offset: reader.bitOffset })
    }
    const { inputs } = batch
    let last: TickInput | null = null
    for (let i = 0; i < count; i++) {
      const input = (inputs[i] ??= { tick: 0, columns: new Int32Array(this.scalars.length), viewStamp: -1 })
      input.tick = newestTick - (count - 1 - i)
      this.readColumns(reader, last?.columns ?? this.neutralColumns, input.columns)
      input.viewStamp = readView(reader, input.tick, last)
      last = input
    }
    batch.count = count
  }

  private writeColumns(writer: BitWriter, columns: Int32Array, last: Int32Array | null): void {
    const base = last ?? this.neutralColumns
    const isSame = columns.every((value, i) => value === base[i])
    writer.bool(!isSame)
    if (isSame) return
    for (const [i, scalar] of this.scalars.entries()) {
      const differs = columns[i] !== base[i]
      writer.bool(differs)
      if (differs) writeScalar(writer, scalar, columns[i]!)
    }
  }

  private readColumns(reader: BitReader, base: Int32Array, columns: Int32Array): void {
    for (let i = 0; i < columns.length; i++) columns[i] = base[i]!
    if (!reader.bool('input changed')) return
    for (let i = 0; i < columns.length; i++) {
      if (reader.bool('input column changed')) columns[i] = readScalar(reader, this.scalars[i]!, 'input')
    }
  }
}

function writeView(writer: BitWriter, input: TickInput, last: TickInput | null): void {
  if (last !== null) {
    const isNext = input.viewStamp === nextView(last)
    writer.bool(isNext)
    if (isNext) return
  }
  const lag = input.tick * VIEW_STEPS_PER_TICK - input.viewStamp
  const isKnown = input.viewStamp >= 0 && lag >= 0 && lag <= VIEW_LAG_MAX
  writer.bits(isKnown ? lag : NO_VIEW, VIEW_LAG_BITS)
}

function readView(reader: BitReader, tick: number, last: TickInput | null): number {
  if (last !== null && reader.bool('view goes on')) return nextView(last)
  const lag = reader.bits(VIEW_LAG_BITS, 'view lag')
  const stamp = tick * VIEW_STEPS_PER_TICK - lag
  return lag === NO_VIEW || stamp < 0 ? -1 : stamp
}

const nextView = (last: TickInput): number => (last.viewStamp < 0 ? -1 : last.viewStamp + VIEW_STEPS_PER_TICK)
