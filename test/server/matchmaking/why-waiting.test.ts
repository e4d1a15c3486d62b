import { describe, expect, it } from 'vitest'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { checkTicket } from '../../../server/src/matchmaking/ticket.ts'
import { whyWaiting } from '../../../server/src/matchmaking/why-waiting.ts'
import type { WhyWaiting } from '../../../server/src/matchmaking/why-waiting.ts'

const queue = defineQueue({
  name: 'four',
  freeForAll: { min: 2, max: 4 },
  fullForMs: 5000,
  skill: {
    window: [
      { afterMs: 0, width: 1 },
      { afterMs: 10_000, width: 11 },
    ],
  },
  latency: { regions: ['eu', 'us'], limit: [{ afterMs: 0, maxMs: 50 }] },
  attributes: { mode: 'equal', role: 'differ' },
})

interface Asked {
  readonly mode?: string
  readonly role?: string
  readonly region?: string
  readonly mu?: number
  readonly size?: number
}

/** Of the first of those who ask. */
function why(asked: readonly Asked[], nowMs = 0): WhyWaiting {
  const tickets = asked.map(({ mode = 'a', role, region = 'eu', mu = 25, size = 1 }, id) => {
    const rating = { mu, sigma: 0 }
    const players = Array.from({ length: size }, (_, i) => ({
      userId: `${id}.${i}`,
      rating,
      latencyMs: { [region]: 9 },
    }))
    return checkTicket(queue, { players, attributes: { mode, role: role ?? `${id}` } }, id, 0)
  })
  return whyWaiting(queue, tickets[0]!, tickets, nowMs)
}

describe('why a ticket waits', () => {
  it.each<[WhyWaiting['reason'], readonly Asked[]]>([
    ['players', [{}]],
    ['attributes', [{}, { mode: 'b' }]],
    ['attributes', [{ role: 'tank' }, { role: 'tank' }]],
    ['latency', [{}, { region: 'us' }]],
    ['skill', [{}, { mu: 27 }]],
    ['full-match', [{}, {}]],
    ['company', [{}, {}, { size: 2 }]],
  ])('is %s when that leaves too few', (reason, asked) => {
    expect(why(asked).reason).toBe(reason)
  })

  it('is told in numbers of players', () => {
    const asked = [{ size: 2 }, { mode: 'b' }, { region: 'us' }, { mu: 30 }, { mu: 25.5 }]
    expect(why(asked)).toEqual({
      reason: 'full-match',
      waitedMs: 0,
      needed: 2,
      full: 4,
      queued: 6,
      alike: 5,
      near: 4,
      similar: 3,
    })
  })

  it('changes with time, as the limits do', () => {
    const asked = [{}, { mu: 30 }]
    expect([0, 4000, 5000].map((nowMs) => why(asked, nowMs).reason)).toEqual(['skill', 'full-match', 'company'])
  })
})
