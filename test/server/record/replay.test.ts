import { DecodeError, defineGame, defineSimulation, field, SchemaMismatchError } from '@tickwire/protocol'
import type { TickwireError, TypesOf } from '@tickwire/protocol'
import type { CallItem } from '@tickwire/protocol/internal'
import { defineRoom, replay } from '@tickwire/server'
import type { Player, Room, RoomType } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { NO_TERMS } from '../../../server/src/room/ports.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { handlers, smallGame } from '../room/small-game.ts'
import type { Small } from '../room/small-game.ts'
import { TapeDeck } from './tape-deck.ts'

/** Balls that run when told to, at a speed that the room draws. */
const running = smallGame((world) => {
  for (const ball of world.all('ball')) if (world.inputOf(ball).right) ball.x = Math.min(90, ball.x + ball.vx / 20)
})

const askingSchema = defineGame({
  name: 'asking',
  tickRateHz: 20,
  state: { chosen: field.uint({ max: 99 }) },
  requests: { pick: { ask: { of: field.uint({ max: 9 }) }, reply: { choice: field.uint({ max: 9 }) }, to: 'client' } },
})
interface Asking extends TypesOf<typeof askingSchema> {}

type Definition = Parameters<typeof defineRoom<Small>>[1]
const roomOf = (definition: Partial<Definition> = {}): RoomType =>
  defineRoom<Small>(running, {
    ...handlers,
    onJoin(room, player) {
      player.state.name = player.join.name
      room.world.spawn('ball', { x: room.random() * 10, y: 5, vx: room.random() * 9, tag: 'a' }, { owner: player })
      room.after(0.5, () => void (room.state.score += 1))
    },
    onDrain: (room) => void (room.state.score += 10),
    onMessage: { say: (room, _player, { text }) => void (room.state.score += text.length) },
    ...definition,
  })

/** A short life: two join, run, talk, drop, come back and leave. */
async function life(type: RoomType, options: { keyframeSeconds?: number } = {}): Promise<TapeDeck> {
  const deck = new TapeDeck(type, options)
  deck.ticks(3)
  const ada = await deck.join({ name: 'Ada' })
  deck.ticks(5)
  const bob = await deck.join({ name: 'Bob' }, 'bob')
  for (let i = 0; i < 40; i++) {
    deck.input(ada, { right: i % 3 > 0, fire: i % 7 === 0 })
    if (i % 2 === 0) deck.input(bob, { right: i > 20 })
    if (i === 11) deck.say(bob, 'say', { text: 'hello' })
    if (i === 20) deck.room.drop(ada)
    if (i === 25) deck.room.resume(ada, deck.room.core.seats.at(ada)!.link, -1)
    deck.ticks(1)
  }
  deck.room.leave(bob, 'left')
  deck.room.drain()
  deck.ticks(4)
  return deck
}

