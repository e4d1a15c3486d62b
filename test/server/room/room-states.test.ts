/** A room and its seats against a model that knows nothing of worlds and ticks: random commands, the same state after each. */
import * as fc from 'fast-check'
import { defineGame, defineSimulation, RefusedError } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import { NO_TERMS } from '../../../server/src/room/ports.ts'
import type { RoomCommand } from '../../../server/src/room/ports.ts'
import { FakeLink, RoomHarness } from './harness.ts'

const schema = defineGame({ name: 'states', tickRateHz: 20 })
interface States extends TypesOf<typeof schema> {}
const states = defineSimulation<States>(schema, () => {})

const MAX_PLAYERS = 3
const MAX_SPECTATORS = 2
const USERS = ['ada', 'bob', 'eve', 'kim', 'lea', 'max'] as const

type Phase = 'playing' | 'dropped'
interface ModelSeat {
  readonly user: string
  readonly isSpectator: boolean
  phase: Phase
}

/** What must be true of the room. */
class Model {
  /** By who holds them, in the order in which they came. */
  readonly seats = new Map<number, ModelSeat>()
  readonly banned = new Set<string>()
  owner: number | null = null
  isLocked = false
  /** Whose room it is, while they have not come and nobody gave it away. */
  private awaited: string | null

  constructor(awaited: string | null) {
    this.awaited = awaited
  }

  get players(): number[] {
    return [...this.seats].filter(([, { isSpectator }]) => !isSpectator).map(([seat]) => seat)
  }

  /** Why somebody may not come in, or the number of the seat. */
  join(user: string, isSpectator: boolean): string | number {
    if (this.banned.has(user)) return 'banned'
    if (this.isLocked && !isSpectator) return 'room-locked'
    const [from, to] = isSpectator ? [MAX_PLAYERS, MAX_PLAYERS + MAX_SPECTATORS] : [0, MAX_PLAYERS]
    for (let seat = from; seat < to; seat++) {
      if (this.seats.has(seat)) continue
      this.seats.set(seat, { user, isSpectator, phase: 'playing' })
      if (!isSpectator && user === this.awaited) this.own(seat)
      else if (!isSpectator) this.owner ??= seat
      return seat
    }
    return 'room-full'
  }

  private own(seat: number): void {
    this.awaited = null
    this.owner = seat
  }

  leave(seat: number): void {
    this.seats.delete(seat)
    if (this.owner === seat) this.owner = this.players[0] ?? null
  }

  /** What a command of somebody in the room is answered with. */
  manage(seat: number, command: RoomCommand): string {
    const by = this.seats.get(seat)
    if (by?.phase !== 'playing') return 'not-seated'
    if (this.owner !== seat) return 'not-owner'
    if (command.kind === 'lock') {
      this.isLocked = command.locked
      return 'done'
    }
    if (command.kind !== 'remove' && command.kind !== 'transfer') return 'not-allowed'
    const target = command.seat
    if (target === null || !this.players.includes(target)) return 'no-such-player'
    if (command.kind === 'transfer') {
      this.own(target)
      return 'done'
    }
    if (command.ban) this.banned.add(this.seats.get(target)!.user)
    this.leave(target)
    return 'done'
  }
}

const seatNumber = fc.nat(MAX_PLAYERS + MAX_SPECTATORS - 1)
const step = fc.oneof(
  fc.record({ type: fc.constant('join' as const), user: fc.constantFrom(...USERS), isSpectator: fc.boolean() }),
  fc.record({ type: fc.constantFrom('leave' as const, 'drop' as const, 'resume' as const), seat: seatNumber }),
  fc.record({
    type: fc.constant('manage' as const),
    seat: seatNumber,
    command: fc.oneof(
      fc.record({ kind: fc.constant('lock' as const), locked: fc.boolean() }),
      fc.record({ kind: fc.constant('transfer' as const), seat: seatNumber }),
      fc.record({ kind: fc.constant('remove' as const), seat: seatNumber, ban: fc.boolean() }),
    ),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The real room, told the same, and all that it said of itself. */
class Real {
  readonly joined: number[] = []
  readonly left: number[] = []
  readonly owners: (number | null)[] = []
  readonly harness: RoomHarness
  private readonly links = new Map<number, FakeLink>()

  constructor(owner: string | null) {
    const type = defineRoom(states, {
      maxPlayers: MAX_PLAYERS,
      maxSpectators: MAX_SPECTATORS,
      owner: 'creator',
      emptyRoomMs: 3_600_000,
      onJoin: (_room, player) => void this.joined.push(player.id),
      onLeave: (_room, player) => void this.left.push(player.id),
      onOwner: (_room, player) => void this.owners.push(player?.id ?? null),
    })
    this.harness = new RoomHarness(type, undefined, { ...NO_TERMS, owner })
  }

  async join(user: string, isSpectator: boolean): Promise<string | number> {
    const { room, codec } = this.harness
    const link = new FakeLink(codec, user)
    const join = codec.encodePayload(codec.schema.join, {})
    try {
      const { seat } = await room.join({ link, key: null, isSpectator, join })
      this.links.set(seat, link)
      return seat
    } catch (error) {
      return codeOf(error)
    }
  }

  resume(seat: number): void {
    const link = this.links.get(seat)
    if (link !== undefined) this.harness.room.resume(seat, link, -1)
  }

  manage(seat: number, command: RoomCommand): string {
    try {
      this.harness.room.manage(seat, command)
      return 'done'
    } catch (error) {
      return codeOf(error)
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof RefusedError) return error.code
  throw error
}

async function play(steps: readonly Step[], owner: string | null): Promise<void> {
  const [model, real] = [new Model(owner), new Real(owner)]
  const { room } = real.harness
  for (const one of steps) {
    await take(one, model, real)
    real.harness.ticks(1)
    expect(room.freeSeats).toBe(MAX_PLAYERS - model.players.length)
    expect(room.spectators).toBe(model.seats.size - model.players.length)
    expect(room.isLocked).toBe(model.isLocked)
    expect(room.core.card.owner).toBe(model.owner)
    expect(new Set(room.core.players.keys())).toEqual(new Set(model.players))
  }
  // Game code hears of players, each once, and of each owner.
  expect(real.joined.length - real.left.length).toBe(model.players.length)
  expect(real.owners.at(-1) ?? null).toBe(model.owner)
  expect(real.harness.errors).toEqual([])
}

async function take(one: Step, model: Model, real: Real): Promise<void> {
  const { room } = real.harness
  switch (one.type) {
    case 'join':
      expect(await real.join(one.user, one.isSpectator)).toBe(model.join(one.user, one.isSpectator))
      return
    case 'manage':
      expect(real.manage(one.seat, one.command)).toBe(model.manage(one.seat, one.command))
      return
    case 'leave':
      room.leave(one.seat, 'left')
      model.leave(one.seat)
      return
    default: {
      const seat = model.seats.get(one.seat)
      if (one.type === 'drop') room.drop(one.seat)
      else if (seat !== undefined) real.resume(one.seat)
      if (seat !== undefined) seat.phase = one.type === 'drop' ? 'dropped' : 'playing'
    }
  }
}

describe('a room', () => {
  it('has the seats, the owner, the lock and the bans of its model, whatever comes in whatever order', async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 40 })
    const owner = fc.constantFrom(null, 'eve', 'nobody')
    await fc.assert(fc.asyncProperty(steps, owner, play), { numRuns: 300 })
  })
})
