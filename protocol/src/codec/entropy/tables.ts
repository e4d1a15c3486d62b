import { BitReader } from '../../bits/reader.ts'
import { BitWriter } from '../../bits/writer.ts'
import { Models } from './models.ts'

/**
 * A table: the probabilities that bodies start from, as a room has learnt them, named by a number. Sent to each client ahead
 * of the first body that names it.
 *
 *     per context: differs from one half: 1 bit | if so: 6 bits of a logistic scale
 *
 * Six bits cost a body less than a percent against the exact ones, and a table is a few hundred bytes.
 */
const SCALE_BITS = 6

/**
 * Probabilities of a 0 in 1/65536, by step: 65536 / (1 + e^-s) for s from -6.9 to 6.9. Written out, because `Math.exp` may
 * differ between engines in the last bit, and both ends must hold the same integers.
 */
const SCALE: readonly number[] = [
  66, 82, 102, 127, 158, 197, 245, 305, 379, 471, 585, 727, 902, 1120, 1388, 1719, 2126, 2626, 3237, 3982, 4885, 5972,
  7272, 8813, 10622, 12718, 15115, 17810, 20788, 24014, 27433, 30975, 34561, 38103, 41522, 44748, 47726, 50421, 52818,
  54914, 56723, 58264, 59564, 60651, 61554, 62299, 62910, 63410, 63817, 64148, 64416, 64634, 64809, 64951, 65065, 65157,
  65231, 65291, 65339, 65378, 65409, 65434, 65454, 65470,
]

function nearestStep(probability: number): number {
  let best = 0
  for (let step = 1; step < SCALE.length; step++) {
    if (Math.abs(SCALE[step]! - probability) < Math.abs(SCALE[best]! - probability)) best = step
  }
  return best
}

/** The bytes of a table of these models. */
export function encodeTable(models: Models): Uint8Array {
  const writer = new BitWriter(1024)
  for (let context = 0; context < models.count; context++) {
    const isLearnt = !models.isBlank(context)
    writer.bool(isLearnt)
    if (isLearnt) writer.bits(nearestStep(models.probability(context)), SCALE_BITS)
  }
  return writer.toBytes()
}

/** @throws DecodeError unless the bytes are exactly one table of so many contexts */
export function decodeTable(bytes: Uint8Array, contexts: number): Models {
  const reader = new BitReader(bytes)
  const models = new Models(contexts)
  for (let context = 0; context < contexts; context++) {
    if (!reader.bool('context learnt')) continue
    models.set(context, SCALE[reader.bits(SCALE_BITS, 'probability')]!)
  }
  reader.expectEnd()
  return models
}
