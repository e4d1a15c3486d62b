import { describe, expect, it } from 'vitest'
import { FakeLink } from '../room/harness.ts'
import { last, play, rolling, start } from '../room/small-room.ts'

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
    const player = room.players.get(ada.seat)!
    for (const area of [{ x: Number.NaN, y: 0, radius: 1 }, { x: 1, y: 2 }, { x: 1, y: 2, width: 3 }, { radius: 3 }]) {
      expect(() => (player.view = area as typeof player.view)).toThrow(/player.view: expected \{ x, y, radius \}/)
    }
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

  it('of a player are revealed by its name, not by the entity that has its number', async () => {
    const { harness, room } = start()
    const [ada, eve] = [await harness.join(), await harness.join()]
    const [first, second] = [ada, eve].map(({ seat }) => room.players.get(seat)!)
    first!.state.role = 4
    room.world.reveal(first!, second!)
    play(harness, [ada, eve], 1)
    expect(eve.link.shown('#player').map(({ role }) => role)).toEqual([4, undefined])
    expect(ada.link.shown('#player').map(({ role }) => role)).toEqual([undefined, undefined])
    expect(() => room.world.despawn(first!)).toThrow(/despawn: expected an entity, got "a player"; call its leave/)
  })

  it('that a client may not see are not in its bytes: they are the same whatever the value', async () => {
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
