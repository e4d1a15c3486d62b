import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Match } from '../../../server/src/matchmaking/match.ts'
import { Matchmaker } from '../../../server/src/matchmaking/matchmaker.ts'
import type { TicketState } from '../../../server/src/matchmaking/port.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { settle } from '../helpers.ts'
import { ACCEPT_MS, PASS_MS, TicketModel } from './ticket-model.ts'
import type { ModelState } from './ticket-model.ts'

const PARTIES = 8
const USERS = Array.from({ length: PARTIES }, (_, i) => [`${i}a`, `${i}b`] as const)

interface Seating {
  readonly match: Match
  resolve(place: string): void
  reject(error: Error): void
}

/** The real one, with its surroundings. */
class Bed {
  readonly clock = new FakeClock()
  readonly seating: Seating[] = []
  /** What each user was told last. */
  readonly told = new Map<string, TicketState<string>>()
  readonly errors: unknown[] = []
  readonly maker: Matchmaker<string>

  constructor() {
    const queue = defineQueue({ name: 'q', teams: { count: 2, min: 2, max: 2 }, accept: { timeoutMs: ACCEPT_MS } })
    const port = {
      openRooms: () => [],
      onMatch: (match: Match) =>
        new Promise<string>((resolve, reject) => void this.seating.push({ match, resolve, reject })),
      onError: (error: unknown) => void this.errors.push(error),
    }
    this.maker = new Matchmaker([queue], port, { clock: this.clock, passIntervalMs: PASS_MS, seatTimeoutMs: 1e9 })
  }

  enqueue(users: readonly string[]): boolean {
    try {
      const players = users.map((userId) => ({ userId }))
      this.maker.enqueue('q', { players }, (state) => {
        for (const user of users) this.told.set(user, state)
      })
    } catch (error) {
      expect(error).toMatchObject({ code: 'already-queued' })
      return false
    }
    for (const user of users) this.told.set(user, { phase: 'queued' })
    return true
  }

  finish(isPlaced: boolean): void {
    const next = this.seating.shift()
    if (isPlaced) next?.resolve('room')
    else next?.reject(new Error('no room'))
  }
}

type Command =
  | { readonly do: 'enqueue'; readonly party: number }
  | { readonly do: 'cancel' | 'accept' | 'decline'; readonly party: number; readonly member: number }
  /** Everybody who can accepts: one after the other, it would hardly ever come to seats. */
  | { readonly do: 'acceptAll' }
  | { readonly do: 'advance'; readonly steps: number }
  | { readonly do: 'finish'; readonly isPlaced: boolean }

const party = fc.nat({ max: PARTIES - 1 })
const member = fc.nat({ max: 1 })
const named = <Name extends 'cancel' | 'accept' | 'decline'>(name: Name) =>
  fc.record({ do: fc.constant(name), party, member })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('enqueue' as const), party }) },
  { weight: 6, arbitrary: named('accept') },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('acceptAll' as const) }) },
  { weight: 2, arbitrary: named('decline') },
  { weight: 1, arbitrary: named('cancel') },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), steps: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), isPlaced: fc.boolean() }) },
)

function run(one: Command, bed: Bed, model: TicketModel): void {
  switch (one.do) {
    case 'enqueue':
      expect(bed.enqueue(USERS[one.party]!)).toBe(model.enqueue(USERS[one.party]!))
      break
    case 'acceptAll':
      for (const user of USERS.flat()) expect(bed.maker.accept(user)).toBe(model.accept(user))
      break
    case 'advance':
      bed.clock.advance(one.steps * 100)
      model.clock.advance(one.steps * 100)
      break
    case 'finish':
      bed.finish(one.isPlaced)
      model.finish(one.isPlaced)
      break
    default: {
      const user = USERS[one.party]![one.member]!
      expect(bed.maker[one.do](user)).toBe(model[one.do](user))
    }
  }
}

/** The real state as the model has it. */
function plain(state: TicketState<string>): ModelState {
  if (state.phase === 'proposed') {
    const { phase, acceptedPlayers, accepted } = state
    return { phase, acceptedPlayers, accepted }
  }
  return state.phase === 'ended' ? state : { phase: state.phase }
}

function compare(bed: Bed, model: TicketModel): void {
  for (const user of USERS.flat()) {
    const expected = model.ticketOf(user)?.state
    const told = bed.told.get(user)
    expect(told && plain(told), user).toEqual(expected)
    expect(bed.maker.stateOf(user), user).toEqual(model.isActive(user) ? told : null)
  }
  const usersOf = (match: Match): string[] =>
    match.teams.flatMap((tickets) => tickets.flatMap(({ players }) => players.map(({ userId }) => userId)))
  expect(bed.seating.map(({ match }) => usersOf(match))).toEqual(
    model.seating.map(({ tickets }) => tickets.flatMap(({ users }) => users)),
  )
  const seated = bed.seating.flatMap(({ match }) => usersOf(match))
  expect(new Set(seated).size).toBe(seated.length)
}

describe('a ticket', () => {
  it('is always where the model says, whatever is asked in whichever order', async () => {
    const reached = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 80, size: 'max' }), async (commands) => {
        const bed = new Bed()
        const model = new TicketModel()
        for (const one of commands) {
          run(one, bed, model)
          await settle()
          compare(bed, model)
        }
        for (const { state } of model.tickets) reached.add(state.phase === 'ended' ? state.reason : state.phase)
        bed.maker.close()
        expect(USERS.flat().filter((user) => bed.maker.stateOf(user) !== null)).toEqual([])
      }),
      { numRuns: 150, seed: 20_261_120 },
    )
    // Of ends and phases none was left out.
    expect([...reached].toSorted()).toEqual([
      'cancelled',
      'declined',
      'matched',
      'not-accepted',
      'proposed',
      'queued',
      'seating',
    ])
  }, 30_000)
})
