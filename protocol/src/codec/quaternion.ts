/**
 * Rotations as integers, by the smallest three: which component is largest, then the other three, made so that the largest
 * is positive, in steps of 1 / (sqrt 2 * half), with half = 2^(bits - 1) - 1. None of them exceeds 1 / sqrt 2.
 */

const AXES = ['x', 'y', 'z', 'w'] as const

const halfOf = (bits: number): number => (1 << (bits - 1)) - 1

/** @throws RangeError when the four numbers are no rotation: NaN, infinite or all zero */
export function quaternionToInts(
  value: Readonly<Record<string, number>>,
  bits: number,
  out: Int32Array,
  at: number,
): void {
  const q = AXES.map((axis) => value[axis] ?? Number.NaN)
  const norm = Math.sqrt(q.reduce((sum, c) => sum + c * c, 0))
  if (!(norm > 0) || !Number.isFinite(norm)) throw new RangeError('the quaternion is not a rotation')
  let largest = 0
  for (let i = 1; i < 4; i++) if (Math.abs(q[i]!) > Math.abs(q[largest]!)) largest = i
  const scale = ((q[largest]! < 0 ? -1 : 1) * Math.SQRT2 * halfOf(bits)) / norm
  out[at] = largest
  let next = at + 1
  for (let i = 0; i < 4; i++) if (i !== largest) out[next++] = Math.round(scale * q[i]!)
  keepLargest(out, at, halfOf(bits))
}

/**
 * Rounding may lift another component to the largest one or above it; the same rotation, read and written again, would
 * then change its form for ever, and a resting body would never rest. So the others shrink until the largest is largest.
 */
function keepLargest(out: Int32Array, at: number, half: number): void {
  for (;;) {
    let top = at + 1
    for (let i = at + 2; i < at + 4; i++) if (Math.abs(out[i]!) > Math.abs(out[top]!)) top = i
    // In integers, and strictly: so far apart that no rounding of the square root brings them together again.
    if (largestSquared(out, at, half) > out[top]! * out[top]!) return
    out[top] = out[top]! - Math.sign(out[top]!)
  }
}

/** The square of the component that is not sent, in steps; negative if the other three are too long for a rotation. */
function largestSquared(row: Int32Array, at: number, half: number): number {
  const [a, b, c] = [row[at + 1]!, row[at + 2]!, row[at + 3]!]
  return 2 * half * half - a * a - b * b - c * c
}

export function intsToQuaternion(bits: number, row: Int32Array, at: number): Record<string, number> {
  const half = halfOf(bits)
  const squared = largestSquared(row, at, half)
  // No writer sends three that are too long together, but a peer may: what game code gets is a rotation all the same.
  const total = 2 * half * half - Math.min(0, squared)
  const value: Record<string, number> = { x: 0, y: 0, z: 0, w: 0 }
  const largest = row[at]!
  let next = at + 1
  for (let i = 0; i < 4; i++) {
    value[AXES[i]!] = i === largest ? Math.sqrt(Math.max(0, squared) / total) : row[next++]! / Math.sqrt(total)
  }
  return value
}

const four = new Int32Array(4)

/**
 * Puts the rotation at `row[at]` into other terms: as if `largest` were the component that is left out. What both ends knew of
 * a rotation stays of use when another component becomes the largest.
 */
export function reexpress(
  row: Int32Array,
  at: number,
  largest: number,
  half: number,
  out: Int32Array,
  outAt: number,
): void {
  let next = at + 1
  for (let i = 0; i < 4; i++) {
    four[i] = i === row[at] ? Math.floor(Math.sqrt(Math.max(0, largestSquared(row, at, half)))) : row[next++]!
  }
  const sign = four[largest]! < 0 ? -1 : 1
  let to = outAt + 1
  for (let i = 0; i < 4; i++) if (i !== largest) out[to++] = Math.max(-half, Math.min(half, sign * four[i]!))
}
