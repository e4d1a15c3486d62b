import { ConfigError, defineGame, defineSimulation, field } from '@tickwire/protocol'
import { createGameServer, defineQueue, defineRoom, hostQueue } from '@tickwire/server'
import type { HostQueueOptions, QueueOptions } from '@tickwire/server'
import { describe, expect, it } from 'vitest'

const schema = defineGame({
  name: 'chess',
  tickRateHz: 10,
  options: { board: field.oneOf('wood', 'glass') },
  queues: {
    blitz: { mode: field.oneOf('blitz', 'slow'), boards: field.list(field.oneOf('wood', 'glass'), { maxItems: 2 }) },
  },
})
const chess = defineSimulation(schema, () => {})
const room = defineRoom(chess, { maxPlayers: 2 })
const duel = { teams: { count: 2, min: 1, max: 1 } }

const host = (queue: Partial<QueueOptions>, options: Partial<HostQueueOptions<never>> = {}): unknown =>
  hostQueue(chess, { queue: defineQueue({ name: 'blitz', ...duel, ...queue }), room, ...(options as object) })

describe('hostQueue', () => {
  it('says which option cannot work', () => {
    expect(() => host({ name: 'rapid' })).toThrow(/hostQueue\.queue.*blitz/)
    expect(() => host({ teams: { count: 2, min: 1, max: 2 } })).toThrow(/maxPlayers of at least 4/)
    expect(() => host({ skill: { window: [{ afterMs: 0, width: 1 }] } })).toThrow(/hostQueue\.rate/)
    expect(() => host({ attributes: { nothing: 'equal' } })).toThrow(/queues\.blitz\.nothing/)
    expect(() => host({ attributes: { boards: 'equal' } })).toThrow(/one value/)
    expect(() => host({ attributes: { mode: 'intersect' } })).toThrow(/field\.list/)
    const other = defineSimulation(defineGame({ name: 'go', tickRateHz: 10 }), () => {})
    expect(() => host({}, { room: defineRoom(other, {}) })).toThrow(ConfigError)
    expect(() => host({ attributes: { mode: 'equal', boards: 'intersect' } })).not.toThrow()
  })

  it('is for rooms that the server has, each queue once', async () => {
    const blitz = hostQueue(chess, { queue: defineQueue({ name: 'blitz', ...duel }), room })
    const start = (rooms: (typeof room)[], queues: (typeof blitz)[]): Promise<unknown> =>
      (async () => createGameServer({ port: 0, rooms, queues, log: 'silent' }))()
    await expect(start([defineRoom(chess, { name: 'other' })], [blitz])).rejects.toThrow(/one of `rooms`/)
    await expect(start([room], [blitz, blitz])).rejects.toThrow(/different names/)
  })

  it('knows the types of its game', () => {
    hostQueue(chess, {
      queue: defineQueue({ name: 'blitz', ...duel }),
      room,
      // @ts-expect-error there is no such board
      onMatch: () => ({ board: 'steel' }),
      backfill: ({ attributes, freeSeats }) =>
        attributes.board === 'glass' ? { region: null, attributes: {}, mu: 0, freeSeats: [freeSeats, 0] } : null,
    })
    expect(() =>
      defineGame({ name: 'x', tickRateHz: 10, queues: { q: { at: field.vec2({ min: 0, max: 1, precision: 1 }) } } }),
    ).toThrow(/queues\.q\.at/)
  })
})
