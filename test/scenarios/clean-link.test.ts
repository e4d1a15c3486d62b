import { Random } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { arena } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { bearing, flyTo, foeOf } from '../games/pilots.ts'
import { watchMisses } from '../bench/feel/reconciliations.ts'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()
const TEN_MINUTES = 600

/** Flies from one random place to the next for ever, and fires where nobody can be hit: damage is never predicted. */
function wanderer(seed: number): (room: JoinedRoom<Arena>) => Partial<Arena['input']> {
  const random = new Random(seed)
  let goal = { x: 2000, y: 2000 }
  let frames = 0
  return (room) => {
    if (frames++ % 180 === 0) goal = { x: random.int(800, 3200), y: random.int(800, 3200) }
    const { turn = 0, thrust = false } = flyTo(room, goal)
    const foe = foeOf(room)
    if (random.next() < 0.005 && foe !== undefined && bearing(room, foe) > 2) room.press('fire')
    return { turn: random.next() < 0.1 ? random.int(-1, 1) : turn, thrust }
  }
}

describe.each(SEAMS)('a clean link, at the %s seam', (seam) => {
  it('needs no correction in ten minutes of random steering and thirty shots', async () => {
    const stepper = start<Arena>({ rooms: [arenaRoom], seam, seed: 11 })
    const rooms = [await stepper.join(arena, { name: 'Ada' }), await stepper.join(arena, { name: 'Bob' })]
    const pilots = [wanderer(1), wanderer(2)]
    const misses = rooms.map((room) => watchMisses(room))
    let travelled = 0
    let last = { x: 0, y: 0 }
    await stepper.run(TEN_MINUTES, {
      input: (room, i) => pilots[i]!(room),
      each: (room, i) => {
        const me = room.mine('ship')
        if (me === undefined || i > 0) return
        travelled += Math.hypot(me.x - last.x, me.y - last.y)
        last = { x: me.x, y: me.y }
      },
    })
    expect(travelled).toBeGreaterThan(10_000)
    // Not even one that is too small to be seen.
    expect(misses).toEqual([[], []])
    for (const room of rooms) {
      expect(room.mine('ship')).toMatchObject({ hp: 100, ammo: 0 })
      expect(room.stats.corrections).toBe(0)
      expect(room.stats.starvedTicks).toBeLessThan(10)
    }
  })

  it('lets a thing at 0.5 units per second move 5 units in 10 s, on both ends and for others', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0.5 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    await stepper.run(2)
    const places = (): number[] => [
      ada.mine('thing')!.x,
      [...bob.view('thing')].find(({ owner }) => owner === ada.seat)!.x,
      [...diary.room!.world.all('thing')].find(({ owner }) => owner === ada.seat)!.x,
    ]
    const before = places()
    await stepper.run(10)
    for (const [i, x] of places().entries()) expect(x - before[i]!).toBeCloseTo(5, 1)
    expect(ada.stats.corrections).toBe(0)
  })
})
