import { beforeEach, expect, it } from 'vitest'
import { TimeoutError, withTimeout } from '../../server/src/timeout.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

it('gives the outcome of work that is done in time, and leaves no timer behind', async () => {
  expect(await withTimeout(clock, Promise.resolve(5), 100, 'work')).toBe(5)
  await expect(withTimeout(clock, Promise.reject(new Error('no')), 100, 'work')).rejects.toThrow('no')
  expect(clock.pending).toBe(0)
})

it('rejects, naming what took too long', async () => {
  const late = withTimeout(clock, new Promise(() => {}), 100, 'the join')
  clock.advance(100)
  await expect(late).rejects.toThrow(TimeoutError)
  await expect(late).rejects.toThrow('the join took longer than 100 ms')
})

it('swallows the failure of work that comes after its time', async () => {
  let fail: (error: Error) => void = () => {}
  const work = new Promise<never>((_, reject) => (fail = reject))
  const late = withTimeout(clock, work, 100, 'work')
  clock.advance(100)
  await expect(late).rejects.toThrow(TimeoutError)
  fail(new Error('too late'))
  // An unhandled rejection would fail this run.
  await new Promise((resolve) => void setImmediate(resolve))
})
