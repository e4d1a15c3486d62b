import type { Random } from '@tickwire/protocol'
import { checkTicket, matchTickets } from '@tickwire/server'
import type { MatchTicket, Queue } from '@tickwire/server'

/** How long one waits in a queue with so many players per minute, in ms: of an hour, every wait. */
export function waitsOf(queue: Queue, playersPerMinute: number, random: Random): number[] {
  const waits: number[] = []
  let waiting: MatchTicket[] = []
  for (let nowMs = 0, id = 0; nowMs < 3_600_000; nowMs += 500) {
    for (; id < (nowMs / 60_000) * playersPerMinute; id++) {
      const rating = { mu: 10 + 30 * random.next(), sigma: 2 }
      waiting.push(checkTicket(queue, { players: [{ userId: `${id}`, rating }] }, id, nowMs))
    }
    const matched = matchTickets(queue, waiting, [], nowMs).flatMap(({ teams }) => teams.flat())
    for (const { sinceMs } of matched) waits.push(nowMs - sinceMs)
    waiting = waiting.filter((ticket) => !matched.includes(ticket))
  }
  return waits
}
