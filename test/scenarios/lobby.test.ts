/** Rooms seen, made, entered, managed and left through the lobby: real client, real server, all of it over the wire. */
import type { Client, JoinedRoom, RoomListing } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { duel } from '../docs/lobby/duel.ts'
import type { Duel } from '../docs/lobby/duel.ts'
import { casual, ranked } from '../docs/lobby/rooms.ts'
import type { Stepper } from 'tickwire/testing'
import { SEAMS, useStepper } from './seams.ts'
import type { Seam } from '../../tickwire/src/testing/ends.ts'

const start = useStepper()
const stand = (seam: Seam = 'transport'): Stepper<Duel> =>
  start<Duel>({ rooms: [casual, ranked], seam, impair: { latencyMs: 20 } })

interface Seated {
  readonly client: Client
  readonly room: JoinedRoom<Duel>
}

/** Somebody who comes in by a way of its own. */
async function come(stepper: Stepper<Duel>, enter: (client: Client) => Promise<JoinedRoom<Duel>>): Promise<Seated> {
  const added = stepper.addClient()
  const room = await stepper.until(enter(added.client))
  added.room = room
  return { client: added.client, room }
}
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

describe.each(SEAMS)('rooms, at the %s seam', (seam) => {
  it('have the options of their creator and the defaults of their type, known to all in it', async () => {
    const stepper = stand(seam)
    const ada = await come(stepper, (client) =>
      client.create(duel, { name: 'Ada' }, { options: { map: 'dust', skill: 9 } }),
    )
    const bob = await come(stepper, (client) => client.joinById(duel, ada.room.id, { name: 'Bob' }))
    await stepper.run(0.5)
    for (const { room } of [ada, bob]) {
      expect({ ...room.options }).toEqual({ map: 'dust', rounds: 3, skill: 9 })
      expect({ ...room.metadata }).toEqual({ title: 'On dust', round: 0 })
      expect(room.owner).toBe(ada.room.seat)
      expect(room.invite).toMatch(/^[2-9A-HJKMNP-Z]{6}$/)
    }
    expect(
      await stepper.until(codeOf(stepper.addClient().client.create(duel, { name: 'Eve' }, { options: { rounds: 0 } }))),
    ).toBe('no-rounds')
  })

  it('are entered by invite code as somebody typed it, and by password', async () => {
    const stepper = stand(seam)
    const ada = await come(stepper, (client) =>
      client.create(duel, { name: 'Ada' }, { visibility: 'private', password: 'sesame' }),
    )
    await stepper.run(0.2)
    const typed = `${ada.room.invite.slice(0, 3).toLowerCase()}-${ada.room.invite.slice(3)}`
    const { client } = stepper.addClient()
    expect(await stepper.until(codeOf(client.joinByCode(duel, typed, { name: 'Bob' })))).toBe('password-required')
    expect(await stepper.until(codeOf(client.joinByCode(duel, typed, { name: 'Bob' }, { password: 'x' })))).toBe(
      'wrong-password',
    )
    expect(await stepper.until(codeOf(client.joinByCode(duel, 'AAAAAA', { name: 'Bob' })))).toBe('wrong-code')
    const bob = await stepper.until(client.joinByCode(duel, typed, { name: 'Bob' }, { password: 'sesame' }))
    expect(bob.id).toBe(ada.room.id)
    const eve = await come(stepper, (other) => other.joinOrCreate(duel, { name: 'Eve' }))
    expect(eve.room.id).not.toBe(ada.room.id)
  })

  it('are found by what they are like, and by their type', async () => {
    const stepper = stand(seam)
    const dust = await come(stepper, (client) =>
      client.create(duel, { name: 'Ada' }, { options: { map: 'dust', skill: 50 } }),
    )
    const where = { map: 'dust', skill: { min: 40, max: 60 } } as const
    const bob = await come(stepper, (client) => client.joinOrCreate(duel, { name: 'Bob' }, { where }))
    const eve = await come(stepper, (client) => client.joinOrCreate(duel, { name: 'Eve' }, { where: 'map = "snow"' }))
    const kim = await come(stepper, (client) => client.joinOrCreate(duel, { name: 'Kim' }, { type: 'ranked' }))
    expect(bob.room.id).toBe(dust.room.id)
    expect(new Set([bob, eve, kim].map(({ room }) => room.id)).size).toBe(3)
    expect(
      await stepper.until(codeOf(stepper.addClient().client.joinOrCreate(duel, { name: 'X' }, { where: 'nap = 1' }))),
    ).toBe('bad-where')
    expect(
      await stepper.until(codeOf(stepper.addClient().client.joinOrCreate(duel, { name: 'X' }, { type: 'cup' }))),
    ).toBe('unknown-type')
  })
})

