/** Arithmetic on the widths and signs of integers, and on numbers of which only the low bits travel. */

/**
 * How many bits hold every value of 0..max: 0 for 0, 8 for 255, 32 for 2^32 - 1.
 * @throws RangeError when `max` is not a u32
 */
export function bitWidth(max: number): number {
  if (max >>> 0 !== max) throw new RangeError(`bitWidth: expected an integer 0..2^32-1, got ${max}`)
  return 32 - Math.clz32(max)
}

/** Folds an int32 into a u32 with small magnitudes first: 0, -1, 1, -2 become 0, 1, 2, 3. */
export function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0
}

/** The int32 whose `zigzag` this is. */
export function unzigzag(folded: number): number {
  return (folded >>> 1) ^ -(folded & 1)
}

/**
 * The number nearest to `reference` whose low `bits` bits are `low`: how wrapped ticks and sequence numbers become whole
 * again on decode. Right as long as the truth is less than half a span (2^bits / 2) away; at exactly half it takes the
 * lower one. Never negative: near zero the next one up is taken instead.
 * @param reference what the receiver knows, an integer 0..2^53 - 2^bits
 * @param low an integer 0..2^bits - 1
 * @param bits 1..32
 */
export function widen(reference: number, low: number, bits: number): number {
  // Plain arithmetic and no masks: the reference may be beyond 2^31, where `&` would turn it negative.
  const half = (1 << (bits - 1)) >>> 0
  const span = half * 2
  const ahead = (low - (reference % span) + span) % span
  const nearest = ahead < half ? reference + ahead : reference + ahead - span
  return nearest < 0 ? nearest + span : nearest
}

/** `widen` for the common width of 16 bits. */
export function widen16(reference: number, low: number): number {
  return widen(reference, low, 16)
}
