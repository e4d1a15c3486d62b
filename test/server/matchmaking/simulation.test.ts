import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import type { OpenRoom } from '../../../server/src/matchmaking/backfill.ts'
import type { Match } from '../../../server/src/matchmaking/match.ts'
import { Matchmaker } from '../../../server/src/matchmaking/matchmaker.ts'
import type { TicketState } from '../../../server/src/matchmaking/port.ts'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import type { QueueOptions } from '../../../server/src/matchmaking/queue.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { settle } from '../helpers.ts'
import { RANKED, randomRequest } from './crowd.ts'
import { explainViolation } from './violation.ts'

const rules: QueueOptions = { ...RANKED, accept: { timeoutMs: 8000 } }
const MINUTES = 4

interface Person {
  readonly userIds: readonly string[]
  state: TicketState<string>
}

/** A service with moody players and a directory that fails now and then. */
class Town {
  readonly clock = new FakeClock()
  readonly random: Random
  readonly people: Person[] = []
  /** Users whose seats are being reserved. */
  readonly seating = new Set<string>()
  readonly seated: string[] = []
  readonly faults: string[] = []
  readonly rooms: OpenRoom[]
  readonly maker: Matchmaker<string>

  constructor(seed: number) {
    this.random = new Random(seed)
    const attributes = { mode: 'classic', maps: ['dust'] }
    const room = { attributes, mu: 25, freeSeats: [3, 2] }
    this.rooms = ['eu', 'us'].map((region) => ({ ...room, roomId: region, region }))
    const port = {
      openRooms: () => this.rooms,
      onMatch: (match: Match) => this.open(match),
      onError: () => {},
    }
    this.maker = new Matchmaker([defineQueue(rules)], port, { clock: this.clock })
  }

  arrive(): void {
    const request = randomRequest(this.random, `${this.people.length}`)
    const person: Person = { userIds: request.players.map(({ userId }) => userId), state: { phase: 'queued' } }
    this.people.push(person)
    this.maker.enqueue('ranked', request, (state) => {
      if (state.phase === 'proposed' && person.state.phase === 'queued') this.think(person)
      person.state = state
    })
  }

  /** Most accept in some seconds; some decline, some have gone for tea, some leave. */
  private think({ userIds }: Person): void {
    for (const userId of userIds) {
      const mood = this.random.next()
      const act = mood < 0.95 ? 'accept' : mood < 0.97 ? 'decline' : mood < 0.98 ? 'cancel' : null
      if (act !== null) this.clock.setTimer(() => void this.maker[act](userId), this.random.int(200, 7000))
    }
  }

  private async open(match: Match): Promise<string> {
    const users = match.teams.flatMap((tickets) =>
      tickets.flatMap(({ players }) => players.map(({ userId }) => userId)),
    )
    const fault = explainViolation(match, rules, this.clock.nowMs())
    if (fault !== null) this.faults.push(fault)
    for (const user of users) {
      if (this.seating.has(user) || this.seated.includes(user)) this.faults.push(`${user} is in two matches`)
      this.seating.add(user)
    }
    await new Promise<void>((resolve) => void this.clock.setTimer(resolve, this.random.int(10, 900)))
    for (const user of users) this.seating.delete(user)
    if (this.random.next() < 0.1) throw new Error('no room')
    this.seated.push(...users)
    if (match.room !== null) this.fill(match.room.roomId, match)
    return match.room?.roomId ?? 'new'
  }

  private fill(roomId: string, { teams }: Match): void {
    const at = this.rooms.findIndex((room) => room.roomId === roomId)
    const taken = teams.map((tickets) => tickets.flatMap(({ players }) => players).length)
    const freeSeats = this.rooms[at]!.freeSeats.map((free, team) => free - taken[team]!)
    if (freeSeats.some((free) => free < 0)) this.faults.push(`${roomId} has more players than seats`)
    this.rooms[at] = { ...this.rooms[at]!, freeSeats }
  }
}

describe('a queue of some minutes', () => {
  it.each([1, 2, 3])('keeps its rules whoever declines, leaves or fails (seed %i)', async (seed) => {
    const town = new Town(seed)
    for (let second = 0; second < MINUTES * 60; second++) {
      // Who still waits in the last minute has had the time to be found.
      const coming = second < (MINUTES - 1) * 60 ? 3 : 0
      for (let i = 0; i < coming; i++) town.arrive()
      for (let part = 0; part < 4; part++) {
        town.clock.advance(250)
        await settle()
      }
    }
    expect(town.faults).toEqual([])
    expect(new Set(town.seated).size).toBe(town.seated.length)
    const told = town.people.filter(({ state }) => state.phase === 'matched').flatMap(({ userIds }) => userIds)
    expect(told.toSorted()).toEqual(town.seated.toSorted())
    const count = (phase: string): number => town.people.filter(({ state }) => state.phase === phase).length
    expect(count('matched') / town.people.length).toBeGreaterThan(0.5)
    expect(count('ended')).toBeGreaterThan(0)
    expect(town.rooms.some(({ freeSeats }) => freeSeats[0]! < 3)).toBe(true)
  })
})
