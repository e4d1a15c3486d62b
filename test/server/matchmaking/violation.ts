import type { Match } from '../../../server/src/matchmaking/match.ts'
import type { QueueOptions } from '../../../server/src/matchmaking/queue.ts'
import type { AttributeValue, MatchTicket, TicketPlayer } from '../../../server/src/matchmaking/ticket.ts'

/**
 * What a match does that its rules forbid, or null. Written from the documentation of the options alone: it shares no code with the
 * matchmaker, compares every pair, and knows nothing of lanes and steps.
 */
export function explainViolation(match: Match, rules: QueueOptions, nowMs: number): string | null {
  const tickets = match.teams.flat()
  return (
    wrongTeams(match, rules) ??
    wrongSkill(match, tickets, rules, nowMs) ??
    wrongRegion(match, tickets, rules, nowMs) ??
    wrongAttributes(match, tickets, rules) ??
    wrongStart(match, tickets, rules, nowMs)
  )
}

const size = (tickets: readonly MatchTicket[]): number => tickets.flatMap(({ players }) => players).length

function wrongTeams(match: Match, { teams, freeForAll }: QueueOptions): string | null {
  const users = match.teams.flatMap((tickets) => tickets.flatMap(({ players }) => players.map(({ userId }) => userId)))
  if (users.length === 0) return 'nobody is in it'
  if (new Set(users).size < users.length) return 'a user is in it twice'
  const { count, min, max } = teams ?? { count: 1, ...freeForAll! }
  if (match.teams.length !== count) return `${match.teams.length} teams instead of ${count}`
  for (const [i, tickets] of match.teams.entries()) {
    const players = size(tickets)
    if (match.room !== null) {
      if (players > match.room.freeSeats[i]!)
        return `team ${i}: ${players} players for ${match.room.freeSeats[i]} seats`
    } else if (players < min || players > max) return `team ${i} has ${players} players, not ${min} to ${max}`
  }
  return null
}

/** The line between two points. */
function onLine(points: readonly (readonly [number, number])[], atMs: number): number {
  let value = points[0]![1]
  for (const [i, [toMs, to]] of points.entries()) {
    if (i === 0) continue
    const [fromMs, from] = points[i - 1]!
    if (atMs >= toMs) value = to
    else if (atMs > fromMs) value = from + ((to - from) * (atMs - fromMs)) / (toMs - fromMs)
  }
  return value
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const muOf = ({ players }: MatchTicket): number => mean(players.map(({ rating }) => rating!.mu))

/** Widths are in steps of 0.001, and so are both means. */
const ROUNDING = 0.002

function wrongSkill(match: Match, tickets: readonly MatchTicket[], rules: QueueOptions, nowMs: number): string | null {
  const { skill } = rules
  if (skill === undefined) return null
  const points = skill.window.map(({ afterMs, width }) => [afterMs, width] as const)
  for (const ticket of tickets) {
    const slack = (skill.perSigma ?? 0) * mean(ticket.players.map(({ rating }) => rating!.sigma))
    const width = onLine(points, nowMs - ticket.sinceMs) + slack
    const others = match.room === null ? tickets.map(muOf) : [match.room.mu]
    const far = others.find((mu) => Math.abs(mu - muOf(ticket)) > width + ROUNDING)
    if (far !== undefined) return `ticket ${ticket.id} of ${muOf(ticket)} accepts ${width}, and meets ${far}`
  }
  return null
}

function wrongRegion(match: Match, tickets: readonly MatchTicket[], rules: QueueOptions, nowMs: number): string | null {
  const { latency } = rules
  if (latency === undefined) return match.region === null ? null : 'a region without a rule'
  const region = match.region ?? ''
  if (!latency.regions.includes(region)) return `region ${region}`
  if (match.room !== null && match.room.region !== region)
    return `the room is in ${match.room.region}, not in ${region}`
  const points = latency.limit.map(({ afterMs, maxMs }) => [afterMs, maxMs] as const)
  for (const { id, players, sinceMs } of tickets) {
    const limit = onLine(points, nowMs - sinceMs)
    const far = players.find(({ latencyMs }: TicketPlayer) => !((latencyMs?.[region] ?? Infinity) <= limit))
    if (far !== undefined) return `ticket ${id} accepts ${limit} ms, ${region} has ${far.latencyMs?.[region]}`
  }
  return null
}

const list = (value: AttributeValue | readonly AttributeValue[] | undefined): AttributeValue[] =>
  value === undefined ? [] : [value].flat()

function wrongAttributes(match: Match, tickets: readonly MatchTicket[], rules: QueueOptions): string | null {
  const all = [...tickets, ...(match.room === null ? [] : [match.room])]
  for (const [name, rule] of Object.entries(rules.attributes ?? {})) {
    const lists = all.map(({ attributes }) => list(attributes[name]))
    const values = lists.flat()
    if (rule === 'equal' && (new Set(values).size !== 1 || match.attributes[name] !== values[0]))
      return `${name} differs`
    if (rule === 'differ' && new Set(values).size < values.length) return `${name} is there twice`
    if (rule !== 'intersect') continue
    const common = [...new Set(values)].filter((value) => lists.every((one) => one.includes(value)))
    if (common.length === 0) return `${name}: nothing in common`
    const told = list(match.attributes[name])
    if (told.length !== common.length || told.some((value) => !common.includes(value)))
      return `${name}: told ${told.join()}`
  }
  return null
}

/** Too few players before anybody has waited for long enough. */
function wrongStart(match: Match, tickets: readonly MatchTicket[], rules: QueueOptions, nowMs: number): string | null {
  const { count, max } = rules.teams ?? { count: 1, ...rules.freeForAll! }
  if (match.room !== null || size(tickets) === count * max) return null
  const longestMs = Math.max(...tickets.map(({ sinceMs }) => nowMs - sinceMs))
  return longestMs >= (rules.fullForMs ?? 0) ? null : `not full after ${longestMs} ms`
}
