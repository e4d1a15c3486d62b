import { defineGame, entity, field } from '@tickwire/protocol'
import type { Quaternion } from '@tickwire/protocol'
import { layoutOf } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { Correction } from '../../../sdk/src/prediction/correction.ts'

const range = { min: -100, max: 100, precision: 1 / 32 }
const schema = defineGame({
  name: 'correction',
  tickRateHz: 60,
  entities: {
    thing: entity({
      x: field.fixed(range),
      at: field.vec2(range),
      angle: field.angle({ bits: 10 }),
      spin: field.quaternion(),
      hp: field.uint({ max: 100 }),
    }),
  },
})
const kind = layoutOf(schema).kindByName.get('thing')!
const turn = (radians: number): Quaternion => ({ x: 0, y: 0, z: Math.sin(radians / 2), w: Math.cos(radians / 2) })
const base = { x: 0, at: { x: 0, y: 0 }, angle: 0, spin: turn(0), hp: 100 }

/** What is shown `elapsedMs` after a correction from `drawn` to `truth`. */
function shownAfter(drawn: object, truth: object, ...elapsedMs: number[]): typeof base {
  const correction = new Correction()
  correction.absorb(kind, { ...base, ...drawn }, { ...base, ...truth })
  let shown = { ...base }
  for (const ms of elapsedMs) {
    shown = { ...base, ...truth }
    correction.apply(kind, shown, ms)
  }
  return shown
}

describe('a correction', () => {
  it('changes nothing on screen at first', () => {
    const drawn = { x: 5, at: { x: 1, y: -2 }, angle: 0.3 }
    const shown = shownAfter(drawn, { x: 3, at: { x: 0, y: 0 }, angle: 0.1 }, 0)
    expect(shown.x).toBeCloseTo(5)
    expect(shown.at.x).toBeCloseTo(1)
    expect(shown.at.y).toBeCloseTo(-2)
    expect(shown.angle).toBeCloseTo(0.3)
  })

  it('is half gone after 120 ms, at any frame rate', () => {
    expect(shownAfter({ x: 4 }, {}, 120).x).toBeCloseTo(2)
    expect(shownAfter({ x: 4 }, {}, 50, 10, 30, 30).x).toBeCloseTo(2)
  })

  it('ends', () => {
    const correction = new Correction()
    correction.absorb(kind, { ...base, x: 4 }, base)
    expect(correction.isActive).toBe(true)
    for (let frame = 0; frame < 120; frame++) correction.apply(kind, { ...base }, 16)
    expect(correction.isActive).toBe(false)
  })

  it('goes on from what is drawn when the next one comes before it has ended', () => {
    const correction = new Correction()
    correction.absorb(kind, { ...base, x: 4 }, base)
    const drawn = { ...base }
    correction.apply(kind, drawn, 120)
    correction.absorb(kind, drawn, { ...base, x: -1 })
    const shown = { ...base, x: -1 }
    correction.apply(kind, shown, 0)
    expect(shown.x).toBeCloseTo(2)
  })

  it('of an angle goes the short way', () => {
    const { angle } = shownAfter({ angle: 3.1 }, { angle: -3.1 }, 120)
    expect(Math.abs(angle)).toBeCloseTo(Math.PI, 1)
  })

  it('of a rotation turns back evenly', () => {
    const shown = shownAfter({ spin: turn(0.4) }, { spin: turn(0) }, 120)
    expect(2 * Math.atan2(shown.spin.z, shown.spin.w)).toBeCloseTo(0.2, 3)
  })

  it('leaves what counts alone', () => {
    expect(shownAfter({ hp: 100 }, { hp: 75 }, 0).hp).toBe(75)
  })

  it('of a sixteenth of the range, or of a quarter turn, is another place and shown at once', () => {
    expect(shownAfter({ x: 12 }, {}, 0).x).toBeCloseTo(12)
    expect(shownAfter({ x: 13 }, {}, 0).x).toBe(0)
    expect(shownAfter({ angle: 1.6 }, {}, 0).angle).toBe(0)
  })

  it('can be dropped, for a jump on purpose', () => {
    const correction = new Correction()
    correction.absorb(kind, { ...base, x: 4 }, base)
    correction.clear()
    const shown = { ...base }
    correction.apply(kind, shown, 0)
    expect(shown.x).toBe(0)
  })
})
