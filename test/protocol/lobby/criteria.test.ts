import * as fc from 'fast-check'
import { RefusedError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { attributesOf } from '../../../protocol/src/lobby/attributes.ts'
import { checkCriteria, formatCriteria, meets, parseCriteria } from '../../../protocol/src/lobby/criteria.ts'
import type { Condition } from '../../../protocol/src/lobby/criteria.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const room = { map: 'dust', skill: 7.5, title: 'New here', locked: false, ranked: true }
const holds = (text: string): boolean => meets(room, parseCriteria(text))
const faultOf = (text: string): string => {
  try {
    parseCriteria(text)
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'bad-where') return error.message
    throw error
  }
  return 'none'
}

describe('conditions', () => {
  it.each([
    '',
    'map = "dust"',
    'map != "snow"',
    'skill > 7 and skill >= 7.5 and skill < 8 and skill <= 7.5',
    'map in ("snow", "dust")',
    'skill in (1, 7.5)',
    'title contains "new"',
    'ranked and not locked',
    'ranked = true and locked = false',
    '  map="dust"and skill>-1  ',
  ])('[LOB9] hold: %s', (text) => expect(holds(text)).toBe(true))

  it.each([
    'map = "snow"',
    'skill > 7.5',
    'map in ("snow")',
    'title contains "old"',
    'locked',
    'not ranked',
    'nothing = 1',
  ])('do not hold: %s', (text) => expect(holds(text)).toBe(false))

  it.each([
    ['map =', 'expected a number, a text in double quotes, true or false, got the end at character 5'],
    ['map = dust', 'expected a number, a text in double quotes, true or false, got "dust" at character 5'],
    ['map "dust"', 'expected "and", got "dust" at character 3'],
    ['= 1', 'expected the name of an attribute, got "=" at character 0'],
    ['a = 1 or b = 2', 'expected "and", got "or" at character 5'],
    ['a in 1', 'expected "(", got 1 at character 4'],
    ["a = 'x'", `expected names, values and signs, got "'x'" at character 3`],
    ['a = "x', 'expected names, values and signs, got "\\"x" at character 3'],
  ])('say what is wrong: %s', (text, expected) => expect(faultOf(text)).toBe(`where: ${expected}`))

  it('bounds what a stranger may ask for', () => {
    const many = Array.from({ length: LIMITS.maxConditions + 1 }, () => 'a').join(' and ')
    expect(faultOf(many)).toContain(`at most ${LIMITS.maxConditions} conditions`)
    expect(faultOf(`a = "${'x'.repeat(LIMITS.maxWhereBytes)}"`)).toContain(`at most ${LIMITS.maxWhereBytes} bytes`)
  })

  it('are read in one pass, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ', '(', '-', '1', '.', '=', '<'), maxLength: 512 }),
        (text) => {
          expect(typeof faultOf(text)).toBe('string')
        },
      ),
    )
  })

  const scalar = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.boolean(),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: -4096, max: 4096 }).map((steps) => steps / 32),
  )
  const name = fc.stringMatching(/^[A-Z][A-Za-z0-9_-]{0,8}$/)
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({ name, op: fc.constantFrom('=' as const, '!=' as const, '<' as const, '>=' as const), value: scalar }),
    fc.record({ name, op: fc.constant('in' as const), values: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  )

  it('are the same after a way as text', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 5 }), (criteria) => {
        const text = formatCriteria(criteria)
        fc.pre(text.length <= LIMITS.maxWhereBytes)
        expect(parseCriteria(text)).toEqual(criteria.map((one) => normal(one)))
      }),
    )
  })
})

/** -0 has no text. */
const plain = <T>(value: T): T => (Object.is(value, -0) ? (0 as T) : value)
const normal = (one: Condition): Condition =>
  one.op === 'in' ? { ...one, values: one.values.map(plain) } : { ...one, value: plain(one.value) }

describe('attributes', () => {
  const attributes = attributesOf({
    options: { map: field.oneOf('dust', 'snow'), ghosts: field.list(field.bool(), { maxItems: 2 }) },
    metadata: { skill: field.uint({ max: 9 }) },
  })
  const refusalOf = (text: string): string | null => {
    try {
      checkCriteria(parseCriteria(text), attributes)
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  it('are what every room has, and the words and numbers of options and metadata', () => {
    expect([...attributes.keys()].slice(-3)).toEqual(['password', 'map', 'skill'])
    expect(refusalOf('map = "dust" and skill > 1 and players < 4 and not locked')).toBeNull()
  })

  it.each([
    ['ghosts', 'where: rooms have no "ghosts"; they have '],
    ['map = 1', 'where: map is a string, and not a number'],
    ['map > "a"', 'where: map is a string, which ">" does not compare'],
    ['skill contains 1', 'where: skill is a number, which "contains" does not compare'],
    ['skill', 'where: skill is a number, and not a boolean'],
  ])('refuse what cannot be compared: %s', (text, expected) => expect(refusalOf(text)).toContain(expected))
})
