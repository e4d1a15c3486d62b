import { beforeEach, describe, expect, it } from 'vitest'
import { Heartbeats } from '../../../server/src/link/heartbeats.ts'
import type { Beating } from '../../../server/src/link/heartbeats.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

let clock: FakeClock
let heartbeats: Heartbeats
let beats: [name: number, atMs: number][]

beforeEach(() => {
  clock = new FakeClock(0)
  heartbeats = new Heartbeats(clock, 2000)
  beats = []
})

const one = (name: number, again = true): Beating => ({
  plannedMs: 0,
  beat: () => {
    beats.push([name, clock.nowMs()])
    return again
  },
})

describe('Heartbeats', () => {
  it('looks at each one once per interval from when it came, behind one timer', () => {
    heartbeats.add(one(1))
    clock.advance(500)
    heartbeats.add(one(2))
    expect(clock.pending).toBe(1)
    clock.advance(4000)
    expect(beats).toEqual([
      [1, 2000],
      [2, 2500],
      [1, 4000],
      [2, 4500],
    ])
  })

  it('looks no more at who went, or said so', () => {
    const gone = one(1)
    heartbeats.add(gone)
    heartbeats.add(one(2, false))
    heartbeats.remove(gone)
    clock.advance(10_000)
    expect(beats).toEqual([[2, 2000]])
    expect(clock.pending).toBe(0)
  })

  it('looks at 16 in one turn of the event loop, and at the others in the next ones', () => {
    const wakes: (() => void)[] = []
    let nowMs = 0
    const manual = {
      nowMs: () => nowMs,
      setTimer: (fn: () => void) => {
        wakes.push(fn)
        return { cancel: () => {} }
      },
    }
    const crowd = new Heartbeats(manual, 2000)
    for (let name = 0; name < 40; name++) crowd.add(one(name))
    nowMs = 2000
    const seen = [1, 2, 3].map(() => {
      wakes.shift()!()
      return beats.splice(0).map(([name]) => name)
    })
    expect(seen.map(({ length }) => length)).toEqual([16, 16, 8])
    expect(seen.flat()).toEqual(Array.from({ length: 40 }, (_, name) => name))
  })

  it('goes on after one whose look failed', () => {
    heartbeats.add({
      plannedMs: 0,
      beat: () => {
        throw new Error('a fault')
      },
    })
    heartbeats.add(one(2))
    expect(() => clock.advance(2000)).toThrow('a fault')
    clock.advance(0)
    expect(beats).toEqual([[2, 2000]])
  })
})
