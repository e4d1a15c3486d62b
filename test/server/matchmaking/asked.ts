import { expect } from 'vitest'
import type { OpenRoom } from '../../../server/src/matchmaking/backfill.ts'
import { matchTickets } from '../../../server/src/matchmaking/match.ts'
import type { Match } from '../../../server/src/matchmaking/match.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import type { QueueOptions, SkillRule } from '../../../server/src/matchmaking/queue.ts'
import { checkTicket } from '../../../server/src/matchmaking/ticket.ts'
import type { MatchTicket, TicketAttributes, TicketRequest } from '../../../server/src/matchmaking/ticket.ts'
import { explainViolation } from './violation.ts'

export interface Asked {
  readonly mu?: number
  readonly sigma?: number
  readonly size?: number
  readonly sinceMs?: number
  readonly attributes?: TicketAttributes
  readonly latencyMs?: Readonly<Record<string, number>>
}

export const flat = (width: number): SkillRule => ({ window: [{ afterMs: 0, width }] })
export const duel = { name: 'duel', teams: { count: 2, min: 1, max: 1 } } as const

function requestOf(
  id: number,
  { mu = 25, sigma = 0, size = 1, attributes = {}, latencyMs = {} }: Asked,
): TicketRequest {
  const players = Array.from({ length: size }, (_, i) => ({ userId: `${id}.${i}`, rating: { mu, sigma }, latencyMs }))
  return { players, attributes }
}

/** Ticket n is the n-th that asked. */
export function ticketsOf(rules: QueueOptions, asked: readonly Asked[]): MatchTicket[] {
  const queue = defineQueue(rules)
  return asked.map((one, id) => checkTicket(queue, requestOf(id, one), id, one.sinceMs ?? 0))
}

/** One pass; every match is checked against its rules. */
export function run(
  rules: QueueOptions,
  asked: readonly Asked[],
  { nowMs = 0, rooms = [] as readonly OpenRoom[] } = {},
): Match[] {
  const matches = matchTickets(defineQueue(rules), ticketsOf(rules, asked), rooms, nowMs)
  for (const match of matches) expect(explainViolation(match, rules, nowMs)).toBeNull()
  return matches
}

/** By match: who is in it. */
export const idsOf = (matches: readonly Match[]): number[][] =>
  matches.map(({ teams }) =>
    teams
      .flat()
      .map(({ id }) => id)
      .toSorted((a, b) => a - b),
  )
