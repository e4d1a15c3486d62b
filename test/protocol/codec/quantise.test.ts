import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import type { KindLayout } from '../../../protocol/src/codec/layout.ts'
import { quantise, roundToSimulation, valueOf } from '../../../protocol/src/codec/quantise.ts'
import type { Fields } from '../../../protocol/src/codec/quantise.ts'
import { scalarsOf } from '../../../protocol/src/codec/scalars.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import type { EntityOptions } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import { columnSample } from '../fields.ts'
import { materialise } from './materialise.ts'

function kindOf(fields: FieldMap, options: EntityOptions<FieldMap> = {}): KindLayout {
  const schema = defineGame({ name: 'quantise', tickRateHz: 60, entities: { ship: entity(fields, options) } })
  return layoutOf(schema).kindByName.get('ship')!
}

interface Clamp {
  readonly name: string
  readonly value: number
}
function rowOf(kind: KindLayout, entityFields: Fields, clamps: Clamp[] = []): Int32Array {
  const row = new Int32Array(kind.columns.length)
  const onClamp = (name: string, value: number): number => clamps.push({ name, value })
  quantise(kind, entityFields, row, () => 7, onClamp)
  return row
}
const rounded = (kind: KindLayout, entityFields: Fields): Fields => {
  const copy = { ...entityFields }
  roundToSimulation(kind, copy, () => undefined)
  return copy
}
const readBack = (kind: KindLayout, row: Int32Array, hasOwnerTrack: boolean): Fields => {
  const into: Fields = {}
  materialise(kind, row, into, hasOwnerTrack)
  return into
}

const place = field.fixed({ min: -4, max: 4, precision: 1 / 4 })
const audience = fc.constantFrom('all' as const, 'owner' as const)
/** A predicted kind of any fields, and values for them: in range, at its ends, and beyond. */
const predicted = fc
  .record({
    samples: fc.array(fc.tuple(columnSample, audience), { minLength: 1, maxLength: 5 }),
    ownerBits: fc.nat(8),
    scale: fc.constantFrom(1, 1, 1000, -1000),
  })
  .map(({ samples, ownerBits, scale }) => ({
    kind: kindOf(Object.fromEntries(samples.map(([{ declared }, who], i) => [`f${i}`, declared.to(who)])), {
      predict: 'owner',
      ownerBits,
    }),
    values: Object.fromEntries(
      samples.map(([{ declared, value }], i) => [
        `f${i}`,
        declared.spec.kind === 'fixed' ? (value as number) * scale : value,
      ]),
    ),
  }))

describe('roundToSimulation', () => {
  it('[VAL4] changes nothing the second time', () => {
    fc.assert(
      fc.property(predicted, ({ kind, values }) => {
        const once = rounded(kind, values)
        expect(rounded(kind, once)).toEqual(once)
      }),
      { numRuns: 400 },
    )
  })

  it('rounds a predicted kind to its finer steps, another one to those of the wire', () => {
    const fields = {
      x: place,
      aim: place.to('owner'),
      trap: place.to('revealed'),
      secret: place.to('nobody'),
      name: field.text({ maxBytes: 9 }),
    }
    const values = { x: 1.2345, aim: 1.2345, trap: 1.2345, secret: 1.2345, name: 'Ada' }
    const fine = Math.round(1.2345 * 1024) / 1024
    expect(rounded(kindOf(fields, { predict: 'owner' }), values)).toEqual({ ...values, x: fine, aim: fine, trap: 1.25 })
    expect(rounded(kindOf(fields), values)).toEqual({ ...values, x: 1.25, aim: 1.25, trap: 1.25 })
  })

  it('lets slow motion live: 1/64 of a wire step per tick arrives', () => {
    const kind = kindOf({ x: place }, { predict: 'owner' })
    const ship: Fields = { x: 0 }
    for (let tick = 0; tick < 640; tick++) {
      ship['x'] = Number(ship['x']) + 1 / 256
      roundToSimulation(kind, ship, () => undefined)
    }
    expect(ship['x']).toBe(2.5)
  })

  it('names the field and the value of a clamp, and the field of a NaN', () => {
    const kind = kindOf({ x: place, hp: field.uint({ max: 9 }) })
    const clamps: Clamp[] = []
    roundToSimulation(kind, { x: 400, hp: -1 }, (name, value) => clamps.push({ name, value }))
    expect(clamps).toEqual([
      { name: 'x', value: 400 },
      { name: 'hp', value: -1 },
    ])
    expect(() => rounded(kind, { x: Number.NaN, hp: 1 })).toThrow('x: the value is NaN')
  })
})

