import { LIMITS } from '@tickwire/protocol'
import type { SimWorld } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { FakeLink, RoomHarness } from '../room/harness.ts'
import type { Member, Told } from '../room/harness.ts'
import { handlers, smallGame } from '../room/small-game.ts'
import type { Small } from '../room/small-game.ts'

const start = (step?: (world: SimWorld<Small>) => void): { harness: RoomHarness; room: Room<Small> } => {
  const harness = new RoomHarness(defineRoom(smallGame(step), handlers))
  return { harness, room: harness.room.core.facade as unknown as Room<Small> }
}
const rolling = (world: SimWorld<Small>): void => {
  for (const ball of world.all('ball')) ball.x += ball.vx * world.dt
}
const last = (member: Member): Told => member.link.told.at(-1)!

/** Runs snapshot ticks, acknowledging what comes; says how many came. */
function play(harness: RoomHarness, members: readonly Member[], snapshots: number): number {
  const before = members[0]!.link.told.length
  for (let i = 0; i < snapshots; i++) {
    harness.snapshot()
    for (const member of members) member.ack()
  }
  return members[0]!.link.told.length - before
}

describe('when a snapshot is sent', () => {
  it('a client whose room does not change hears of it once a second', async () => {
    const { harness } = start()
    const ada = await harness.join()
    expect(play(harness, [ada], 1)).toBe(1)
    expect(play(harness, [ada], 100)).toBe(10)
    expect(last(ada).bytes).toBeLessThan(12)
  })

  it('every one while something moves on its own: its tick is news', async () => {
    const { harness, room } = start(rolling)
    const ada = await harness.join()
    room.world.spawn('ball', { vx: 1 })
    play(harness, [ada], 2)
    expect(play(harness, [ada], 20)).toBe(20)
  })

  it('every one that has slack to tell, while inputs come', async () => {
    const { harness } = start()
    const ada = await harness.join()
    play(harness, [ada], 2)
    for (let i = 0; i < 10; i++) {
      ada.input(harness.tick + 4, {})
      expect(play(harness, [ada], 1)).toBe(1)
      expect(last(ada).header.slackTicks).toBeGreaterThan(3)
    }
    expect(last(ada).header.starvedTicks).toBe(1)
  })

  it('[SNP5] at most ceil((least round trip + ack delay) / interval) + 1 are under way; then the client is skipped', async () => {
    const { harness, room } = start(rolling)
    const slow = await harness.join()
    const eve = await harness.join()
    slow.link.minRttMs = 230
    room.world.spawn('ball', { vx: 1 })
    for (let i = 0; i < 20; i++) {
      harness.snapshot()
      eve.ack()
    }
    const window = Math.ceil((230 + LIMITS.ackDelayMs) / 100) + 1
    expect(slow.link.told).toHaveLength(window)
    expect(eve.link.told).toHaveLength(20)
    room.state.score = 5
    slow.ack()
    harness.snapshot()
    expect(slow.link.told).toHaveLength(window + 1)
    expect(slow.link.shown('#room')).toMatchObject([{ score: 5 }])
    expect(slow.link.shown('ball')).toEqual(eve.link.shown('ball'))
    expect(harness.room.core.seats.at(slow.seat)!.feed.skipped).toBe(20 - window)
  })

  it('[SNP1] they are numbered from 1, and again from 1 for a page that was reloaded', async () => {
    const { harness, room } = start(rolling)
    const ada = await harness.join()
    room.world.spawn('ball', { vx: 1 })
    play(harness, [ada], 3)
    expect(ada.link.told.map(({ header }) => header.seq)).toEqual([1, 2, 3])
    ada.drop()
    ada.link.reload()
    ada.resume(-1)
    play(harness, [ada], 1)
    expect(last(ada).header.seq).toBe(1)
    expect(ada.link.shown('ball')).toHaveLength(1)
  })

  it('an ack of what was never sent is a DecodeError', async () => {
    const { harness } = start()
    const ada = await harness.join()
    play(harness, [ada], 1)
    expect(() => harness.room.receiveSnapshotAck(ada.seat, 2)).toThrow(expect.objectContaining({ name: 'DecodeError' }))
  })

  it('acks survive the wrap of their 16 bits', async () => {
    const { harness, room } = start(rolling)
    const ada = await harness.join()
    const { feed } = harness.room.core.seats.at(ada.seat)!
    for (let i = 0; i < 65_530; i++) {
      feed.sent(i, 0)
      feed.acknowledge((i + 1) & 0xffff)
    }
    ada.link.heldSeq = 65_530
    feed.syncTick = -1
    room.world.spawn('ball', { vx: 1 })
    expect(play(harness, [ada], 20)).toBe(20)
    expect(last(ada).header.seq).toBe(65_550)
  })
})

