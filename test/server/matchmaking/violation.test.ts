import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { matchTickets } from '../../../server/src/matchmaking/match.ts'
import type { Match } from '../../../server/src/matchmaking/match.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { checkTicket } from '../../../server/src/matchmaking/ticket.ts'
import type { MatchTicket } from '../../../server/src/matchmaking/ticket.ts'
import { RANKED, randomRequest } from './crowd.ts'
import { explainViolation } from './violation.ts'

describe('the checker of matches', () => {
  const random = new Random(3)
  const queue = defineQueue(RANKED)
  const tickets = Array.from({ length: 300 }, (_, id) => checkTicket(queue, randomRequest(random, `${id}`), id, 0))
  const match = matchTickets(queue, tickets, [], 40_000)[0]!
  const [first, second] = [match.teams[0]!, match.teams[1]!]
  /** The same match, its first ticket changed. */
  const change = (changes: Partial<MatchTicket>): Match => ({
    ...match,
    teams: [[{ ...first[0]!, ...changes }, ...first.slice(1)], second],
  })
  const players = (of: object) => first[0]!.players.map((player) => ({ ...player, ...of }))

  it('has nothing to say of a good match', () => {
    expect(explainViolation(match, RANKED, 40_000)).toBeNull()
  })

  it.each<[string, Match]>([
    ['twice', { ...match, teams: [first, first] }],
    ['teams instead of 2', { ...match, teams: [first, second, []] }],
    ['players, not 5 to 5', { ...match, teams: [first.slice(1), second] }],
    ['accepts', change({ players: players({ rating: { mu: 90, sigma: 0 } }) })],
    ['region mars', { ...match, region: 'mars' }],
    [' ms, ', change({ players: players({ latencyMs: { eu: 999, us: 999, asia: 999 } }) })],
    ['mode differs', change({ attributes: { ...first[0]!.attributes, mode: 'other' } })],
    ['maps: nothing in common', change({ attributes: { ...first[0]!.attributes, maps: ['moon'] } })],
    ['maps: told', { ...match, attributes: { ...match.attributes, maps: ['moon'] } }],
  ])('finds what is wrong: %s', (text, bad) => {
    expect(explainViolation(bad, RANKED, 40_000)).toContain(text)
  })

  it('finds a match that came too early for its size', () => {
    const rules = { ...RANKED, teams: { count: 2, min: 1, max: 6 }, fullForMs: 50_000 }
    expect(explainViolation(match, rules, 40_000)).toBe('not full after 40000 ms')
  })
})
