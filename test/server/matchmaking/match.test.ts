import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { matchTickets } from '../../../server/src/matchmaking/match.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { checkTicket } from '../../../server/src/matchmaking/ticket.ts'
import type { MatchTicket } from '../../../server/src/matchmaking/ticket.ts'
import { duel, flat, idsOf, run, ticketsOf } from './asked.ts'
import type { Asked } from './asked.ts'
import { RANKED, randomRequest } from './crowd.ts'
import { explainViolation } from './violation.ts'

describe('skill', () => {
  it('matches the nearest in skill, not the first who came', () => {
    const asked = [{ mu: 25 }, { mu: 29 }, { mu: 26 }, { mu: 30 }]
    expect(idsOf(run({ ...duel, skill: flat(5) }, asked))).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  it('accepts a distance of exactly the width, and no more', () => {
    expect(run({ ...duel, skill: flat(0.3) }, [{ mu: 0.1 }, { mu: 0.4 }])).toHaveLength(1)
    expect(run({ ...duel, skill: flat(0.3) }, [{ mu: 0.1 }, { mu: 0.401 }])).toHaveLength(0)
  })

  it('widens while a ticket waits, on the line between two points, and stays after the last', () => {
    const skill = {
      window: [
        { afterMs: 0, width: 1 },
        { afterMs: 10_000, width: 3 },
      ],
    }
    const pair = (distance: number, nowMs: number) =>
      run({ ...duel, skill }, [{ mu: 0 }, { mu: distance }], { nowMs }).length
    expect([pair(2, 4_999), pair(2, 5_000)]).toEqual([0, 1])
    expect([pair(3, 9_999), pair(3, 10_000), pair(3.1, 1e9)]).toEqual([0, 1, 0])
  })

  it('needs the consent of both: who has just come is not given to one who has waited for long', () => {
    const skill = {
      window: [
        { afterMs: 0, width: 1 },
        { afterMs: 10_000, width: 9 },
      ],
    }
    const asked = [{ mu: 0 }, { mu: 5, sinceMs: 10_000 }]
    expect(run({ ...duel, skill }, asked, { nowMs: 10_000 })).toHaveLength(0)
    expect(run({ ...duel, skill }, asked, { nowMs: 15_000 })).toHaveLength(1)
  })

  it('adds the uncertainty of each to their own window', () => {
    const skill = { ...flat(1), perSigma: 0.5 }
    expect(
      run({ ...duel, skill }, [
        { mu: 0, sigma: 8 },
        { mu: 5, sigma: 8 },
      ]),
    ).toHaveLength(1)
    expect(
      run({ ...duel, skill }, [
        { mu: 0, sigma: 8 },
        { mu: 5, sigma: 7 },
      ]),
    ).toHaveLength(0)
  })

  it('compares every pair of a match, not only with the first', () => {
    const rules = { name: 'three', freeForAll: { min: 3, max: 3 }, skill: flat(2) }
    expect(run(rules, [{ mu: 0 }, { mu: 2 }, { mu: -2 }])).toHaveLength(0)
    expect(run(rules, [{ mu: 0 }, { mu: 2 }, { mu: 1 }])).toHaveLength(1)
  })

  it('takes the mean of a party', () => {
    const queue = defineQueue({ name: 'pairs', freeForAll: { min: 2, max: 4 }, skill: flat(1) })
    const players = [20, 31].map((mu, i) => ({ userId: `${i}`, rating: { mu, sigma: 1 } }))
    expect(checkTicket(queue, { players }, 1, 0).skill).toBe(25_500)
  })

  it('makes teams of equal strength', () => {
    const rules = { name: 'four', teams: { count: 2, min: 2, max: 2 }, skill: flat(100) }
    const [match] = run(rules, [{ mu: 10 }, { mu: 20 }, { mu: 30 }, { mu: 40 }])
    const sums = match!.teams.map((team) => team.reduce((sum, { skill }) => sum + skill, 0))
    expect(sums).toEqual([50_000, 50_000])
  })
})

describe('waiting', () => {
  it('lets who has waited longest choose first', () => {
    const asked = [
      { mu: 10, sinceMs: 5 },
      { mu: 11, sinceMs: 9 },
      { mu: 12, sinceMs: 0 },
    ]
    expect(idsOf(run({ ...duel, skill: flat(5) }, asked, { nowMs: 10 }))).toEqual([[1, 2]])
  })

  it('puts tickets at the front before all others', () => {
    const rules = { ...duel, skill: flat(5) }
    const [a, b, c] = ticketsOf(rules, [{ mu: 10 }, { mu: 11 }, { mu: 12, sinceMs: 3 }])
    const matches = matchTickets(defineQueue(rules), [a!, b!, { ...c!, isFront: true }], [], 5)
    expect(idsOf(matches)).toEqual([[1, 2]])
  })

  it('holds out for a full match, and then takes a smaller one', () => {
    const rules = { name: 'brawl', freeForAll: { min: 2, max: 4 }, fullForMs: 1000 }
    expect(run(rules, [{}, {}, {}], { nowMs: 999 })).toEqual([])
    expect(idsOf(run(rules, [{}, {}, {}], { nowMs: 1000 }))).toEqual([[0, 1, 2]])
    expect(idsOf(run(rules, [{}, {}, {}, {}], { nowMs: 0 }))).toEqual([[0, 1, 2, 3]])
  })

  it('counts a clock that was set back as no waiting', () => {
    expect(run({ ...duel, skill: flat(1) }, [{ sinceMs: 50 }, { sinceMs: 60 }], { nowMs: 10 })).toHaveLength(1)
  })
})

describe('parties', () => {
  const five = { name: 'five', teams: { count: 2, min: 5, max: 5 } } as const

  it('sit in one team, and are never split', () => {
    const [match] = run(five, [{ size: 3 }, { size: 3 }, { size: 2 }, { size: 1 }, { size: 1 }])
    expect(match!.teams.map((team) => team.map(({ players }) => players.length))).toEqual([
      [3, 2],
      [3, 1, 1],
    ])
  })

  it('wait while they do not fill the teams', () => {
    expect(run(five, [{ size: 4 }, { size: 4 }, { size: 2 }])).toEqual([])
    expect(
      run(
        five,
        Array.from({ length: 5 }, () => ({ size: 2 })),
      ),
    ).toEqual([])
  })

  it('are passed over for those who fit, and keep their turn', () => {
    const asked = [{ size: 4 }, { size: 4 }, { size: 2 }, { size: 1 }, { size: 1 }]
    expect(idsOf(run(five, asked))).toEqual([[0, 1, 3, 4]])
  })

  it('are not crowded out by those who come alone and are as near', () => {
    const pairs = { name: 'pairs', teams: { count: 2, min: 2, max: 2 }, skill: flat(5) } as const
    const asked = [{ mu: 20 }, { mu: 21 }, { mu: 22 }, { mu: 23, size: 2, sinceMs: 9 }]
    expect(idsOf(run(pairs, asked, { nowMs: 9 }))).toEqual([[0, 1, 3]])
  })

  it('play together in a free-for-all', () => {
    const [match] = run({ name: 'brawl', freeForAll: { min: 4, max: 4 } }, [{ size: 3 }, { size: 1 }])
    expect(match!.teams).toHaveLength(1)
  })
})

describe('regions', () => {
  const latency = {
    regions: ['eu', 'us'],
    limit: [
      { afterMs: 0, maxMs: 50 },
      { afterMs: 10_000, maxMs: 100 },
    ],
  }
  const rules = { ...duel, latency }
  const at = (eu: number, us: number): Asked => ({ latencyMs: { eu, us } })

  it('are the nearest one for who has waited longest, if it suits the others', () => {
    expect(run(rules, [at(40, 30), at(20, 45)])[0]!.region).toBe('us')
    expect(run(rules, [at(40, 30), at(20, 60)])[0]!.region).toBe('eu')
  })

  it('come into reach while a ticket waits', () => {
    const asked = [at(90, 40), at(30, 90)]
    expect(run(rules, asked, { nowMs: 7_999 })).toEqual([])
    expect(run(rules, asked, { nowMs: 8_000 })).toHaveLength(1)
  })

  it('are out of reach for a party when they are for one of it', () => {
    const queue = defineQueue({ ...rules, teams: { count: 2, min: 2, max: 2 } })
    const players = [
      { userId: 'a', latencyMs: { eu: 20, us: 30 } },
      { userId: 'b', latencyMs: { us: 44.5 } },
    ]
    expect(checkTicket(queue, { players }, 1, 0)).toMatchObject({ regions: [1], latenciesMs: [45] })
  })
})

describe('attributes', () => {
  it('that must be equal keep all others apart', () => {
    const asked = ['a', 'b', 'a', 1, '1'].map((mode) => ({ attributes: { mode } }))
    const matches = run({ ...duel, attributes: { mode: 'equal' } }, asked)
    expect(idsOf(matches)).toEqual([[0, 2]])
    expect(matches[0]!.attributes).toEqual({ mode: 'a' })
  })

  it('that must differ do so for every pair', () => {
    const rules = { name: 'roles', freeForAll: { min: 3, max: 3 }, attributes: { role: 'differ' } } as const
    const roles = ['tank', 'tank', 'healer', 'healer', 'scout']
    expect(
      idsOf(
        run(
          rules,
          roles.map((role) => ({ attributes: { role } })),
        ),
      ),
    ).toEqual([[0, 2, 4]])
  })

  it('that are lists have a value in common for all, which the match tells', () => {
    const rules = { name: 'maps', freeForAll: { min: 3, max: 3 }, attributes: { maps: 'intersect' } } as const
    const lists = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['c', 'b'],
    ]
    const matches = run(
      rules,
      lists.map((maps) => ({ attributes: { maps } })),
    )
    expect(idsOf(matches)).toEqual([[0, 1, 3]])
    expect(matches[0]!.attributes).toEqual({ maps: ['b'] })
  })
})

describe('a pass', () => {
  const crowd = (seed: number, count: number): MatchTicket[] => {
    const random = new Random(seed)
    const queue = defineQueue(RANKED)
    return Array.from({ length: count }, (_, id) =>
      checkTicket(queue, randomRequest(random, `${id}`), id, random.int(0, 60_000)),
    )
  }

  it.each([1, 2, 3, 4])('makes only matches within their rules, and nobody is in two (seed %i)', (seed) => {
    const tickets = crowd(seed, 800)
    const matches = matchTickets(defineQueue(RANKED), tickets, [], 60_000)
    expect(matches.length).toBeGreaterThan(40)
    for (const match of matches) expect(explainViolation(match, RANKED, 60_000)).toBeNull()
    const ids = idsOf(matches).flat()
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('finds the same matches in whichever order the tickets are handed in', () => {
    const tickets = crowd(9, 400)
    const other = tickets.toSorted((a, b) => (a.id % 7) - (b.id % 7) || b.id - a.id)
    const queue = defineQueue(RANKED)
    expect(matchTickets(queue, other, [], 60_000)).toEqual(matchTickets(queue, tickets, [], 60_000))
  })

  it.each([1, 2, 3])(
    'that is cut off, and those that go on from it, make the matches that one would (seed %i)',
    (seed) => {
      const queue = defineQueue(RANKED)
      let tickets = crowd(seed, 600)
      const whole = idsOf(matchTickets(queue, tickets, [], 60_000))
      const parts: number[][] = []
      for (let pass = 0; pass < 20; pass++) {
        const matched = idsOf(matchTickets(queue, tickets, [], 60_000, 7))
        expect(matched.length).toBeLessThanOrEqual(7)
        parts.push(...matched)
        tickets = tickets.filter(({ id }) => !matched.flat().includes(id))
      }
      expect(parts).toEqual(whole)
    },
  )

  it('that is cut off fills no further rooms', () => {
    const queue = defineQueue(duel)
    const room = { region: null, attributes: {}, mu: 0, freeSeats: [1, 0] }
    const rooms = ['a', 'b', 'c'].map((roomId) => ({ ...room, roomId }))
    const matches = matchTickets(queue, ticketsOf(duel, [{}, {}, {}, {}]), rooms, 0, 2)
    expect(matches.map((match) => match.room?.roomId)).toEqual(['a', 'b'])
  })

  it('of nobody makes nothing', () => {
    expect(matchTickets(defineQueue(RANKED), [], [], 0)).toEqual([])
  })
})
