import { NO_PLACE } from './pool.ts'
import type { Pool } from './pool.ts'
import { SKILL_STEPS } from './queue.ts'
import type { Queue } from './queue.ts'
import { keysOf, uniqueOf } from './ticket.ts'
import type { TicketAttributes, MatchTicket } from './ticket.ts'

/** A running room that looks for more players. */
export interface OpenRoom {
  readonly roomId: string
  /** One of the queue's regions; null without a latency rule. */
  readonly region: string | null
  /** As a ticket's; where values must `differ`, the list of those that are there. Nobody comes to a room that lacks one. */
  readonly attributes: TicketAttributes
  /** The mean `mu` of who is there; ignored without a skill rule. */
  readonly mu: number
  /** By team; one number in a free-for-all. */
  readonly freeSeats: readonly number[]
}

/** Tickets for a room's free seats by team, or null when nobody fits. The room's skill must be in each ticket's window. */
export function fillRoom(queue: Queue, pool: Pool, room: OpenRoom): MatchTicket[][] | null {
  const region = queue.latency === null ? 0 : queue.latency.regions.indexOf(room.region ?? '')
  const skill = queue.skill === null ? 0 : Math.round(room.mu * SKILL_STEPS)
  const present = uniqueOf(queue.attributes, room.attributes)
  for (const key of keysOf(queue.attributes, room.attributes)) {
    const lane = pool.lane(key, region)
    if (lane === -1) continue
    const seated = seatAll(pool, around(pool, lane, skill), room.freeSeats, present)
    if (seated.length === 0) continue
    pool.take(seated.map(({ index }) => index))
    return room.freeSeats.map((_, at) =>
      seated.filter(({ team }) => team === at).map(({ index }) => pool.tickets[index]!),
    )
  }
  return null
}

/** More are not looked at: among so many, the nearest are near enough. */
const MAX_CANDIDATES = 64

/** The nearest in whose window the skill is, by waiting. */
function around(pool: Pool, lane: number, skill: number): number[] {
  const skillAt = (place: number): number => (place === NO_PLACE ? Infinity : pool.skills[pool.owners[place]!]!)
  let weaker = pool.strongest[lane]!
  let stronger = NO_PLACE
  for (; weaker !== NO_PLACE && skillAt(weaker) > skill; weaker = pool.weaker[weaker]!) stronger = weaker
  const found: number[] = []
  while (found.length < MAX_CANDIDATES && (weaker !== NO_PLACE || stronger !== NO_PLACE)) {
    const [below, above] = [Math.abs(skill - skillAt(weaker)), skillAt(stronger) - skill]
    const index = pool.owners[below <= above ? weaker : stronger]!
    if (Math.min(below, above) <= pool.windows[index]!) found.push(index)
    if (below <= above) weaker = pool.weaker[weaker]!
    else stronger = pool.stronger[stronger]!
  }
  return found.toSorted((a, b) => a - b)
}

interface Seated {
  readonly index: number
  readonly team: number
}

/** Parties go where most seats are free, so that teams even out; who finds no place is passed over. */
function seatAll(
  pool: Pool,
  candidates: readonly number[],
  freeSeats: readonly number[],
  there: readonly string[],
): Seated[] {
  const free = [...freeSeats]
  const present = new Set(there)
  return candidates.flatMap((index) => {
    const players = pool.players[index]!
    const { unique } = pool.tickets[index]!
    const most = Math.max(...free)
    if (players > most || unique.some((one) => present.has(one))) return []
    const team = free.indexOf(most)
    free[team] = most - players
    for (const one of unique) present.add(one)
    return [{ index, team }]
  })
}
