import * as fc from 'fast-check'
import { defineGame, entity, field } from '@tickwire/protocol'
import { layoutOf } from '@tickwire/protocol/internal'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'

/** A kind with a field of each kind. */
export function kindOf(isPredicted: boolean): KindLayout {
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

const number = fc.oneof(
  fc.double({ min: -120, max: 120, noNaN: true }),
  fc.integer({ min: -5, max: 105 }),
  fc.constantFrom(0, -0, 0.5, 6.9, 99.97, 99.96875, -100.04, Math.PI, -Math.PI, 1e300, Number.NaN, Infinity, -Infinity),
)
/** What game code may leave in a field that should hold a number. */
export const anything = fc.oneof(
  { weight: 20, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, true, '3', 'x', {}, [2]) },
)
const point = fc.oneof({ weight: 9, arbitrary: fc.record({ x: number, y: number, z: number }) }, anything)
const axis = fc.double({ min: -1, max: 1, noNaN: true })
export const values = fc.record({
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

/** Fields that all fit. */
export function goodValues(): Fields {
  const rest: Fields = { place: 1, odd: 1, point: { x: 1, y: 2 }, body: { x: 1, y: 2, z: 3 } }
  Object.assign(rest, { spin: { x: 0, y: 0, z: 0, w: 1 }, angle: 0, aim: 0, hidden: 0, secret: 0, hp: 1, mood: 0 })
  Object.assign(rest, { isOn: true, team: 'red', owner2: null, target: null, since: 0, heat: 0, name: '' })
  rest['with-dash'] = 3
  return rest
}
