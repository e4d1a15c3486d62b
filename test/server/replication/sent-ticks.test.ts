import { beforeEach, describe, expect, it } from 'vitest'
import { SentTicks } from '../../../server/src/replication/sent-ticks.ts'

let ticks: SentTicks

beforeEach(() => {
  ticks = new SentTicks()
})

describe('the ticks of the snapshots that a client was sent', () => {
  it('are none at first', () => {
    expect([ticks.newest, ticks.upTo(9), ticks.after(-1)]).toEqual([null, null, null])
  })

  it('lie around any moment between them', () => {
    for (const tick of [3, 6, 9]) ticks.push(tick)
    expect(ticks.newest).toBe(9)
    expect([2, 3, 5, 9, 20].map((tick) => ticks.upTo(tick))).toEqual([3, 3, 3, 9, 9])
    expect([2, 3, 5, 9].map((tick) => ticks.after(tick))).toEqual([3, 6, 6, null])
  })

  it('are forgotten when they are old, and when they did not arrive', () => {
    for (let tick = 0; tick < 1000; tick++) ticks.push(tick)
    expect([ticks.upTo(0), ticks.after(0), ticks.upTo(990)]).toEqual([872, 872, 990])
    ticks.takeBack(990)
    expect([ticks.newest, ticks.after(980)]).toEqual([989, 981])
    ticks.push(1000)
    expect([ticks.newest, ticks.upTo(999)]).toEqual([1000, 989])
    ticks.clear()
    expect(ticks.newest).toBeNull()
  })
})
