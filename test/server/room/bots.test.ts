import { RefusedError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { RoomDefinition } from '../../../server/src/room/definition.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from './harness.ts'
import { handlers, smallGame } from './small-game.ts'
import type { Small } from './small-game.ts'

type Options = Partial<RoomDefinition<Small, unknown>>

/** Balls of who presses right move by one per tick. */
function start(options: Options = {}): { harness: RoomHarness; room: Room<Small> } {
  const game = smallGame((world) => {
    for (const ball of world.all('ball')) if (world.inputOf(ball).right) ball.x += 1
  })
  const onJoin: Options['onJoin'] = (room, player) => void room.world.spawn('ball', {}, { owner: player })
  const harness = new RoomHarness(defineRoom(game, { ...handlers, onJoin, ...options }))
  return { harness, room: harness.room.core.facade as Room<Small> }
}

const joinBob = { name: 'Bob' }

describe('bots', () => {
  it('play by inputs, as a client would, and are seen by the others', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    room.addBot(joinBob, () => ({ right: true }))
    harness.ticks(10)
    ada.ack()
    harness.snapshot()
    const [mine, bots] = ada.link.shown('ball')
    expect(mine).toMatchObject({ owner: ada.seat, x: 0 })
    expect(bots).toMatchObject({ owner: 1 })
    expect(bots?.['x']).toBeGreaterThanOrEqual(10)
    expect(ada.link.shown(harness.codec.layout.player.name).map(({ connected }) => connected)).toEqual([true, true])
  })

  it('have a seat of their own, an onJoin with checked join fields, and an onLeave', () => {
    const heard: unknown[] = []
    const { harness, room } = start({
      onJoin: (_room, player, { userId }) => void heard.push(player.join, player.isBot, userId),
      onLeave: (_room, player, reason) => void heard.push(player.id, reason),
    })
    const bot = room.addBot(joinBob, () => ({}))
    expect(harness.room.freeSeats).toBe(15)
    bot.leave()
    expect(harness.room.freeSeats).toBe(16)
    expect(heard).toEqual([joinBob, true, 'bot', 0, 'kicked'])
    expect(() => room.addBot({ name: 'longer than eight bytes' }, () => ({}))).toThrow(RangeError)
  })

  it('are told nothing, and no link hears that they left', () => {
    const { harness, room } = start()
    let changes = 0
    harness.room.onChanged = () => void changes++
    const bot = room.addBot(joinBob, () => ({}))
    for (let n = 0; n < 1000; n++) room.broadcast('note', { n: 1 })
    harness.ticks(20)
    bot.leave()
    expect(harness.gone).toEqual([])
    expect(changes).toBe(2)
  })

  it('find the room full, locked or gone like anybody', () => {
    const { room } = start({ maxPlayers: 1 })
    room.addBot(joinBob, () => ({}))
    expect(() => room.addBot(joinBob, () => ({}))).toThrow(RefusedError)
  })

  it('do not keep a room alive that nobody else is in', async () => {
    const { harness, room } = start({ emptyRoomMs: 1000 })
    const ada = await harness.join()
    room.addBot(joinBob, () => ({}))
    harness.ticks(40)
    expect(harness.disposals).toBe(0)
    harness.room.leave(ada.seat, 'left')
    harness.ticks(40)
    expect(harness.disposals).toBe(1)
  })

  it('do nothing in a tick that their code fails in, and the room hears of it', () => {
    const { harness, room } = start()
    const bot = room.addBot(joinBob, () => {
      throw new Error('no idea')
    })
    harness.ticks(3)
    expect(harness.errors.map(({ phase, seat }) => [phase, seat])).toEqual([1, 2, 3].map(() => ['bot', bot.id]))
    expect([...room.world.all('ball')]).toMatchObject([{ x: 0 }])
  })

  it('whose onJoin refuses give their seat back', async () => {
    const { harness, room } = start({
      onJoin: async () => {
        await Promise.resolve()
        throw new RefusedError('no-bots')
      },
    })
    room.addBot(joinBob, () => ({}))
    expect(harness.room.freeSeats).toBe(15)
    await expect.poll(() => harness.room.freeSeats).toBe(16)
    expect(harness.errors.map(({ phase }) => phase)).toEqual(['join'])
  })
})