describe('replay', () => {
  it('reproduces joins, inputs, messages, timers, drops and leaves bit for bit, and ends where the room ended', async () => {
    const type = roomOf()
    const deck = await life(type)
    const scores: number[] = []
    const end = { ...deck.room.core.world.state }
    const report = await replay(deck.finish(), type, {
      onTick: (room: Room<Small>) => scores.push(room.state.score),
    })
    expect(report).toEqual({ roomId: 'r1', epoch: 3, ticks: 52, isComplete: true, divergence: null, errors: [] })
    expect(scores).toHaveLength(52)
    expect(scores.at(-1)).toBe(end['score'])
    expect(scores.at(-1)).toBe(17)
  })

  it('knows whose the room was to be', async () => {
    const type = roomOf({ owner: 'creator' })
    const deck = new TapeDeck(type, { terms: { ...NO_TERMS, owner: 'bob' } })
    await deck.join({ name: 'Ada' })
    deck.ticks(2)
    const bob = await deck.join({ name: 'Bob' }, 'bob')
    deck.ticks(2)
    expect(deck.room.core.card.owner).toBe(bob)
    expect(await replay(deck.finish(), type)).toMatchObject({ ticks: 4, divergence: null })
  })

  it('names tick, entity and field of what game code took from elsewhere', async () => {
    let draws = 0
    // As `Math.random` is: another number whenever it is asked.
    const elsewhere = (): number => (draws += 0.125)
    const type = roomOf({
      onTick(room) {
        if (room.tick !== 30) return
        const [, ball] = [...room.world.all('ball')]
        ball!.vx = elsewhere()
      },
    })
    const deck = await life(type, { keyframeSeconds: 0 })
    const { divergence } = await replay(deck.finish(), type)
    expect(divergence).toEqual({
      tick: 30,
      foundAtTick: 30,
      entity: { kind: 'ball', id: expect.any(Number) as number },
      field: 'vx',
      recorded: 0.125,
      replayed: 0.25,
    })
  })

  it('names the field at the next keyframe when there is none at the tick itself', async () => {
    let draws = 0
    const type = roomOf({ onTick: (room) => void (room.tick === 30 && (room.state.score = ++draws)) })
    const { divergence } = await replay((await life(type)).finish(), type)
    expect(divergence).toMatchObject({ tick: 30, foundAtTick: 40, entity: { kind: '#room' }, field: 'score' })
  })

  it('notices other draws of the room, and another number of entities', async () => {
    let asked = 0
    const draws = roomOf({ onTick: (room) => void (asked++ === 9 && room.random()) })
    expect((await replay((await life(draws)).finish(), draws)).divergence).toMatchObject({ tick: 10, field: '#random' })
    asked = 0
    const spawns = roomOf({ onTick: (room) => void (asked++ === 9 && room.world.spawn('flag', {})) })
    const { divergence } = await replay((await life(spawns)).finish(), spawns)
    expect(divergence).toMatchObject({ tick: 10, field: '#id' })
  })

  it('ends an onJoin that took its time when it ended, and refuses what was refused', async () => {
    let release: (() => void)[] = []
    let isLive = true
    const type = roomOf({
      async onJoin(room, player) {
        // A database answers after some ticks; in the replay at once.
        if (isLive) await new Promise<void>((resolve) => release.push(resolve))
        if (player.join.name === 'Eve') throw new Error('no')
        room.world.spawn('ball', { x: 3 }, { owner: player })
      },
      onError: () => {},
    })
    const deck = new TapeDeck(type)
    const joins = ['Ada', 'Eve', 'Bob'].map((name) => deck.join({ name }, name).catch(() => -1))
    deck.ticks(5)
    release[1]!()
    await joins[1]
    deck.ticks(5)
    release[0]!()
    await joins[0]
    deck.ticks(5)
    release[2]!()
    await joins[2]
    deck.ticks(5)
    isLive = false
    release = []
    expect(await Promise.all(joins)).toEqual([0, -1, 2])
    expect(await replay(deck.finish(), type)).toMatchObject({ ticks: 20, divergence: null, isComplete: true })
  })

  it('hears again what players answered, refused, or did not answer in time', async () => {
    const asking = defineSimulation<Asking>(askingSchema, () => {})
    const outcomes: (number | string)[] = []
    const ask = async (room: Room<Asking>, player: Player<Asking>): Promise<void> => {
      const { choice } = await player.request('pick', { of: 3 }, { timeoutMs: 190 }).catch((error: TickwireError) => {
        outcomes.push(error.code)
        return { choice: 9 }
      })
      outcomes.push(choice)
      room.state.chosen += choice
    }
    const type = defineRoom<Asking>(asking, {
      onTick(room) {
        for (const player of room.players.values()) if (room.tick % 10 === 5) void ask(room, player)
      },
    })
    const deck = new TapeDeck(type)
    const ada = await deck.join({})
    const payload = deck.codec.encodePayload(askingSchema.requests['pick']!.reply, { choice: 2 })
    const answers = new Map<number, CallItem>([
      [8, { type: 'reply', channel: 1, id: 1, payload }],
      [18, { type: 'refusal', channel: 1, id: 2, code: 'busy', text: '' }],
    ])
    while (deck.tick < 38) {
      // In steps of less than a tick, and each with its own turn of the event loop, as timers have it.
      deck.clock.advance(10)
      await new Promise(setImmediate)
      const answer = answers.get(deck.tick)
      if (answer !== undefined) deck.room.receiveCall(ada, answer)
      answers.delete(deck.tick)
      await new Promise(setImmediate)
    }
    expect(outcomes.splice(0)).toEqual([2, 'busy', 9, 'request-timeout', 9])
    // The last one still waits when its room ends.
    const recording = deck.finish()
    await new Promise(setImmediate)
    expect(outcomes.splice(0)).toEqual(['seat-over', 9])
    const report = await replay(recording, type)
    expect(report).toMatchObject({ ticks: 38, divergence: null, isComplete: true })
    expect(outcomes.slice(0, 5)).toEqual([2, 'busy', 9, 'request-timeout', 9])
  })

  it('obeys the owner of the room again, and refuses again who is none', async () => {
    const owners: (number | null)[] = []
    const type = roomOf({ owner: 'creator', onOwner: (_room, player) => void owners.push(player?.id ?? null) })
    const deck = new TapeDeck(type)
    const [ada, bob, eve] = [
      await deck.join({ name: 'Ada' }),
      await deck.join({ name: 'Bob' }),
      await deck.join({ name: 'Eve' }),
    ]
    deck.ticks(2)
    deck.room.manage(ada, { kind: 'lock', locked: true })
    expect(() => deck.room.manage(bob, { kind: 'lock', locked: false })).toThrow('owner')
    deck.ticks(2)
    deck.room.manage(ada, { kind: 'transfer', seat: bob })
    deck.ticks(2)
    deck.room.manage(bob, { kind: 'remove', seat: eve, ban: true })
    deck.ticks(2)
    const recording = deck.finish()
    const live = owners.splice(0)
    expect(live.slice(0, 2)).toEqual([ada, bob])
    expect(await replay(recording, type)).toMatchObject({ ticks: 8, divergence: null, isComplete: true })
    expect(owners).toEqual(live)
  })

  it('sends away again whom an operator sent away', async () => {
    const left: (readonly [number, string])[] = []
    const type = roomOf({ onLeave: (_room, player, reason) => void left.push([player.id, reason]) })
    const deck = new TapeDeck(type)
    const [ada, bob] = [await deck.join({ name: 'Ada' }), await deck.join({ name: 'Bob' })]
    deck.ticks(2)
    deck.room.operator.remove(bob, true)
    deck.ticks(2)
    deck.room.operator.remove(ada, false)
    deck.ticks(2)
    const recording = deck.finish()
    const live = left.splice(0)
    expect(live).toEqual([
      [bob, 'kicked'],
      [ada, 'kicked'],
    ])
    expect(await replay(recording, type)).toMatchObject({ ticks: 6, divergence: null, isComplete: true })
    expect(left).toEqual(live)
  })

  it('shows each player what it had on screen when its past is asked for, whatever the network did', async () => {
    const type = roomOf({
      onTick(room) {
        for (const player of room.players.values()) {
          player.view = { x: 0, y: 0, radius: 12 }
          const hits = room.rewind(player, (past) => past.circle('ball', { x: 5, y: 5 }, 90))
          for (const { entity, x } of hits) entity.tag = x.toString(36).slice(0, 4)
        }
      },
    })
    const deck = await life(type, { keyframeSeconds: 0 })
    expect(await replay(deck.finish(), type)).toMatchObject({ divergence: null, isComplete: true })
  })

  it('lets bots think again', async () => {
    const type = roomOf({
      onCreate(room) {
        room.addBot({ name: 'Bot' }, () => ({ right: room.random() < 0.5 }))
      },
      emptyRoomMs: 60_000,
    })
    const deck = new TapeDeck(type)
    deck.ticks(50)
    expect(deck.errors).toEqual([])
    expect(await replay(deck.finish(), type)).toMatchObject({ ticks: 50, divergence: null })
  })

  it('replays what is there of a recording without an end, as a crash leaves it', async () => {
    const type = roomOf()
    const deck = await life(type)
    const whole = deck.finish()
    const short = new TapeDeck(roomOf({ emptyRoomMs: 600_000 }))
    short.ticks(4000)
    expect(short.sink.bytes.length).toBeGreaterThan(20_000)
    await expect(replay(short.sink.bytes, type)).resolves.toMatchObject({ isComplete: false, divergence: null })
    expect(whole.length).toBeLessThan(3000)
  })

  it('refuses a file that ends within a chunk, at whichever byte', async () => {
    const type = roomOf()
    const whole = (await life(type)).finish()
    for (let length = 0; length < whole.length; length += 7) {
      const outcome = await replay(whole.subarray(0, length), type).catch((error: unknown) => error)
      const isHonest = outcome instanceof DecodeError || !(outcome as { isComplete: boolean }).isComplete
      expect(isHonest, `${length} of ${whole.length} bytes`).toBe(true)
    }
  })

  it('survives any byte being another: it is refused, or differs, or nothing depended on it', async () => {
    const type = roomOf({ onError: () => {} })
    const whole = (await life(type)).finish()
    for (let at = 0; at < whole.length; at += 3) {
      const broken = whole.slice()
      broken[at]! ^= 0x55
      const outcome = await replay(broken, type).catch((error: unknown) => error)
      const isTyped =
        outcome instanceof DecodeError || outcome instanceof SchemaMismatchError || 'ticks' in (outcome as object)
      expect(isTyped, `byte ${at}: ${String(outcome)}`).toBe(true)
    }
  })

  it('refuses what is no recording, and one of another game', async () => {
    const type = roomOf()
    await expect(replay(new TextEncoder().encode('GIF89a'), type)).rejects.toThrow(DecodeError)
    await expect(replay(new Uint8Array(0), type)).rejects.toThrow(DecodeError)
    await expect(replay((await life(type)).finish(), arenaRoom)).rejects.toThrow(SchemaMismatchError)
  })
})

describe('recording', () => {
  it('ends with a warning when its sink takes no more, and the room plays on', async () => {
    const deck = new TapeDeck(roomOf({ emptyRoomMs: 600_000 }))
    deck.sink.maxBytes = 20_000
    deck.ticks(8000)
    expect(deck.tick).toBe(8000)
    expect(deck.sink.isClosed).toBe(true)
    expect(deck.warnings).toEqual([expect.stringMatching(/room "r1": the recording ends .*sink/)])
  })

  it('costs a few bytes per tick while nobody changes what they hold', async () => {
    const deck = new TapeDeck(roomOf({ emptyRoomMs: 600_000 }), { keyframeSeconds: 1000 })
    deck.ticks(5000)
    expect(deck.finish().length / 5000).toBeLessThan(8)
  })
})
