import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { StandardSchema } from '../../../protocol/src/schema/spec.ts'

const anything: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1

/** Each wrong call with the option that its error must name. */
const WRONG: readonly (readonly [option: string, make: () => unknown])[] = [
  ...[0, -1, 1.5, Number.NaN, INT32_MAX + 1].map((max) => ['field.uint.max', () => field.uint({ max })] as const),
  ['field.int.min', () => field.int({ min: INT32_MIN - 1, max: 0 })],
  ['field.int.min', () => field.int({ min: 0.5, max: 2 })],
  ['field.int.max', () => field.int({ min: 3, max: 3 })],
  ['field.int.max', () => field.int({ min: 0, max: INT32_MAX + 1 })],
  ...(['fixed', 'vec2', 'vec3'] as const).flatMap((kind) => [
    [`field.${kind}.precision`, () => field[kind]({ min: 0, max: 1, precision: 0 })] as const,
    [`field.${kind}.precision`, () => field[kind]({ min: 0, max: 1, precision: Number.NaN })] as const,
    [`field.${kind}.precision`, () => field[kind]({ min: 0, max: 1, precision: Infinity })] as const,
    [`field.${kind}.max`, () => field[kind]({ min: 1, max: 1, precision: 1 })] as const,
    [`field.${kind}.max`, () => field[kind]({ min: -Infinity, max: 1, precision: 1 })] as const,
    [`field.${kind}.max`, () => field[kind]({ min: 0, max: Number.NaN, precision: 1 })] as const,
    [`field.${kind}.precision`, () => field[kind]({ min: 0, max: 2 ** 22 + 1, precision: 1 })] as const,
    [`field.${kind}.precision`, () => field[kind]({ min: -(2 ** 22) - 1, max: 0, precision: 1 })] as const,
  ]),
  ...[1, 21, 9.5].map((bits) => ['field.angle.bits', () => field.angle({ bits })] as const),
  ...[3, 17, 9.5].map((bits) => ['field.quaternion.bits', () => field.quaternion({ bits })] as const),
  ...[0, LIMITS.maxTextBytes + 1, 1.5].flatMap((maxBytes) => [
    ['field.text.maxBytes', () => field.text({ maxBytes })] as const,
    ['field.bytes.maxBytes', () => field.bytes({ maxBytes })] as const,
    ['field.packed.maxBytes', () => field.packed(anything, { maxBytes })] as const,
  ]),
  ['field.packed', () => field.packed({} as StandardSchema, { maxBytes: 9 })],
  ['field.packed', () => field.packed(undefined as unknown as StandardSchema, { maxBytes: 9 })],
  ['field.oneOf', () => field.oneOf('alone')],
  ['field.oneOf', () => field.oneOf('same', 'same')],
  ['field.oneOf', () => field.oneOf('word', 7 as unknown as string)],
  ['field.oneOf', () => field.oneOf('first', ...Array.from({ length: 256 }, (_, i) => `word${i}`))],
  ...[0, LIMITS.maxListItems + 1].map(
    (maxItems) => ['field.list.maxItems', () => field.list(field.bool(), { maxItems })] as const,
  ),
  ['field.list', () => field.list(field.list(field.bool(), { maxItems: 1 }), { maxItems: 1 })],
  ['field.list', () => field.list(field.packed(anything, { maxBytes: 9 }), { maxItems: 1 })],
  ['field.list', () => field.list(field.press(), { maxItems: 1 })],
  ['field.to', () => field.bool().to('friends' as 'owner')],
]

describe('field', () => {
  it.each(WRONG.map(([option, make], i) => ({ option, make, i })))(
    'names the wrong option: $option ($i)',
    ({ option, make }) => {
      expect(make).toThrow(ConfigError)
      expect(make).toThrow(expect.objectContaining({ option }))
    },
  )

  it('takes the ends of every range', () => {
    expect(field.uint({ max: INT32_MAX }).spec).toEqual({ kind: 'uint', max: INT32_MAX })
    expect(field.int({ min: INT32_MIN, max: INT32_MAX }).spec).toEqual({ kind: 'int', min: INT32_MIN, max: INT32_MAX })
    expect(field.fixed({ min: -(2 ** 22), max: 2 ** 22, precision: 1 }).spec.kind).toBe('fixed')
    expect([2, 20].map((bits) => field.angle({ bits }).spec)).toEqual([2, 20].map((bits) => ({ kind: 'angle', bits })))
    expect([4, 16].map((bits) => field.quaternion({ bits }).spec.kind)).toEqual(['quaternion', 'quaternion'])
    expect(field.oneOf(...(Array.from({ length: 256 }, (_, i) => `w${i}`) as [string])).spec.kind).toBe('oneOf')
    expect(field.text({ maxBytes: LIMITS.maxTextBytes }).spec.kind).toBe('text')
    expect(field.list(field.bool(), { maxItems: LIMITS.maxListItems }).spec.kind).toBe('list')
  })

  it('has 10 bits of angle and 9 of quaternion unless told otherwise', () => {
    expect(field.angle().spec).toEqual({ kind: 'angle', bits: 10 })
    expect(field.quaternion().spec).toEqual({ kind: 'quaternion', bits: 9 })
  })

  it('gives another field for another audience, and leaves the first as it was', () => {
    const card = field.uint({ max: 51 })
    const hidden = card.to('revealed')
    expect(hidden).not.toBe(card)
    expect([card.audience, hidden.audience]).toEqual(['all', 'revealed'])
    expect(hidden.spec).toBe(card.spec)
    expect(field.packed(anything, { maxBytes: 9 }).to('owner').validator).toBe(anything)
  })

  it('is frozen: two ends that share a declaration cannot change it', () => {
    const words = field.oneOf('a', 'b')
    expect([Object.isFrozen(words), Object.isFrozen(words.spec)]).toEqual([true, true])
    expect(words.spec.kind === 'oneOf' && Object.isFrozen(words.spec.values)).toBe(true)
  })
})
