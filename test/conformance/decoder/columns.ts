/** Section 5 of docs/protocol.md: the integers that a field is made of. */
import type { FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { bitsOf, malformed } from './bits.ts'
import { bits } from './parts.ts'
import type { Part } from './parts.ts'

/** One integer of a field. */
export interface Column {
  readonly name: string
  readonly min: number
  readonly max: number
  /** In the bits of its range; the same for each value. */
  readonly bits: number
  readonly neutral: number
  /** What one step of it means; null where steps mean nothing. */
  readonly step: number | null
  /** An angle: its range has no walls, behind the last value comes the first. */
  readonly isCircular: boolean
  /** The pattern of a float, which must be a finite one. */
  readonly isFloat: boolean
}

type Extras = Partial<Pick<Column, 'neutral' | 'step' | 'isCircular' | 'isFloat'>>

export function column(name: string, min: number, max: number, extras: Extras = {}): Column {
  const nearestToZero = Math.min(max, Math.max(min, 0))
  const plain = { neutral: nearestToZero, step: null, isCircular: false, isFloat: false }
  return { name, min, max, bits: bitsOf(max - min), ...plain, ...extras }
}

/** The integers of a field; none for one of variable length. */
export function columnsOf(name: string, spec: FieldSpec): readonly Column[] {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return [column(name, 0, 1)]
    case 'uint':
      return [column(name, 0, spec.max)]
    case 'int':
      return [column(name, spec.min, spec.max)]
    case 'fixed':
      return [fixed(name, spec)]
    case 'vec2':
      return [fixed(`${name}.x`, spec), fixed(`${name}.y`, spec)]
    case 'vec3':
      return [fixed(`${name}.x`, spec), fixed(`${name}.y`, spec), fixed(`${name}.z`, spec)]
    case 'angle':
      return [column(name, 0, 2 ** spec.bits - 1, { step: (2 * Math.PI) / 2 ** spec.bits, isCircular: true })]
    case 'f32':
      return [column(name, 0, 0xffff_ffff, { isFloat: true })]
    case 'quaternion':
      return [
        column(`${name}.largest`, 0, 3, { neutral: 3 }),
        ...['a', 'b', 'c'].map((part) => small(name, part, spec)),
      ]
    case 'oneOf':
      return [column(name, 0, spec.values.length - 1)]
    case 'seat':
      return [column(name, 0, 1023)]
    case 'tick':
    case 'entity':
      return [column(name, 0, 0xffff_ffff)]
    default:
      return []
  }
}

interface Range {
  readonly min: number
  readonly max: number
  readonly precision: number
}

function fixed(name: string, { min, max, precision }: Range): Column {
  const lowest = Math.round(min / precision)
  return column(name, lowest, Math.max(lowest, Math.ceil(max / precision) - 1), { step: precision })
}

/** One of the three smaller components of a quaternion. */
function small(name: string, part: string, { bits: width }: { readonly bits: number }): Column {
  const most = 2 ** (width - 1) - 1
  return column(`${name}.${part}`, -most, most)
}

/** "The value less its minimum, in the bits of the range." */
export function whole(of: Column): Part<number> {
  const part = bits(of.bits)
  return {
    read: (from) => valid(of, part.read(from) + of.min),
    write: (to, value) => part.write(to, value - of.min),
  }
}

/** The value, if the column can hold it. */
export function valid({ name, min, max, isFloat }: Column, value: number): number {
  if (value < min || value > max) malformed(`${name}: ${value} is not from ${min} to ${max}`)
  if (isFloat && !Number.isFinite(floatOf(value))) malformed(`${name}: not a finite number`)
  return value
}

const view = new DataView(new ArrayBuffer(4))

export function floatOf(pattern: number): number {
  view.setUint32(0, pattern)
  return view.getFloat32(0)
}

export function patternOf(value: number): number {
  view.setFloat32(0, value)
  return view.getUint32(0)
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
