import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Anchors, FORGOTTEN } from '../../../protocol/src/codec/anchors.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import type { KindLayout } from '../../../protocol/src/codec/layout.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const place = field.fixed({ min: -512, max: 512, precision: 1 / 16 })
const layout = layoutOf(
  defineGame({
    name: 'anchors',
    tickRateHz: 60,
    entities: {
      ship: entity({ x: place, vx: place, hp: field.uint({ max: 9 }).to('owner') }, { rates: { x: 'vx' } }),
      drifter: entity({ v: place, angle: field.angle({ bits: 10 }) }, { trend: ['v', 'angle'] }),
      wall: entity({ x: place }),
    },
  }),
)
const [ship, drifter, wall] = ['ship', 'drifter', 'wall'].map((name) => layout.kindByName.get(name)!) as [
  KindLayout,
  KindLayout,
  KindLayout,
]

function anchorsWith(slots = 4): Anchors {
  const anchors = new Anchors(layout.kinds, 'all')
  anchors.reserve(slots)
  return anchors
}
const shipRow = (vx: number, x: number): Int32Array => Int32Array.from([vx, x, 0, 0, 0])

describe('Anchors', () => {
  it('knows nothing of a slot that was never used, cleared, or beyond the reserved ones', () => {
    const anchors = anchorsWith()
    for (const slot of [0, 3, 9999]) {
      expect([anchors.newestTick(slot), anchors.previousTick(slot)]).toEqual([-1, -1])
    }
    anchors.advance(0, ship.index, shipRow(0, 0), 5)
    anchors.clear(0)
    expect([anchors.newestTick(0), anchors.previousTick(0), anchors.find(0, 5), anchors.heldAt(0, 99)]).toEqual([
      -1,
      -1,
      -1,
      FORGOTTEN,
    ])
  })

  it('[REC2] sets an anchor at first, and then only when the truth is not what follows from it', () => {
    const anchors = anchorsWith()
    expect(anchors.advance(0, ship.index, shipRow(60, 0), 10)).toBe(true)
    // A velocity of 60 steps per second is one per tick.
    expect(anchors.advance(0, ship.index, shipRow(60, 7), 17)).toBe(false)
    expect(anchors.advance(0, ship.index, shipRow(60, 9), 18)).toBe(true)
    expect([anchors.newestTick(0), anchors.previousTick(0)]).toEqual([18, 10])
    expect([...anchors.rows.subarray(anchors.newestAt(0), anchors.newestAt(0) + 2)]).toEqual([60, 9])
  })

  it('does not notice columns of other tracks', () => {
    const anchors = anchorsWith()
    anchors.advance(0, ship.index, shipRow(0, 5), 1)
    expect(anchors.advance(0, ship.index, Int32Array.from([0, 5, 0, 0, 9]), 2)).toBe(false)
    const owners = new Anchors(layout.kinds, 'owner')
    owners.reserve(1)
    owners.advance(0, ship.index, shipRow(0, 5), 1)
    expect(owners.advance(0, ship.index, shipRow(3, 77), 2)).toBe(false)
    expect(owners.advance(0, ship.index, Int32Array.from([0, 5, 0, 0, 9]), 3)).toBe(true)
  })

  it('has no anchors in a track without columns', () => {
    const owners = new Anchors(layout.kinds, 'owner')
    owners.reserve(1)
    expect(owners.advance(0, wall.index, new Int32Array(3), 1)).toBe(false)
    expect(owners.newestTick(0)).toBe(-1)
  })

  it('keeps the newest anchor and eight before it', () => {
    const anchors = anchorsWith()
    for (let tick = 1; tick <= 20; tick++) anchors.advance(0, wall.index, Int32Array.from([tick, 0, 0]), tick * 3)
    const kept = Array.from({ length: 70 }, (_, tick) => tick).filter((tick) => anchors.find(0, tick) >= 0)
    expect(kept).toEqual([36, 39, 42, 45, 48, 51, 54, 57, 60])
    expect(kept).toHaveLength(LIMITS.anchorRingAnchors + 1)
    for (const tick of kept) expect(anchors.rows[anchors.find(0, tick)]).toBe(tick / 3)
  })

  it('finds what a reader up to some tick holds: the newest anchor that is not younger', () => {
    const anchors = anchorsWith()
    for (const tick of [10, 20, 30]) anchors.advance(0, wall.index, Int32Array.from([tick, 0, 0]), tick)
    expect([9, 10, 19, 20, 29, 30, 99].map((tick) => anchors.heldAt(0, tick))).toEqual([
      FORGOTTEN,
      10,
      10,
      20,
      20,
      30,
      30,
    ])
  })

  it('keeps what it has when it makes room for more slots', () => {
    const anchors = anchorsWith(1)
    anchors.advance(0, wall.index, Int32Array.from([7, 0, 0]), 4)
    anchors.reserve(1000)
    anchors.advance(999, wall.index, Int32Array.from([8, 0, 0]), 5)
    expect([anchors.newestTick(0), anchors.newestTick(999), anchors.newestTick(500)]).toEqual([4, 5, -1])
    expect([anchors.rows[anchors.newestAt(0)], anchors.rows[anchors.newestAt(999)]]).toEqual([7, 8])
    anchors.reserve(2)
    expect(anchors.newestTick(999)).toBe(5)
  })

  describe('at rest', () => {
    /** How many anchors it takes until an entity that stands still from now on is silent; looks for an hour. */
    function anchorsUntilSilent(
      kind: KindLayout,
      anchors: Anchors,
      row: Int32Array,
      from: number,
      step: number,
    ): number {
      let count = 0
      for (let tick = from; tick < from + 3600 * 60; tick += step)
        if (anchors.advance(0, kind.index, row, tick)) count++
      return count
    }

    it('sends nothing, though it came to rest in the middle of a step', () => {
      for (const step of [1, 2, 3, 4, 6, 10, 12, 60]) {
        const anchors = anchorsWith()
        anchors.advance(0, ship.index, shipRow(0, 100), 0)
        expect(anchorsUntilSilent(ship, anchors, shipRow(0, 100), step, step * 20)).toBe(0)
      }
    })

    it('sends once more after any motion, and never again', () => {
      const motion = fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -99, max: 99 })), {
        minLength: 1,
        maxLength: 20,
      })
      fc.assert(
        fc.property(motion, fc.constantFrom(1, 2, 3, 5, 6, 12), (moves, step) => {
          const anchors = anchorsWith()
          let tick = 0
          for (const [vx, x] of moves) anchors.advance(0, ship.index, shipRow(vx, x), (tick += step))
          expect(anchorsUntilSilent(ship, anchors, shipRow(0, 5), tick + step, step * 97)).toBeLessThanOrEqual(1)
        }),
        { numRuns: 300 },
      )
    })

    it('sends at most twice more after any trend, at every snapshot rate', () => {
      const values = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.nat(1023)), { minLength: 1, maxLength: 8 })
      fc.assert(
        fc.property(values, fc.constantFrom(1, 2, 3, 4, 5, 6, 10, 12, 20, 30, 60), (steps, step) => {
          const anchors = anchorsWith()
          let tick = 0
          let v = 0
          for (const [change, angle] of steps) {
            v = Math.max(-8192, Math.min(8191, v + change))
            anchors.advance(0, drifter.index, Int32Array.from([v, angle, 0, 0]), (tick += step))
          }
          const row = Int32Array.from([v, 512, 0, 0])
          expect(anchorsUntilSilent(drifter, anchors, row, tick + step, step)).toBeLessThanOrEqual(2)
        }),
        { numRuns: 30 },
      )
    })
  })

  it('sends at most a dozen times per hour of slow, steady motion, until its phase is known', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 119 }), (vx, offset) => {
        const anchors = anchorsWith()
        let count = 0
        for (let tick = 0; tick < 3600 * 60; tick += 3) {
          // The true place is not on a step: it started somewhere within one.
          const x = Math.round((tick * vx) / 60 + offset / 120)
          if (anchors.advance(0, ship.index, shipRow(vx, Math.max(-8192, Math.min(8191, x))), tick)) count++
        }
        expect(count).toBeLessThanOrEqual(12)
      }),
      { numRuns: 20 },
    )
  })
})
