import { LIMITS } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import type { Member } from '../room/harness.ts'
import { last, play, rolling, start } from '../room/small-room.ts'

describe('when a snapshot is sent', () => {
  it('a client whose room does not change hears of it once a second', async () => {
    const { harness } = start()
    const ada = await harness.join()
    expect(play(harness, [ada], 1)).toBe(1)
    expect(play(harness, [ada], 100)).toBe(10)
    expect(last(ada).bytes).toBeLessThan(13)
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

  it('[SNP5] none leaves while one is unacknowledged for too long; then the client is skipped', async () => {
    const { harness, room } = start(rolling)
    const slow = await harness.join()
    const eve = await harness.join()
    room.world.spawn('ball', { vx: 1 })
    for (let i = 0; i < 20; i++) {
      harness.snapshot()
      eve.ack()
    }
    // As long as nothing was measured, a round trip of 250 ms is assumed.
    const window = Math.ceil((250 + LIMITS.ackDelayMs) / 100) + 1
    expect(slow.link.told).toHaveLength(window)
    expect(eve.link.told).toHaveLength(20)
    room.state.score = 5
    slow.ack()
    harness.snapshot()
    expect(slow.link.told).toHaveLength(window + 1)
    expect(slow.link.shown('#room')).toMatchObject([{ score: 5 }])
    expect(slow.link.shown('ball')).toEqual(eve.link.shown('ball'))
    expect(harness.traffic.snapshotsSkipped).toBe(20 - window)
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
    expect(() => harness.room.receiveSnapshotAck(ada.seat, 2, 0)).toThrow(
      expect.objectContaining({ name: 'DecodeError' }),
    )
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

describe('a client that was skipped for longer than departures are remembered', () => {
  it('[REC7] and gets a view of its own then is told the whole of what it lost meanwhile and owns again', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    const ball = room.world.spawn('ball', { x: 1, y: 1 }, { owner: ada.seat })
    room.world.spawn('ball', { x: 2, y: 2 }, { owner: ada.seat })
    play(harness, [ada], 2)
    ada.link.isCut = true
    for (let i = 0; i < LIMITS.snapshotHistorySnapshots + 20; i++) {
      room.state.score = i
      harness.snapshot()
    }
    ball.owner = null
    ada.drop()
    ada.resume()
    room.players.get(ada.seat)!.view = { x: 0, y: 0, radius: 50 }
    const owned = (): number[] => {
      const held = [...ada.link.replica.entities.values()].filter(({ kind }) => kind.name === 'ball')
      return held.filter(({ anchors }) => anchors.owner.tick >= 0).map(({ id }) => id)
    }
    play(harness, [ada], 1)
    expect(owned()).not.toContain(ball.id)
    ball.owner = ada.seat
    play(harness, [ada], 1)
    expect(owned()).toContain(ball.id)
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

describe('when acknowledgements stay away', () => {
  /** Whether any of so many clients got snapshots of its own after nothing was acknowledged for a while. */
  async function ownSnapshotsOf(clients: number): Promise<boolean> {
    const { harness, room } = start((world) => {
      // A new place each tick, so that every ball is news.
      for (const ball of world.all('ball')) ball.x = (ball.x + 37 + (ball.id % 7)) % 100
    })
    for (let i = 0; i < 150; i++) room.world.spawn('ball', { x: i % 100 })
    const members: Member[] = []
    for (let i = 0; i < clients; i++) members.push(await harness.join())
    play(harness, members, 20)
    for (let i = 0; i < 12; i++) harness.snapshot()
    let isOwn = false
    for (let i = 0; i < 10; i++) {
      play(harness, members, 1)
      isOwn ||= [...harness.room.core.seats].some(({ feed }) => feed.own !== null)
    }
    return isOwn
  }

  it('of one client, it is sent what its link seems to carry', async () => {
    expect(await ownSnapshotsOf(1)).toBe(true)
  })

  it('of all of many, it is not their links: nobody is sent snapshots of its own', async () => {
    expect(await ownSnapshotsOf(8)).toBe(false)
  })
})
