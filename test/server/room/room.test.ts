import { RefusedError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import { arena } from '../../games/arena/arena.ts'
import { RoomHarness } from './harness.ts'

const arenaRoom = defineRoom(arena, {
  data: () => ({ kills: 0 }),
  onJoin(room, player) {
    player.state.name = player.join.name
    room.world.spawn('ship', { x: 100, y: 100, hp: 100, ammo: 30 }, { owner: player })
  },
  onMessage: {
    chat(room, player, { text }) {
      room.broadcast('chat', { from: player.id, text })
    },
  },
  onRequest: {
    refill(_room, player) {
      for (const ship of player.owned('ship')) return { ammo: (ship.ammo = 30) }
      throw new RefusedError('no-ship')
    },
  },
})

describe('a room', () => {
  it('gives a joined player a world that it can read from the first snapshot on', async () => {
    const harness = new RoomHarness(arenaRoom)
    const ada = await harness.join({ name: 'Ada' })
    harness.snapshot()
    expect(ada.link.shown('ship')).toMatchObject([{ x: 100, y: 100, hp: 100, ammo: 30, owner: ada.seat }])
    expect(ada.link.shown('#player')).toMatchObject([{ name: 'Ada', connected: true, score: 0 }])
    expect(ada.link.shown('#room')).toMatchObject([{ phase: 'warmup' }])
    expect(harness.errors).toEqual([])
  })

  it('moves a ship by the inputs of its player, and tells everybody', async () => {
    const harness = new RoomHarness(arenaRoom)
    const ada = await harness.join({ name: 'Ada' })
    const eve = await harness.join({ name: 'Eve' })
    for (let i = 0; i < 60; i++) {
      ada.input(harness.tick + 3, { thrust: true, turn: 0 })
      harness.ticks(1)
      ada.ack()
      eve.ack()
    }
    harness.snapshot()
    const [truth] = [...harness.room.core.world.all('ship')]
    expect(truth!['x']).toBeGreaterThan(200)
    const [own] = ada.link.shown('ship')
    expect(own).toMatchObject({ x: truth!['x'], vx: truth!['vx'], ammo: 30 })
    const [others] = eve.link.shown('ship')
    expect(others!['x']).toBeCloseTo(truth!['x'] as number, 1)
    expect(others).not.toHaveProperty('ammo')
    expect(harness.errors).toEqual([])
  })
})
