import { describe, expect, it } from 'vitest'
import { RoomPlans } from '../../../server/src/lobby/room-plans.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

describe('the plan of a room', () => {
  it('is there for who makes the room, and for the next one when that failed', () => {
    const plans = new RoomPlans(new FakeClock(), 1000)
    plans.add('a', Uint8Array.of(1))
    expect(plans.optionsOf('b')).toBeNull()
    for (let tries = 0; tries < 2; tries++) expect(plans.optionsOf('a')).toEqual(Uint8Array.of(1))
  })

  it('is forgotten when nobody came for as long as seats are held', () => {
    const clock = new FakeClock()
    const plans = new RoomPlans(clock, 1000)
    plans.add('old', Uint8Array.of(1))
    clock.advance(600)
    plans.add('newer', Uint8Array.of(2))
    clock.advance(600)
    plans.add('newest', Uint8Array.of(3))
    expect([plans.optionsOf('old'), plans.optionsOf('newer')]).toEqual([null, Uint8Array.of(2)])
  })
})
