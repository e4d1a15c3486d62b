import { fillRoom } from './backfill.ts'
import type { OpenRoom } from './backfill.ts'
import { Group } from './group.ts'
import { NO_PLACE, Pool } from './pool.ts'
import type { Queue } from './queue.ts'
import { seatTeams } from './seating.ts'
import { valuesOf } from './ticket.ts'
import type { AttributeValue, MatchTicket, TicketAttributes } from './ticket.ts'

/** Who shall play together. */
export interface Match {
  readonly queue: string
  /** The running room that they join, or null for a new one. */
  readonly room: OpenRoom | null
  readonly region: string | null
  /** Tickets by team; in `room`, the ones that come. */
  readonly teams: readonly (readonly MatchTicket[])[]
  /** What the rules made them agree on: the value where it must be equal, all common ones where lists must intersect. */
  readonly attributes: TicketAttributes
}

/**
 * One pass: matches from tickets, without a clock and always the same from the same arguments, in any order of the tickets. First the
 * rooms are filled, in their order; then whoever has waited longest gets the nearest others in skill, in the nearest region.
 *
 * @param maxMatches where the pass is cut off: one of those who are left finds just the matches that this one would have gone on with
 */
export function matchTickets(
  queue: Queue,
  tickets: readonly MatchTicket[],
  openRooms: readonly OpenRoom[],
  nowMs: number,
  maxMatches: number = Infinity,
): Match[] {
  const pool = new Pool(queue, tickets, nowMs)
  const matches: Match[] = []
  for (const room of openRooms) {
    if (matches.length >= maxMatches) return matches
    const teams = fillRoom(queue, pool, room)
    if (teams === null) continue
    matches.push(newMatch(queue, room.region, room, teams))
  }
  const group = new Group(queue, pool)
  for (let first = 0; first < tickets.length && matches.length < maxMatches; first++) {
    const match = pool.isTaken[first] === 1 ? null : matchFor(queue, group, first)
    if (match !== null) matches.push(match)
  }
  return matches
}

function matchFor(queue: Queue, group: Group, first: number): Match | null {
  const { count, min, max } = queue.teams
  const { pool } = group
  const needed = count * (pool.waitedMs[first]! >= queue.fullForMs ? min : max)
  for (let place = pool.places[first]!; place < pool.places[first + 1]!; place++) {
    const lane = pool.lanes[place]!
    if (pool.lanePlayers[lane]! < needed) continue
    gather(group, place)
    if (group.players < needed) continue
    const teams = seatTeams(queue, pool, group.members)
    if (teams === null) continue
    pool.take(group.members)
    return newMatch(queue, queue.latency?.regions[pool.laneRegions[lane]!] ?? null, null, teams)
  }
  return null
}

/** Candidates in vain: one whom thousands suit but who suits none shall not hold up the pass. */
const MAX_MISSES = 64

/** Fills the group from a place on with who fits, nearest skill first. */
function gather(group: Group, place: number): void {
  const first = group.pool.owners[place]!
  group.begin(first)
  collect(group, place, 1, Infinity)
  if (group.isFull || !group.hasTurnedAway) return
  // Those who come alone may have taken the seats that only a party could have filled up.
  group.begin(first)
  collect(group, place, 2, Infinity)
  collect(group, place, 1, 1)
}

/** Adds tickets of so many players. */
function collect(group: Group, place: number, min: number, max: number): void {
  const { pool } = group
  let weaker = pool.weaker[place]!
  let stronger = pool.stronger[place]!
  for (let misses = 0; !group.isFull && misses < MAX_MISSES;) {
    const next = nearer(group, weaker, stronger)
    if (next === NO_PLACE) return
    const index = pool.owners[next]!
    const players = pool.players[index]!
    if (players < min || players > max || !group.add(index)) misses++
    if (next === weaker) weaker = pool.weaker[next]!
    else stronger = pool.stronger[next]!
  }
}

/** Of the next places on both sides the one that is nearer to the group's first, if it is within what all accept. */
function nearer({ pool, members, low, high }: Group, weaker: number, stronger: number): number {
  const { skills, owners, waitedMs } = pool
  const skill = skills[members[0]!]!
  const below = weaker === NO_PLACE ? -Infinity : skills[owners[weaker]!]!
  const above = stronger === NO_PLACE ? Infinity : skills[owners[stronger]!]!
  if (below < low && above > high) return NO_PLACE
  if (below < low) return stronger
  if (above > high) return weaker
  if (skill - below !== above - skill) return skill - below < above - skill ? weaker : stronger
  return waitedMs[owners[weaker]!]! >= waitedMs[owners[stronger]!]! ? weaker : stronger
}

function newMatch(
  queue: Queue,
  region: string | null,
  room: OpenRoom | null,
  teams: readonly (readonly MatchTicket[])[],
): Match {
  const tickets = teams.flat()
  const first = (room ?? tickets[0]!).attributes
  const agreed: Record<string, TicketAttributes[string]> = {}
  for (const name of queue.attributes.equal) agreed[name] = first[name]!
  for (const name of queue.attributes.intersect) {
    const isCommon = (value: AttributeValue): boolean =>
      tickets.every(({ attributes }) => valuesOf(attributes, name).includes(value))
    agreed[name] = valuesOf(first, name).filter(isCommon)
  }
  return { queue: queue.name, room, region, teams, attributes: agreed }
}
