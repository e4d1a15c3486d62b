import { assertNever, ConfigError, describeValue } from '../errors.ts'
import { bitWidth } from '../bits/width.ts'
import type { FieldSpec } from '../schema/spec.ts'
import { intsToQuaternion, quaternionToInts } from './quaternion.ts'

/**
 * Numbers as integers. Everything that travels is an integer column with a range; a field has one column, a vector one
 * per component, a quaternion four. Conversion is the only place where floating point meets the codec, and both ends run
 * the same operations in the same order.
 */
export interface Scalar {
  readonly min: number
  readonly max: number
  /** Bits of `max - min`. */
  readonly bits: number
  /** An angle: differences are taken modulo 2^bits. */
  readonly wrap: boolean
  /** The pattern of a 32-bit float: some of those are no numbers. */
  readonly isFloat?: true
}

/** Called with a value that does not fit its field: it is clamped, and the caller decides whether that is an error. */
export type OnClamp = (value: number) => void

const scalar = (min: number, max: number, wrap = false): Scalar => ({ min, max, bits: bitWidth(max - min), wrap })
/** A u32, which the column holds as the int32 of the same bits. */
export const PATTERN: Scalar = scalar(0, 0xffff_ffff)
const FLOAT: Scalar = { ...PATTERN, isFloat: true }
/** A seat and one, or 0 for nobody. */
export const SEAT: Scalar = scalar(0, 1023)
const LARGEST: Scalar = scalar(0, 3)

/** Whether a predicted kind simulates this field below the wire's precision. */
export function isFine(spec: FieldSpec): boolean {
  return spec.kind === 'fixed' || spec.kind === 'angle' || spec.kind === 'vec2' || spec.kind === 'vec3'
}

export interface FixedRange {
  readonly min: number
  readonly max: number
  readonly precision: number
}

export const lowestStep = ({ min, precision }: FixedRange): number => Math.round(min / precision)
/** `max` itself is excluded, but a range that is smaller than one step still has one value. */
export const highestStep = (range: FixedRange): number =>
  Math.max(lowestStep(range), Math.ceil(range.max / range.precision) - 1)
const fixedScalar = (range: FixedRange): Scalar => scalar(lowestStep(range), highestStep(range))

const known = new WeakMap<FieldSpec, readonly Scalar[]>()

/** The columns of one field, in order; none for blobs. */
export function scalarsOf(spec: FieldSpec): readonly Scalar[] {
  let scalars = known.get(spec)
  if (scalars === undefined) known.set(spec, (scalars = makeScalars(spec)))
  return scalars
}

function makeScalars(spec: FieldSpec): readonly Scalar[] {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return [scalar(0, 1)]
    case 'uint':
      return [scalar(0, spec.max)]
    case 'int':
      return [scalar(spec.min, spec.max)]
    case 'fixed':
      return [fixedScalar(spec)]
    case 'angle':
      return [scalar(0, (1 << spec.bits) - 1, true)]
    case 'vec2':
    case 'vec3': {
      const one = fixedScalar(spec)
      return spec.kind === 'vec2' ? [one, one] : [one, one, one]
    }
    case 'quaternion': {
      const half = (1 << (spec.bits - 1)) - 1
      return [LARGEST, scalar(-half, half), scalar(-half, half), scalar(-half, half)]
    }
    case 'oneOf':
      return [scalar(0, spec.values.length - 1)]
    case 'seat':
      return [SEAT]
    case 'f32':
      return [FLOAT]
    case 'tick':
    case 'entity':
      return [PATTERN]
    case 'text':
    case 'bytes':
    case 'list':
    case 'packed':
      return []
    default:
      return assertNever(spec)
  }
}

const TURN = Math.PI * 2
const floatBits = new Float32Array(1)
const floatInts = new Int32Array(floatBits.buffer)

/** `int` within its range; `value`, of which it was made, is what a report of a clamp names. */
function clampTo(int: number, min: number, max: number, value: number, onClamp: OnClamp): number {
  if (int >= min && int <= max) return int
  if (Number.isNaN(int)) throw new RangeError('the value is NaN')
  onClamp(value)
  return int < min ? min : max
}

/** A `fixed` number in steps of `precision / 2^fineBits`. */
function fixedToInt(spec: FixedRange, value: number, fineBits: number, onClamp: OnClamp): number {
  const fine = 1 << fineBits
  const half = fine >> 1
  const steps = Math.round((value / spec.precision) * fine)
  // Rounding to the wire's step must stay in range, so the fine range ends half a step beyond the last whole one.
  return clampTo(
    steps,
    lowestStep(spec) * fine - half,
    highestStep(spec) * fine + Math.max(0, half - 1),
    value,
    onClamp,
  )
}

function angleToInt(value: number, bits: number, fineBits: number): number {
  const steps = 1 << (bits + fineBits)
  if (!Number.isFinite(value)) throw new RangeError(`the angle is ${value}`)
  // Whole turns go first: of an angle like 1e300 the steps would be infinite.
  const turned = Math.round(((value / TURN) % 1) * steps) % steps
  return turned < 0 ? turned + steps : turned
}

