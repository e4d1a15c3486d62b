import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import type { Directory } from '../../../server/src/directory/directory.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { delayed } from '../directory/delayed.ts'
import { countingBytes, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

const joinedOf = (client: TestClient) => client.items.findLast((item) => item.type === 'joined')

describe('a directory that is far away', () => {
  const far = (seed: number): Directory =>
    delayed(new MemoryDirectory({ clock: new FakeClock(), randomBytes: countingBytes(), reservationMs: 20_000 }), seed)
  const settleFar = async (): Promise<void> => {
    for (let i = 0; i < 60; i++) await settle()
  }

  it.each([1, 2, 3])('200 joins at once end with exactly maxPlayers in each room (seed %i)', async (seed) => {
    const { connect, maker } = testServer({ directory: far(seed) })
    const clients = Array.from({ length: 200 }, (_, i) => connect({ ip: `10.0.0.${i}` }))
    for (const client of clients) client.enter()
    await settleFar()
    expect(maker.rooms.map((room) => room.seats.size)).toEqual(Array.from({ length: 50 }, () => 4))
    expect(clients.filter((client) => joinedOf(client) === undefined)).toEqual([])
  })

  it('1000 joins in one second end with exactly maxPlayers per room, and nobody in two', async () => {
    const { connect, maker, clock } = testServer({ directory: far(4), limits: { maxPendingJoins: 1000 } })
    const clients = Array.from({ length: 1000 }, (_, i) => connect({ ip: `10.0.${i >> 8}.${i & 255}` }))
    for (const [i, client] of clients.entries()) {
      client.enter()
      if (i % 50 !== 49) continue
      clock.advance(50)
      await settle()
    }
    await settleFar()
    expect(maker.rooms.map((room) => room.seats.size)).toEqual(Array.from({ length: 250 }, () => 4))
    const seats = maker.rooms.flatMap((room) => [...room.seats.values()].map(({ userId }) => userId))
    expect(new Set(seats).size).toBe(1000)
    expect(clients.filter((client) => client.items.filter(({ type }) => type === 'joined').length !== 1)).toEqual([])
  })

  it.each([1, 2, 3])('joins, leaves, cuts and resumes in any order lose and invent no seat (seed %i)', async (seed) => {
    const random = new Random(seed)
    const directory = far(seed)
    const { connect, maker, server, clock } = testServer({ directory })
    let players: TestClient[] = []
    for (let step = 0; step < 300; step++) {
      const dice = random.int(0, 5)
      const victim = players[random.int(0, Math.max(0, players.length - 1))]
      if (dice <= 2 || victim === undefined) {
        players.push(connect({ ip: `10.0.0.${step}` }))
        players.at(-1)!.enter({ verb: dice === 2 ? 'create' : 'joinOrCreate' })
      } else {
        victim.cut(dice === 3 ? 4013 : 1006)
        players = players.filter((player) => player !== victim)
      }
      if (random.int(0, 2) === 0) await settle()
    }
    await settleFar()
    for (const room of maker.rooms) expect(room.seats.size).toBeLessThanOrEqual(4)
    expect(players.filter((player) => joinedOf(player) === undefined)).toEqual([])
    // Those who were cut and did not come back go when their window ends; the others say something now and then.
    for (let i = 0; i < 5; i++) {
      clock.advance(5000)
      for (const player of players) player.say({ type: 'ping', id: i, channel: 0 })
    }
    await settleFar()
    expect(maker.rooms.reduce((sum, room) => sum + room.seats.size, 0)).toBe(players.length)
    expect(server.stats).toMatchObject({ linksOnline: players.length, linksDropped: 0 })
    // What the directory believes is what the rooms have.
    for (const room of maker.rooms.filter(({ key }) => key === null)) {
      const promised = await promisedIn(directory, room.id)
      expect(promised).toBe(4 - room.seats.size)
    }
  })
})

/** How many seats a directory still gives away in a room. */
async function promisedIn(directory: Directory, roomId: string): Promise<number> {
  for (let seats = 0; ; seats++) {
    const answer = await directory.reserve({ game: 'pong', by: 'roomId', roomId }, { userIds: ['x'] }, null)
    if (answer.kind !== 'local') return seats
  }
}
