/** Random fields with values that fit them: what the property tests of values, inputs and entities are made of. */
import * as fc from 'fast-check'
import { field } from '../../protocol/src/schema/field.ts'
import type { Field } from '../../protocol/src/schema/field.ts'
import type { Audience, FieldKind } from '../../protocol/src/schema/spec.ts'

/** A field, a value for it, and how far what comes back may be from it. */
export interface Sample {
  readonly declared: Field<unknown, Audience>
  readonly value: unknown
  readonly tolerance: number
}

const sample = (declared: Field<unknown, Audience>, value: unknown, tolerance = 0): Sample => ({
  declared,
  value,
  tolerance,
})

const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1

/** A `fixed` range: any precision, the range within what the schema allows. */
export const range = fc
  .record({
    precision: fc.oneof(
      fc.constantFrom(1 / 32, 1 / 16, 0.01, 0.1, 1, 3, 1e-6),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    ),
    low: fc.integer({ min: -4_000_000, max: 3_999_999 }),
    steps: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8_000_000 })),
  })
  .map(({ precision, low, steps }) => ({
    precision,
    min: low * precision,
    max: Math.min(4_000_000, low + steps) * precision,
  }))

interface Range {
  readonly min: number
  readonly max: number
  readonly precision: number
}
/** Numbers that a range holds without clamping, its ends among them. */
const within = ({ min, max, precision }: Range): fc.Arbitrary<number> => {
  const last = min + (Math.max(1, Math.round((max - min) / precision)) - 1) * precision
  return fc.oneof(fc.constantFrom(min, last), fc.double({ min, max: Math.max(min, last), noNaN: true }))
}

/**
 * A rotation with one component that is clearly the largest, and positive: it has two signs, and of nearly equal
 * components rounding decides which sign comes back (quaternion.test.ts tries those).
 */
const rotation = fc
  .tuple(fc.nat(3), fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 4, maxLength: 4 }))
  .map(([largest, parts]) => {
    const all = parts.map((part, i) => (i === largest ? 1 : part))
    const [x = 0, y = 0, z = 0, w = 0] = all.map((part) => part / Math.hypot(...all))
    return { x, y, z, w }
  })

export const f32 = fc.float({ noNaN: true, noDefaultInfinity: true })

const COLUMN_SAMPLES: Record<string, fc.Arbitrary<Sample>> = {
  bool: fc.boolean().map((value) => sample(field.bool(), value)),
  uint: fc
    .integer({ min: 1, max: INT32_MAX })
    .chain((max) => fc.integer({ min: 0, max }).map((value) => sample(field.uint({ max }), value))),
  int: fc
    .oneof(
      fc.constant([INT32_MIN, INT32_MAX] as const),
      fc.tuple(fc.integer({ min: INT32_MIN, max: -1 }), fc.integer({ min: 0, max: INT32_MAX })),
    )
    .chain(([min, max]) =>
      fc
        .oneof(fc.constantFrom(min, max), fc.integer({ min, max }))
        .map((value) => sample(field.int({ min, max }), value)),
    ),
  fixed: range.chain((one) => within(one).map((value) => sample(field.fixed(one), value, one.precision))),
  vec2: range.chain((one) =>
    fc.record({ x: within(one), y: within(one) }).map((value) => sample(field.vec2(one), value, one.precision)),
  ),
  vec3: range.chain((one) =>
    fc
      .record({ x: within(one), y: within(one), z: within(one) })
      .map((value) => sample(field.vec3(one), value, one.precision)),
  ),
  angle: fc
    .tuple(fc.integer({ min: 2, max: 20 }), fc.double({ min: 0, max: 0.999, noNaN: true }))
    .map(([bits, part]) => {
      const step = (2 * Math.PI) / 2 ** bits
      // The last half step rounds to the turn, which reads back as -pi.
      return sample(field.angle({ bits }), part * (2 * Math.PI - step / 2) - Math.PI, step)
    }),
  f32: f32.map((value) => sample(field.f32(), value)),
  quaternion: fc
    .tuple(fc.integer({ min: 4, max: 16 }), rotation)
    .map(([bits, value]) => sample(field.quaternion({ bits }), value, 4 / 2 ** bits)),
  oneOf: fc.constantFrom('calm', 'angry', 'gone').map((value) => sample(field.oneOf('calm', 'angry', 'gone'), value)),
  tick: fc.integer({ min: 0, max: 0xffff_ffff }).map((value) => sample(field.tick(), value)),
  seat: fc.option(fc.integer({ min: 0, max: 1022 }), { nil: null }).map((value) => sample(field.seat(), value)),
  entity: fc
    .option(fc.integer({ min: 0, max: 0xffff_fffe }), { nil: null })
    .map((value) => sample(field.entity(), value)),
}

/** Fields that are integers in a row. */
export const columnSample: fc.Arbitrary<Sample> = fc.oneof(...Object.values(COLUMN_SAMPLES))
export const columnKinds: readonly FieldKind[] = Object.keys(COLUMN_SAMPLES) as FieldKind[]

const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => sample(field.text({ maxBytes: 400 }), value))
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => sample(field.bytes({ maxBytes: 40 }), value))
const list = fc.oneof(columnSample, text, bytes).chain(({ declared, value, tolerance }) =>
  fc.nat(5).map((count) =>
    sample(
      field.list(declared as Field<unknown>, { maxItems: 5 }),
      Array.from({ length: count }, () => value),
      tolerance,
    ),
  ),
)

/** Any field of a message, all but `packed`. */
export const anySample: fc.Arbitrary<Sample> = fc.oneof(columnSample, text, bytes, list)
