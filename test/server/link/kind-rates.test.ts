import { describe, expect, it } from 'vitest'
import { KindRates } from '../../../server/src/link/kind-rates.ts'

describe('rates per kind of message', () => {
  const rates = (): KindRates => new KindRates({ perSecond: 10, burstMs: 2000, own: { chat: 2, rare: 0.1 } })
  const burst = (one: KindRates, kind: string, nowMs = 0): number => {
    let taken = 0
    while (one.take(kind, nowMs)) taken++
    return taken
  }

  it('are the default, or one of their own', () => {
    const one = rates()
    expect([burst(one, 'move'), burst(one, 'chat')]).toEqual([20, 4])
    expect([burst(one, 'move', 500), burst(one, 'chat', 500)]).toEqual([5, 1])
  })

  it('do not touch each other', () => {
    const one = rates()
    burst(one, 'chat')
    expect(one.take('move', 0)).toBe(true)
  })

  it('let one through even if a burst is shorter than the time between two', () => {
    const one = rates()
    expect([burst(one, 'rare'), burst(one, 'rare', 9000), burst(one, 'rare', 10_000)]).toEqual([1, 0, 1])
  })

  it('take no name of every object for one of theirs', () => {
    expect(burst(rates(), 'constructor')).toBe(20)
  })
})
