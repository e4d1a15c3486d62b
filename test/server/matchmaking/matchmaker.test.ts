import { ConfigError } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { OpenRoom } from '../../../server/src/matchmaking/backfill.ts'
import type { Match } from '../../../server/src/matchmaking/match.ts'
import { Matchmaker } from '../../../server/src/matchmaking/matchmaker.ts'
import type { MatchmakerPort, TicketState } from '../../../server/src/matchmaking/port.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { settle } from '../helpers.ts'

const ACCEPT_MS = 10_000
const PASS_MS = 500
const queues = [
  defineQueue({ name: 'quick', teams: { count: 2, min: 1, max: 1 } }),
  defineQueue({ name: 'duel', teams: { count: 2, min: 1, max: 1 }, accept: { timeoutMs: ACCEPT_MS } }),
  defineQueue({ name: 'pairs', teams: { count: 2, min: 2, max: 2 }, accept: { timeoutMs: ACCEPT_MS } }),
]

let clock: FakeClock
let maker: Matchmaker<string>
let port: MatchmakerPort<string>
let asked: Match[]
let errors: unknown[]
let rooms: OpenRoom[]
let onMatch: (match: Match) => Promise<string>
/** What each user's ticket was told. */
let heard: Map<string, TicketState<string>[]>

beforeEach(() => {
  clock = new FakeClock()
  asked = []
  errors = []
  rooms = []
  heard = new Map()
  onMatch = async () => `room ${asked.length}`
  port = {
    openRooms: () => rooms,
    onMatch: (match: Match) => {
      asked.push(match)
      return onMatch(match)
    },
    onError: (error: unknown) => void errors.push(error),
  }
  maker = new Matchmaker(queues, port, { clock, passIntervalMs: PASS_MS })
})

function enqueue(queue: string, ...userIds: string[]): void {
  const states: TicketState<string>[] = []
  for (const userId of userIds) heard.set(userId, states)
  maker.enqueue(queue, { players: userIds.map((userId) => ({ userId })) }, (state) => void states.push(state))
}

const phasesOf = (userId: string): string[] => heard.get(userId)!.map(({ phase }) => phase)
const lastOf = (userId: string): TicketState<string> | undefined => heard.get(userId)!.at(-1)
const pass = async (): Promise<void> => {
  clock.advance(PASS_MS)
  await settle()
}
const codeOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing'
}

describe('a pass', () => {
  it('ends at maxMatchesPerPass, and the next one follows soon', async () => {
    maker = new Matchmaker(queues, port, { clock, passIntervalMs: PASS_MS, maxMatchesPerPass: 2 })
    for (let i = 0; i < 11; i++) enqueue('quick', `user ${i}`)
    const matches: number[] = []
    for (const ms of [PASS_MS, PASS_MS / 10, PASS_MS / 10, PASS_MS]) {
      clock.advance(ms)
      await settle()
      matches.push(asked.length)
    }
    expect(matches).toEqual([2, 4, 5, 5])
  })
})

describe('a queue without an accept step', () => {
  it('seats a match at once, and tells both where', async () => {
    enqueue('quick', 'ada')
    enqueue('quick', 'bob')
    await pass()
    expect(phasesOf('ada')).toEqual(['seating', 'matched'])
    expect(lastOf('bob')).toEqual({ phase: 'matched', match: asked[0], placement: 'room 1' })
    expect(maker.stateOf('ada')).toBeNull()
  })

  it('runs no timer while nobody waits', async () => {
    expect(clock.pending).toBe(0)
    enqueue('quick', 'ada')
    expect(clock.pending).toBe(1)
    enqueue('quick', 'bob')
    await pass()
    expect(clock.pending).toBe(0)
    enqueue('quick', 'cleo')
    maker.cancel('cleo')
    await pass()
    expect(clock.pending).toBe(0)
  })

  it('keeps queues apart', async () => {
    enqueue('quick', 'ada')
    enqueue('duel', 'bob')
    await pass()
    expect([maker.stateOf('ada'), maker.stateOf('bob')]).toEqual([{ phase: 'queued' }, { phase: 'queued' }])
    expect(['quick', 'duel', 'pairs', 'none'].map((name) => maker.queuedTickets(name))).toEqual([1, 1, 0, 0])
  })

  it('refuses who is in a queue already, what it does not know and more than it holds', () => {
    enqueue('quick', 'ada')
    expect(codeOf(() => enqueue('duel', 'ada'))).toBe('already-queued')
    expect(codeOf(() => enqueue('pairs', 'bob', 'ada'))).toBe('already-queued')
    expect(codeOf(() => enqueue('chess', 'bob'))).toBe('queue-not-found')
    expect(codeOf(() => enqueue('quick', 'bob', 'cleo'))).toBe('bad-ticket')
    maker = new Matchmaker(queues, port, { clock, maxTickets: 1 })
    enqueue('quick', 'ada')
    expect(codeOf(() => enqueue('quick', 'bob'))).toBe('queue-full')
    expect(() => new Matchmaker([queues[0]!, queues[0]!], port, { clock })).toThrow(ConfigError)
    expect(() => new Matchmaker(queues, port, { clock, passIntervalMs: 0 })).toThrow(ConfigError)
  })
})

