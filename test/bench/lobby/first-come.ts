import type { Match, MatchTicket, Queue } from '@tickwire/server'
import { latencyLimitAt, windowAt } from '../../../server/src/matchmaking/ticket.ts'

/** Players who wait together for more. */
interface Group {
  readonly teams: MatchTicket[][]
  /** What is left of their regions and keys. */
  regions: number[]
  keys: string[]
}

/**
 * The matchmaker that one writes first: whoever comes joins the oldest group that they suit, under the same rules as everybody, and
 * opens a new one when they suit none. Limits widen here, too: those who are still alone try all groups again in every pass. Once
 * two are together they stay so, and the team that a party joins is the first with seats for it.
 */
export class FirstCome {
  private readonly queue: Queue
  private groups: Group[] = []
  private readonly grouped = new Set<number>()

  constructor(queue: Queue) {
    this.queue = queue
  }

  pass(waiting: readonly MatchTicket[], nowMs: number): Match[] {
    for (const ticket of waiting) if (!this.grouped.has(ticket.id)) this.place(ticket, nowMs)
    const full = this.groups.filter(({ teams }) => teams.every((team) => playersOf(team) === this.queue.teams.max))
    this.groups = this.groups.filter((group) => !full.includes(group))
    const matches = full.map((group) => this.matchOf(group))
    // Who is alone may be the next one's company, but is not bound.
    this.groups = this.groups.filter((group) => {
      const [first, ...others] = group.teams.flat()
      if (others.length === 0) this.grouped.delete(first!.id)
      return others.length > 0
    })
    return matches
  }

  private place(ticket: MatchTicket, nowMs: number): void {
    this.grouped.add(ticket.id)
    const regions = this.regionsOf(ticket, nowMs)
    for (const group of this.groups) {
      const common = group.regions.filter((region) => regions.includes(region))
      const keys = group.keys.filter((key) => ticket.keys.includes(key))
      if (common.length === 0 || keys.length === 0 || !this.suits(group, ticket, nowMs)) continue
      const team = group.teams.find((one) => playersOf(one) + ticket.players.length <= this.queue.teams.max)
      if (team === undefined) continue
      team.push(ticket)
      group.regions = common
      group.keys = keys
      return
    }
    const teams = Array.from({ length: this.queue.teams.count }, (_, i) => (i === 0 ? [ticket] : []))
    this.groups.push({ teams, regions, keys: [...ticket.keys] })
  }

  private suits({ teams }: Group, ticket: MatchTicket, nowMs: number): boolean {
    const window = windowAt(this.queue, ticket, nowMs)
    return teams
      .flat()
      .every((other) => Math.abs(other.skill - ticket.skill) <= Math.min(window, windowAt(this.queue, other, nowMs)))
  }

  /** Of this moment; a group's regions are those that suited each one when they came. */
  private regionsOf(ticket: MatchTicket, nowMs: number): number[] {
    const limit = latencyLimitAt(this.queue, ticket, nowMs)
    return ticket.regions.filter((_, i) => ticket.latenciesMs[i]! <= limit)
  }

  private matchOf({ teams, regions, keys }: Group): Match {
    const values = keys.map((key) => JSON.parse(key) as [mode: string, map: string])
    const region = this.queue.latency!.regions[regions[0]!]!
    return {
      queue: this.queue.name,
      room: null,
      region,
      teams,
      attributes: { mode: values[0]![0], maps: values.map(([, map]) => map) },
    }
  }
}

const playersOf = (team: readonly MatchTicket[]): number => team.reduce((sum, { players }) => sum + players.length, 0)
