import type { RangeDecoder, RangeEncoder } from './range-coder.ts'

/**
 * Adaptive probabilities of bits, by context. Each is the mean of a fast and a slow estimate: the fast one follows a battle,
 * the slow one knows the average day. Two arrays and integer arithmetic, so that both ends agree bit for bit.
 */
const FAST_SHIFT = 4
const SLOW_SHIFT = 7
const HALF = 0x8000

export class Models {
  readonly fast: Uint16Array
  readonly slow: Uint16Array

  constructor(count: number) {
    this.fast = new Uint16Array(count).fill(HALF)
    this.slow = new Uint16Array(count).fill(HALF)
  }

  get count(): number {
    return this.fast.length
  }

  copyFrom(other: Models): void {
    this.fast.set(other.fast)
    this.slow.set(other.slow)
  }

  /** Of a 0, in 1/65536. */
  probability(context: number): number {
    return (this.fast[context]! + this.slow[context]!) >>> 1
  }

  /** Whole steps only: the estimates stop short of certainty by themselves, which the coder could not express. */
  learn(context: number, value: boolean): void {
    const fast = this.fast[context]!
    const slow = this.slow[context]!
    this.fast[context] = value ? fast - (fast >> FAST_SHIFT) : fast + ((0x10000 - fast) >> FAST_SHIFT)
    this.slow[context] = value ? slow - (slow >> SLOW_SHIFT) : slow + ((0x10000 - slow) >> SLOW_SHIFT)
  }
}

/** One decision of a body, in either direction: a writer is given the value, a reader finds it. */
export interface BitCoder {
  bit(context: number, value: boolean): boolean
  raw(value: number, count: number): number
}

/** Writes with models that adapt inside the body, and teaches the trainer, from which the next table is made. */
export class ModelEncoder implements BitCoder {
  readonly models: Models
  private readonly trainer: Models
  private readonly encoder: RangeEncoder

  constructor(models: Models, trainer: Models, encoder: RangeEncoder) {
    this.models = models
    this.trainer = trainer
    this.encoder = encoder
  }

  bit(context: number, value: boolean): boolean {
    this.encoder.bit(value, this.models.probability(context))
    this.models.learn(context, value)
    this.trainer.learn(context, value)
    return value
  }

  raw(value: number, count: number): number {
    this.encoder.raw(value, count)
    return value
  }
}

export class ModelDecoder implements BitCoder {
  readonly models: Models
  private readonly decoder: RangeDecoder

  constructor(models: Models, decoder: RangeDecoder) {
    this.models = models
    this.decoder = decoder
  }

  bit(context: number, _value: boolean): boolean {
    const value = this.decoder.bit(this.models.probability(context))
    this.models.learn(context, value)
    return value
  }

  raw(_value: number, count: number): number {
    return this.decoder.raw(count)
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

/** Contexts that `codeMagnitude` takes. */
export const MAGNITUDE_CONTEXTS: number = 32 + 32 * 3
/** Classes 0 to 31: the number of bits of the value. */
const CLASS_BITS = 5

/** A number of 0 to 2^31 - 1: its number of bits by a tree, its next two bits modelled, the rest as it is. */
export function codeMagnitude(coder: BitCoder, context: number, value: number): number {
  const size = codeTree(coder, context, CLASS_BITS, 32 - Math.clz32(value))
  if (size <= 1) return size
  let result = 1
  let left = size - 1
  let node = 1
  for (let modelled = Math.min(2, left); modelled > 0; modelled--) {
    left--
    const bit = coder.bit(context + 32 + size * 3 + node - 1, ((value >>> left) & 1) === 1) ? 1 : 0
    result = (result << 1) | bit
    node = (node << 1) | bit
  }
  if (left === 0) return result
  return ((result << left) | coder.raw(value & ((1 << left) - 1), left)) >>> 0
}