describe('accepting', () => {
  beforeEach(async () => {
    enqueue('pairs', 'ada', 'abe')
    enqueue('pairs', 'bob')
    enqueue('pairs', 'cleo')
    await pass()
  })

  it('takes everybody, also of a party, and tells how many have', async () => {
    const expiresAtMs = clock.nowMs() + ACCEPT_MS
    const proposed = { phase: 'proposed', expiresAtMs, players: 4 }
    expect(lastOf('ada')).toEqual({ ...proposed, acceptedPlayers: 0, accepted: [] })
    expect([maker.accept('ada'), maker.accept('bob'), maker.accept('bob'), maker.accept('cleo')]).not.toContain(false)
    expect(lastOf('ada')).toEqual({ ...proposed, acceptedPlayers: 3, accepted: ['ada'] })
    expect(asked).toEqual([])
    maker.accept('abe')
    await settle()
    expect(lastOf('cleo')).toMatchObject({ phase: 'matched', placement: 'room 1' })
    expect(clock.pending).toBe(0)
  })

  it('is over when one declines: those who had accepted go to the front, with the time they have waited', async () => {
    maker.accept('bob')
    clock.advance(3000)
    expect(maker.decline('abe')).toBe(true)
    expect(lastOf('ada')).toEqual({ phase: 'ended', reason: 'declined', by: ['abe'] })
    expect([maker.stateOf('bob'), maker.stateOf('cleo')]).toEqual([{ phase: 'queued' }, { phase: 'queued' }])
    expect(maker.whyWaiting('bob')).toMatchObject({ reason: 'players', queued: 2, waitedMs: 3000 + PASS_MS })
    enqueue('pairs', 'dan')
    enqueue('pairs', 'eve', 'emil')
    await pass()
    for (const userId of ['bob', 'eve', 'emil', 'cleo']) maker.accept(userId)
    await settle()
    const front = asked[0]!.teams.flat().filter(({ isFront }) => isFront)
    expect(front.map(({ players }) => players[0]!.userId)).toEqual(['bob'])
  })

  it('is over when time is up: who has not answered is out, with the party', () => {
    for (const userId of ['ada', 'bob', 'cleo']) maker.accept(userId)
    clock.advance(ACCEPT_MS)
    expect(lastOf('ada')).toEqual({ phase: 'ended', reason: 'not-accepted', by: ['abe'] })
    expect([maker.stateOf('ada'), maker.stateOf('bob')]).toEqual([null, { phase: 'queued' }])
    expect(maker.accept('bob')).toBe(false)
  })

  it('is over when one leaves', () => {
    maker.accept('bob')
    expect(maker.cancel('cleo')).toBe(true)
    expect(lastOf('cleo')).toEqual({ phase: 'ended', reason: 'cancelled', by: ['cleo'] })
    expect(phasesOf('ada')).toEqual(['proposed', 'proposed', 'queued'])
  })

  it('means nothing to who has nothing to accept', () => {
    expect([maker.accept('zoe'), maker.decline('zoe'), maker.cancel('zoe')]).toEqual([false, false, false])
    enqueue('pairs', 'zoe')
    expect([maker.accept('zoe'), maker.decline('zoe'), maker.cancel('zoe')]).toEqual([false, false, true])
  })
})

