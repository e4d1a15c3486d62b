import { describe, expect, it } from 'vitest'
import type { OpenRoom } from '../../../server/src/matchmaking/backfill.ts'
import type { QueueOptions } from '../../../server/src/matchmaking/queue.ts'
import { duel, flat, idsOf, run } from './asked.ts'

describe('running rooms', () => {
  const room = (changes: Partial<OpenRoom> = {}): OpenRoom => ({
    roomId: 'r',
    region: null,
    attributes: {},
    mu: 25,
    freeSeats: [1, 0],
    ...changes,
  })

  it('are filled before new matches are made, by those who have waited longest among the suitable', () => {
    const asked = [{ mu: 40 }, { mu: 27 }, { mu: 25 }, { mu: 26 }]
    const matches = run({ ...duel, skill: flat(3) }, asked, { rooms: [room()] })
    expect(idsOf(matches)).toEqual([[1], [2, 3]])
    expect(matches.map(({ room: into }) => into?.roomId)).toEqual(['r', undefined])
  })

  it('take a party into one team, where most seats are free', () => {
    const rules = { name: 'five', teams: { count: 2, min: 5, max: 5 } }
    const rooms = [room({ freeSeats: [2, 3] })]
    const [match] = run(rules, [{ size: 4 }, { size: 2 }, { size: 2 }, { size: 1 }], { rooms })
    expect(match!.teams.map((team) => team.map(({ id }) => id))).toEqual([[2], [1, 3]])
  })

  it('are only for tickets with their region and attributes', () => {
    const rules: QueueOptions = {
      name: 'all',
      freeForAll: { min: 8, max: 8 },
      latency: { regions: ['eu', 'us'], limit: [{ afterMs: 0, maxMs: 50 }] },
      attributes: { mode: 'equal', role: 'differ', maps: 'intersect' },
    }
    const good = { latencyMs: { eu: 10 }, attributes: { mode: 'a', role: 'tank', maps: ['x', 'y'] } }
    const asked = [
      { ...good, latencyMs: { us: 10 } },
      { ...good, attributes: { ...good.attributes, mode: 'b' } },
      { ...good, attributes: { ...good.attributes, role: 'healer' } },
      { ...good, attributes: { ...good.attributes, maps: ['x'] } },
      good,
      good,
    ]
    const attributes = { mode: 'a', role: ['healer', 'scout'], maps: ['y'] }
    const rooms = [room({ region: 'eu', freeSeats: [4], attributes })]
    expect(idsOf(run(rules, asked, { rooms }))).toEqual([[4]])
    const { maps: _maps, ...rest } = attributes
    expect(run(rules, asked, { rooms: [room({ region: 'eu', freeSeats: [4], attributes: rest })] })).toEqual([])
  })
})
