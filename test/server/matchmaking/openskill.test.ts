import { ConfigError } from '@tickwire/protocol'
import * as openskill from 'openskill'
import { describe, expect, it } from 'vitest'
import { openskillRatings } from '../../../server/src/matchmaking/openskill.ts'

describe('ratings by OpenSkill', () => {
  const ratings = openskillRatings(openskill)
  const [ada, bob, cleo, dan] = ['ada', 'bob', 'cleo', 'dan'].map((userId) => ({ userId }))

  it('start in the middle and unsure', () => {
    expect(ratings.newcomer()).toEqual({ mu: 25, sigma: 25 / 3 })
    expect(ratings.shown(ratings.newcomer())).toBeCloseTo(0)
  })

  it('rise for the winners, fall for the losers, and are surer for all', () => {
    const after = ratings.update([
      { players: [ada!, bob!], rank: 2 },
      { players: [cleo!, dan!], rank: 1 },
    ])
    expect([...after.keys()]).toEqual(['ada', 'bob', 'cleo', 'dan'])
    expect(after.get('ada')!.mu).toBeLessThan(25)
    expect(after.get('dan')!.mu).toBeGreaterThan(25)
    for (const { sigma } of after.values()) expect(sigma).toBeLessThan(25 / 3)
  })

  it('move by surprise: little when the better one wins, much when the worse one does', () => {
    const good = { userId: 'good', rating: { mu: 35, sigma: 4 } }
    const poor = { userId: 'poor', rating: { mu: 15, sigma: 4 } }
    const change = (winner: typeof good, loser: typeof good): number =>
      ratings
        .update([
          { players: [winner], rank: 1 },
          { players: [loser], rank: 2 },
        ])
        .get(winner.userId)!.mu - winner.rating.mu
    expect(change(poor, good)).toBeGreaterThan(3 * change(good, poor))
    expect(good.rating).toEqual({ mu: 35, sigma: 4 })
  })

  it('of a draw between equals change nothing but how sure they are', () => {
    const after = ratings.update([ada!, bob!, cleo!].map((player) => ({ players: [player], rank: 1 })))
    for (const { mu } of after.values()) expect(mu).toBeCloseTo(25)
  })

  it('are not made of nonsense', () => {
    expect(() => ratings.update([{ players: [ada!], rank: 1 }])).toThrow(ConfigError)
    expect(() =>
      ratings.update([
        { players: [ada!], rank: 1 },
        { players: [], rank: 2 },
      ]),
    ).toThrow(ConfigError)
    expect(() =>
      ratings.update([
        { players: [ada!], rank: 1 },
        { players: [bob!], rank: Number.NaN },
      ]),
    ).toThrow(ConfigError)
  })
})
