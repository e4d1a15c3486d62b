import { quantise, quantiseField } from '@tickwire/protocol/internal'
import type { FieldLayout, Fields, KindLayout, OnFieldClamp, ReviseBlob } from '@tickwire/protocol/internal'
import { functionOf, oncePerKind, property } from './function-of.ts'
import type { OfKind } from './function-of.ts'
import { stepsOf } from './steps.ts'

/** `quantise` of one kind. */
export type QuantiseKind = (entity: Fields, row: Int32Array, revise: ReviseBlob, onClamp: OnFieldClamp) => void

/** Converts one field the generic way: what is rare, and what does not fit. */
type Slow = (index: number, entity: Fields, row: Int32Array, revise: ReviseBlob, onClamp: OnFieldClamp) => void

export const quantiseOf: OfKind<QuantiseKind> = oncePerKind((kind) => {
  const slow: Slow = (index, entity, row, revise, onClamp) => {
    const layout = kind.fields[index]!
    quantiseField(layout, entity[layout.name], row, revise, onClamp)
  }
  const lines = kind.fields.map((layout, index) => codeOf(layout, index))
  const body = `return (entity, row, revise, onClamp) => {\nlet v, t, w\n${lines.join('\n')}\n}`
  return (functionOf(body, slow) as QuantiseKind | null) ?? genericOf(kind)
})

function genericOf(kind: KindLayout): QuantiseKind {
  return (entity, row, revise, onClamp) => quantise(kind, entity, row, revise, onClamp)
}

function codeOf(layout: FieldLayout, index: number): string {
  const { name, spec, column, blobColumn } = layout
  if (column < 0 && blobColumn < 0) return ''
  const value = property('entity', name)
  if (spec.kind === 'bool' || spec.kind === 'press') return `row[${column}] = ${value} === true ? 1 : 0`
  const slow = `helper(${index}, entity, row, revise, onClamp)`
  const steps = stepsOf(layout)
  if (steps === null) return slow
  return `v = ${value}; ${steps.make}; if (${steps.fits}) { ${store(layout)} } else ${slow}`
}

/** Stores `t`; below the wire's precision the nearest step goes to all, what is left of it to the owner. */
function store({ spec, column, lowColumn, fineBits }: FieldLayout): string {
  if (lowColumn < 0) return `row[${column}] = t`
  const mask = spec.kind === 'angle' ? ` & ${2 ** spec.bits - 1}` : ''
  const wire = `w = (t + ${1 << (fineBits - 1)}) >> ${fineBits}`
  return `${wire}; row[${lowColumn}] = t - (w << ${fineBits}); row[${column}] = w${mask}`
}
