import { BitReader } from '../../bits/reader.ts'
import { BitWriter } from '../../bits/writer.ts'
import { Models } from './models.ts'
import type { Trainer } from './trainer.ts'

/**
 * A table: the probabilities that bodies start from, as a room has learnt them, named by a number. Sent to each client ahead
 * of the first body that names it.
 *
 *     per 16 contexts: any learnt: 1 bit | if so, per context: learnt: 1 bit | if so: 6 bits of a logistic scale
 *
 * Six bits cost a body less than a percent against the exact ones. Most combinations of what contexts are made of never come.
 */
const SCALE_BITS = 6
const GROUP = 16

/**
 * Probabilities of a 0 in 1/65536, by step: 65536 / (1 + e^-s) for s from -6.9 to 6.9; the upper half mirrors the lower. Written
 * out, because `Math.exp` may differ between engines in the last bit, and both ends must hold the same integers.
 */
const LOWER: readonly number[] = [
  66, 82, 102, 127, 158, 197, 245, 305, 379, 471, 585, 727, 902, 1120, 1388, 1719, 2126, 2626, 3237, 3982, 4885, 5972,
  7272, 8813, 10622, 12718, 15115, 17810, 20788, 24014, 27433, 30975,
]
const SCALE: readonly number[] = [...LOWER, ...LOWER.map((probability) => 0x1_0000 - probability).toReversed()]

function nearestStep(probability: number): number {
  let best = 0
  for (let step = 1; step < SCALE.length; step++) {
    if (Math.abs(SCALE[step]! - probability) < Math.abs(SCALE[best]! - probability)) best = step
  }
  return best
}

/** The bytes of a table of what was learnt. */
export function encodeTable(trainer: Trainer): Uint8Array {
  const writer = new BitWriter(1024)
  for (let start = 0; start < trainer.count; start += GROUP) writeGroup(writer, trainer, start)
  return writer.toBytes()
}

function writeGroup(writer: BitWriter, trainer: Trainer, start: number): void {
  const end = Math.min(start + GROUP, trainer.count)
  let isAnyLearnt = false
  for (let context = start; context < end; context++) isAnyLearnt ||= trainer.isLearnt(context)
  writer.bool(isAnyLearnt)
  if (!isAnyLearnt) return
  for (let context = start; context < end; context++) {
    writer.bool(trainer.isLearnt(context))
    if (trainer.isLearnt(context)) writer.bits(nearestStep(trainer.probability(context)), SCALE_BITS)
  }
}

/** @throws DecodeError unless the bytes are exactly one table of so many contexts */
export function decodeTable(bytes: Uint8Array, contexts: number): Models {
  const reader = new BitReader(bytes)
  const models = new Models(contexts)
  for (let start = 0; start < contexts; start += GROUP) {
    if (!reader.bool('contexts learnt')) continue
    for (let context = start; context < Math.min(start + GROUP, contexts); context++) {
      if (reader.bool('context learnt')) models.set(context, SCALE[reader.bits(SCALE_BITS, 'probability')]!)
    }
  }
  reader.expectEnd()
  return models
}
