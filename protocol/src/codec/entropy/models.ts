import type { BitReader } from '../../bits/reader.ts'
import type { BitWriter } from '../../bits/writer.ts'
import { readBlob, writeBlob } from '../blob-bits.ts'
import { readScalar, writeScalar } from '../scalar-bits.ts'
import type { Column } from '../layout.ts'
import { cellOf, learnt, probabilityOf } from './context.ts'
import type { RangeDecoder, RangeEncoder } from './range-coder.ts'
import type { Trainer } from './trainer.ts'

const HALF = 0x8000

/** The contexts of a table or of a body. */
export class Models {
  readonly cells: Int32Array

  constructor(count: number) {
    this.cells = new Int32Array(count).fill(cellOf(HALF))
  }

  get count(): number {
    return this.cells.length
  }

  copyFrom(other: Models): void {
    this.cells.set(other.cells)
  }

  set(context: number, probability: number): void {
    this.cells[context] = cellOf(probability)
  }

  /** Of a 0, in 1/65536. */
  probability(context: number): number {
    return probabilityOf(this.cells[context]!)
  }

  learn(context: number, value: boolean): void {
    this.cells[context] = learnt(this.cells[context]!, value)
  }
}

/**
 * One decision of a body, in either direction: a writer is given the value, a reader finds it. What nothing is known about
 * goes past the models, as plain bits behind the coded bytes.
 */
export interface BitCoder {
  bit(context: number, value: boolean): boolean
  plain(value: number, count: number): number
  /** A value that has no misses. */
  whole(column: Column, value: number): number
  /** @param bytes of a writer */
  blob(column: Column, bytes: Uint8Array | null): Uint8Array
}

/** Writes with models that adapt inside the body, and teaches the trainer, from which the next table is made. */
export class ModelEncoder implements BitCoder {
  readonly models: Models
  private readonly trainer: Trainer
  private readonly range: RangeEncoder
  private readonly writer: BitWriter

  /** @param writer of the plain bits */
  constructor(models: Models, trainer: Trainer, range: RangeEncoder, writer: BitWriter) {
    this.models = models
    this.trainer = trainer
    this.range = range
    this.writer = writer
  }

  bit(context: number, value: boolean): boolean {
    this.range.bit(value, this.models.probability(context))
    this.models.learn(context, value)
    this.trainer.learn(context, value)
    return value
  }

  plain(value: number, count: number): number {
    this.writer.bits(value, count)
    return value
  }

  whole(column: Column, value: number): number {
    writeScalar(this.writer, column, value)
    return value
  }

  blob(_column: Column, bytes: Uint8Array): Uint8Array {
    writeBlob(this.writer, bytes)
    return bytes
  }
}

export class ModelDecoder implements BitCoder {
  readonly models: Models
  private readonly range: RangeDecoder
  private reader: BitReader | null = null

  constructor(models: Models, range: RangeDecoder) {
    this.models = models
    this.range = range
  }

  /** @param reader of the plain bits */
  begin(reader: BitReader): void {
    this.reader = reader
  }

  bit(context: number, _value: boolean): boolean {
    return this.range.bit(this.models.cells, context)
  }

  plain(_value: number, count: number): number {
    return this.reader!.bits(count, 'plain bits')
  }

  whole(column: Column, _value: number): number {
    return readScalar(this.reader!, column, column.name)
  }

  blob(column: Column, _bytes: Uint8Array | null): Uint8Array {
    return readBlob(this.reader!, column)
  }
}

/**
 * A number of 0 to 2^bits - 1 as a path through a binary tree with one context per node; takes `2^bits` contexts.
 */
export function codeTree(coder: BitCoder, context: number, bits: number, value: number): number {
  let node = 1
  for (let i = bits - 1; i >= 0; i--) {
    node = (node << 1) | (coder.bit(context + node, ((value >>> i) & 1) === 1) ? 1 : 0)
  }
  return node - (1 << bits)
}

/** How many bits say how many bits a number below 2^bits has. */
const classBits = (bits: number): number => 32 - Math.clz32(bits)

/** Contexts that `codeMagnitude` takes. */
export function magnitudeContexts(bits: number): number {
  return 1 + (1 << classBits(bits)) + 3 * (bits + 1)
}

/**
 * A number of 0 to 2^bits - 1: whether it is 0, which most are; how many bits it has, by a tree; the two behind the first
 * modelled, the rest plain.
 */
export function codeMagnitude(coder: BitCoder, context: number, bits: number, value: number): number {
  if (!coder.bit(context, value !== 0)) return 0
  const tree = classBits(bits)
  const size = Math.min(bits, codeTree(coder, context + 1, tree, 32 - Math.clz32(value)))
  if (size <= 1) return 1
  const own = context + 1 + (1 << tree) + 3 * size
  let left = size - 2
  const second = coder.bit(own, ((value >>> left) & 1) === 1) ? 1 : 0
  if (left === 0) return 2 + second
  left--
  const third = coder.bit(own + 1 + second, ((value >>> left) & 1) === 1) ? 1 : 0
  const top = 4 + 2 * second + third
  if (left === 0) return top
  return (top << left) | coder.plain(value & ((1 << left) - 1), left)
}