describe('cancelling', () => {
  it('ends the ticket of the whole party', () => {
    enqueue('pairs', 'ada', 'abe')
    maker.cancel('abe')
    expect(lastOf('ada')).toEqual({ phase: 'ended', reason: 'cancelled', by: ['abe'] })
    enqueue('quick', 'ada')
    expect(maker.stateOf('ada')).toEqual({ phase: 'queued' })
  })

  it('comes too late once seats are reserved: the seat comes, but not a second try', async () => {
    let fail: (error: Error) => void = () => {}
    onMatch = () => new Promise((_, reject) => void (fail = reject))
    enqueue('quick', 'ada')
    enqueue('quick', 'bob')
    await pass()
    expect(maker.cancel('ada')).toBe(true)
    expect(maker.stateOf('ada')).toEqual({ phase: 'seating' })
    fail(new Error('no room'))
    await settle()
    expect(lastOf('ada')).toEqual({ phase: 'ended', reason: 'cancelled', by: ['ada'] })
    expect(lastOf('bob')).toEqual({ phase: 'queued' })
  })
})

describe('onMatch', () => {
  it.each<[string, (match: Match) => Promise<string>]>([
    ['rejects', () => Promise.reject(new Error('no room'))],
    [
      'throws',
      () => {
        throw new Error('no room')
      },
    ],
    ['never answers', () => new Promise(() => {})],
  ])('that %s puts the tickets back to the front, and they are tried again', async (_name, fails) => {
    onMatch = fails
    enqueue('quick', 'ada')
    enqueue('quick', 'bob')
    await pass()
    onMatch = async () => 'room'
    clock.advance(10_000)
    await settle()
    await pass()
    expect(errors).toHaveLength(1)
    expect(phasesOf('ada')).toEqual(['seating', 'queued', 'seating', 'matched'])
    expect(asked[1]!.teams.flat().every(({ isFront }) => isFront)).toBe(true)
  })

  it('is not offered seats of a room that are promised already', async () => {
    onMatch = () => new Promise(() => {})
    rooms = [{ roomId: 'r', region: null, attributes: {}, mu: 0, freeSeats: [1, 1] }]
    for (const userId of ['ada', 'bob', 'cleo', 'dan']) {
      enqueue('quick', userId)
      await pass()
    }
    expect(asked.map(({ room }) => room?.roomId ?? 'new')).toEqual(['r', 'r', 'new'])
    expect(asked.map(({ teams }) => teams.map((team) => team.length))).toEqual([
      [1, 0],
      [0, 1],
      [1, 1],
    ])
  })
})

describe('faults around it', () => {
  it('in a listener stop nobody else', async () => {
    maker.enqueue('quick', { players: [{ userId: 'ada' }] }, () => {
      throw new Error('listener')
    })
    enqueue('quick', 'bob')
    await pass()
    expect(phasesOf('bob')).toEqual(['seating', 'matched'])
    expect(errors).toHaveLength(2)
  })

  it('in openRooms cost only the rooms', async () => {
    port = {
      openRooms: () => {
        throw new Error('no directory')
      },
      onMatch: async () => 'new',
      onError: (error: unknown) => void errors.push(error),
    }
    maker = new Matchmaker(queues, port, { clock, passIntervalMs: PASS_MS })
    enqueue('quick', 'ada')
    enqueue('quick', 'bob')
    await pass()
    expect(lastOf('ada')).toMatchObject({ phase: 'matched', placement: 'new' })
    expect(errors).toHaveLength(1)
  })

  it('a listener may call back: it finds everything as it was told', async () => {
    const found: unknown[] = []
    maker.enqueue('duel', { players: [{ userId: 'ada' }] }, ({ phase }) => {
      if (phase === 'proposed') found.push(maker.stateOf('bob')?.phase, maker.decline('ada'))
    })
    enqueue('duel', 'bob')
    await pass()
    expect(found).toEqual(['proposed', true])
    expect(phasesOf('bob')).toEqual(['proposed', 'queued'])
  })
})

describe('closing', () => {
  it('ends every ticket, in whatever phase, and stops all timers', async () => {
    onMatch = () => new Promise((resolve) => void clock.setTimer(() => resolve('late'), 1000))
    enqueue('quick', 'ada')
    enqueue('quick', 'bob')
    enqueue('duel', 'cleo')
    enqueue('duel', 'dan')
    await pass()
    enqueue('duel', 'eve')
    maker.close()
    for (const userId of ['ada', 'bob', 'cleo', 'dan', 'eve']) {
      expect(lastOf(userId)).toEqual({ phase: 'ended', reason: 'closed', by: [] })
    }
    clock.advance(20_000)
    await settle()
    expect([clock.pending, phasesOf('ada')]).toEqual([0, ['seating', 'ended']])
    expect(codeOf(() => enqueue('quick', 'zoe'))).toBe('queue-closed')
  })
})
