import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  extrapolate,
  freshHidden,
  isFreshHidden,
  moveByRates,
  settleCarries,
  settleTrends,
  shortWay,
  TREND_DEN,
  turnVelocity,
} from '../../../protocol/src/codec/extrapolate.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import type { Track } from '../../../protocol/src/codec/layout.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const WALL = 4095
const ANGLE = 1024
const HOURS = 60 * 3600
const moving = layoutOf(
  defineGame({
    name: 'extrapolate',
    tickRateHz: 60,
    entities: {
      ship: entity(
        {
          vx: field.fixed({ min: -512, max: 512, precision: 1 / 8 }),
          spin: field.fixed({ min: -8, max: 8, precision: 1 / 64 }),
          x: field.fixed({ min: 0, max: 512, precision: 1 / 8 }),
          angle: field.angle({ bits: 10 }),
          hp: field.uint({ max: 100 }),
        },
        { rates: { x: 'vx', angle: 'spin' } },
      ),
      drifter: entity(
        { v: field.fixed({ min: -512, max: 512, precision: 1 / 8 }), angle: field.angle({ bits: 10 }) },
        { trend: ['v', 'angle'] },
      ),
    },
  }),
)
/** Columns: vx, spin, x, angle, owner, jumps, hp; hidden: carry of x, carry of angle. */
const ship = moving.kindByName.get('ship')!.tracks.all
/** Columns: v, angle, owner, jumps; hidden: change and carry of v, change and carry of angle. */
const drifter = moving.kindByName.get('drifter')!.tracks.all
const [rateX, rateAngle] = ship.rates as [(typeof ship.rates)[0], (typeof ship.rates)[0]]

interface State {
  readonly vx: number
  readonly spin: number
  readonly x: number
  readonly angle: number
  readonly carryX: number
  readonly carryAngle: number
}
const state = fc.record({
  vx: fc.integer({ min: -4096, max: 4095 }),
  spin: fc.integer({ min: -512, max: 511 }),
  x: fc.integer({ min: 0, max: WALL }),
  angle: fc.integer({ min: 0, max: ANGLE - 1 }),
  carryX: fc.nat(rateX.den - 1),
  carryAngle: fc.nat(rateAngle.den - 1),
})
const anchorOf = ({ vx, spin, x, angle, carryX, carryAngle }: State): Int32Array =>
  Int32Array.from([vx, spin, x, angle, 3, 1, 77, carryX, carryAngle])
const still: State = { vx: 0, spin: 0, x: 100, angle: 5, carryX: 30, carryAngle: 0 }

function after(track: Track, anchor: Int32Array, ticks: number): number[] {
  const out = new Int32Array(track.size)
  extrapolate(track, anchor, 0, ticks, out, 0)
  return [...out]
}
/** Floor and remainder of whole numbers of any size. */
function divide(value: bigint, by: bigint): [whole: number, rest: number] {
  const rest = ((value % by) + by) % by
  return [Number((value - rest) / by), Number(rest)]
}

