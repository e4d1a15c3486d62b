import { defineGame, defineSimulation, field, RefusedError } from '@tickwire/protocol'
import type { SimWorld } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { RoomDefinition, RoomError } from '../../../server/src/room/definition.ts'
import type { ServerItem } from '@tickwire/protocol/internal'
import { RoomHarness } from './harness.ts'
import { handlers, smallGame } from './small-game.ts'
import type { Small } from './small-game.ts'

type Options = Partial<RoomDefinition<Small, unknown>>
const start = (options: Options = {}, step?: (world: SimWorld<Small>) => void): RoomHarness =>
  new RoomHarness(defineRoom(smallGame(step), { ...handlers, ...options }))
const fault = (text: string): never => {
  throw new Error(text)
}
const phases = (errors: readonly RoomError[]): string[] => errors.map(({ phase, seat }) => `${phase} ${seat}`)

describe('an exception of game code', () => {
  it('is reported with its phase and player, and neither room nor tick nor others suffer', async () => {
    const harness = start(
      {
        onJoin: (room) => void room.after(0, () => fault('timer')),
        onTick: (room) => (room.tick === 2 ? fault('tick') : undefined),
        onDrop: () => fault('drop'),
        onResume: () => fault('resume'),
        onLeave: () => fault('leave'),
        onDispose: () => fault('dispose'),
        onMessage: { say: () => fault('message') },
        onRequest: { ask: () => fault('request') },
      },
      (world) => (world.tick === 3 ? fault('simulate') : undefined),
    )
    const ada = await harness.join({ name: 'a' })
    harness.ticks(4)
    ada.message('say', { text: 'hi' })
    ada.request('ask', { n: 1 })
    ada.drop()
    ada.resume()
    harness.room.leave(ada.seat, 'left')
    harness.room.dispose()
    const expected = [
      'timer null',
      'tick null',
      'simulate null',
      'message 0',
      'request 0',
      'drop 0',
      'resume 0',
      'leave 0',
      'dispose null',
    ]
    expect(phases(harness.errors)).toEqual(expected)
    expect(harness.errors.map(({ error }) => (error as Error).message)).toEqual(
      expected.map((phase) => phase.split(' ')[0]),
    )
    expect(harness.tick).toBe(4)
  })

  it('in an async handler, that nobody waits for, is reported like any other', async () => {
    // As a caller without lint writes it: the compiler takes an async function where nothing is awaited.
    const later = (text: string): (() => void) => {
      const handler: () => unknown = async () => {
        await Promise.resolve()
        fault(text)
      }
      return handler
    }
    const harness = start({
      onCreate: later('create'),
      onJoin: (room) => void room.after(0, later('timer')),
      onMessage: { say: later('message') },
      onDrop: later('drop'),
      onTick: (room) => (room.tick === 1 ? later('tick')() : undefined),
    })
    const ada = await harness.join({ name: 'a' })
    harness.ticks(1)
    ada.message('say', { text: 'hi' })
    ada.drop()
    await new Promise((resolve) => void setImmediate(resolve))
    expect(phases(harness.errors)).toEqual(['create null', 'timer null', 'tick null', 'message 0', 'drop 0'])
  })

  it('does not keep clients from their snapshots', async () => {
    const harness = start({}, () => fault('every tick'))
    const ada = await harness.join({ name: 'a' })
    harness.snapshot()
    expect(ada.link.shown('#player')).toHaveLength(1)
  })

  it("goes to the room's own onError; what that throws goes to the server, with what it was told", async () => {
    const seen: string[] = []
    const harness = start({
      onTick: (room) => (room.tick === 1 ? fault('first') : undefined),
      onError(room, { error, phase }) {
        seen.push(`${room.id} ${phase} ${(error as Error).message}`)
        fault('second')
      },
    })
    harness.ticks(2)
    expect(seen).toEqual(['r1 tick first'])
    expect(harness.errors.map(({ error }) => (error as Error).message)).toEqual(['first', 'second'])
  })
})

it('what the schema does not have is refused beside what it has, also where that is nothing', () => {
  const schema = defineGame({ name: 'bare', tickRateHz: 20 })
  const { facade } = new RoomHarness(
    defineRoom(
      defineSimulation(schema, () => undefined),
      {},
    ),
  ).room.core
  expect(() => facade.emit('bang' as never, {})).toThrow('emit: expected one of (none), got "bang"')
  expect(() => facade.world.spawn('ball' as never, {})).toThrow('kind: expected one of (none), got "ball"')
})

