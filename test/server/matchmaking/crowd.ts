import type { Random } from '@tickwire/protocol'
import type { QueueOptions } from '../../../server/src/matchmaking/queue.ts'
import type { TicketPlayer, TicketRequest } from '../../../server/src/matchmaking/ticket.ts'

/** Five against five, as a service would declare it: all kinds of rules at once. */
export const RANKED: QueueOptions = {
  name: 'ranked',
  teams: { count: 2, min: 5, max: 5 },
  skill: {
    window: [
      { afterMs: 0, width: 0.5 },
      { afterMs: 60_000, width: 10 },
    ],
    perSigma: 0.1,
  },
  latency: {
    regions: ['eu', 'us', 'asia'],
    limit: [
      { afterMs: 0, maxMs: 80 },
      { afterMs: 30_000, maxMs: 150 },
    ],
  },
  attributes: { mode: 'equal', maps: 'intersect' },
}

const REGIONS = ['eu', 'us', 'asia'] as const
const PARTY_SIZES = [1, 1, 1, 1, 1, 1, 2, 2, 3, 5] as const

/** About normal, mean 0, deviation 1: the sum of twelve uniform draws. */
function normal(random: Random): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random.next()
  return sum
}

/** A player or a party as they come: near one region or between two, mostly of OpenSkill's usual ratings, picky or not. */
export function randomRequest(random: Random, name: string): TicketRequest {
  const home = random.pick(REGIONS)
  const near = (region: string): number => (region === home ? random.int(8, 70) : random.int(75, 260))
  const latencyMs = Object.fromEntries(REGIONS.map((region) => [region, near(region)]))
  const mu = 25 + 8 * normal(random)
  const players = Array.from({ length: random.pick(PARTY_SIZES) }, (_, i): TicketPlayer => {
    const rating = { mu: mu + normal(random), sigma: 1 + 7 * random.next() ** 3 }
    return { userId: `${name}.${i}`, rating, latencyMs }
  })
  const maps = ['dust', 'mill', 'port'].filter(() => random.next() < 0.7)
  return {
    players,
    attributes: { mode: random.next() < 0.75 ? 'classic' : 'rush', maps: maps.length > 0 ? maps : ['dust'] },
  }
}