describe('extrapolate', () => {
  it('stays exact for ten hours of steady motion, as whole numbers of any size say', () => {
    const ticks = fc.oneof(fc.nat(100), fc.nat(10 * HOURS))
    fc.assert(
      fc.property(state, ticks, (from, count) => {
        const [, , x, angle, , , , carryX, carryAngle] = after(ship, anchorOf(from), count)
        const way = (start: number, carry: number, velocity: number, num: number, den: number): bigint =>
          BigInt(start) * BigInt(den) + BigInt(carry) + BigInt(velocity) * BigInt(num) * BigInt(count)
        const [steps, rest] = divide(way(from.x, from.carryX, from.vx, rateX.num, rateX.den), BigInt(rateX.den))
        if (steps >= 0 && steps <= WALL) expect([x, carryX]).toEqual([steps, rest])
        else expect([x, carryX]).toEqual([steps < 0 ? 0 : WALL, rateX.den >> 1])
        const turn = way(from.angle, from.carryAngle, from.spin, rateAngle.num, rateAngle.den)
        const [, inTurn] = divide(turn, BigInt(ANGLE) * BigInt(rateAngle.den))
        expect([angle, carryAngle]).toEqual([Math.floor(inTurn / rateAngle.den), inTurn % rateAngle.den])
      }),
      { numRuns: 2000 },
    )
  })

  it('gets as far in two steps as in one, as long as it meets no wall', () => {
    fc.assert(
      fc.property(state, fc.nat(2000), fc.nat(2000), (from, first, second) => {
        const once = after(ship, anchorOf(from), first + second)
        fc.pre(once[2]! > 0 && once[2]! < WALL)
        expect(after(ship, Int32Array.from(after(ship, anchorOf(from), first)), second)).toEqual(once)
      }),
    )
  })

  it('holds what has neither rate nor trend', () => {
    fc.assert(
      fc.property(state, fc.nat(HOURS), (from, ticks) => {
        const [vx, spin, , , owner, jumps, hp] = after(ship, anchorOf(from), ticks)
        expect([vx, spin, owner, jumps, hp]).toEqual([from.vx, from.spin, 3, 1, 77])
      }),
    )
  })

  it('never moves what has no velocity, whatever its carry', () => {
    fc.assert(
      fc.property(state, fc.nat(10 * HOURS), (from, ticks) => {
        const resting = anchorOf({ ...from, vx: 0, spin: 0 })
        expect(after(ship, resting, ticks)).toEqual([...resting])
      }),
    )
  })

  it('stops at a wall, in the middle of its last step', () => {
    const rest = rateX.den >> 1
    expect(after(ship, anchorOf({ ...still, x: WALL, vx: 4095, carryX: rateX.den - 1 }), 1).slice(2, 3)).toEqual([WALL])
    expect(after(ship, anchorOf({ ...still, vx: 4095 }), HOURS)).toMatchObject({ 2: WALL, 7: rest })
    expect(after(ship, anchorOf({ ...still, vx: -4096 }), HOURS)).toMatchObject({ 2: 0, 7: rest })
  })

  it('continues into the place it comes from, and into any other', () => {
    const anchor = anchorOf({ ...still, vx: 9 })
    const expected = after(ship, anchor, 100)
    const both = Int32Array.from([7, 7, ...anchor, ...anchor])
    extrapolate(ship, both, 2, 100, both, 2)
    expect([...both]).toEqual([7, 7, ...expected, ...anchor])
    extrapolate(ship, both, 2 + ship.size, 100, both, 2)
    expect([...both]).toEqual([7, 7, ...expected, ...anchor])
  })

  it('changes a column with a trend by 1/16 step per tick and unit of its change', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -4096, max: 4095 }),
        fc.integer({ min: -999, max: 999 }),
        fc.nat(15),
        fc.nat(999),
        (v, change, carry, ticks) => {
          const out = after(drifter, Int32Array.from([v, 5, 0, 0, change, carry, change, carry]), ticks)
          const reached = v * TREND_DEN + carry + change * ticks
          const steps = Math.floor(reached / TREND_DEN)
          if (steps >= -4096 && steps <= 4095) expect([out[0], out[5]]).toEqual([steps, reached - steps * TREND_DEN])
          else expect([out[0], out[5]]).toEqual([steps < 0 ? -4096 : 4095, TREND_DEN / 2])
          const turned = 5 * TREND_DEN + carry + change * ticks
          const inTurn = ((turned % (ANGLE * TREND_DEN)) + ANGLE * TREND_DEN) % (ANGLE * TREND_DEN)
          expect([out[1], out[7]]).toEqual([Math.floor(inTurn / TREND_DEN), inTurn % TREND_DEN])
          expect([out[4], out[6]]).toEqual([change, change])
        },
      ),
    )
  })
})

describe('moveByRates', () => {
  it('[REC5] moves by the velocities that its result holds, from where the anchor was', () => {
    const out = anchorOf({ ...still, x: 4000, vx: 60 })
    moveByRates(ship, anchorOf({ ...still, vx: -999 }), 0, 10, out, 0, out, 0)
    expect(out[2]).toBe(still.x + 10)
  })
})

describe('turnVelocity', () => {
  const flyer = layoutOf(
    defineGame({
      name: 'turn',
      tickRateHz: 20,
      entities: {
        flyer: entity(
          {
            at: field.vec2({ min: 0, max: 512, precision: 1 / 8 }),
            speed: field.vec2({ min: -256, max: 256, precision: 1 / 32 }),
          },
          { position: ['at'], rates: { at: 'speed' }, trend: ['speed'] },
        ),
      },
    }),
  ).kindByName.get('flyer')!.tracks.all
  /** Columns: speed, at, owner, jumps; hidden: carries of at, change and carry of each speed. */
  const turned = (x: number, y: number, changeX: number, changeY: number, ticks = 1): number[] => {
    const anchor = Int32Array.from([x, y, 0, 0, 0, 0, 0, 0, changeX, 8, changeY, 8])
    const out = Int32Array.of(-1, -1)
    turnVelocity(flyer, anchor, 0, ticks, out)
    return [...out]
  }
  it('[REC5] goes round in a circle', () => {
    const at = (turn: number): [number, number] => [
      Math.round(4800 * Math.cos(turn * 0.15)),
      Math.round(4800 * Math.sin(turn * 0.15)),
    ]
    for (let i = 0; i < 40; i++) {
      const [[x0, y0], [x1, y1], [x2, y2]] = [at(i), at(i + 1), at(i + 2)]
      const [x, y] = turned(x1, y1, (x1 - x0) * TREND_DEN, (y1 - y0) * TREND_DEN) as [number, number]
      expect(Math.abs(x - x2)).toBeLessThanOrEqual(2)
      expect(Math.abs(y - y2)).toBeLessThanOrEqual(2)
    }
  })
  it('[REC5] goes on faster where it went faster, straight ahead', () =>
    expect(turned(1000, 0, 100 * TREND_DEN, 0)).toEqual([1111, 0]))
  it.each([
    { what: 'stood still before', given: [100, 0, 100 * TREND_DEN, 0] },
    { what: 'stands still', given: [0, 0, -100 * TREND_DEN, 0] },
    { what: 'turned back', given: [100, 0, 200 * TREND_DEN, 0] },
    { what: 'is more than twice as fast', given: [201, 0, 101 * TREND_DEN, 0] },
  ])('[REC5] says nothing of what $what', ({ given }) => {
    expect(turned(...(given as [number, number, number, number]))).toEqual([-1, -1])
  })
  it('stays within its range', () => expect(turned(8000, 0, 900 * TREND_DEN, 0)[0]).toBe(8191))
})

