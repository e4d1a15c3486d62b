import type { Pool } from './pool.ts'
import type { Queue } from './queue.ts'
import type { MatchTicket } from './ticket.ts'

/** A search that takes longer ends as "does not fit": a rare miss is tried again, a stalled server is not. */
const MAX_STEPS = 2000
const MAX_SWAPS = 32

/** Parties are never split: which sets of them fill the teams. Remembers its answers, which depend on the sizes alone. */
export class Seating {
  readonly queue: Queue
  private readonly answers = new Map<string, boolean>()

  constructor(queue: Queue) {
    this.queue = queue
  }

  /** Whether tickets of these sizes, no more players than seats, fit into the teams. `sizes[n]` is the number of tickets for n. */
  fits(sizes: readonly number[]): boolean {
    if (this.queue.teams.count === 1) return true
    const key = sizes.join()
    const known = this.answers.get(key)
    if (known !== undefined) return known
    const answer = this.pack(sizes)
    this.answers.set(key, answer)
    return answer
  }

  private pack(sizes: readonly number[]): boolean {
    const { count, max } = this.queue.teams
    const parties = sizes.flatMap((many, size) => Array.from({ length: many }, () => size)).toReversed()
    const free = Array.from({ length: count }, () => max)
    let steps = 0
    const place = (i: number): boolean => {
      // Whoever comes alone sits wherever a seat is free.
      if (i === parties.length || parties[i] === 1) return true
      if (++steps > MAX_STEPS) return false
      const tried = new Set<number>()
      for (let team = 0; team < count; team++) {
        const seats = free[team]!
        // Teams with equally many free seats are the same to a party.
        if (seats < parties[i]! || tried.has(seats)) continue
        tried.add(seats)
        free[team] = seats - parties[i]!
        if (place(i + 1)) return true
        free[team] = seats
      }
      return false
    }
    return place(0)
  }
}

interface Team {
  readonly number: number
  /** Tickets by index. */
  readonly members: number[]
  players: number
  /** By how much its players are better than the match's mean, summed, in steps: also right for teams of different sizes. */
  lead: number
}

/** Tickets in teams of about equal strength, or null when no team may be as small as one would be. */
export function seatTeams({ teams: rules }: Queue, pool: Pool, members: readonly number[]): MatchTicket[][] | null {
  const { count, min, max } = rules
  const ticketsOf = (indices: readonly number[]): MatchTicket[] => indices.map((index) => pool.tickets[index]!)
  if (count === 1) return [ticketsOf(members)]
  const teams = Array.from({ length: count }, (_, number): Team => ({ number, members: [], players: 0, lead: 0 }))
  const mean = meanSkill(pool, members)
  // Large parties find the fewest places, so they choose first; then the strong, so that the weak even out.
  const { players, skills } = pool
  const order = members.toSorted((a, b) => players[b]! - players[a]! || skills[b]! - skills[a]! || a - b)
  let steps = 0
  const place = (i: number): boolean => {
    const member = order[i]
    if (member === undefined) return teams.every((team) => team.players >= min)
    if (++steps > MAX_STEPS) return false
    for (let team = nextTeam(teams, null); team !== null; team = nextTeam(teams, team)) {
      if (team.players + players[member]! > max) continue
      const { lead } = team
      team.members.push(member)
      team.players += players[member]!
      team.lead += (skills[member]! - mean) * players[member]!
      if (place(i + 1)) return true
      team.members.pop()
      team.players -= players[member]!
      team.lead = lead
    }
    return false
  }
  if (!place(0)) return null
  balance(pool, teams)
  return teams.map((team) => ticketsOf(team.members))
}

/** The next in the order of trying: small teams, then weak ones. Without a sorted copy, which would be most of what a pass allocates. */
function nextTeam(teams: readonly Team[], after: Team | null): Team | null {
  let next: Team | null = null
  for (const team of teams) {
    if (after !== null && inOrder(team, after) <= 0) continue
    if (next === null || inOrder(team, next) < 0) next = team
  }
  return next
}

const inOrder = (a: Team, b: Team): number => a.players - b.players || a.lead - b.lead || a.number - b.number

function meanSkill({ skills, players }: Pool, members: readonly number[]): number {
  let [sum, count] = [0, 0]
  for (const member of members) {
    sum += skills[member]! * players[member]!
    count += players[member]!
  }
  return Math.round(sum / count)
}

/** Exchanges tickets of one size between the strongest and the weakest team while that brings them nearer. */
function balance(pool: Pool, teams: readonly Team[]): void {
  for (let swaps = 0; swaps < MAX_SWAPS; swaps++) {
    let [weak, strong] = [teams[0]!, teams[0]!]
    for (const team of teams) {
      if (team.lead < weak.lead) weak = team
      if (team.lead > strong.lead) strong = team
    }
    if (!exchange(pool, weak, strong)) return
  }
}

function exchange({ players, skills }: Pool, weak: Team, strong: Team): boolean {
  const gap = strong.lead - weak.lead
  let [least, moved, from, to] = [gap, 0, -1, -1]
  for (let i = 0; i < strong.members.length; i++) {
    const mine = strong.members[i]!
    for (let k = 0; k < weak.members.length; k++) {
      const theirs = weak.members[k]!
      if (players[mine] !== players[theirs]) continue
      const lead = (skills[mine]! - skills[theirs]!) * players[mine]!
      const left = Math.abs(gap - 2 * lead)
      if (left < least) [least, moved, from, to] = [left, lead, i, k]
    }
  }
  if (from === -1) return false
  const mine = strong.members[from]!
  strong.members[from] = weak.members[to]!
  weak.members[to] = mine
  strong.lead -= moved
  weak.lead += moved
  return true
}
