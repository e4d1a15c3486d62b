import { LIMITS } from '../limits.ts'
import { assertNever, RefusedError } from '../errors.ts'
import type { Attributes, AttributeType, Scalar } from './attributes.ts'

/**
 * Conditions on rooms, all of which must hold. As text, which is also how they travel:
 *
 *     map = "dust" and skill > 5 and mode in ("duel", "team") and title contains "new" and not locked
 */
export type Criteria = readonly Condition[]

export type Condition =
  | { readonly name: string; readonly op: Comparison; readonly value: Scalar }
  | { readonly name: string; readonly op: 'in'; readonly values: readonly Scalar[] }

const COMPARISONS = ['=', '!=', '<', '<=', '>', '>=', 'contains'] as const
type Comparison = (typeof COMPARISONS)[number]

/** Only these compare anything but numbers. */
const NOT_NUMBERS: Readonly<Record<AttributeType, readonly string[]>> = {
  string: ['=', '!=', 'contains'],
  boolean: ['=', '!='],
  number: COMPARISONS.filter((op) => op !== 'contains'),
}

// Alternatives begin differently and none is nested, so a text is read in one pass.
const TOKEN = /\s*(?:([A-Za-z][\w-]*)|(-?\d+(?:\.\d+)?)|"((?:[^"\\]|\\["\\])*)"|(!=|<=|>=|[=<>(),]))/y

type Token =
  | { readonly kind: 'word' | 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'value'; readonly value: Scalar; readonly at: number }

/**
 * Reads conditions; '' has none.
 * @throws RefusedError `bad-where`, which says what was expected and where
 */
export function parseCriteria(text: string): Criteria {
  const reader = new TokenReader(text)
  const criteria: Condition[] = []
  while (!reader.isEmpty) {
    if (criteria.length > 0) reader.expect('and')
    if (criteria.length === LIMITS.maxConditions) throw bad(`at most ${LIMITS.maxConditions} conditions`, 'more', 0)
    criteria.push(readCondition(reader))
  }
  return criteria
}

function readCondition(reader: TokenReader): Condition {
  const isNegated = reader.take('not')
  const name = reader.name()
  if (isNegated) return { name, op: '=', value: false }
  if (reader.take('in')) return { name, op: 'in', values: readList(reader) }
  for (const op of COMPARISONS) if (reader.take(op)) return { name, op, value: reader.value() }
  // A name alone is a flag that must be up.
  return { name, op: '=', value: true }
}

function readList(reader: TokenReader): Scalar[] {
  const values: Scalar[] = []
  reader.expect('(')
  do values.push(reader.value())
  while (reader.take(','))
  reader.expect(')')
  return values
}

class TokenReader {
  private readonly tokens: readonly Token[]
  private readonly end: number
  private next = 0

  constructor(text: string) {
    this.tokens = tokensOf(text)
    this.end = text.length
  }

  get isEmpty(): boolean {
    return this.next === this.tokens.length
  }

  take(text: string): boolean {
    const token = this.tokens[this.next]
    if (token === undefined || token.kind === 'value' || token.text !== text) return false
    this.next++
    return true
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`"${text}"`)
  }

  name(): string {
    const token = this.tokens[this.next]
    if (token?.kind !== 'word') return this.fail('the name of an attribute')
    this.next++
    return token.text
  }

  value(): Scalar {
    const token = this.tokens[this.next]
    if (token?.kind === 'value') {
      this.next++
      return token.value
    }
    if (this.take('true')) return true
    return this.take('false') ? false : this.fail('a number, a text in double quotes, true or false')
  }

  private fail(expected: string): never {
    const token = this.tokens[this.next]
    const got = token === undefined ? 'the end' : JSON.stringify(token.kind === 'value' ? token.value : token.text)
    throw bad(expected, got, token?.at ?? this.end)
  }
}

function tokensOf(text: string): Token[] {
  if (text.length > LIMITS.maxWhereBytes) throw bad(`at most ${LIMITS.maxWhereBytes} bytes`, `${text.length}`, 0)
  const tokens: Token[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (found === null) throw bad('names, values and signs', JSON.stringify(text.slice(at, at + 8).trim()), at)
    const [, word, number, quoted, sign] = found
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    else if (number !== undefined) tokens.push({ kind: 'value', value: Number(number), at })
    else if (quoted !== undefined) tokens.push({ kind: 'value', value: quoted.replaceAll(/\\(["\\])/g, '$1'), at })
    else tokens.push({ kind: 'sign', text: sign!, at })
  }
  return tokens
}

function bad(expected: string, got: string, at: number): RefusedError {
  return new RefusedError('bad-where', `where: expected ${expected}, got ${got} at character ${at}`)
}

/** Conditions as the text that reads as them. */
export function formatCriteria(criteria: Criteria): string {
  return criteria
    .map((one) => {
      const right = one.op === 'in' ? `(${one.values.map(formatValue).join(', ')})` : formatValue(one.value)
      return `${one.name} ${one.op} ${right}`
    })
    .join(' and ')
}

function formatValue(value: Scalar): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
  // An exponent is nothing that the text knows.
  return typeof value === 'number' ? value.toFixed(10).replace(/\.?0+$/, '') : String(value)
}

/** @throws RefusedError `bad-where` for an attribute that there is not, or that cannot be compared so */
export function checkCriteria(criteria: Criteria, attributes: ReadonlyMap<string, AttributeType>): void {
  for (const one of criteria) {
    const type = attributes.get(one.name)
    if (type === undefined) {
      const known = [...attributes.keys()].join(', ')
      throw new RefusedError('bad-where', `where: rooms have no "${one.name}"; they have ${known}`)
    }
    for (const value of one.op === 'in' ? one.values : [one.value]) {
      if (typeof value !== type) {
        throw new RefusedError('bad-where', `where: ${one.name} is a ${type}, and not a ${typeof value}`)
      }
    }
    if (one.op !== 'in' && !NOT_NUMBERS[type].includes(one.op)) {
      throw new RefusedError('bad-where', `where: ${one.name} is a ${type}, which "${one.op}" does not compare`)
    }
  }
}

/** Whether all conditions hold. */
export function meets(attributes: Attributes, criteria: Criteria): boolean {
  return criteria.every((one) => holds(attributes[one.name], one))
}

function holds(value: Scalar | undefined, condition: Condition): boolean {
  if (value === undefined) return false
  switch (condition.op) {
    case 'in':
      return condition.values.includes(value)
    case '=':
      return value === condition.value
    case '!=':
      return value !== condition.value
    case '<':
      return value < condition.value
    case '<=':
      return value <= condition.value
    case '>':
      return value > condition.value
    case '>=':
      return value >= condition.value
    case 'contains':
      return String(value).toLowerCase().includes(String(condition.value).toLowerCase())
    default:
      return assertNever(condition)
  }
}
