import type { FieldLayout, Fields } from '@tickwire/protocol/internal'
import { functionOf, oncePerKind, property } from './function-of.ts'
import type { OfKind } from './function-of.ts'

/** Looks at the fields of one kind: true if any is not as it was seen last. What is there now is remembered. */
type Notice = (entity: Fields, numbers: Float64Array, n: number, words: unknown[], w: number) => boolean

export interface KindNotice {
  readonly notice: Notice
  /** How many of each it remembers per entity. */
  readonly numbers: number
  readonly words: number
}

const alwaysChanged: KindNotice = { notice: () => true, numbers: 0, words: 0 }

export const noticeOf: OfKind<KindNotice> = oncePerKind((kind) => {
  const travelling = kind.fields.filter(({ column, blobColumn }) => column >= 0 || blobColumn >= 0)
  // What can be changed in place is not told by comparing it with itself.
  if (travelling.some(({ spec }) => MUTABLE.has(spec.kind))) return alwaysChanged
  const counts = { numbers: 0, words: 0 }
  const lines = travelling.map((layout) => codeOf(layout, counts))
  const notice = functionOf(`return (entity, numbers, n, words, w) => {
let v, changed = false
${lines.join('\n')}
return changed
}`) as Notice | null
  return notice === null ? alwaysChanged : { notice, ...counts }
})

const MUTABLE: ReadonlySet<string> = new Set(['bytes', 'list', 'packed'])
/** Fractions; whole numbers are words to the engine. */
const NUMBERS: ReadonlySet<string> = new Set(['fixed', 'angle', 'f32'])
const PARTS: Readonly<Record<string, readonly string[]>> = {
  vec2: ['x', 'y'],
  vec3: ['x', 'y', 'z'],
  quaternion: ['x', 'y', 'z', 'w'],
}

function codeOf({ name, spec }: FieldLayout, counts: { numbers: number; words: number }): string {
  const value = property('entity', name)
  const parts = PARTS[spec.kind]
  if (parts !== undefined) {
    const lines = parts.map((part) => compared(`v.${part}`, `numbers[n + ${counts.numbers++}]`, true))
    return `v = ${value}; if (typeof v !== 'object' || v === null) changed = true; else { ${lines.join('; ')} }`
  }
  const isNumber = NUMBERS.has(spec.kind)
  const place = isNumber ? `numbers[n + ${counts.numbers++}]` : `words[w + ${counts.words++}]`
  return `v = ${value}; ${compared('v', place, isNumber)}`
}

// A NaN is never what it was: whoever takes rows of it heals it. What is no number becomes one: an array of numbers takes no bigint.
const compared = (value: string, place: string, isNumber: boolean): string => {
  const kept = isNumber ? `typeof ${value} === 'number' ? ${value} : NaN` : value
  return `if (${place} !== ${value}) { ${place} = ${kept}; changed = true }`
}
