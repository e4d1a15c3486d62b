import type { FieldLayout, Fields, GameLayout, KindLayout } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'

/** Looks at the fields of one kind: true if any is not as it was seen last. What is there now is remembered. */
type Notice = (entity: Fields, numbers: Float64Array, n: number, words: unknown[], w: number) => boolean

interface KindNotice {
  readonly notice: Notice
  /** How many of each it remembers per entity. */
  readonly numbers: number
  readonly words: number
}

/** The owner and the jumps stand before the words of the fields. */
const HEAD_WORDS = 2

/**
 * What the fields of each entity held when the world was looked at last. Most things rest most of the time: a comparison per
 * field, as the values are, costs a third of turning them into rows to compare those.
 */
export class LastSeen {
  private readonly kinds: readonly KindNotice[]
  private readonly numberStride: number
  private readonly wordStride: number
  private numbers: Float64Array = new Float64Array(0)
  private readonly words: unknown[] = []

  constructor({ kinds }: GameLayout) {
    this.kinds = kinds.map(noticeOf)
    this.numberStride = Math.max(...this.kinds.map(({ numbers }) => numbers))
    this.wordStride = HEAD_WORDS + Math.max(...this.kinds.map(({ words }) => words))
  }

  /** Makes room for slots 0 to `slots - 1`. */
  reserve(slots: number): void {
    while (this.words.length < slots * this.wordStride) this.words.push(undefined)
    if (slots * this.numberStride <= this.numbers.length) return
    const grown = new Float64Array(2 * slots * this.numberStride)
    grown.set(this.numbers)
    this.numbers = grown
  }

  /** Whether anything that travels of an entity may have changed since the last call for its slot. */
  notice({ slot, kind, fields, head, jumps }: EntityRecord): boolean {
    const { words } = this
    const w = slot * this.wordStride
    const isHeadSame = words[w] === head.owner && words[w + 1] === jumps
    words[w] = head.owner
    words[w + 1] = jumps
    const { notice } = this.kinds[kind.index]!
    return notice(fields, this.numbers, slot * this.numberStride, words, w + HEAD_WORDS) || !isHeadSame
  }
}

const alwaysChanged: KindNotice = { notice: () => true, numbers: 0, words: 0 }

// Layouts are made once per schema, so all rooms of a game share what is compiled.
const cache = new WeakMap<KindLayout, KindNotice>()

function noticeOf(kind: KindLayout): KindNotice {
  let compiled = cache.get(kind)
  if (compiled === undefined) cache.set(kind, (compiled = compile(kind)))
  return compiled
}

/** As in `compile-quantise.ts`; where code from strings is forbidden, everything counts as changed. */
function compile(kind: KindLayout): KindNotice {
  const travelling = kind.fields.filter(({ column, blobColumn }) => column >= 0 || blobColumn >= 0)
  // What can be changed in place is not told by comparing it with itself.
  if (travelling.some(({ spec }) => MUTABLE.has(spec.kind))) return alwaysChanged
  const counts = { numbers: 0, words: 0 }
  const lines = travelling.map((layout) => codeOf(layout, counts))
  const body = `'use strict'; return (entity, numbers, n, words, w) => {
let v, changed = false
${lines.join('\n')}
return changed
}`
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is made of a checked schema, its names are quoted
    return { notice: new Function(body)() as Notice, ...counts }
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    return alwaysChanged
  }
}

const MUTABLE: ReadonlySet<string> = new Set(['bytes', 'list', 'packed'])
/** Fractions; whole numbers are words to the engine. */
const NUMBERS: ReadonlySet<string> = new Set(['fixed', 'angle', 'f32'])
const PARTS: Readonly<Record<string, readonly string[]>> = {
  vec2: ['x', 'y'],
  vec3: ['x', 'y', 'z'],
  quaternion: ['x', 'y', 'z', 'w'],
}

function codeOf({ name, spec }: FieldLayout, counts: { numbers: number; words: number }): string {
  const value = `entity[${JSON.stringify(name)}]`
  const parts = PARTS[spec.kind]
  if (parts !== undefined) {
    const lines = parts.map((part) => compared(`v.${part}`, `numbers[n + ${counts.numbers++}]`))
    return `v = ${value}; if (typeof v !== 'object' || v === null) changed = true; else { ${lines.join('; ')} }`
  }
  const isNumber = NUMBERS.has(spec.kind)
  const place = isNumber ? `numbers[n + ${counts.numbers++}]` : `words[w + ${counts.words++}]`
  return `v = ${value}; ${compared('v', place)}`
}

// A NaN is never what it was: whoever takes rows of it heals it.
const compared = (value: string, place: string): string =>
  `if (${place} !== ${value}) { ${place} = ${value}; changed = true }`
