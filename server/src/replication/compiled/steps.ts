import { highestStep, lowestStep } from '@tickwire/protocol/internal'
import type { FieldLayout } from '@tickwire/protocol/internal'

/** Code that makes the integer `t` of the value `v`, and when that may be trusted. */
export interface Steps {
  readonly make: string
  /** Numbers only: what else can be compared with one is left to the generic path, with its errors. */
  readonly fits: string
}

/** How a field that is one number becomes an integer, or null for others. Uses `v`, `t` and `w`. */
export function stepsOf({ spec, fineBits }: FieldLayout): Steps | null {
  switch (spec.kind) {
    case 'uint':
      return { make: 't = Math.round(v)', fits: within(0, spec.max) }
    case 'int':
      return { make: 't = Math.round(v)', fits: within(spec.min, spec.max) }
    case 'fixed': {
      const fine = 1 << fineBits
      const low = lowestStep(spec) * fine - (fine >> 1)
      const high = highestStep(spec) * fine + Math.max(0, (fine >> 1) - 1)
      return { make: `t = Math.round((v / ${spec.precision}) * ${fine})`, fits: within(low, high) }
    }
    case 'angle': {
      const steps = 2 ** (spec.bits + fineBits)
      // A remainder of floats is a call into C, and most angles are within one turn: there it changes nothing.
      const turned = `w = v / ${2 * Math.PI}; if (w >= 1 || w <= -1) w %= 1; t = Math.round(w * ${steps})`
      return { make: `${turned}; if (t < 0) t += ${steps}; else if (t === ${steps}) t = 0`, fits: within(0, steps - 1) }
    }
    default:
      return null
  }
}

const within = (min: number, max: number): string => `typeof v === 'number' && t >= ${min} && t <= ${max}`
