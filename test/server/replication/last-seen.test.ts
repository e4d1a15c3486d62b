import { describe, expect, it } from 'vitest'
import { defineGame, entity, field } from '@tickwire/protocol'
import { layoutOf } from '@tickwire/protocol/internal'
import type { Fields, GameLayout } from '@tickwire/protocol/internal'
import type { EntityRecord } from '../../../server/src/replication/entity-table.ts'
import { LastSeen } from '../../../server/src/replication/last-seen.ts'

const layout: GameLayout = layoutOf(
  defineGame({
    name: 'seen',
    tickRateHz: 60,
    entities: {
      thing: entity({
        x: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
        angle: field.angle({ bits: 8 }),
        hp: field.uint({ max: 100 }),
        mood: field.int({ min: -3, max: 3 }),
        heat: field.f32(),
        since: field.tick(),
        isOn: field.bool(),
        team: field.oneOf('red', 'blue'),
        pilot: field.seat(),
        target: field.entity(),
        name: field.text({ maxBytes: 8 }),
        point: field.vec2({ min: -50, max: 50, precision: 1 / 8 }),
        body: field.vec3({ min: -50, max: 50, precision: 1 / 8 }),
        spin: field.quaternion({ bits: 9 }),
        secret: field.uint({ max: 9 }).to('nobody'),
      }),
      bag: entity({ items: field.list(field.uint({ max: 9 }), { maxItems: 4 }) }),
    },
  }),
)
const thing = (): Fields => ({
  x: 1.5,
  angle: 0.25,
  hp: 7,
  mood: -1,
  heat: 0.1,
  since: 3_000_000_000,
  isOn: false,
  team: 'red',
  pilot: null,
  target: null,
  name: 'a',
  point: { x: 1, y: 2 },
  body: { x: 1, y: 2, z: 3 },
  spin: { x: 0, y: 0, z: 0, w: 1 },
  secret: 1,
})

interface Changeable {
  fields: Fields
  head: { owner: number | null }
  jumps: number
}

function recordOf(kind: string, slot: number, fields: Fields): EntityRecord & Changeable {
  const record = { kind: layout.kindByName.get(kind)!, slot, fields, head: { owner: null }, jumps: 0 }
  return record as unknown as EntityRecord & Changeable
}

function seenOnce(record: EntityRecord): LastSeen {
  const seen = new LastSeen(layout)
  seen.reserve(record.slot + 1)
  expect(seen.notice(record)).toBe(true)
  expect(seen.notice(record)).toBe(false)
  return seen
}

describe('what was seen last', () => {
  it.each<[string, unknown]>([
    ['x', 1.500_000_1],
    ['angle', 0.3],
    ['hp', 8],
    ['mood', 1],
    ['heat', 0.2],
    ['since', 3_000_000_001],
    ['isOn', true],
    ['team', 'blue'],
    ['pilot', 0],
    ['target', 5],
    ['name', 'b'],
    ['point', { x: 1, y: 3 }],
    ['body', { x: 1, y: 2, z: 4 }],
    ['spin', { x: 0, y: 0, z: 0.1, w: 1 }],
    ['point', null],
    ['hp', 'seven'],
  ])('differs when %s becomes %o, once', (name, value) => {
    const record = recordOf('thing', 3, thing())
    const seen = seenOnce(record)
    record.fields[name] = value
    expect(seen.notice(record)).toBe(true)
    if (typeof value !== 'string' || name !== 'hp') expect(seen.notice(record)).toBe(value === null)
  })

  it('differs when a vector is changed in place', () => {
    const record = recordOf('thing', 0, thing())
    const seen = seenOnce(record)
    ;(record.fields['body'] as { y: number }).y = 9
    expect(seen.notice(record)).toBe(true)
  })

  it('differs when the owner changes, or a jump is counted', () => {
    const record = recordOf('thing', 0, thing())
    const seen = seenOnce(record)
    record.head.owner = 0
    expect(seen.notice(record)).toBe(true)
    record.jumps = 1
    expect(seen.notice(record)).toBe(true)
    expect(seen.notice(record)).toBe(false)
  })

  it('is the same when only that changes which never travels', () => {
    const record = recordOf('thing', 0, thing())
    const seen = seenOnce(record)
    record.fields['secret'] = 2
    expect(seen.notice(record)).toBe(false)
  })

  it('always differs where a field is no number, so that it is healed', () => {
    const record = recordOf('thing', 0, { ...thing(), x: Number.NaN })
    const seen = new LastSeen(layout)
    seen.reserve(1)
    expect([seen.notice(record), seen.notice(record)]).toEqual([true, true])
  })

  it('always differs for kinds with lists or bytes, which may be changed in place', () => {
    const record = recordOf('bag', 0, { items: [1] })
    const seen = new LastSeen(layout)
    seen.reserve(1)
    expect([seen.notice(record), seen.notice(record)]).toEqual([true, true])
  })

  it('is kept per slot, also when slots are added', () => {
    const [one, two] = [recordOf('thing', 0, thing()), recordOf('thing', 200, { ...thing(), x: 2 })]
    const seen = seenOnce(one)
    seen.reserve(201)
    expect([seen.notice(one), seen.notice(two), seen.notice(one), seen.notice(two)]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })
})