/**
 * As JavaScript converts it; what is no number at all is told apart from a NaN that somebody computed. A bigint is none: all
 * that reckons with it next would throw.
 */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  const number = typeof value === 'bigint' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) throw new RangeError(`expected a number, got ${describeValue(value)}`)
  return number
}

function whole(value: number, min: number, max: number, onClamp: OnClamp): number {
  return clampTo(Math.round(value), min, max, value, onClamp)
}

const F32_MAX = 3.402_823_466_385_288_6e38

/** Beyond its range a double would become an infinity, and those do not travel. */
function f32ToInt(value: number, onClamp: OnClamp): number {
  floatBits[0] = clampTo(value, -F32_MAX, F32_MAX, value, onClamp)
  return floatInts[0]!
}

const MAX_ID = 0xffff_fffe

/** The id and one, or 0 for none. */
function idToInt(value: unknown, onClamp: OnClamp): number {
  // Negative ids are a client's own, of spawns that it predicts: they say nothing to anybody else.
  if (value === null || value === undefined || Number(value) < 0) return 0
  return (whole(numberOf(value), 0, MAX_ID, onClamp) + 1) | 0
}

const AXES = ['x', 'y', 'z'] as const

/** The same error with the name of its field in front. */
export function naming(name: string, error: unknown): RangeError {
  const text = error instanceof Error ? error.message : String(error)
  return new RangeError(`${name}: ${text}`, { cause: error })
}

const ignoreClamp: OnClamp = () => undefined

/** Writes a value's integers to `out` from `at` on, with `fineBits` more precision where the field has any. */
export function toInts(
  spec: FieldSpec,
  value: unknown,
  out: Int32Array,
  at: number,
  fineBits = 0,
  onClamp: OnClamp = ignoreClamp,
): void {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      out[at] = value === true ? 1 : 0
      return
    case 'uint':
      out[at] = whole(numberOf(value), 0, spec.max, onClamp)
      return
    case 'int':
      out[at] = whole(numberOf(value), spec.min, spec.max, onClamp)
      return
    case 'fixed':
      out[at] = fixedToInt(spec, numberOf(value), fineBits, onClamp)
      return
    case 'angle':
      out[at] = angleToInt(numberOf(value), spec.bits, fineBits)
      return
    case 'vec2':
    case 'vec3': {
      const parts = componentsOf(value)
      const count = spec.kind === 'vec2' ? 2 : 3
      for (let i = 0; i < count; i++) {
        out[at + i] = fixedToInt(spec, numberOf(parts[AXES[i] ?? 'x'] ?? Number.NaN), fineBits, onClamp)
      }
      return
    }
    case 'quaternion':
      quaternionToInts(componentsOf(value), spec.bits, out, at)
      return
    case 'oneOf':
      out[at] = wordIndex(spec.values, value)
      return
    case 'seat':
      out[at] = value === null || value === undefined ? 0 : whole(numberOf(value), 0, SEAT.max - 1, onClamp) + 1
      return
    case 'entity':
      out[at] = idToInt(value, onClamp)
      return
    case 'tick':
      out[at] = whole(numberOf(value), 0, 0xffff_ffff, onClamp) | 0
      return
    case 'f32':
      out[at] = f32ToInt(numberOf(value), onClamp)
      return
    default:
      throw new ConfigError('field', 'a field with columns', spec.kind)
  }
}

function componentsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, number>
  throw new RangeError(`expected an object with x and y, got ${describeValue(value)}`)
}

function wordIndex(values: readonly string[], value: unknown): number {
  const index = values.indexOf(value as string)
  if (index < 0) throw new RangeError(`expected one of ${values.join(', ')}, got ${describeValue(value)}`)
  return index
}

/** The value that these integers stand for; the inverse of `toInts` up to precision. */
export function fromInts(spec: FieldSpec, row: Int32Array, at: number, fineBits = 0): unknown {
  const int = row[at] ?? 0
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return int !== 0
    case 'uint':
    case 'int':
      return int
    case 'fixed':
      return int * (spec.precision / (1 << fineBits))
    case 'angle':
      return intToAngle(int, 1 << (spec.bits + fineBits))
    case 'vec2':
    case 'vec3': {
      const step = spec.precision / (1 << fineBits)
      const [x, y] = [int * step, (row[at + 1] ?? 0) * step]
      return spec.kind === 'vec2' ? { x, y } : { x, y, z: (row[at + 2] ?? 0) * step }
    }
    case 'quaternion':
      return intsToQuaternion(spec.bits, row, at)
    case 'oneOf':
      return spec.values[int]
    case 'seat':
      return int === 0 ? null : int - 1
    case 'entity':
      return int === 0 ? null : (int >>> 0) - 1
    case 'tick':
      return int >>> 0
    case 'f32':
      floatInts[0] = int
      return floatBits[0] ?? 0
    default:
      throw new ConfigError('field', 'a field with columns', spec.kind)
  }
}

function intToAngle(int: number, steps: number): number {
  return ((int >= steps / 2 ? int - steps : int) / steps) * TURN
}
