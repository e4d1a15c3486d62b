import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromInts, isFine, naming, scalarsOf, toInts } from '../../../protocol/src/codec/scalars.ts'
import type { Scalar } from '../../../protocol/src/codec/scalars.ts'
import { ConfigError } from '../../../protocol/src/errors.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { columnKinds, columnSample, f32 } from '../fields.ts'
import { expectClose } from '../close.ts'

const row = new Int32Array(8)
const ints = (spec: FieldSpec, value: unknown, fineBits = 0): number[] => {
  toInts(spec, value, row, 0, fineBits)
  return Array.from(row.subarray(0, scalarsOf(spec).length))
}
/** What `value` is clamped to, and the values that were reported. */
function clamped(spec: FieldSpec, value: unknown, fineBits = 0): { value: unknown; reported: number[] } {
  const reported: number[] = []
  toInts(spec, value, row, 0, fineBits, (one) => reported.push(one))
  return { value: fromInts(spec, row, 0, fineBits), reported }
}

/** Integers that a column may hold, both ends among them. */
const inColumn = ({ min, max, isFloat }: Scalar): fc.Arbitrary<number> =>
  isFloat
    ? f32.map((value) => new Int32Array(new Float32Array([value]).buffer)[0]!)
    : fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max })).map((value) => value | 0)

/** The same column at `fineBits` more precision. */
function refined(one: Scalar, fineBits: number): Scalar {
  const fine = 2 ** fineBits
  if (one.wrap) return { ...one, max: (one.max + 1) * fine - 1 }
  return { ...one, min: one.min * fine - Math.floor(fine / 2), max: one.max * fine + Math.max(0, fine / 2 - 1) }
}