describe('quantise and materialise', () => {
  it('give the owner exactly what was simulated', () => {
    fc.assert(
      fc.property(predicted, ({ kind, values }) => {
        const simulated = rounded(kind, values)
        const clamps: Clamp[] = []
        expect(readBack(kind, rowOf(kind, simulated, clamps), true)).toEqual(simulated)
        expect(clamps).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('give the others the nearest step of the wire', () => {
    fc.assert(
      fc.property(predicted, ({ kind, values }) => {
        const simulated = rounded(kind, values)
        const row = rowOf(kind, simulated)
        const seen = readBack(kind, row, false)
        for (const { name, spec, audience: who, fineBits, column, lowColumn } of kind.fields) {
          if (who === 'owner') expect(name in seen).toBe(false)
          else if (lowColumn < 0) expect(seen[name]).toEqual(simulated[name])
          else {
            // What is left for the owner is at most half a step, to either side.
            for (let part = 0; part < scalarsOf(spec).length; part++) {
              expect(Math.abs(row[lowColumn + part]! * 2)).toBeLessThanOrEqual(2 ** fineBits)
              const { min, max } = kind.columns[column + part]!
              expect(row[column + part]! >= min && row[column + part]! <= max).toBe(true)
            }
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  it('keep every column in its range, whatever the values', () => {
    fc.assert(
      fc.property(predicted, ({ kind, values }) => {
        const row = rowOf(kind, values)
        for (const [i, { min, max, bits, blob }] of kind.columns.entries()) {
          if (blob < 0 && bits < 32 && i !== kind.ownerColumn) expect(row[i]! >= min && row[i]! <= max).toBe(true)
        }
      }),
    )
  })

  it('join the two parts of a value at both ends of its range and on either side of 0', () => {
    const kind = kindOf({ x: place, angle: field.angle({ bits: 4 }) }, { predict: 'owner' })
    for (const x of [-4.125, -4, -1 / 8 - 1 / 1024, -1 / 8, -1 / 1024, 0, 1 / 8, 3.75, 3.75 + 127 / 1024]) {
      for (const angle of [-Math.PI, -0.0000001, 0, Math.PI / 16, Math.PI - Math.PI / 2048]) {
        const ship = rounded(kind, { x, angle })
        expect(ship['x']).toBe(x)
        expect(readBack(kind, rowOf(kind, ship), true)).toEqual(ship)
      }
    }
    // A last half step before the turn is nearest to 0, and its low bits are what is missing.
    const row = rowOf(kind, { x: 0, angle: -Math.PI / 2048 })
    expect([...row]).toEqual([0, 0, 0, 0, 0, -1])
  })

  it('leave the columns of owner and jumps alone, and take the revision of a blob', () => {
    const kind = kindOf({ name: field.text({ maxBytes: 9 }), hp: field.uint({ max: 9 }) })
    const row = Int32Array.from([5, 2, 0, 0])
    const asked: unknown[] = []
    quantise(
      kind,
      { name: 'Ada', hp: 3 },
      row,
      (layout, value) => asked.push([layout.name, value]) && 41,
      () => undefined,
    )
    expect([...row]).toEqual([5, 2, 41, 3])
    expect(asked).toEqual([['name', 'Ada']])
  })

  it('name the field and the value of a clamp, and the field of what it cannot take', () => {
    const kind = kindOf({ x: place, mood: field.oneOf('calm', 'angry') }, { predict: 'owner' })
    const clamps: Clamp[] = []
    rowOf(kind, { x: -9.5, mood: 'calm' }, clamps)
    expect(clamps).toEqual([{ name: 'x', value: -9.5 }])
    expect(() => rowOf(kind, { x: Number.NaN, mood: 'calm' })).toThrow('x: the value is NaN')
    expect(() => rowOf(kind, { x: 0, mood: 'gone' })).toThrow('mood: expected one of calm, angry, got "gone"')
  })
})

describe('valueOf', () => {
  it('is what materialise writes for that field', () => {
    fc.assert(
      fc.property(predicted, fc.boolean(), ({ kind, values }, hasOwnerTrack) => {
        const row = rowOf(kind, values)
        const all = readBack(kind, row, hasOwnerTrack)
        for (const layout of kind.fields) {
          if (layout.name in all) expect(valueOf(layout, row, hasOwnerTrack)).toEqual(all[layout.name])
        }
      }),
    )
  })
})
