import { defineQueue } from '@tickwire/server'

export const duel = defineQueue({
  name: 'duel',
  teams: { count: 2, min: 1, max: 1 },
  accept: { timeoutMs: 15_000 },
})

export const brawl = defineQueue({ name: 'brawl', freeForAll: { min: 2, max: 8 }, fullForMs: 20_000 })

export const ranked = defineQueue({
  name: 'ranked',
  teams: { count: 2, min: 5, max: 5 },
  skill: {
    window: [
      { afterMs: 0, width: 1 },
      { afterMs: 60_000, width: 10 },
    ],
    perSigma: 0.25,
  },
  latency: {
    regions: ['eu', 'us', 'asia'],
    limit: [
      { afterMs: 0, maxMs: 80 },
      { afterMs: 30_000, maxMs: 150 },
    ],
  },
  attributes: { mode: 'equal', maps: 'intersect', clan: 'differ' },
  accept: { timeoutMs: 20_000 },
})