describe('a resume', () => {
  it('[HSK7] goes on from the snapshot that the client holds: what came after it is told again, the rest is not', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    for (let i = 0; i < 30; i++) room.world.spawn('coin', { x: i, y: i })
    play(harness, [ada], 2)
    const whole = ada.link.told[0]!.bytes
    ada.link.isCut = true
    room.world.spawn('coin', { x: 50, y: 50 })
    play(harness, [ada], 3)
    ada.drop()
    ada.resume()
    expect(play(harness, [ada], 1)).toBe(1)
    expect(ada.link.shown('coin')).toHaveLength(31)
    expect(last(ada).entered).toHaveLength(1)
    expect(last(ada).bytes).toBeLessThan(whole / 4)
  })

  it('after a time that no log covers, vacant slots are forgotten one by one and nothing stays behind', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    const coins = Array.from({ length: 20 }, (_, i) => room.world.spawn('coin', { x: i, y: i }))
    play(harness, [ada], 2)
    ada.drop()
    for (const [i, coin] of coins.entries()) if (i % 2 === 0) room.world.despawn(coin)
    for (let i = 0; i < LIMITS.snapshotHistorySnapshots + 5; i++) harness.snapshot()
    ada.resume()
    play(harness, [ada], 1)
    expect(ada.link.shown('coin')).toHaveLength(10)
    expect(last(ada).left).toHaveLength(10)
    expect(last(ada).entered).toEqual([])
  })
})

describe('what many clients share', () => {
  it('is the same bytes for all that know the same, up to what is their own', async () => {
    const { harness, room } = start(rolling)
    const members = [await harness.join(), await harness.join(), await harness.join()]
    for (let i = 0; i < 20; i++) room.world.spawn('ball', { x: i, vx: i / 4 })
    play(harness, members, 3)
    const raw: Uint8Array[][] = members.map(() => [])
    for (const [i, { link }] of members.entries()) {
      const flush = link.flush.bind(link)
      link.flush = (bytes) => {
        if (bytes !== null) raw[i]!.push(bytes.slice())
        return flush(bytes)
      }
    }
    for (const ball of room.world.all('ball')) ball.vx += 1
    play(harness, members, 1)
    expect(raw[0]![0]!.length).toBeGreaterThan(20)
    expect(raw[1]).toEqual(raw[0])
    expect(raw[2]).toEqual(raw[0])
  })
})

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