describe('values that cannot travel', () => {
  it('NaN is an error that names room, kind, id and field; the field goes back to its last good value', async () => {
    const harness = start({}, (world) => {
      for (const ball of world.all('ball')) ball.x = world.tick < 5 ? ball.x + 1 : Number.NaN
    })
    const ada = await harness.join({ name: 'a' })
    const ball = harness.room.core.world.spawn('ball', { x: 10 })
    harness.ticks(6)
    const [error] = harness.errors
    expect(error).toMatchObject({ phase: 'quantise', roomId: 'r1' })
    expect((error!.error as Error).message).toBe(
      'room "r1", ball 2: x: the value is NaN; the field keeps its last good value',
    )
    expect(ball['x']).toBe(14)
    harness.ticks(100)
    expect(harness.errors.length).toBeLessThan(9)
    harness.snapshot()
    expect(ada.link.shown('ball')).toMatchObject([{ x: 14 }])
  })

  it('in a kind that is not predicted it is found when a snapshot is taken', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    const card = harness.room.core.world.spawn('card', { spot: { x: 3, y: 4 } })
    harness.snapshot()
    card['spot'] = { x: 1, y: Number.NaN }
    harness.snapshot()
    expect((harness.errors[0]!.error as Error).message).toMatch(/^room "r1", card 2: spot: /)
    expect(ada.link.shown('card')).toMatchObject([{ spot: { x: 3, y: 4 } }])
  })

  it('a bigint is one in every kind of field, and the room goes on', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    const { facade, world } = harness.room.core
    const ball = world.spawn('ball', { x: 10 })
    const card = world.spawn('card', { spot: { x: 3, y: 4 } })
    harness.ticks(2)
    const big = 5n as never
    Object.assign(ball, { x: big })
    Object.assign(card, { spot: { x: big, y: 4 } })
    Object.assign(facade.state, { score: big })
    harness.ticks(2)
    const messages = harness.errors.map(({ error }) => (error as Error).message)
    const names = ['room.state.score', `ball ${ball.id}: x`, `card ${card.id}: spot`]
    for (const name of names) {
      expect(messages).toContain(`room "r1", ${name}: expected a number, got 5n; the field keeps its last good value`)
    }
    expect(messages).toHaveLength(names.length)
    harness.ticks(2)
    expect(ada.link.shown('ball')).toMatchObject([{ x: 10 }])
    expect(ada.link.shown('card')).toMatchObject([{ spot: { x: 3, y: 4 } }])
  })

  it('a field is named although what is wrong begins like its name', () => {
    const schema = defineGame({ name: 'e', tickRateHz: 20, state: { e: field.entity(), the: field.uint({ max: 9 }) } })
    const harness = new RoomHarness(
      defineRoom(
        defineSimulation(schema, () => undefined),
        {},
      ),
    )
    Object.assign(harness.room.core.facade.state, { e: {}, the: Number.NaN })
    harness.snapshot()
    expect(harness.errors.map(({ error }) => (error as Error).message)).toEqual([
      'room "r1", room.state.e: expected a number, got an object; the field keeps its last good value',
      'room "r1", room.state.the: the value is NaN; the field keeps its last good value',
    ])
  })

  it('a text that is too long is an error too, and keeps its last good value', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    const ball = harness.room.core.world.spawn('ball', { tag: 'good' })
    harness.snapshot()
    ball['tag'] = 'too long'
    harness.snapshot()
    expect((harness.errors[0]!.error as Error).message).toMatch(/ball 2: tag: expected at most 4 bytes, got 8/)
    expect(ball['tag']).toBe('good')
    expect(ada.link.shown('ball')).toMatchObject([{ tag: 'good' }])
  })

  it('a value beyond its range is clamped, counted and warned of once per kind and field', async () => {
    const harness = start({}, (world) => {
      for (const ball of world.all('ball')) ball.x += 60
    })
    const ada = await harness.join({ name: 'a' })
    const ball = harness.room.core.world.spawn('ball', { x: 10 })
    harness.ticks(8)
    expect(ball['x']).toBeCloseTo(100, 1)
    expect(ball['x']).toBeLessThan(100)
    expect(harness.warnings).toHaveLength(1)
    expect(harness.warnings[0]).toMatch(/room "r1": ball 2: x is 130, beyond its range \(0 to below 100\)/)
    expect(harness.room.core.quantiser.clamped).toBeGreaterThan(5)
    expect(harness.errors).toEqual([])
    expect(ada.link.shown('ball')[0]!['x']).toBe(100 - 1 / 16)
  })
})

