import { assertNever, ConfigError } from '../errors.ts'
import { bitWidth } from '../bits/width.ts'
import type { FieldSpec } from '../schema/spec.ts'

/**
 * Numbers as integers. Everything that travels is an integer column with a range; a field has one column, a vector one
 * per component, a quaternion four. Conversion is the only place where floating point meets the codec, and both ends run
 * the same operations in the same order.
 */
export interface Scalar {
  readonly min: number
  readonly max: number
  /** Bits of `max - min`; 32 means the column is any 32-bit pattern, compared and subtracted modulo 2^32. */
  readonly bits: number
  /** An angle: differences are taken modulo 2^bits. */
  readonly wrap: boolean
}

/** Called when a value does not fit its field: it is clamped, and the caller decides whether that is an error. */
export type OnClamp = (value: number) => void

const scalar = (min: number, max: number, wrap = false): Scalar => ({ min, max, bits: bitWidth(max - min), wrap })
const PATTERN: Scalar = { min: 0, max: 0xffff_ffff, bits: 32, wrap: false }
/** A seat and one, or 0 for nobody. */
export const SEAT: Scalar = scalar(0, 1023)
const LARGEST: Scalar = scalar(0, 3)

/** Fields of variable length, which have no columns of their own. */
export function isBlob(spec: FieldSpec): boolean {
  return spec.kind === 'text' || spec.kind === 'bytes' || spec.kind === 'list' || spec.kind === 'packed'
}

/** Whether a predicted kind simulates this field below the wire's precision. */
export function isFine(spec: FieldSpec): boolean {
  return spec.kind === 'fixed' || spec.kind === 'angle' || spec.kind === 'vec2' || spec.kind === 'vec3'
}

function fixedScalar(min: number, max: number, precision: number): Scalar {
  const low = Math.round(min / precision)
  return scalar(low, Math.max(low, Math.ceil(max / precision) - 1))
}

/** The columns of one field, in order; none for blobs. */
export function scalarsOf(spec: FieldSpec): readonly Scalar[] {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return [scalar(0, 1)]
    case 'uint':
      return [scalar(0, spec.max)]
    case 'int':
      return [scalar(spec.min, spec.max)]
    case 'fixed':
      return [fixedScalar(spec.min, spec.max, spec.precision)]
    case 'angle':
      return [scalar(0, (1 << spec.bits) - 1, true)]
    case 'vec2':
    case 'vec3': {
      const one = fixedScalar(spec.min, spec.max, spec.precision)
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

/** The value that a field starts with. */
export function defaultValue(spec: FieldSpec): unknown {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return false
    case 'int':
    case 'fixed':
      return Math.max(spec.min, Math.min(0, spec.max))
    case 'uint':
    case 'angle':
    case 'f32':
    case 'tick':
      return 0
    case 'vec2':
      return { x: 0, y: 0 }
    case 'vec3':
      return { x: 0, y: 0, z: 0 }
    case 'quaternion':
      return { x: 0, y: 0, z: 0, w: 1 }
    case 'oneOf':
      return spec.values[0]
    case 'text':
      return ''
    case 'bytes':
      return new Uint8Array(0)
    case 'list':
      return []
    case 'seat':
    case 'entity':
    case 'packed':
      return null
    default:
      return assertNever(spec)
  }
}

const TURN = Math.PI * 2
const floatBits = new Float32Array(1)
const floatInts = new Int32Array(floatBits.buffer)

function clampTo(value: number, min: number, max: number, onClamp: OnClamp): number {
  if (value >= min && value <= max) return value
  if (Number.isNaN(value)) throw new RangeError('the value is NaN')
  onClamp(value)
  return value < min ? min : max
}

/** A `fixed` number in steps of `precision / 2^fineBits`. */
function fixedToInt(value: number, low: number, high: number, precision: number, fineBits: number, onClamp: OnClamp) {
  const fine = 1 << fineBits
  const half = fine >> 1
  const steps = Math.round((value / precision) * fine)
  // Rounding to the wire's step must stay in range, so the fine range ends half a step beyond the last whole one.
  return clampTo(steps, low * fine - half, high * fine + Math.max(0, half - 1), onClamp)
}

function angleToInt(value: number, bits: number, fineBits: number): number {
  const steps = 1 << (bits + fineBits)
  if (!Number.isFinite(value)) throw new RangeError(`the angle is ${value}`)
  const turned = Math.round((value / TURN) * steps) % steps
  return turned < 0 ? turned + steps : turned
}

const whole = (spec: { min: number; max: number }, value: number, onClamp: OnClamp): number =>
  clampTo(Math.round(value), spec.min, spec.max, onClamp)

const AXES = ['x', 'y', 'z', 'w'] as const

function quaternionToInts(value: Record<string, number>, bits: number, out: Int32Array, at: number): void {
  const q = AXES.map((axis) => value[axis] ?? Number.NaN)
  const norm = Math.sqrt(q.reduce((sum, c) => sum + c * c, 0))
  if (!(norm > 0) || !Number.isFinite(norm)) throw new RangeError('the quaternion is not a rotation')
  let largest = 0
  for (let i = 1; i < 4; i++) if (Math.abs(q[i] ?? 0) > Math.abs(q[largest] ?? 0)) largest = i
  const flip = (q[largest] ?? 0) < 0 ? -1 : 1
  const half = (1 << (bits - 1)) - 1
  out[at] = largest
  let next = at + 1
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue
    const steps = Math.round(((flip * (q[i] ?? 0)) / norm) * Math.SQRT2 * half)
    out[next++] = Math.max(-half, Math.min(half, steps))
  }
}

