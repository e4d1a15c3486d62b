import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineQueue, defineRoom, hostQueue } from '@tickwire/server'
import type { HostedQueue, QueuedMatch } from '@tickwire/server'

/** The smallest game that has what a lobby scenario needs: names, options, and queues with attributes of each kind. */
const schema = defineGame({
  name: 'brawl',
  tickRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }) },
  player: { name: field.text({ maxBytes: 24 }) },
  options: { map: field.oneOf('dust', 'ice'), round: field.uint({ max: 100 }) },
  queues: {
    duel: {},
    ranked: { mode: field.oneOf('flag', 'duel'), maps: field.list(field.oneOf('dust', 'ice'), { maxItems: 2 }) },
    casual: {},
  },
})

export interface Brawl extends TypesOf<typeof schema> {}

export const brawl = defineSimulation<Brawl>(schema, () => {})

export const brawlRoom = defineRoom(brawl, {
  maxPlayers: 4,
  owner: 'creator',
  onJoin(_room, player) {
    player.state.name = player.join.name
  },
})

/** Played at once, by two. */
export const duel: HostedQueue = hostQueue(brawl, {
  queue: defineQueue({ name: 'duel', teams: { count: 2, min: 1, max: 1 } }),
  room: brawlRoom,
})

/** Played by two who are near the same region. */
export const regional = (matches: QueuedMatch[]): HostedQueue =>
  hostQueue(brawl, {
    queue: defineQueue({
      name: 'duel',
      teams: { count: 2, min: 1, max: 1 },
      latency: { regions: ['us', 'eu'], limit: [{ afterMs: 0, maxMs: 80 }] },
    }),
    room: brawlRoom,
    onMatch(match) {
      matches.push(match)
      return {}
    },
  })

export interface RankedNotes {
  readonly matches: QueuedMatch[]
  /** Throws instead of the next match's options. */
  failure: Error | null
}

/** Two against two, rated, asked to accept. */
export function ranked(notes: RankedNotes, ratings: Readonly<Record<string, number>> = {}): HostedQueue {
  return hostQueue(brawl, {
    queue: defineQueue({
      name: 'ranked',
      teams: { count: 2, min: 2, max: 2 },
      skill: { window: [{ afterMs: 0, width: 10 }] },
      attributes: { mode: 'equal', maps: 'intersect' },
      accept: { timeoutMs: 10_000 },
    }),
    room: brawlRoom,
    rate: async ({ id }) => ({ mu: ratings[id] ?? 25, sigma: 0 }),
    onMatch(match) {
      notes.matches.push(match)
      if (notes.failure !== null) throw notes.failure
      const [map] = match.attributes['maps'] as ('dust' | 'ice')[]
      return { ...(map !== undefined && { map }), round: 7 }
    },
  })
}

export const newRankedNotes = (): RankedNotes => ({ matches: [], failure: null })

/** Rooms look for more while seats are free. */
export const casual: HostedQueue = hostQueue(brawl, {
  queue: defineQueue({ name: 'casual', freeForAll: { min: 2, max: 4 } }),
  room: brawlRoom,
  backfill: ({ freeSeats, attributes }) =>
    attributes.map === 'dust' ? { region: null, attributes: {}, mu: 0, freeSeats: [freeSeats] } : null,
})