describe('settleCarries', () => {
  const settle = (x: number, expectedX: number, carry: number): number => {
    const out = anchorOf({ ...still, vx: 7, x })
    settleCarries(ship, anchorOf({ ...still, x: expectedX, carryX: carry }), out, 0)
    return out[7]!
  }
  it.each([
    { truth: 'as expected', x: 100, carry: 41 },
    { truth: 'one step above', x: 101, carry: 0 },
    { truth: 'one step below', x: 99, carry: rateX.den - 1 },
    { truth: 'further up', x: 102, carry: rateX.den >> 1 },
    { truth: 'further down', x: 90, carry: rateX.den >> 1 },
  ])('[REC6] gives a column that is $truth a carry of $carry', ({ x, carry }) => {
    expect(settle(x, 100, 41)).toBe(carry)
  })

  it('[REC6] gives what rests the carry of a newcomer, and knows nothing of what it was', () => {
    const out = anchorOf({ ...still, vx: 0, x: 101 })
    settleCarries(ship, anchorOf({ ...still, x: 100, carryX: 41 }), out, 0)
    expect(out[7]).toBe(rateX.den >> 1)
  })

  it('[REC9] finds an angle on the other side of its seam one step away', () => {
    const out = anchorOf({ ...still, spin: 1, angle: ANGLE - 1 })
    settleCarries(ship, anchorOf({ ...still, angle: 0 }), out, 0)
    expect(out[8]).toBe(rateAngle.den - 1)
  })
})

describe('settleTrends', () => {
  /** The change and carry of `v` when it was at 0 with `change`, and is at `truth` after `ticks`. */
  function settle(change: number, ticks: number, truth: number): [change: number, carry: number] {
    const anchor = Int32Array.from([0, 0, 0, 0, change, 8, 0, 8])
    const held = Int32Array.from(after(drifter, anchor, ticks))
    const out = Int32Array.from(held)
    out[0] = truth
    settleTrends(drifter, anchor, 0, ticks, held, out, 0)
    return [out[4]!, out[5]!]
  }
  it('[REC6] keeps a trend that was right', () => expect(settle(40, 3, 8)).toEqual([40, 0]))
  it('[REC6] corrects one that is one step off by a quarter of that', () => {
    expect(settle(40, 3, 9)).toEqual([41, 0])
    expect(settle(40, 2, 4)).toEqual([38, 15])
  })
  it('[REC6] replaces one that was wrong by what has happened', () => {
    expect(settle(40, 3, 30)).toEqual([160, 8])
    expect(settle(40, 3, -10)).toEqual([-53, 8])
  })
  it('[REC6] forgets that of a column that did not move', () => {
    expect(settle(-1, 9, 0)[0]).toBe(0)
    expect(settle(900, 3, 0)[0]).toBe(0)
  })
  it('[REC9] takes the short way round for an angle', () => {
    const anchor = Int32Array.from([0, 2, 0, 0, 0, 8, 0, 8])
    const out = Int32Array.from([0, ANGLE - 2, 0, 0, 0, 8, 0, 8])
    settleTrends(drifter, anchor, 0, 4, anchor, out, 0)
    expect(out[6]).toBe(-16)
  })
})

describe('freshHidden', () => {
  it('[REC6] is the middle of a step and no trend', () => {
    const row = new Int32Array(ship.size).fill(9)
    expect(isFreshHidden(ship, row, 0)).toBe(false)
    freshHidden(ship, row, 0)
    expect([...row.subarray(7)]).toEqual([rateX.den >> 1, rateAngle.den >> 1])
    expect(isFreshHidden(ship, row, 0)).toBe(true)
    const other = new Int32Array(drifter.size).fill(9)
    freshHidden(drifter, other, 0)
    expect([...other]).toEqual([9, 9, 9, 9, 0, 8, 0, 8])
    expect(isFreshHidden(drifter, other, 0)).toBe(true)
    other[4] = 1
    expect(isFreshHidden(drifter, other, 0)).toBe(false)
  })
})

describe('shortWay', () => {
  it('[REC9] is within half a turn for angles, and the difference itself for all else', () => {
    const [v, angle] = drifter.columns as [(typeof drifter.columns)[0], (typeof drifter.columns)[0]]
    expect([-513, -512, -1, 511, 512, 1023].map((one) => shortWay(angle, one))).toEqual([511, -512, -1, 511, -512, -1])
    expect([-5000, 5000].map((one) => shortWay(v, one))).toEqual([-5000, 5000])
  })
})
