import { LIMITS } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import type { Member } from '../room/harness.ts'
import { last, play, start } from '../room/small-room.ts'

describe('events', () => {
  it('are told once to everybody, with their tick, as the payload was when they were emitted', async () => {
    const { harness, room } = start()
    const [ada, eve] = [await harness.join(), await harness.join()]
    const ball = room.world.spawn('ball', { x: 3, y: 4 })
    room.emit('bang', { ...ball, word: 'pow' })
    ball.x = 50
    harness.ticks(1)
    play(harness, [ada, eve], 3)
    for (const { link } of [ada, eve]) {
      expect(link.told.flatMap(({ events }) => events)).toEqual([
        { event: 0, tick: 0, n: null, payload: { x: 3, y: 4, word: 'pow' } },
      ])
    }
  })

  it('[EVT2] carry the key of their emitter to its own client only, and only when the simulation made them', async () => {
    const { harness, room } = start((world) => {
      for (const ball of world.all('ball')) {
        world.emit('bang', { x: 1, y: 1, word: '' }, { at: ball })
        world.emit('bang', { x: 2, y: 1, word: '' }, { at: ball })
      }
    })
    const [ada, eve] = [await harness.join(), await harness.join()]
    const balls = [ada, eve, ada].map(({ seat }) => room.world.spawn('ball', {}, { owner: seat }))
    room.emit('bang', { x: 9, y: 9, word: '' }, { at: balls[0]! })
    harness.ticks(1)
    for (const ball of balls) room.world.despawn(ball)
    play(harness, [ada, eve], 2)
    const keys = ({ link }: Member): (number | null)[] => link.told.flatMap(({ events }) => events.map(({ n }) => n))
    expect(keys(ada)).toEqual([null, 0, 1, null, null, 2, 3])
    expect(keys(eve)).toEqual([null, null, null, 0, 1, null, null])
  })

  it('with a place are told to those who see it, and to their emitter', async () => {
    const { harness, room } = start()
    const [near, far, emitter] = [await harness.join(), await harness.join(), await harness.join()]
    const view = (member: Member, x: number): void => {
      room.players.get(member.seat)!.view = { x, y: 10, radius: 20 }
    }
    view(near, 10)
    view(far, 90)
    view(emitter, 90)
    const ball = room.world.spawn('ball', { x: 12, y: 10 }, { owner: emitter.seat })
    room.emit('bang', { x: 1, y: 1, word: '' }, { at: ball })
    room.emit('bang', { x: 2, y: 2, word: '' })
    play(harness, [near, far, emitter], 2)
    const heard = ({ link }: Member): unknown[] =>
      link.told.flatMap(({ events }) => events.map(({ payload }) => payload['x']))
    expect([heard(near), heard(far), heard(emitter)]).toEqual([[1, 2], [2], [1, 2]])
  })

  it('[EVT3] wait for a skipped or dropped client, for eventRetentionMs', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    play(harness, [ada], 1)
    ada.link.isCut = true
    room.emit('bang', { x: 1, y: 1, word: 'old' })
    play(harness, [ada], 12)
    room.emit('bang', { x: 1, y: 1, word: 'new' })
    play(harness, [ada], 3)
    ada.drop()
    ada.resume()
    play(harness, [ada], 1)
    expect(ada.link.told.flatMap(({ events }) => events.map(({ payload }) => payload['word']))).toEqual(['new'])
  })

  it('are not told to who joins afterwards', async () => {
    const { harness, room } = start()
    await harness.join()
    room.emit('bang', { x: 1, y: 1, word: '' })
    const late = await harness.join()
    play(harness, [late], 2)
    expect(late.link.told.flatMap(({ events }) => events)).toEqual([])
  })

  it('beyond maxEventsPerSnapshot: the newest are told, the others counted', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    for (let i = 0; i < LIMITS.maxEventsPerSnapshot + 10; i++) room.emit('bang', { x: i % 100, y: 0, word: '' })
    play(harness, [ada], 1)
    expect(last(ada).events).toHaveLength(LIMITS.maxEventsPerSnapshot)
    expect(last(ada).events[0]!.payload['x']).toBe(10)
    expect(harness.room.core.events.dropped).toBe(10)
  })

  it('clamp what is beyond its range, as entities do; what is no number throws at the emit', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    room.emit('bang', { x: 120, y: -5, word: '' })
    expect(() => room.emit('bang', { x: Number.NaN, y: 0, word: '' })).toThrow(/x: the value is NaN/)
    expect(() => room.emit('bang', { x: 0, y: 0, word: 'longer' })).toThrow(/word: expected at most 4 bytes/)
    play(harness, [ada], 1)
    expect(last(ada).events).toMatchObject([{ payload: { x: 100 - 1 / 16, y: 0 } }])
  })
})

describe('spawn keys', () => {
  it('[EVT1] tell the owner which of its simulated spawns an entity is, once, and nobody else', async () => {
    const { harness, room } = start((world) => {
      if (world.tick !== 3) return
      for (const ball of world.all('ball')) world.spawn('ball', { x: 1 }, { owner: ball.owner })
      for (const ball of [...world.all('ball')].slice(0, 2)) world.spawn('ball', { x: 2 }, { owner: ball.owner })
    })
    const [ada, eve] = [await harness.join(), await harness.join()]
    for (const { seat } of [ada, eve]) room.world.spawn('ball', {}, { owner: seat })
    play(harness, [ada, eve], 4)
    const keys = ({ link }: Member): unknown[] => link.told.flatMap((told) => told.keys)
    expect(keys(ada)).toEqual([
      { slot: 5, tick: 3, n: 0 },
      { slot: 7, tick: 3, n: 1 },
    ])
    expect(keys(eve)).toEqual([
      { slot: 6, tick: 3, n: 0 },
      { slot: 8, tick: 3, n: 1 },
    ])
    const names = ada.link.shown('ball').map(({ owner, x }) => [owner, x])
    expect(names).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 2],
    ])
  })

  it('are not told of spawns outside of the simulation', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    room.world.spawn('ball', {}, { owner: ada.seat })
    play(harness, [ada], 2)
    expect(ada.link.told.flatMap((told) => told.keys)).toEqual([])
  })
})
