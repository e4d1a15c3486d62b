import { assertNever } from '../errors.ts'
import type { FieldSpec } from '../schema/spec.ts'
import { highestStep, lowestStep } from './scalars.ts'
import type { FixedRange } from './scalars.ts'

/** The value that a field starts with. */
export function defaultValue(spec: FieldSpec): unknown {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return false
    case 'int':
      return Math.max(spec.min, Math.min(0, spec.max))
    case 'fixed':
      return nearestToZero(spec)
    case 'uint':
    case 'angle':
    case 'f32':
    case 'tick':
      return 0
    case 'vec2':
    case 'vec3': {
      const one = nearestToZero(spec)
      return spec.kind === 'vec2' ? { x: one, y: one } : { x: one, y: one, z: one }
    }
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

function nearestToZero(spec: FixedRange): number {
  return Math.max(lowestStep(spec), Math.min(0, highestStep(spec))) * spec.precision
}
