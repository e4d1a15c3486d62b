/**
 * Trigonometry with the same bits on every engine. `Math.sin`, `cos`, `atan2` and `hypot` may differ in the last bit from
 * one engine, or version, to the next, and one bit is enough for a misprediction. Here are only + - * / and Math.sqrt,
 * Math.floor, Math.abs and comparisons, all of which IEEE 754 fixes to the bit.
 *
 * The series are Taylor's, long enough that what is left out is below half a unit in the last place; coefficients are
 * quotients of integers, so there is no table to mistype. Arguments are meant to be finite; NaN gives NaN.
 */

const TWO_PI = 2 * Math.PI
const HALF_PI = Math.PI / 2

/** Half of pi in three parts; the first two have 33 bits, so that their products with a whole number < 2^20 are exact. */
const HALF_PI_1 = 1.5707963267341256
const HALF_PI_2 = 6.077100506303966e-11
const HALF_PI_3 = 2.0222662487959506e-21

/** What the doubles nearest to pi / 2 and pi lack of the true values. */
const HALF_PI_REST = 6.123233995736766e-17
const PI_REST = 2 * HALF_PI_REST

/** 2^20; its quarter turns are fewer than 2^20. Written out, for `**` is one of the operations that engines may round. */
const LARGEST_EXACT_ANGLE = 1_048_576

/** The sine of `x` radians: error <= 4e-16 relative, for |x| up to 1e6; beyond that of the rounding of `x` itself. */
export function sin(x: number): number {
  const angle = tame(x)
  const turns = quarterTurns(angle)
  return sinFromQuadrant(rest(angle, turns), turns)
}

/** The cosine of `x` radians, as exact as `sin`. */
export function cos(x: number): number {
  const angle = tame(x)
  const turns = quarterTurns(angle)
  return sinFromQuadrant(rest(angle, turns), turns + 1)
}

/**
 * The direction of (x, y) in radians, -pi to pi: error <= 5e-16 relative. The sign of a zero does not count, so
 * atan2(-0, -1) is +pi and atan2(0, 0) is 0: a -0 on one end is a 0 on the other after it has been on the wire.
 */
export function atan2(y: number, x: number): number {
  const height = Math.abs(y)
  const width = Math.abs(x)
  const isSteep = height > width
  const long = isSteep ? height : width
  if (long === 0) return 0
  const slope = atanOfUnit((isSteep ? width : height) / long)
  const first = isSteep ? HALF_PI - (slope - HALF_PI_REST) : slope
  const upper = x < 0 ? Math.PI - (first - PI_REST) : first
  return y < 0 ? -upper : upper
}

/** The length of (x, y) or (x, y, z): error <= 5e-16 relative, for lengths of 1e-150 to 1e150. */
export function hypot(x: number, y: number, z: number = 0): number {
  return Math.sqrt(x * x + y * y + z * z)
}

/** The same direction within -pi (included) to pi (excluded) radians; angles that are there already stay untouched. */
export function wrapAngle(angle: number): number {
  if (angle >= -Math.PI && angle < Math.PI) return angle
  const small = tame(angle)
  const wrapped = small - Math.floor((small + Math.PI) / TWO_PI) * TWO_PI
  // The product is rounded, at some odd multiples of pi to the far side; never so that the result would reach +pi.
  return wrapped < -Math.PI ? wrapped + TWO_PI : wrapped
}

/** Brings angles that nobody needs exactly into the range of the exact reduction, so that results stay within -1..1. */
function tame(x: number): number {
  let angle = x
  while (Math.abs(angle) > LARGEST_EXACT_ANGLE) angle -= Math.floor(angle / TWO_PI) * TWO_PI
  return angle
}

function quarterTurns(angle: number): number {
  return Math.floor(angle / HALF_PI + 0.5)
}

/** `angle` less whole quarter turns, within pi / 4 of 0: reduction after Cody and Waite, in the order of size. */
function rest(angle: number, turns: number): number {
  return angle - turns * HALF_PI_1 - turns * HALF_PI_2 - turns * HALF_PI_3
}

function sinFromQuadrant(r: number, quadrant: number): number {
  const value = (quadrant & 1) === 0 ? sinNearZero(r) : cosNearZero(r)
  return (quadrant & 2) === 0 ? value : -value
}

/** Taylor up to r^17; |r| <= pi / 4. */
function sinNearZero(r: number): number {
  const z = r * r
  const high = -1 / 39_916_800 + z * (1 / 6_227_020_800 + z * (-1 / 1_307_674_368_000 + z * (1 / 355_687_428_096_000)))
  const sum = -1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * (1 / 362_880 + z * high)))
  return r + r * z * sum
}

/** Taylor up to r^16; |r| <= pi / 4. */
function cosNearZero(r: number): number {
  const z = r * r
  const high = -1 / 3_628_800 + z * (1 / 479_001_600 + z * (-1 / 87_178_291_200 + z * (1 / 20_922_789_888_000)))
  const sum = 1 / 24 + z * (-1 / 720 + z * (1 / 40_320 + z * high))
  const half = 0.5 * z
  const main = 1 - half
  // What the subtraction rounded away is put back among the small terms.
  return main + (1 - main - half + z * z * sum)
}

const MIDDLE = 7 / 16
/** atan(7 / 16) as a double, and what that double lacks. */
const ATAN_MIDDLE = 0.4124104415973873
const ATAN_MIDDLE_REST = -1.587652227770689e-17

/** atan for 0..1, from the nearest of three points with a known arc: 0, 7/16 and 1. */
function atanOfUnit(t: number): number {
  if (t < 0.2) return atanNearZero(t)
  if (t < 0.7) return ATAN_MIDDLE + (atanNearZero((t - MIDDLE) / (1 + t * MIDDLE)) + ATAN_MIDDLE_REST)
  return HALF_PI / 2 + (atanNearZero((t - 1) / (t + 1)) + HALF_PI_REST / 2)
}

/** Gregory's series up to u^23; |u| <= 0.22. */
function atanNearZero(u: number): number {
  const z = u * u
  const high = -1 / 15 + z * (1 / 17 + z * (-1 / 19 + z * (1 / 21 + z * (-1 / 23))))
  const sum = -1 / 3 + z * (1 / 5 + z * (-1 / 7 + z * (1 / 9 + z * (-1 / 11 + z * (1 / 13 + z * high)))))
  return u + u * z * sum
}