describe('messages', () => {
  it('run when they arrive, with the decoded payload', async () => {
    const heard: unknown[] = []
    const harness = start({ onMessage: { say: (_room, player, payload) => void heard.push(player.id, payload) } })
    const ada = await harness.join({ name: 'a' })
    ada.message('say', { text: 'hi' })
    expect(heard).toEqual([0, { text: 'hi' }])
  })

  it('leave at the end of the tick, also when no snapshot is due', async () => {
    const harness = start({ onTick: (room) => void (room.tick === 3 && room.broadcast('note', { n: 3 })) })
    const ada = await harness.join({ name: 'a' })
    harness.ticks(3)
    expect(ada.link.told.map(({ header }) => header.tick)).toEqual([2])
    expect(ada.link.items).toMatchObject([{ type: 'message', channel: 1, message: 1 }])
    expect(ada.link.hasPending).toBe(false)
  })

  it('[SNP4] wait until the first snapshot has left, also that of a page that was reloaded', async () => {
    const harness = start({
      onJoin: (_room, player) => player.send('note', { n: 1 }),
      onTick: (room) => void ([1, 11].includes(room.tick) && room.broadcast('note', { n: 2 })),
    })
    const ada = await harness.join({ name: 'a' })
    harness.ticks(1)
    expect(ada.link.items).toEqual([])
    harness.ticks(1)
    expect(ada.link.told).toHaveLength(1)
    expect(ada.link.items.map((item) => 'payload' in item && item.payload[0])).toEqual([1, 2])
    expect(ada.link.hasPending).toBe(false)
    harness.ticks(8)
    ada.drop()
    ada.link.reload()
    ada.resume(-1)
    harness.ticks(1)
    expect(ada.link.items).toHaveLength(2)
    harness.ticks(1)
    expect(ada.link.items).toHaveLength(3)
  })

  it('that wait for a first snapshot are not hoarded without end', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    ada.drop()
    for (let i = 0; i < 1000; i++) harness.room.core.facade.players.get(0)!.send('note' as never, { n: 1 } as never)
    expect(ada.link.items).toHaveLength(1000)
  })

  it('to a dropped player wait at its link; to one that is gone they vanish', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    const player = harness.room.core.players.get(0)!
    const { facade } = harness.room.core as unknown as { facade: { broadcast(m: string, p: object): void } }
    harness.snapshot()
    ada.drop()
    facade.broadcast('note', { n: 1 })
    harness.ticks(2)
    expect(ada.link.items).toHaveLength(1)
    expect(ada.link.hasPending).toBe(true)
    harness.room.leave(0, 'expired')
    ;(player as unknown as { send(m: string, p: object): void }).send('note', { n: 2 })
    expect(ada.link.items).toHaveLength(1)
  })

  it("with delivery 'latest' take that road", async () => {
    const harness = start({ onTick: (room) => room.broadcast('note', { n: 1 }, { delivery: 'latest' }) })
    const ada = await harness.join({ name: 'a' })
    harness.snapshot()
    expect(ada.link.items).toEqual([])
    expect(ada.link.latest[0]).toMatchObject({ message: 1 })
  })

  it('that the schema does not let clients send, and indices beyond it, are DecodeErrors', async () => {
    const harness = start()
    const ada = await harness.join({ name: 'a' })
    const call = { type: 'message', channel: 1, payload: new Uint8Array([1]) } as const
    const decodeError = expect.objectContaining({ name: 'DecodeError' })
    expect(() => harness.room.receiveCall(ada.seat, { ...call, message: 1 })).toThrow(decodeError)
    expect(() => harness.room.receiveCall(ada.seat, { ...call, message: 9 })).toThrow(decodeError)
    expect(() => harness.room.receiveCall(ada.seat, { ...call, message: 0, payload: new Uint8Array(90) })).toThrow(
      decodeError,
    )
    expect(() => harness.room.receiveLatest(ada.seat, { ...call, type: 'latest', message: 1 })).toThrow(decodeError)
    expect(() =>
      harness.room.receiveCall(ada.seat, { type: 'reply', channel: 1, id: 1, payload: new Uint8Array() }),
    ).toThrow(decodeError)
    expect(harness.errors).toEqual([])
  })

  it('whose payload does not fit throw in the face of who sends them', async () => {
    const harness = start({ onTick: (room) => room.broadcast('note', { n: 10 }) })
    await harness.join({ name: 'a' })
    harness.ticks(1)
    expect((harness.errors[0]!.error as Error).message).toMatch(/n: expected 0 to 9, got 10/)
  })
})

