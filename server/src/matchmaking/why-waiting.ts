import type { Queue } from './queue.ts'
import { latencyLimitAt, waitedMs, windowAt } from './ticket.ts'
import type { MatchTicket } from './ticket.ts'

/** What keeps a ticket waiting, with numbers to show. All of them count players, the ticket's own among them. */
export interface WhyWaiting {
  readonly reason: WaitReason
  readonly waitedMs: number
  /** How many a match needs at least, and has at most. */
  readonly needed: number
  readonly full: number
  /** In the queue. */
  readonly queued: number
  /** Of these, with attributes that go with the ticket's. */
  readonly alike: number
  /** Of these, with a region that is near enough for both. */
  readonly near: number
  /** Of these, near enough in skill for both. */
  readonly similar: number
}

/** The first thing that leaves too few players. */
export type WaitReason =
  | 'players'
  | 'attributes'
  | 'latency'
  | 'skill'
  /** There are enough for a small match: it holds out for a full one, for `fullForMs`. */
  | 'full-match'
  /** There are enough for this ticket, but not for each other, or their parties do not fill the teams; or the next pass will do. */
  | 'company'

/** Looks at every ticket: for one that asks, and not for all in every pass. */
export function whyWaiting(
  queue: Queue,
  ticket: MatchTicket,
  tickets: readonly MatchTicket[],
  nowMs: number,
): WhyWaiting {
  const counts = { queued: 0, alike: 0, near: 0, similar: 0 }
  const window = windowAt(queue, ticket, nowMs)
  for (const other of tickets) {
    const players = other.players.length
    const isSelf = other.id === ticket.id
    counts.queued += players
    if (!isSelf && !isAlike(ticket, other)) continue
    counts.alike += players
    if (!isNear(queue, ticket, other, nowMs)) continue
    counts.near += players
    const distance = Math.abs(ticket.skill - other.skill)
    if (isSelf || distance <= Math.min(window, windowAt(queue, other, nowMs))) counts.similar += players
  }
  const { count, min, max } = queue.teams
  const [needed, full] = [count * min, count * max]
  const waited = waitedMs(ticket.sinceMs, nowMs)
  const mayBeSmall = waited >= queue.fullForMs
  return { reason: reasonOf(counts, needed, mayBeSmall ? needed : full), waitedMs: waited, needed, full, ...counts }
}

type Counts = Pick<WhyWaiting, 'queued' | 'alike' | 'near' | 'similar'>

function reasonOf({ queued, alike, near, similar }: Counts, needed: number, neededNow: number): WaitReason {
  if (queued < needed) return 'players'
  if (alike < needed) return 'attributes'
  if (near < needed) return 'latency'
  if (similar < needed) return 'skill'
  return similar < neededNow ? 'full-match' : 'company'
}

const isAlike = (a: MatchTicket, b: MatchTicket): boolean =>
  a.keys.some((key) => b.keys.includes(key)) && !a.unique.some((one) => b.unique.includes(one))

function isNear(queue: Queue, a: MatchTicket, b: MatchTicket, nowMs: number): boolean {
  const limits = [latencyLimitAt(queue, a, nowMs), latencyLimitAt(queue, b, nowMs)] as const
  return a.regions.some((region, i) => {
    const at = b.regions.indexOf(region)
    return at >= 0 && a.latenciesMs[i]! <= limits[0] && b.latenciesMs[at]! <= limits[1]
  })
}
