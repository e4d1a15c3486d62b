import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineGame, entity, field } from '@tickwire/protocol'
import { layoutOf, quantise } from '@tickwire/protocol/internal'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'
import type { QuantiseKind } from '../../../server/src/replication/compile-quantise.ts'
import { quantiseOf } from '../../../server/src/replication/compile-quantise.ts'

function kindOf(isPredicted: boolean): KindLayout {
  const fields = {
    place: field.fixed({ min: -100, max: 100, precision: 1 / 16 }),
    odd: field.fixed({ min: 0, max: 7, precision: 0.3 }),
    point: field.vec2({ min: -50, max: 50, precision: 1 / 8 }),
    body: field.vec3({ min: -50, max: 50, precision: 1 / 8 }),
    spin: field.quaternion({ bits: 9 }),
    angle: field.angle({ bits: 8 }),
    aim: field.angle({ bits: 10 }).to('owner'),
    hidden: field.fixed({ min: 0, max: 9, precision: 1 / 4 }).to('revealed'),
    secret: field.fixed({ min: 0, max: 9, precision: 1 / 4 }).to('nobody'),
    hp: field.uint({ max: 100 }),
    mood: field.int({ min: -3, max: 3 }),
    isOn: field.bool(),
    team: field.oneOf('red', 'blue'),
    owner2: field.seat(),
    target: field.entity(),
    since: field.tick(),
    heat: field.f32(),
    'with-dash': field.uint({ max: 9 }),
    name: field.text({ maxBytes: 8 }),
  }
  const schema = defineGame({
    name: 'compiled',
    tickRateHz: 60,
    entities: { thing: entity(fields, isPredicted ? { predict: 'owner' } : {}) },
  })
  return layoutOf(schema).kindByName.get('thing')!
}

/** What became of one entity: its row or its error, and what was clamped. */
function outcome(kind: KindLayout, run: QuantiseKind, values: Fields): unknown {
  const row = new Int32Array(kind.columns.length)
  const seen: unknown[] = []
  try {
    run(
      values,
      row,
      (layout) => layout.name.length,
      (name, value) => seen.push([name, value]),
    )
  } catch (error) {
    return { error: (error as Error).message, seen }
  }
  return { row: [...row], seen }
}

const number = fc.oneof(
  fc.double({ min: -120, max: 120, noNaN: true }),
  fc.integer({ min: -5, max: 105 }),
  fc.constantFrom(0, -0, 0.5, 6.9, 99.97, 99.96875, -100.04, Math.PI, -Math.PI, 1e300, Number.NaN, Infinity, -Infinity),
)
/** What game code may leave in a field that should hold a number. */
const anything = fc.oneof(
  { weight: 20, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, true, '3', 'x', {}, [2]) },
)
const point = fc.oneof({ weight: 9, arbitrary: fc.record({ x: number, y: number, z: number }) }, anything)
const axis = fc.double({ min: -1, max: 1, noNaN: true })
const values = fc.record({
  place: anything,
  odd: anything,
  point,
  body: point,
  spin: fc.record({ x: axis, y: axis, z: axis, w: fc.constantFrom(0.5, -0.5) }),
  angle: anything,
  aim: anything,
  hidden: anything,
  secret: anything,
  hp: anything,
  mood: anything,
  isOn: fc.oneof(fc.boolean(), anything),
  team: fc.constantFrom('red', 'blue', 'green'),
  owner2: fc.option(fc.integer({ min: -1, max: 1100 })),
  target: fc.option(fc.integer({ min: -2, max: 0xffff_ffff })),
  since: fc.integer({ min: 0, max: 0xffff_ffff }),
  heat: number,
  'with-dash': anything,
  name: fc.constant('Ada'),
})

describe('compiled quantise', () => {
  it.each([false, true])(
    'gives the row, the clamps and the errors of the generic one (predicted: %s)',
    (isPredicted) => {
      const kind = kindOf(isPredicted)
      const compiled = quantiseOf(kind)
      const generic: QuantiseKind = (...rest) => quantise(kind, ...rest)
      let rows = 0
      fc.assert(
        fc.property(values, (one) => {
          const expected = outcome(kind, generic, one)
          if (typeof expected === 'object' && expected !== null && 'row' in expected) rows++
          expect(outcome(kind, compiled, one)).toEqual(expected)
        }),
        { numRuns: 1000 },
      )
      // Most drawn entities hold some value that cannot be quantised; enough of them do not.
      expect(rows).toBeGreaterThan(20)
    },
  )

  it('gives the same for one field that changes while the others hold', () => {
    const kind = kindOf(true)
    const compiled = quantiseOf(kind)
    const rest: Fields = { place: 1, odd: 1, point: { x: 1, y: 2 }, body: { x: 1, y: 2, z: 3 } }
    Object.assign(rest, { spin: { x: 0, y: 0, z: 0, w: 1 }, angle: 0, aim: 0, hidden: 0, secret: 0, hp: 1, mood: 0 })
    Object.assign(rest, { isOn: true, team: 'red', owner2: null, target: null, since: 0, heat: 0, name: '' })
    rest['with-dash'] = 3
    const names = fc.constantFrom('place', 'odd', 'angle', 'aim', 'hidden', 'hp', 'mood', 'isOn')
    fc.assert(
      fc.property(names, anything, (name, value) => {
        const one = { ...rest, [name]: value }
        const generic = outcome(kind, (...args) => quantise(kind, ...args), one)
        expect(outcome(kind, compiled, one)).toEqual(generic)
      }),
      { numRuns: 2000 },
    )
  })
})
