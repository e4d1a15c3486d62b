/**
 * A context: the adaptive probability of a bit, as the mean of a fast and a slow estimate. The fast one follows a battle, the
 * slow one knows the average day. Integer arithmetic, so that both ends agree bit for bit.
 *
 * Both estimates share one cell, the fast one in its upper half: a decision touches memory once.
 */
const FAST_SHIFT = 4
const SLOW_SHIFT = 7

/** Both estimates the same, of a 0, in 1/65536. */
export function cellOf(probability: number): number {
  return (probability << 16) | probability
}

/** Of a 0, in 1/65536. */
export function probabilityOf(cell: number): number {
  return ((cell >>> 16) + (cell & 0xffff)) >>> 1
}

/** The cell after a decision. Whole steps only: the estimates stop short of certainty by themselves, which the coder could not express. */
export function learnt(cell: number, value: boolean): number {
  const fast = cell >>> 16
  const slow = cell & 0xffff
  if (value) return ((fast - (fast >> FAST_SHIFT)) << 16) | (slow - (slow >> SLOW_SHIFT))
  return ((fast + ((0x10000 - fast) >> FAST_SHIFT)) << 16) | (slow + ((0x10000 - slow) >> SLOW_SHIFT))
}
