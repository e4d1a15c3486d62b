import { describe, expect, it } from 'vitest'
import { RoomPlans } from '../../../server/src/lobby/room-plans.ts'
import type { PlannedRoom } from '../../../server/src/lobby/room-plans.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

const planned = (options: number): PlannedRoom => ({ options: Uint8Array.of(options), owner: null })

describe('the plan of a room', () => {
  it('is there for who makes the room, and for the next one when that failed', () => {
    const plans = new RoomPlans(new FakeClock(), 1000)
    plans.add('a', planned(1))
    expect(plans.get('b')).toBeNull()
    for (let tries = 0; tries < 2; tries++) expect(plans.get('a')).toMatchObject(planned(1))
  })

  it('is forgotten when nobody came for as long as seats are held', () => {
    const clock = new FakeClock()
    const plans = new RoomPlans(clock, 1000)
    plans.add('old', planned(1))
    clock.advance(600)
    plans.add('newer', planned(2))
    clock.advance(600)
    plans.add('newest', planned(3))
    expect([plans.get('old'), plans.get('newer')]).toMatchObject([null, planned(2)])
  })
})