describe('requests', () => {
  const LOOK_AT_LOG = 'the server failed to answer; its log says why'
  const answers = (items: readonly ServerItem[]): unknown[] => items.map((item) => ('id' in item ? item : null))

  it('[CLK2] are answered by what the handler returns or resolves to', async () => {
    const harness = start({
      onRequest: { ask: (_room, _player, { n }) => (n === 1 ? { n: 2 } : Promise.resolve({ n: 3 })) },
    })
    const ada = await harness.join({ name: 'a' })
    const first = ada.request('ask', { n: 1 })
    const second = ada.request('ask', { n: 2 })
    await Promise.resolve()
    await Promise.resolve()
    expect(answers(ada.link.items)).toMatchObject([
      {
        type: 'reply',
        id: first,
        payload: harness.codec.encodePayload(harness.schema.requests['ask']!.reply, { n: 2 }),
      },
      {
        type: 'reply',
        id: second,
        payload: harness.codec.encodePayload(harness.schema.requests['ask']!.reply, { n: 3 }),
      },
    ])
  })

  it('are refused with the code that game code throws, and with nothing else of any other exception', async () => {
    const harness = start({
      onRequest: {
        ask: (_room, _player, { n }) => {
          if (n === 1) throw new RefusedError('no-ship', 'you have none')
          if (n === 2) return Promise.reject(new RefusedError('later'))
          return n === 3 ? Promise.reject(new Error('secret')) : { n: 77 }
        },
      },
    })
    const ada = await harness.join({ name: 'a' })
    for (const n of [1, 2, 3, 4]) ada.request('ask', { n })
    await new Promise((resolve) => void setImmediate(resolve))
    const refusals = ada.link.items.filter((item) => item.type === 'refusal').toSorted((a, b) => a.id - b.id)
    expect(refusals).toMatchObject([
      { id: 1, code: 'no-ship', text: 'you have none' },
      { id: 2, code: 'later' },
      { id: 3, code: 'server-error', text: LOOK_AT_LOG },
      { id: 4, code: 'server-error', text: LOOK_AT_LOG },
    ])
    expect(phases(harness.errors).toSorted()).toEqual(['request 0', 'request 0'])
    expect(harness.errors.map(({ error }) => (error as Error).message)).toContain(
      'reply to ask.n: expected 0 to 9, got 77',
    )
  })

  it('that were cancelled, or whose player left, are not answered', async () => {
    const resolvers: (() => void)[] = []
    const harness = start({
      onRequest: { ask: () => new Promise((resolve) => void resolvers.push(() => resolve({ n: 1 }))) },
    })
    const ada = await harness.join({ name: 'a' })
    const eve = await harness.join({ name: 'b' })
    const id = ada.request('ask', { n: 1 })
    eve.request('ask', { n: 1 })
    harness.room.receiveCall(ada.seat, { type: 'cancel', channel: 1, id })
    harness.room.leave(eve.seat, 'left')
    for (const resolve of resolvers) resolve()
    await new Promise((resolve) => void setImmediate(resolve))
    expect([...ada.link.items, ...eve.link.items]).toEqual([])
  })

  it('beyond maxPendingRequests are refused, and a cancelled one still counts while its handler runs', async () => {
    const harness = start({ onRequest: { ask: () => new Promise(() => undefined) } })
    const ada = await harness.join({ name: 'a' })
    for (let i = 0; i < 40; i++) {
      const id = ada.request('ask', { n: 1 })
      harness.room.receiveCall(ada.seat, { type: 'cancel', channel: 1, id })
    }
    expect(ada.link.items).toHaveLength(8)
    expect(ada.link.items[0]).toMatchObject({ type: 'refusal', code: 'too-many-requests' })
  })
})

describe('room.after', () => {
  it('runs on room time, before the simulation of its tick, in the order of due times', async () => {
    const order: string[] = []
    const harness = start({
      onCreate(room) {
        room.after(0.15, () => void order.push(`c ${room.tick}`))
        room.after(0.1, () => void order.push(`a ${room.tick}`))
        room.after(0.1, () => void order.push(`b ${room.tick}`))
        room.after(0.1, () => void order.push('never')).cancel()
        room.after(0, () => room.after(0, () => void order.push(`chained ${room.tick}`)))
      },
      onTick: (room) => void (room.tick === 2 && order.push('tick 2')),
    })
    harness.ticks(5)
    expect(order).toEqual(['a 2', 'b 2', 'chained 2', 'tick 2', 'c 3'])
  })

  it('refuses what is no time', () => {
    for (const seconds of [-1, Number.NaN, Infinity]) {
      expect(() => start({ onCreate: (room) => void room.after(seconds, () => undefined) })).toThrow(
        /room.after: expected seconds >= 0/,
      )
    }
  })
})
