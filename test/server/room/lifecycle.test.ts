import { RefusedError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { RoomDefinition } from '../../../server/src/room/definition.ts'
import type { Player, Room } from '../../../server/src/room/room-api.ts'
import { FakeLink, RoomHarness } from './harness.ts'
import { handlers, smallGame } from './small-game.ts'
import type { Small } from './small-game.ts'

type Options = Partial<RoomDefinition<Small, unknown>>
const start = (options: Options = {}): RoomHarness =>
  new RoomHarness(defineRoom(smallGame(), { ...handlers, ...options }))

/** A promise that the test resolves. */
function gate(): { wait: Promise<void>; open: () => void; fail: (error: unknown) => void } {
  let open!: () => void
  let fail!: (error: unknown) => void
  const wait = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { wait, open, fail }
}

const refusal = (code: string): unknown => expect.objectContaining({ name: 'RefusedError', code })

describe('a server that is about to stop', () => {
  it('tells the room once, which may end at once', async () => {
    let drains = 0
    const harness = start({
      onDrain(room) {
        drains++
        room.dispose()
      },
    })
    await harness.join()
    harness.room.drain()
    harness.room.drain()
    expect([drains, harness.disposals]).toEqual([1, 1])
  })

  it('does not stop for what the game does wrong then', () => {
    const harness = start({
      onDrain() {
        throw new Error('a bug')
      },
    })
    harness.room.drain()
    expect(harness.errors).toMatchObject([{ phase: 'drain', seat: null }])
  })
})

describe('joining', () => {
  it('gives the lowest free seat, and all that a client needs to start', async () => {
    const harness = start()
    const first = await harness.join({ name: 'a' })
    const second = await harness.join({ name: 'b' })
    expect(first.grant).toMatchObject({ seat: 0, roomId: 'r1', epoch: 7, tick: 0 })
    expect(second.seat).toBe(1)
    expect(second.grant.simulationSeed).toBe(first.grant.simulationSeed)
    harness.room.leave(first.seat, 'left')
    expect((await harness.join({ name: 'c' })).seat).toBe(0)
    expect(harness.room.freeSeats).toBe(14)
  })

  it('hands onJoin the decoded join fields, the user and the key', async () => {
    const seen: unknown[] = []
    const harness = start({
      onJoin: (_room, player, request) =>
        void seen.push(player.join, player.userId, request, player.state.name, player.connected),
    })
    await harness.join({ name: 'zoë' }, new FakeLink(harness.codec, 'user-1'))
    expect(seen).toEqual([{ name: 'zoë' }, 'user-1', { userId: 'user-1', key: null }, '', false])
  })

  it('refuses with the code that onJoin throws, and frees the seat and what was spawned for it', async () => {
    const harness = start({
      onJoin(room, player) {
        room.world.spawn('ball', {}, { owner: player })
        throw new RefusedError('too-late')
      },
    })
    await expect(harness.join({ name: 'a' })).rejects.toEqual(refusal('too-late'))
    expect([...harness.room.core.world.all('ball')]).toEqual([])
    expect(harness.room.freeSeats).toBe(16)
    expect(harness.errors).toEqual([])
  })

  it('reports any other exception of onJoin and refuses without its text', async () => {
    const harness = start({ onJoin: () => Promise.reject(new Error('db password is hunter2')) })
    const join = harness.join({ name: 'a' })
    await expect(join).rejects.toEqual(refusal('server-error'))
    await expect(join).rejects.not.toThrow(/hunter2/)
    expect(harness.errors).toMatchObject([
      { phase: 'join', roomId: 'r1', seat: 0, error: { message: 'db password is hunter2' } },
    ])
  })

  it('refuses when the room is full, locked or gone', async () => {
    const harness = start({ maxPlayers: 1 })
    await harness.join({ name: 'a' })
    await expect(harness.join({ name: 'b' })).rejects.toEqual(refusal('room-full'))
    harness.room.leave(0, 'left')
    harness.room.core.facade.lock()
    expect(harness.room.isLocked).toBe(true)
    await expect(harness.join({ name: 'b' })).rejects.toEqual(refusal('room-locked'))
    harness.room.core.facade.lock(false)
    harness.room.dispose()
    await expect(harness.join({ name: 'b' })).rejects.toEqual(refusal('room-gone'))
    expect(harness.room.freeSeats).toBe(0)
  })

  it('lets malformed join fields reject as what they are', async () => {
    const harness = start()
    const ask = { link: new FakeLink(harness.codec), key: null, join: new Uint8Array([255]) }
    await expect(harness.room.join(ask)).rejects.toMatchObject({ name: 'DecodeError' })
    expect(harness.room.freeSeats).toBe(16)
  })

  it('keeps the seat while onJoin waits; the player appears when it resolves', async () => {
    const { wait, open } = gate()
    const harness = start({
      maxPlayers: 2,
      onJoin: (_room, player) => (player.join.name === 'slow' ? wait : undefined),
    })
    const quick = await harness.join({ name: 'quick' })
    const join = harness.join({ name: 'slow' })
    await Promise.resolve()
    expect(harness.room.freeSeats).toBe(0)
    expect([...harness.room.core.players.keys()]).toEqual([quick.seat])
    harness.snapshot()
    expect(quick.link.shown('#player')).toHaveLength(1)
    open()
    const slow = await join
    harness.snapshot()
    expect(quick.link.shown('#player')).toHaveLength(2)
    expect(slow.link.shown('#player')).toHaveLength(2)
  })

  it('abandons a join whose link is gone, and whatever onJoin does afterwards', async () => {
    const { wait, open } = gate()
    const harness = start({
      maxPlayers: 1,
      async onJoin(room, player) {
        room.world.spawn('ball', {}, { owner: player })
        await wait
        room.world.spawn('ball', {}, { owner: player })
      },
    })
    const link = new FakeLink(harness.codec)
    const join = harness.join({ name: 'a' }, link)
    await Promise.resolve()
    harness.room.cancelJoin(link)
    expect(harness.room.freeSeats).toBe(1)
    open()
    await expect(join).rejects.toEqual(refusal('join-cancelled'))
    expect([...harness.room.core.world.all('ball')]).toEqual([])
    expect(harness.room.core.players.size).toBe(0)
    expect(harness.errors).toEqual([])
  })
})

describe('a seat', () => {
  it('is kept over a drop; player.connected and the handlers say so', async () => {
    const calls: string[] = []
    const log =
      (name: string) =>
      (_room: Room<Small>, player: Player<Small>): void =>
        void calls.push(`${name} ${player.connected}`)
    const harness = start({ onDrop: log('drop'), onResume: log('resume') })
    const ada = await harness.join({ name: 'a' })
    const eve = await harness.join({ name: 'b' })
    ada.drop()
    ada.drop()
    harness.snapshot()
    expect(eve.link.shown('#player')).toMatchObject([{ connected: false }, { connected: true }])
    expect(ada.resume()).toBe(true)
    expect(ada.resume()).toBe(true)
    harness.snapshot()
    expect(eve.link.shown('#player')).toMatchObject([{ connected: true }, { connected: true }])
    expect(calls).toEqual(['drop false', 'resume true'])
  })

  it('is gone after leave: handlers learn why, predicted entities go, others become nobody’s', async () => {
    const reasons: string[] = []
    const harness = start({
      onJoin(room, player) {
        room.world.spawn('ball', { x: 1 }, { owner: player })
        room.world.spawn('card', { face: 7 }, { owner: player })
      },
      onLeave(room, player, reason) {
        reasons.push(`${reason} ${room.players.has(player.id)} ${[...player.owned('ball')].length}`)
      },
    })
    const ada = await harness.join({ name: 'a' })
    const eve = await harness.join({ name: 'b' })
    harness.room.leave(ada.seat, 'expired')
    harness.snapshot()
    expect(reasons).toEqual(['expired false 1'])
    expect(eve.link.shown('ball')).toMatchObject([{ owner: eve.seat }])
    expect(eve.link.shown('card')).toMatchObject([{ owner: -1 }, { owner: eve.seat }])
    expect(eve.link.shown('#player')).toHaveLength(1)
    expect(ada.resume()).toBe(false)
    expect(harness.gone).toEqual([])
  })

  it('passes nothing on to who takes its number next: not what was revealed, not what was owned', async () => {
    const harness = start({
      onJoin(room, player) {
        if (player.join.name === 'a')
          room.world.reveal(room.world.spawn('card', { face: 7 }, { owner: player }), player)
      },
    })
    const ada = await harness.join({ name: 'a' })
    harness.snapshot()
    expect(ada.link.shown('card')).toMatchObject([{ face: 7 }])
    harness.room.leave(ada.seat, 'left')
    const eve = await harness.join({ name: 'b' })
    expect(eve.seat).toBe(ada.seat)
    harness.snapshot()
    expect(eve.link.shown('card')[0]).not.toHaveProperty('face')
  })

  it('is taken away by player.leave: the client is told the reason, onLeave says kicked', async () => {
    const reasons: string[] = []
    const harness = start({
      onMessage: { say: (_room, player, { text }) => player.leave(text) },
      onLeave: (_room, _player, reason) => void reasons.push(reason),
    })
    const ada = await harness.join({ name: 'a' })
    ada.message('say', { text: 'cheating' })
    expect(harness.gone).toEqual([{ seat: 0, reason: 'cheating' }])
    expect(reasons).toEqual(['kicked'])
    expect(harness.room.core.players.size).toBe(0)
  })
})

describe('a room’s end', () => {
  it('comes when it was empty for emptyRoomMs', async () => {
    const ends: string[] = []
    const harness = start({ emptyRoomMs: 1000, onDispose: () => void ends.push('disposed') })
    harness.clock.advance(900)
    const ada = await harness.join({ name: 'a' })
    harness.clock.advance(5000)
    ada.drop()
    harness.clock.advance(5000)
    expect(harness.disposals).toBe(0)
    harness.room.leave(ada.seat, 'expired')
    harness.clock.advance(900)
    expect(harness.disposals).toBe(0)
    harness.clock.advance(200)
    expect(harness.disposals).toBe(1)
    expect(ends).toEqual(['disposed'])
    expect(harness.clock.pending).toBe(0)
  })

  it('takes all seats along, with room-closed', async () => {
    const { wait, open } = gate()
    const reasons: string[] = []
    const harness = start({
      onJoin: (_room, player) => (player.join.name === 'slow' ? wait : undefined),
      onLeave: (_room, player, reason) => void reasons.push(`${player.id} ${reason}`),
    })
    await harness.join({ name: 'a' })
    await harness.join({ name: 'b' })
    const slow = harness.join({ name: 'slow' })
    await Promise.resolve()
    harness.room.dispose()
    harness.room.dispose()
    expect(harness.gone).toEqual([
      { seat: 0, reason: 'room-closed' },
      { seat: 1, reason: 'room-closed' },
    ])
    expect(reasons).toEqual(['0 room-closed', '1 room-closed'])
    expect(harness.disposals).toBe(1)
    open()
    await expect(slow).rejects.toEqual(refusal('room-gone'))
    harness.clock.advance(1000)
    expect(harness.tick).toBe(0)
  })

  it('called for in the middle of a tick comes after the handler, before the snapshot', async () => {
    const harness = start({
      onTick(room) {
        if (room.tick !== 3) return
        room.dispose()
        room.state.score = 9
      },
    })
    const ada = await harness.join({ name: 'a' })
    harness.clock.advance(1000)
    expect(harness.tick).toBe(3)
    expect(ada.link.told.every(({ header }) => header.tick < 3)).toBe(true)
    expect(harness.disposals).toBe(1)
  })
})

describe('creating a room', () => {
  it('throws what onCreate throws', () => {
    expect(() => start({ onCreate: () => void JSON.parse('{') })).toThrow(SyntaxError)
  })

  it('runs onCreate with room data and world, before any tick', async () => {
    const harness = new RoomHarness(
      defineRoom(smallGame(), {
        ...handlers,
        data: () => ({ first: 3 }),
        onCreate(room) {
          room.state.score = room.data.first
          room.world.spawn('coin', { x: 1, y: 2 })
        },
      }),
    )
    const ada = await harness.join({ name: 'a' })
    harness.snapshot()
    expect(ada.link.shown('#room')).toMatchObject([{ score: 3 }])
    expect(ada.link.shown('coin')).toMatchObject([{ x: 1, y: 2 }])
  })
})