describe('toInts and fromInts', () => {
  it('are tried with every kind of field that has columns', () => {
    expect(columnKinds.toSorted()).toEqual([
      'angle',
      'bool',
      'entity',
      'f32',
      'fixed',
      'int',
      'oneOf',
      'quaternion',
      'seat',
      'tick',
      'uint',
      'vec2',
      'vec3',
    ])
  })

  it('[VAL4] give back every integer of a column, at the precision of the wire and of the simulation', () => {
    const columns = columnSample
      .filter(({ declared }) => declared.spec.kind !== 'quaternion')
      .chain(({ declared: { spec } }) =>
        fc.nat(isFine(spec) ? 8 : 0).chain((fineBits) =>
          fc.record({
            spec: fc.constant(spec),
            fineBits: fc.constant(fineBits),
            held: fc.tuple(...scalarsOf(spec).map((one) => inColumn(refined(one, fineBits)))),
          }),
        ),
      )
    fc.assert(
      fc.property(columns, ({ spec, fineBits, held }) => {
        const value = fromInts(spec, Int32Array.from(held), 0, fineBits)
        expect(ints(spec, value, fineBits)).toEqual(held)
      }),
      { numRuns: 2000 },
    )
  })

  it('[VAL4] give back a value within its precision, and the same one ever after', () => {
    fc.assert(
      fc.property(columnSample, fc.nat(8), ({ declared: { spec }, value, tolerance }, bits) => {
        const fineBits = isFine(spec) ? bits : 0
        const first = ints(spec, value, fineBits)
        const read = fromInts(spec, Int32Array.from(first), 0, fineBits)
        expectClose(read, value, tolerance)
        expect(ints(spec, read, fineBits)).toEqual(first)
      }),
      { numRuns: 2000 },
    )
  })

  it('keep within the columns that the layout has for them', () => {
    fc.assert(
      fc.property(columnSample, ({ declared: { spec }, value }) => {
        for (const [i, int] of ints(spec, value).entries()) {
          const { min, max } = scalarsOf(spec)[i]!
          const whole = max > 2 ** 31 ? int >>> 0 : int
          expect(whole >= min && whole <= max, `${spec.kind} ${int}`).toBe(true)
        }
      }),
    )
  })

  it('[VAL2] refuse NaN, and an angle without a direction', () => {
    const specs = [
      field.uint({ max: 9 }),
      field.int({ min: -9, max: 9 }),
      field.fixed({ min: 0, max: 9, precision: 1 }),
    ]
    for (const { spec } of [...specs, field.f32(), field.tick(), field.seat(), field.entity(), field.angle()]) {
      expect(() => ints(spec, Number.NaN), spec.kind).toThrow(RangeError)
      if (spec.kind !== 'seat' && spec.kind !== 'entity')
        expect(() => ints(spec, undefined), spec.kind).toThrow(RangeError)
    }
    expect(() => ints(field.angle().spec, Infinity)).toThrow(RangeError)
    const { spec } = field.vec2({ min: 0, max: 9, precision: 1 })
    for (const value of [{ x: 1, y: Number.NaN }, { x: 1 }, null, undefined, 3]) {
      expect(() => ints(spec, value)).toThrow(RangeError)
    }
  })

  it('clamp what is out of range, and report the value as the caller wrote it', () => {
    const place = field.fixed({ min: -4, max: 4, precision: 1 / 4 }).spec
    expect(clamped(place, 3.75)).toEqual({ value: 3.75, reported: [] })
    // The maximum is exclusive.
    expect(clamped(place, 4)).toEqual({ value: 3.75, reported: [4] })
    expect(clamped(place, -1000.5)).toEqual({ value: -4, reported: [-1000.5] })
    expect(clamped(place, Infinity)).toEqual({ value: 3.75, reported: [Infinity] })
    expect(clamped(place, 77, 8)).toEqual({ value: 3.75 + 127 / 1024, reported: [77] })
    expect(clamped(place, -77, 8)).toEqual({ value: -4 - 1 / 8, reported: [-77] })
    expect(clamped(field.uint({ max: 100 }).spec, 101)).toEqual({ value: 100, reported: [101] })
    expect(clamped(field.uint({ max: 100 }).spec, -0.6)).toEqual({ value: 0, reported: [-0.6] })
    expect(clamped(field.int({ min: -1, max: 1 }).spec, -7)).toEqual({ value: -1, reported: [-7] })
    expect(clamped(field.tick().spec, 2 ** 32)).toEqual({ value: 2 ** 32 - 1, reported: [2 ** 32] })
    expect(clamped(field.tick().spec, -1)).toEqual({ value: 0, reported: [-1] })
    expect(clamped(field.seat().spec, 1023)).toEqual({ value: 1022, reported: [1023] })
    expect(clamped(field.entity().spec, 2 ** 32)).toEqual({ value: 2 ** 32 - 2, reported: [2 ** 32] })
    const at = field.vec2({ min: 0, max: 8, precision: 1 }).spec
    expect(clamped(at, { x: -3, y: 9 })).toEqual({ value: { x: 0, y: 7 }, reported: [-3, 9] })
  })

  it('[VAL2] clamp what a 32-bit float cannot hold to the largest one', () => {
    const largest = (2 - 2 ** -23) * 2 ** 127
    expect(clamped(field.f32().spec, 1e39)).toEqual({ value: largest, reported: [1e39] })
    expect(clamped(field.f32().spec, -Infinity)).toEqual({ value: -largest, reported: [-Infinity] })
    expect(clamped(field.f32().spec, largest)).toEqual({ value: largest, reported: [] })
  })

  it('round to the nearest step, halves up', () => {
    const { spec } = field.int({ min: -9, max: 9 })
    expect([-1.5, -0.5, 0.49, 0.5, 1.5].map((value) => ints(spec, value)[0])).toEqual([-1, 0, 0, 1, 2])
    expect(clamped(field.uint({ max: 9 }).spec, 9.4)).toEqual({ value: 9, reported: [] })
  })

  it('take every angle for the same one within a turn, read back from -pi on', () => {
    const { spec } = field.angle({ bits: 8 })
    fc.assert(
      fc.property(fc.integer({ min: -128, max: 127 }), fc.integer({ min: -1000, max: 1000 }), (step, turns) => {
        const angle = (step / 256 + turns) * 2 * Math.PI
        expect(clamped(spec, angle).value).toBeCloseTo((step / 256) * 2 * Math.PI, 9)
      }),
    )
    expect(clamped(spec, Math.PI).value).toBe(-Math.PI)
    // A hair below a whole turn rounds to the turn, which is 0.
    expect(ints(spec, 2 * Math.PI - 1e-6)).toEqual([0])
    expect(ints(spec, -1e-6)).toEqual([0])
    for (const huge of [1e300, -1.7e308]) expect(ints(spec, huge, 8)[0]).toBeGreaterThanOrEqual(0)
  })

  it('take no id, or one that only this client knows, for none', () => {
    const { spec } = field.entity()
    for (const none of [null, undefined, -1, -77]) expect(clamped(spec, none)).toEqual({ value: null, reported: [] })
    expect(clamped(field.seat().spec, null).value).toBeNull()
    expect(clamped(field.seat().spec, undefined).value).toBeNull()
  })

  it("refuse a word that is not among the field's, and say which are", () => {
    expect(() => ints(field.oneOf('calm', 'angry').spec, 'gone')).toThrow('expected one of calm, angry, got "gone"')
  })

  it('have no integers for what has no fixed size', () => {
    const { spec } = field.text({ maxBytes: 9 })
    expect(scalarsOf(spec)).toEqual([])
    expect(() => ints(spec, 'a')).toThrow(ConfigError)
    expect(() => fromInts(spec, row, 0)).toThrow(ConfigError)
  })
})

describe('naming', () => {
  it('puts the field in front of an error and keeps its cause', () => {
    const cause = new RangeError('the value is NaN')
    expect(naming('hp', cause)).toMatchObject({ message: 'hp: the value is NaN', cause })
    expect(naming('hp', 'odd').message).toBe('hp: odd')
  })
})
