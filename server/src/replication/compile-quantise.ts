import { highestStep, lowestStep, quantise, quantiseField } from '@tickwire/protocol/internal'
import type { FieldLayout, Fields, KindLayout, OnFieldClamp, ReviseBlob } from '@tickwire/protocol/internal'

/** `quantise` of one kind. */
export type QuantiseKind = (entity: Fields, row: Int32Array, revise: ReviseBlob, onClamp: OnFieldClamp) => void

/** Converts one field the generic way: what is rare, and what does not fit. */
type Slow = (index: number, entity: Fields, row: Int32Array, revise: ReviseBlob, onClamp: OnFieldClamp) => void

/**
 * Writes out `quantise` for one kind: one property access and a few operations on numbers per field, where the generic path
 * looks each field up by name and asks for its kind (six times as long). It does the same operations in the same order, and
 * hands whatever is out of range to the generic path, which clamps it or throws. Where code from strings is forbidden
 * (`--disallow-code-generation-from-strings`) the generic path does it all.
 */
export function quantiseOf(kind: KindLayout): QuantiseKind {
  let compiled = cache.get(kind)
  if (compiled === undefined) cache.set(kind, (compiled = compile(kind)))
  return compiled
}

// Layouts are made once per schema, so all rooms of a game share what is compiled.
const cache = new WeakMap<KindLayout, QuantiseKind>()

function compile(kind: KindLayout): QuantiseKind {
  const slow: Slow = (index, entity, row, revise, onClamp) => {
    const layout = kind.fields[index]!
    quantiseField(layout, entity[layout.name], row, revise, onClamp)
  }
  const lines = kind.fields.map((layout, index) => codeOf(layout, index))
  const body = `'use strict'; return (entity, row, revise, onClamp) => {\nlet v, t, w\n${lines.join('\n')}\n}`
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is made of a checked schema, its names are quoted
    return new Function('slow', body)(slow) as QuantiseKind
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    return (entity, row, revise, onClamp) => quantise(kind, entity, row, revise, onClamp)
  }
}

function codeOf(layout: FieldLayout, index: number): string {
  const { spec, column, blobColumn } = layout
  const slow = `slow(${index}, entity, row, revise, onClamp)`
  if (column < 0 && blobColumn < 0) return ''
  const get = `v = entity[${JSON.stringify(layout.name)}];`
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return `${get} row[${column}] = v === true ? 1 : 0`
    case 'uint':
      return `${get} t = Math.round(v); if (${within('t', 0, spec.max)}) row[${column}] = t; else ${slow}`
    case 'int':
      return `${get} t = Math.round(v); if (${within('t', spec.min, spec.max)}) row[${column}] = t; else ${slow}`
    case 'fixed': {
      const fine = 1 << layout.fineBits
      const [low, high] = [
        lowestStep(spec) * fine - (fine >> 1),
        highestStep(spec) * fine + Math.max(0, (fine >> 1) - 1),
      ]
      const steps = `t = Math.round((v / ${spec.precision}) * ${fine})`
      return `${get} ${steps}; if (${within('t', low, high)}) { ${store(layout, '')} } else ${slow}`
    }
    case 'angle': {
      const steps = 2 ** (spec.bits + layout.fineBits)
      // A remainder of floats is a call into C, and most angles are within one turn: there it changes nothing.
      const turned = `v /= ${2 * Math.PI}; if (v >= 1 || v <= -1) v %= 1; t = Math.round(v * ${steps})`
      const wrapped = `if (t < 0) t += ${steps}; else if (t === ${steps}) t = 0`
      const mask = ` & ${2 ** spec.bits - 1}`
      return `${get} if (Number.isFinite(v)) { ${turned}; ${wrapped}; ${store(layout, mask)} } else ${slow}`
    }
    default:
      return slow
  }
}

// Numbers only: what else can be compared with one is left to the generic path, with its errors.
const within = (name: string, min: number, max: number): string =>
  `typeof v === 'number' && ${name} >= ${min} && ${name} <= ${max}`

/** Stores `t`; below the wire's precision the nearest step goes to all, what is left of it to the owner. */
function store({ column, lowColumn, fineBits }: FieldLayout, mask: string): string {
  if (lowColumn < 0) return `row[${column}] = t`
  const wire = `w = (t + ${1 << (fineBits - 1)}) >> ${fineBits}`
  return `${wire}; row[${lowColumn}] = t - (w << ${fineBits}); row[${column}] = w${mask}`
}
