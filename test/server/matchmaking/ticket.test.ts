import { ConfigError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { checkTicket } from '../../../server/src/matchmaking/ticket.ts'
import type { TicketRequest } from '../../../server/src/matchmaking/ticket.ts'
import { RANKED } from './crowd.ts'

describe('a ticket', () => {
  const queue = defineQueue(RANKED)
  const player = { userId: 'a', rating: { mu: 25, sigma: 8 }, latencyMs: { eu: 20 } }
  const attributes = { mode: 'classic', maps: ['dust'] }
  const check = (request: Partial<TicketRequest>) => () =>
    checkTicket(queue, { players: [player], attributes, ...request }, 1, 0)

  it('is refused when a client may have sent nonsense', () => {
    const many = Array.from({ length: 6 }, (_, i) => ({ ...player, userId: `${i}` }))
    const refused = [
      { players: [] },
      { players: many },
      { players: [{ ...player, latencyMs: {} }] },
      { players: [{ ...player, latencyMs: { eu: Number.NaN } }] },
      { players: [{ ...player, latencyMs: { eu: -1 } }] },
      { attributes: { mode: 'classic' } },
      { attributes: { maps: ['dust'] } },
      { attributes: { mode: 'classic', maps: [] } },
      { attributes: { mode: Number.NaN, maps: ['dust'] } },
      { attributes: { mode: 'classic', maps: Array.from({ length: 65 }, (_, i) => i) } },
    ]
    for (const request of refused) expect(check(request)).toThrow(expect.objectContaining({ code: 'bad-ticket' }))
    expect(check({})).not.toThrow()
  })

  it('throws what only the server can have got wrong', () => {
    const { rating: _rating, ...unrated } = player
    expect(check({ players: [unrated] })).toThrow(ConfigError)
    expect(check({ players: [{ ...player, rating: { mu: Number.NaN, sigma: 1 } }] })).toThrow(ConfigError)
    expect(check({ players: [{ ...player, rating: { mu: 1, sigma: -1 } }] })).toThrow(ConfigError)
    expect(check({ players: [player, player] })).toThrow(ConfigError)
  })
})