describe('a client in a view of its own', () => {
  it('enters at the border, leaves 15 % farther out', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    room.players.get(ada.seat)!.view = { x: 0, y: 0, radius: 40 }
    const ball = room.world.spawn('ball', { x: 41 })
    const seen = (x: number): boolean => {
      ball.x = x
      play(harness, [ada], 1)
      return ada.link.shown('ball').length > 0
    }
    expect([41, 39, 41, 45, 47, 45, 41, 40].map(seen)).toEqual([false, true, true, true, false, false, false, true])
  })

  it('a box begins at its upper left corner', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    room.players.get(ada.seat)!.view = { x: 10, y: 20, width: 40, height: 10 }
    for (const [x, y] of [
      [11, 21],
      [49, 29],
      [9, 25],
      [30, 31],
      [51, 25],
    ] as const)
      room.world.spawn('coin', { x, y })
    play(harness, [ada], 1)
    expect(ada.link.shown('coin').map(({ x }) => x)).toEqual([11, 49])
  })

  it('always holds the room, the players and what it owns', async () => {
    const { harness, room } = start()
    const [ada, eve] = [await harness.join(), await harness.join()]
    room.players.get(ada.seat)!.view = { x: 0, y: 0, radius: 1 }
    room.world.spawn('ball', { x: 90, y: 90 }, { owner: ada.seat })
    room.world.spawn('ball', { x: 90, y: 90 }, { owner: eve.seat })
    play(harness, [ada], 1)
    expect(ada.link.shown('#player')).toHaveLength(2)
    expect(ada.link.shown('#room')).toHaveLength(1)
    expect(ada.link.shown('ball')).toMatchObject([{ owner: ada.seat }])
  })

  it('goes back to sharing with the others when the view is null again', async () => {
    const { harness, room } = start(rolling)
    const ada = await harness.join()
    const player = room.players.get(ada.seat)!
    for (let i = 0; i < 10; i++) room.world.spawn('ball', { x: i * 10, vx: 1 })
    player.view = { x: 0, y: 0, radius: 15 }
    play(harness, [ada], 2)
    expect(ada.link.shown('ball')).toHaveLength(2)
    player.view = null
    play(harness, [ada], 1)
    expect(ada.link.shown('ball')).toHaveLength(10)
    expect(harness.room.core.seats.at(ada.seat)!.feed.own).toBeNull()
    play(harness, [ada], 5)
    expect(last(ada).entered).toEqual([])
  })

  it('refuses what is no area', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    expect(() => {
      room.players.get(ada.seat)!.view = { x: Number.NaN, y: 0, radius: 1 }
    }).toThrow(/player.view/)
  })
})

describe('revealed fields', () => {
  it('are sent to those they were revealed to, from then until they are concealed', async () => {
    const { harness, room } = start()
    const [ada, eve] = [await harness.join(), await harness.join()]
    const card = room.world.spawn('card', { face: 42 })
    const faces = (): unknown[] => {
      play(harness, [ada, eve], 1)
      return [ada, eve].map(({ link }) => link.shown('card')[0]!['face'])
    }
    const [first] = [room.players.get(ada.seat)!]
    expect(faces()).toEqual([undefined, undefined])
    room.world.reveal(card, first)
    expect(faces()).toEqual([42, undefined])
    room.world.reveal(card, 'all')
    expect(faces()).toEqual([42, 42])
    room.world.conceal(card, first)
    card.face = 7
    expect(faces()).toEqual([undefined, 7])
    room.world.conceal(card, 'all')
    expect(faces()).toEqual([undefined, undefined])
  })

  it('[VAL] that a client may not see are not in its bytes: they are the same whatever the value', async () => {
    const bytesWith = async (face: number): Promise<string[]> => {
      const { harness, room } = start()
      const link = new FakeLink(harness.codec)
      const received: string[] = []
      const flush = link.flush.bind(link)
      link.flush = (bytes) => {
        if (bytes !== null) received.push(Buffer.from(bytes).toString('hex'))
        return flush(bytes)
      }
      const [ada, eve] = [await harness.join({ name: 'a' }, link), await harness.join()]
      const card = room.world.spawn('card', { face })
      room.world.reveal(card, room.players.get(eve.seat)!)
      room.players.get(eve.seat)!.state.gold = face
      play(harness, [ada, eve], 3)
      card.face = face + 1
      play(harness, [ada, eve], 12)
      expect(eve.link.shown('card')).toMatchObject([{ face: face + 1 }])
      return received
    }
    expect(await bytesWith(3)).toEqual(await bytesWith(50))
  })
})