describe('lists', () => {
  it('show rooms page by page, as asked for, and nothing that is private', async () => {
    const stepper = stand()
    for (const skill of [30, 10, 20]) {
      await come(stepper, (client) => client.create(duel, { name: 'A' }, { options: { skill, map: 'dust' } }))
    }
    await come(stepper, (client) => client.create(duel, { name: 'P' }, { visibility: 'private' }))
    await come(stepper, (client) => client.create(duel, { name: 'K' }, { key: 'ours' }))
    const lobby = stepper.addClient().client.lobby(duel)
    const first = await stepper.until(lobby.list({ sort: '-skill', limit: 2 }))
    expect(first.rooms.map(({ options }) => options.skill)).toEqual([30, 20])
    expect(first).toMatchObject({ total: 3 })
    const second = await stepper.until(lobby.list({ sort: '-skill', limit: 2, cursor: first.cursor }))
    expect(second.rooms.map(({ options, metadata, players }) => [options.skill, metadata.title, players])).toEqual([
      [10, 'On dust', 1],
    ])
    expect(second.cursor).toBeNull()
    const some = await stepper.until(lobby.list({ where: 'skill > 10 and title contains "DUST"', sort: 'skill' }))
    expect(some.rooms.map(({ options }) => options.skill)).toEqual([20, 30])
    await expect(stepper.until(lobby.list({ where: 'skill >' }))).rejects.toThrow('expected a number')
  })

  it('that are watched tell what comes, changes and goes, also after a drop and in a new link', async () => {
    const stepper = stand()
    const added = stepper.addClient()
    const told: string[] = []
    const tell = (what: string) => (room: RoomListing<Duel>) =>
      void told.push(`${what} ${room.metadata.title} ${room.players}`)
    const list = await stepper.until(
      added.client
        .lobby(duel)
        .watch(
          { where: { map: 'dust' }, sort: 'players' },
          { onAdd: tell('+'), onChange: tell('~'), onRemove: tell('-') },
        ),
    )
    expect(list.rooms).toEqual([])
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }, { options: { map: 'dust' } }))
    await stepper.run(0.5)
    expect(told).toEqual(['+ On dust 1'])
    added.network.cut()
    await stepper.until(ada.room.admin.setMetadata({ title: 'Come in' }))
    await stepper.run(3)
    expect(told.at(-1)).toBe('~ Come in 1')
    expect(list.rooms.map(({ metadata }) => metadata.title)).toEqual(['Come in'])
    await stepper.until(ada.room.leave())
    await stepper.run(8)
    expect(told.at(-1)).toMatch(/^- Come in/)
    expect(list.rooms).toEqual([])
    list.close()
  })
})

describe('the owner of a room', () => {
  it('kicks, bans, locks, names and hands over; everybody else is refused', async () => {
    const stepper = stand()
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }))
    const bob = await come(stepper, (client) => client.joinById(duel, ada.room.id, { name: 'Bob' }))
    const eve = await come(stepper, (client) => client.joinById(duel, ada.room.id, { name: 'Eve' }))
    expect(await stepper.until(codeOf(bob.room.admin.kick(ada.room.seat)))).toBe('not-owner')
    expect(await stepper.until(codeOf(bob.room.admin.setMetadata({ title: 'mine' })))).toBe('not-owner')
    const { revision } = ada.room
    expect(await stepper.until(ada.room.admin.setMetadata({ round: 2 }))).toBe(revision + 1)
    expect(await stepper.until(codeOf(ada.room.admin.setMetadata({ round: 1 }, { revision })))).toBe('outdated')
    await stepper.until(ada.room.admin.kick(bob.room.seat))
    expect(await stepper.until(bob.room.left)).toMatchObject({ name: 'kicked' })
    await stepper.until(bob.client.joinById(duel, ada.room.id, { name: 'Bob' }).then((room) => room.leave()))
    await stepper.until(ada.room.admin.ban(eve.room.seat))
    await stepper.until(eve.room.left)
    expect(await stepper.until(codeOf(eve.client.joinById(duel, ada.room.id, { name: 'Eve' })))).toBe('banned')
    await stepper.until(ada.room.admin.lock())
    await stepper.run(0.2)
    expect(ada.room.locked).toBe(true)
    expect(await stepper.until(codeOf(bob.client.joinById(duel, ada.room.id, { name: 'Bob' })))).toBe('room-locked')
    await stepper.until(ada.room.admin.unlock())
    const back = await stepper.until(bob.client.joinById(duel, ada.room.id, { name: 'Bob' }))
    await stepper.until(ada.room.leave())
    await stepper.run(0.5)
    expect(back.owner).toBe(back.seat)
  })

  it('is a player like others in what it shows of itself', async () => {
    const stepper = stand()
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }))
    const bob = await come(stepper, (client) => client.joinById(duel, ada.room.id, { name: 'Bob' }))
    await stepper.until(bob.room.setProfile({ colour: 'green', isReady: true }))
    await stepper.run(0.3)
    const seen = ada.room.players.get(bob.room.seat)!
    expect({ ...seen.profile }).toEqual({ colour: 'green', isReady: true })
    expect({ ...ada.room.players.get(ada.room.seat)!.profile }).toEqual({ colour: 'red', isReady: false })
  })
})

