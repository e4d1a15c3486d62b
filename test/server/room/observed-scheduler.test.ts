import { expect, it } from 'vitest'
import { observedScheduler } from '../../../server/src/room/observed-scheduler.ts'
import { Scheduler } from '../../../server/src/room/scheduler.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

it('whoever looks at ticks hears how late each began and how long it took', () => {
  const clock = new FakeClock()
  const plain = new Scheduler(
    clock,
    (fn) => void clock.setTimer(fn, 0),
    (error) => {
      throw error
    },
  )
  const heard: [string, number, number][] = []
  const scheduler = observedScheduler(plain, clock, 'pong', (...tick) => heard.push(tick))
  const ticks: number[] = []
  const pace = scheduler.add(10, (tick) => {
    ticks.push(tick)
    // The second one takes 130 ms, so the third begins 30 ms late.
    if (tick === 2) clock.advance(130)
  })
  while (ticks.length < 4) clock.advance(1)
  pace.stop()
  expect(ticks).toEqual([1, 2, 3, 4])
  expect(heard.map(([game, tookMs]) => [game, Math.round(tookMs)])).toEqual([
    ['pong', 0],
    ['pong', 130],
    ['pong', 0],
    ['pong', 0],
  ])
  expect(heard.map(([, , lateMs]) => Math.round(lateMs / 10) * 10)).toEqual([0, 0, 30, 0])
})
