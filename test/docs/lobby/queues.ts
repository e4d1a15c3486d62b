import { defineQueue, hostQueue } from 'tickwire/server'
import type { Rating } from 'tickwire/server'
import { duel } from './duel.ts'
import { ranked } from './rooms.ts'

/** Yours: in a database. */
const ratings = new Map<string, Rating>()

export const rankedQueue = hostQueue(duel, {
  queue: defineQueue({
    name: 'ranked', // as in the game's `queues`
    teams: { count: 2, min: 1, max: 1 },
    skill: { window: [{ afterMs: 0, width: 5 }] },
    attributes: { maps: 'intersect' },
    accept: { timeoutMs: 15_000 },
  }),
  room: ranked,
  rate: (user) => ratings.get(user.id) ?? { mu: 25, sigma: 8 },
  onMatch(match) {
    const [map] = match.attributes['maps'] as ('dust' | 'snow')[]
    return { map: map ?? 'dust', rounds: 5 }
  },
})
