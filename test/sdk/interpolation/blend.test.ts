import { field } from '@tickwire/protocol'
import type { Quaternion } from '@tickwire/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blend, isSmooth, slerp } from '../../../sdk/src/interpolation/blend.ts'

const range = { min: -100, max: 100, precision: 0.01 }
const { spec: fixed } = field.fixed(range)
const { spec: angle } = field.angle()
const { spec: vec3 } = field.vec3(range)
const { spec: quaternion } = field.quaternion()

/** A turn about z. */
const turn = (radians: number): Quaternion => ({ x: 0, y: 0, z: Math.sin(radians / 2), w: Math.cos(radians / 2) })
const angleOf = ({ z, w }: Quaternion): number => 2 * Math.atan2(z, w)

describe('blending', () => {
  it('is for numbers that measure, not for those that count', () => {
    const smooth = [fixed, angle, vec3, quaternion, field.f32().spec, field.vec2(range).spec]
    const steps = [field.uint({ max: 9 }).spec, field.bool().spec, field.tick().spec, field.oneOf('a', 'b').spec]
    expect(smooth.map(isSmooth)).toEqual(smooth.map(() => true))
    expect(steps.map(isSmooth)).toEqual(steps.map(() => false))
  })

  it('is linear for numbers and vectors', () => {
    expect(blend(fixed, 10, 20, 0.25)).toBe(12.5)
    expect(blend(vec3, { x: 0, y: 4, z: -8 }, { x: 8, y: 0, z: 0 }, 0.5)).toEqual({ x: 4, y: 2, z: -4 })
    expect(blend(field.vec2(range).spec, { x: 0, y: 4 }, { x: 8, y: 0 }, 0.5)).toEqual({ x: 4, y: 2 })
  })

  it('gives the ends exactly', () => {
    for (const [from, to] of [
      [0.1, 0.7],
      [1e-9, 1e9],
    ]) {
      expect(blend(fixed, from, to, 0)).toBe(from)
      expect(blend(fixed, from, to, 1)).toBe(to)
    }
  })

  it('turns angles the short way, and stays within -pi and pi', () => {
    const radians = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })
    fc.assert(
      fc.property(radians, radians, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, fraction) => {
        const at = blend(angle, a, b, fraction) as number
        const whole = Math.acos(Math.max(-1, Math.min(1, Math.cos(b - a))))
        const part = Math.acos(Math.max(-1, Math.min(1, Math.cos(at - a))))
        expect(part).toBeCloseTo(whole * fraction, 5)
        expect(Math.abs(at)).toBeLessThanOrEqual(Math.PI)
      }),
    )
  })

  it('turns rotations evenly and the short way', () => {
    expect(angleOf(blend(quaternion, turn(0.2), turn(1.2), 0.3) as Quaternion)).toBeCloseTo(0.5, 6)
    const { x, y, z, w } = turn(1.2)
    // The same rotation, written with the other sign.
    expect(angleOf(slerp(turn(0.2), { x: -x, y: -y, z: -z, w: -w }, 0.3))).toBeCloseTo(0.5, 6)
  })

  it('keeps rotations of length one, however near or far they are', () => {
    for (const radians of [0, 1e-9, 0.01, 1, 3, Math.PI]) {
      const { x, y, z, w } = slerp(turn(0), turn(radians), 0.4)
      expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 9)
    }
  })
})