function intsToQuaternion(bits: number, row: Int32Array, at: number): Record<string, number> {
  const half = (1 << (bits - 1)) - 1
  const largest = row[at] ?? 0
  const value: Record<string, number> = { x: 0, y: 0, z: 0, w: 0 }
  let rest = 1
  let next = at + 1
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue
    const c = (row[next++] ?? 0) / half / Math.SQRT2
    value[AXES[i] ?? 'w'] = c
    rest -= c * c
  }
  value[AXES[largest] ?? 'w'] = Math.sqrt(Math.max(0, rest))
  return value
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
      out[at] = whole({ min: 0, max: spec.max }, Number(value), onClamp)
      return
    case 'int':
      out[at] = whole(spec, Number(value), onClamp)
      return
    case 'fixed':
      out[at] = fixedPart(spec, Number(value), fineBits, onClamp)
      return
    case 'angle':
      out[at] = angleToInt(Number(value), spec.bits, fineBits)
      return
    case 'vec2':
    case 'vec3': {
      const parts = value as Record<string, number>
      const count = spec.kind === 'vec2' ? 2 : 3
      for (let i = 0; i < count; i++) {
        out[at + i] = fixedPart(spec, parts[AXES[i] ?? 'x'] ?? Number.NaN, fineBits, onClamp)
      }
      return
    }
    case 'quaternion':
      quaternionToInts(value as Record<string, number>, spec.bits, out, at)
      return
    case 'oneOf':
      out[at] = wordIndex(spec.values, value)
      return
    case 'seat':
      out[at] = value === null || value === undefined ? 0 : whole({ min: 0, max: 1022 }, Number(value), onClamp) + 1
      return
    case 'entity':
      out[at] = value === null || value === undefined ? 0 : (Number(value) + 1) | 0
      return
    case 'tick':
      out[at] = clampTo(Math.round(Number(value)), 0, 0xffff_ffff, onClamp) | 0
      return
    case 'f32':
      if (Number.isNaN(Number(value))) throw new RangeError('the value is NaN')
      floatBits[0] = Number(value)
      out[at] = floatInts[0] ?? 0
      return
    default:
      throw new ConfigError('field', 'a field with columns', spec.kind)
  }
}

type FixedLike = { readonly min: number; readonly max: number; readonly precision: number }

function fixedPart(spec: FixedLike, value: number, fineBits: number, onClamp: OnClamp): number {
  const low = Math.round(spec.min / spec.precision)
  const high = Math.max(low, Math.ceil(spec.max / spec.precision) - 1)
  return fixedToInt(value, low, high, spec.precision, fineBits, onClamp)
}

function wordIndex(values: readonly string[], value: unknown): number {
  const index = values.indexOf(value as string)
  if (index < 0) throw new RangeError(`expected one of ${values.join(', ')}, got ${String(value)}`)
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
