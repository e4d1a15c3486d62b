import { roundField, roundToSimulation } from '@tickwire/protocol/internal'
import type { FieldLayout, Fields, OnFieldClamp } from '@tickwire/protocol/internal'
import { functionOf, oncePerKind, property } from './function-of.ts'
import type { OfKind } from './function-of.ts'
import { stepsOf } from './steps.ts'

/** `roundToSimulation` of one kind: bit for bit the same values, for clients do the generic one. */
export type RoundKind = (entity: Fields, onClamp: OnFieldClamp) => void

/** Rounds one field the generic way: what is rare, and what does not fit. */
type Slow = (index: number, entity: Fields, onClamp: OnFieldClamp) => void

export const roundOf: OfKind<RoundKind> = oncePerKind((kind) => {
  const slow: Slow = (index, entity, onClamp) => roundField(kind.fields[index]!, entity, onClamp)
  const lines = kind.fields.map((layout, index) => codeOf(layout, index))
  const body = `return (entity, onClamp) => {\nlet v, t, w\n${lines.join('\n')}\n}`
  const generic: RoundKind = (entity, onClamp) => roundToSimulation(kind, entity, onClamp)
  return (functionOf(body, slow) as RoundKind | null) ?? generic
})

function codeOf(layout: FieldLayout, index: number): string {
  const { name, spec } = layout
  if (layout.parts === 0 && layout.column < 0) return ''
  const value = property('entity', name)
  const slow = `helper(${index}, entity, onClamp)`
  const steps = stepsOf(layout)
  if (steps !== null) {
    return `v = ${value}; ${steps.make}; if (${steps.fits}) ${value} = ${rounded(layout)}; else ${slow}`
  }
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return `v = ${value}; if (v !== true && v !== false) ${value} = false`
    case 'oneOf':
      return `v = ${value}; if (${spec.values.map((word) => `v !== ${JSON.stringify(word)}`).join(' && ')}) ${slow}`
    case 'tick':
      return `v = ${value}; t = v >>> 0; if (t === v) ${value} = t; else ${slow}`
    case 'seat':
    case 'entity':
      return `if (${value} !== null) ${slow}`
    default:
      return slow
  }
}

/** The value of `t`; `| 0` makes 0 of -0, as an integer column does. */
function rounded({ spec, fineBits }: FieldLayout): string {
  if (spec.kind === 'fixed') return `(t | 0) * ${spec.precision / (1 << fineBits)}`
  if (spec.kind !== 'angle') return 't | 0'
  const steps = 2 ** (spec.bits + fineBits)
  return `((t >= ${steps / 2} ? t - ${steps} : t | 0) / ${steps}) * ${2 * Math.PI}`
}