describe.each(SEAMS)('a spectator, at the %s seam', (seam) => {
  it('sees what all may see, holds no seat, and is told when it is over', async () => {
    const stepper = stand(seam)
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }))
    const watcher = stepper.addClient()
    const sight = await stepper.until(watcher.client.spectate(duel, ada.room.id))
    await stepper.run(1)
    sight.advance()
    expect([...sight.view('piece')]).toMatchObject([{ y: 100, secret: undefined, mine: false }])
    expect([...sight.players.values()].map(({ name, mine }) => [name, mine])).toEqual([['Ada', false]])
    expect(ada.room.players.size).toBe(1)
    const list = await stepper.until(watcher.client.lobby(duel).list())
    expect(list.rooms).toMatchObject([{ players: 1, spectators: 1, maxPlayers: 4 }])
    await stepper.until(sight.look({ x: 400, y: 400, radius: 10 }))
    await stepper.run(1)
    sight.advance()
    expect([...sight.view('piece')]).toEqual([])
    for (let i = 0; i < 2; i++) {
      const more = stepper.addClient().client.spectate(duel, ada.room.id)
      expect(await stepper.until(codeOf(more))).toBe(i === 0 ? 'done' : 'room-full')
    }
    watcher.network.cut()
    await stepper.run(3)
    expect(sight.connection.phase).toBe('online')
    await stepper.until(ada.room.leave())
    expect(await stepper.until(sight.left, 20)).toMatchObject({ name: 'room-closed' })
  })

  it('looks on again after a reload, from the same place and at the same part of the world', async () => {
    const stepper = stand(seam)
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }))
    const watcher = stepper.addClient()
    const sight = await stepper.until(watcher.client.spectate(duel, ada.room.id))
    await stepper.until(sight.look({ x: 400, y: 400, radius: 10 }))
    watcher.network.cut()
    watcher.network.stall(Infinity)
    const page = stepper.addClient({ storage: watcher.storage })
    // It was no player.
    expect(await stepper.until(page.client.resume(duel))).toBeNull()
    const again = await stepper.until(page.client.resumeSpectating(duel))
    await stepper.run(1)
    again!.advance()
    expect(again!.id).toBe(ada.room.id)
    expect([...again!.players.values()].map(({ name, mine }) => [name, mine])).toEqual([['Ada', false]])
    expect([...again!.view('piece')]).toEqual([])
    await stepper.until(again!.look(null))
    await stepper.run(1)
    again!.advance()
    expect([...again!.view('piece')]).toHaveLength(1)
    const list = await stepper.until(page.client.lobby(duel).list())
    expect(list.rooms).toMatchObject([{ players: 1, spectators: 1 }])
  })

  it('is no player after a reload, and a player is no spectator', async () => {
    const stepper = stand(seam)
    const ada = await come(stepper, (client) => client.create(duel, { name: 'Ada' }))
    const nobody = stepper.addClient()
    expect(await stepper.until(nobody.client.resumeSpectating(duel))).toBeNull()
    const [old] = stepper.clients
    old!.network.cut()
    old!.network.stall(Infinity)
    const page = stepper.addClient({ storage: old!.storage })
    expect(await stepper.until(page.client.resumeSpectating(duel))).toBeNull()
    const room = await stepper.until(page.client.resume(duel))
    expect(room?.seat).toBe(ada.room.seat)
  })
})
