import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultValue } from '../../../protocol/src/codec/default-value.ts'
import { fromInts, toInts } from '../../../protocol/src/codec/scalars.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { columnSample } from '../fields.ts'

const row = new Int32Array(8)
/** What `value` is clamped to, and the values that were reported. */
function clamped(spec: FieldSpec, value: unknown): { value: unknown; reported: number[] } {
  const reported: number[] = []
  toInts(spec, value, row, 0, 0, (one) => reported.push(one))
  return { value: fromInts(spec, row, 0), reported }
}

describe('defaultValue', () => {
  it('is within the range of its field: 0, or what is nearest to it', () => {
    fc.assert(
      fc.property(columnSample, ({ declared: { spec } }) => {
        expect(clamped(spec, defaultValue(spec)).reported).toEqual([])
        expect(clamped(spec, defaultValue(spec)).value).toEqual(defaultValue(spec))
      }),
    )
    expect(defaultValue(field.int({ min: 3, max: 9 }).spec)).toBe(3)
    expect(defaultValue(field.int({ min: -9, max: -3 }).spec)).toBe(-3)
    expect(defaultValue(field.fixed({ min: -9, max: -3, precision: 0.5 }).spec)).toBe(-3.5)
    expect(defaultValue(field.vec2({ min: 5, max: 9, precision: 1 }).spec)).toEqual({ x: 5, y: 5 })
    expect(defaultValue(field.vec3({ min: -1, max: 1, precision: 1 }).spec)).toEqual({ x: 0, y: 0, z: 0 })
  })

  it('is nothing, no one, no rotation, the first word', () => {
    const packed = field.packed(
      { '~standard': { version: 1, vendor: 't', validate: (value) => ({ value }) } },
      { maxBytes: 9 },
    )
    const fields = [field.bool(), field.press(), field.oneOf('b', 'a'), field.seat(), field.entity(), packed]
    expect(fields.map(({ spec }) => defaultValue(spec))).toEqual([false, false, 'b', null, null, null])
    const blobs = [field.text({ maxBytes: 9 }), field.bytes({ maxBytes: 9 }), field.list(field.bool(), { maxItems: 1 })]
    expect(blobs.map(({ spec }) => defaultValue(spec))).toEqual(['', new Uint8Array(0), []])
    expect(defaultValue(field.quaternion().spec)).toEqual({ x: 0, y: 0, z: 0, w: 1 })
  })
})
