import { describe, expect, it } from 'vitest'
import { DecodeError, defineGame, field, RefusedError } from '@tickwire/protocol'
import { describeSection, hashSections } from '@tickwire/protocol/internal'
import { MemoryNames } from '../../../server/src/directory/names.ts'
import type { Directory, ReserveAnswer } from '../../../server/src/directory/directory.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { countingBytes, hashes, joinItem, pong, schema, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

const refusalOf = (client: TestClient) => client.items.findLast((item) => item.type === 'joinRefused')
const joinedOf = (client: TestClient) => client.items.findLast((item) => item.type === 'joined')

/** A directory whose `reserve` gives the next of these answers. */
function scripted(...answers: (ReserveAnswer | Error)[]): Directory & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    names: new MemoryNames(),
    reserve: async (criteria) => {
      calls.push(`reserve ${criteria.by}`)
      const answer = answers.shift() ?? new Error('no more answers')
      if (answer instanceof Error) throw answer
      return answer
    },
    confirm: async (reservation) => void calls.push(`confirm ${reservation}`),
    release: async (reservation) => void calls.push(`release ${reservation}`),
    register: async ({ roomId }) => void calls.push(`register ${roomId}`),
    report: async ({ roomId, freeSeats }) => void calls.push(`report ${roomId} ${freeSeats}`),
    unregister: async (roomId) => void calls.push(`unregister ${roomId}`),
    list: async () => ({ rooms: [], cursor: '', total: 0 }),
    watch: async () => ({ close: () => {} }),
  }
}
const local = (roomId: string, reservation: string, isNew = true): ReserveAnswer => ({
  kind: 'local',
  roomId,
  key: null,
  type: 'pong',
  invite: 'ABCDEF',
  isListed: true,
  reservation,
  seats: [reservation],
  isNew,
})

describe('joinOrCreate', () => {
  it('fills a room before it opens the next one', async () => {
    const { join, maker } = testServer()
    for (let i = 0; i < 9; i++) await join()
    expect(maker.rooms.map((room) => room.seats.size)).toEqual([4, 4, 1])
  })

  it('200 joins at once end with exactly maxPlayers in each room', async () => {
    const { connect, maker } = testServer()
    const clients = Array.from({ length: 200 }, (_, i) => connect({ ip: `10.0.0.${i}` }))
    for (const client of clients) client.enter()
    await settle()
    expect(maker.rooms.map((room) => room.seats.size)).toEqual(Array.from({ length: 50 }, () => 4))
    expect(clients.every((client) => joinedOf(client) !== undefined)).toBe(true)
  })

  it('with a key meets in the room of that key, and in no other', async () => {
    const { connect, maker } = testServer()
    for (const room of ['blue', 'red', 'blue', '']) {
      connect().enter({ room })
      await settle()
    }
    expect(maker.rooms.map(({ key, seats }) => [key, seats.size])).toEqual([
      ['blue', 2],
      ['red', 1],
      [null, 1],
    ])
  })

  it('with the key of a full room is refused: nobody is put somewhere else', async () => {
    const { connect, maker } = testServer()
    const clients = Array.from({ length: 5 }, () => connect())
    for (const client of clients) client.enter({ room: 'blue' })
    await settle()
    expect(refusalOf(clients[4]!)).toMatchObject({ code: 'room-full' })
    expect(maker.rooms).toHaveLength(1)
  })

  it('finds a seat that became free', async () => {
    const { join, clock, maker } = testServer()
    const players = [await join(), await join(), await join(), await join()]
    players[1]!.client.cut()
    clock.advance(20_000)
    await settle()
    await join()
    expect(maker.rooms).toHaveLength(1)
  })

  it('tries another room when the one it was sent to has filled up, locked or ended meanwhile', async () => {
    const directory = scripted(local('a', 'r1'), local('a', 'r2', false), local('b', 'r3'))
    const { connect, maker } = testServer({ directory })
    maker.prepare = (room) => (room.isLocked = room.id === 'a')
    const client = connect()
    client.enter()
    await settle()
    expect(joinedOf(client)).toMatchObject({ roomId: 'b' })
    expect(directory.calls.filter((call) => /reserve|release|confirm/.test(call))).toEqual([
      'reserve any',
      'release r1',
      'reserve any',
      'release r2',
      'reserve any',
      'confirm r3',
    ])
  })

  it('gives up after three rooms', async () => {
    const directory = scripted(local('a', 'r1'), local('b', 'r2'), local('c', 'r3'), local('d', 'r4'))
    const { connect, maker } = testServer({ directory })
    maker.prepare = (room) => (room.isLocked = true)
    const client = connect()
    client.enter()
    await settle()
    expect(refusalOf(client)).toMatchObject({ code: 'room-locked' })
    expect(maker.rooms).toHaveLength(3)
  })

  it('tells the directory that a room it believes in is gone', async () => {
    const directory = scripted(local('gone', 'r1', false), local('a', 'r2'))
    const { connect } = testServer({ directory })
    const client = connect()
    client.enter()
    await settle()
    expect(joinedOf(client)).toMatchObject({ roomId: 'a' })
    expect(directory.calls).toContain('unregister gone')
  })
})

describe('create', () => {
  it('always opens a new room', async () => {
    const { connect, maker } = testServer()
    for (let i = 0; i < 3; i++) connect().enter({ verb: 'create' })
    await settle()
    expect(maker.rooms).toHaveLength(3)
  })

  it('with a key that is taken is refused', async () => {
    const { connect } = testServer()
    connect().enter({ verb: 'create', room: 'blue' })
    const late = connect()
    late.enter({ verb: 'create', room: 'blue' })
    await settle()
    expect(refusalOf(late)).toMatchObject({ code: 'key-taken' })
  })

  it('is refused when the server has all the rooms it may have', async () => {
    const { connect, server } = testServer({ limits: { maxRoomsPerServer: 1 } })
    const [first, second] = [connect(), connect()]
    first.enter({ verb: 'create' })
    second.enter({ verb: 'create' })
    await settle()
    expect(refusalOf(second)).toMatchObject({ code: 'server-full' })
    expect(server.stats.counters.roomsRefused).toBe(1)
  })
})

describe('joinById', () => {
  it('joins that room', async () => {
    const { join, connect, maker } = testServer()
    const { room } = await join()
    const friend = connect()
    friend.enter({ verb: 'joinById', room: room.id })
    await settle()
    expect(joinedOf(friend)).toMatchObject({ roomId: room.id, seat: 1 })
    expect(maker.rooms).toHaveLength(1)
  })

  it('is refused when there is no such room, and opens none', async () => {
    const { connect, maker } = testServer()
    const client = connect()
    client.enter({ verb: 'joinById', room: 'nowhere' })
    await settle()
    expect(refusalOf(client)).toMatchObject({ code: 'room-not-found' })
    expect(maker.rooms).toEqual([])
  })
})

describe('a join that cannot work', () => {
  it('[HSK8] with another schema names the section and sends our description of it', async () => {
    const { connect, server } = testServer()
    const client = connect()
    client.enter({ hashes: hashes.map((hash, i) => (i === 5 ? hash ^ 1 : hash)) })
    await settle()
    expect(refusalOf(client)).toMatchObject({
      code: 'schema-mismatch',
      section: 'input',
      description: describeSection(schema, 'input').join('\n'),
    })
    expect(server.stats.rooms).toBe(0)
    expect(client.closed).toBeNull()
  })

  it('[HSK8] sends the beginning of a description that is too long to send', async () => {
    const events = Array.from({ length: 1500 }, (_, i) => [`event${i}`, { place: field.uint({ max: i + 1 }) }])
    const large = defineGame({ name: 'large', tickRateHz: 50, events: Object.fromEntries(events) })
    const whole = describeSection(large, 'events').join('\n')
    expect(whole.length).toBeGreaterThan(65_536)
    const { connect } = testServer({ rooms: [{ game: { schema: large }, definition: {} }] })
    const client = connect()
    client.enter({ game: 'large', hashes: hashSections(large).map((hash, i) => (i === 6 ? hash ^ 1 : hash)) })
    const refused = refusalOf(client)
    expect(refused).toMatchObject({ code: 'schema-mismatch', section: 'events' })
    expect(refused?.description).toBe(whole.slice(0, 60_000))
  })

  it('of an unknown game lists the games that there are', async () => {
    const { connect } = testServer()
    const client = connect()
    client.enter({ game: 'chess' })
    expect(refusalOf(client)).toMatchObject({ code: 'unknown-game', text: expect.stringContaining('"pong"') })
  })

  it('that game code refuses carries its code and text', async () => {
    const { connect, maker } = testServer()
    maker.prepare = (room) => {
      room.onJoin = () => {
        throw new RefusedError('round-over', 'come back later')
      }
    }
    const client = connect()
    client.enter()
    await settle()
    expect(refusalOf(client)).toMatchObject({ code: 'round-over', text: 'come back later' })
  })

  it('that fails by a bug says server-error and nothing of the bug, which is logged', async () => {
    const { connect, maker, lines, server } = testServer()
    maker.prepare = (room) => {
      room.onJoin = () => {
        throw new TypeError('password is 1234')
      }
    }
    const client = connect()
    client.enter()
    await settle()
    expect(refusalOf(client)).toMatchObject({ code: 'server-error' })
    expect(JSON.stringify(refusalOf(client))).not.toContain('1234')
    expect(lines.join('\n')).toContain('password is 1234')
    expect(server.stats.counters.serverErrors).toBe(1)
  })

  it('in a room that cannot be opened, or with a directory that fails, is a server-error too', async () => {
    for (const changes of [{}, { directory: scripted(new Error('no connection')) }]) {
      const { connect, maker } = testServer(changes)
      maker.error = new Error('onCreate failed')
      const client = connect()
      client.enter()
      await settle()
      expect(refusalOf(client)).toMatchObject({ code: 'server-error' })
      expect(client.closed).toBeNull()
    }
  })

  it('may be tried again on the same link', async () => {
    const { connect } = testServer()
    const client = connect()
    client.enter({ verb: 'joinById', room: 'nowhere' })
    await settle()
    client.say(client.item(joinItem({ channel: 2 })))
    await settle()
    expect(joinedOf(client)).toMatchObject({ channel: 2 })
  })
})

describe('a join that takes long', () => {
  /** A room whose `onJoin` ends when it is told to. */
  function slowServer(changes: Parameters<typeof testServer>[0] = {}) {
    const server = testServer(changes)
    const doors: { open: () => void; slam: (error: Error) => void }[] = []
    server.maker.prepare = (room) => {
      room.onJoin = () => new Promise((open, slam) => doors.push({ open, slam }))
    }
    return { ...server, doors }
  }

  it('is refused after joinTimeoutMs, abandoned, and a late success leaves nobody in the room', async () => {
    const { connect, clock, maker, doors, server } = slowServer()
    const client = connect()
    client.enter()
    await settle()
    // The client is alive meanwhile.
    for (let i = 0; i < 10; i++) {
      clock.advance(1000)
      client.say({ type: 'ping', id: i, channel: 0 })
    }
    await settle()
    expect(refusalOf(client)).toMatchObject({ code: 'join-timeout' })
    expect(maker.rooms[0]!.log).toEqual(['cancelJoin'])
    doors[0]!.open()
    await settle()
    expect(maker.rooms[0]!.log).toEqual(['cancelJoin', 'join 0', 'leave 0 left'])
    expect(joinedOf(client)).toBeUndefined()
    expect(server.stats.counters.joinTimeouts).toBe(1)
  })

  it('is abandoned when the client leaves', async () => {
    const { connect, maker, doors } = slowServer()
    const client = connect()
    client.enter()
    await settle()
    client.say(client.item({ type: 'leave', channel: 1 }))
    expect(client.items.at(-1)).toEqual({ type: 'left', channel: 1, reason: 'left' })
    doors[0]!.open()
    await settle()
    expect(maker.rooms[0]!.seats.size).toBe(0)
    expect(joinedOf(client)).toBeUndefined()
  })

  it('goes on through a cut: the seat is held, and `joined` waits for the client', async () => {
    const { connect, maker, doors } = slowServer()
    const client = connect()
    client.enter()
    await settle()
    client.cut()
    doors[0]!.open()
    await settle()
    const room = maker.rooms[0]!
    expect(room.log).toEqual(['join 0', 'drop 0'])
    const again = connect()
    again.hello(client.claim(null))
    expect(again.items.map(({ type }) => type)).toEqual(['joined'])
    expect(room.log.at(-1)).toBe('resume 0 from -1')
  })

  it('whose fields turn out to be broken while the client is away ends the link', async () => {
    const { connect, doors, server } = slowServer()
    const client = connect()
    client.enter()
    await settle()
    client.cut()
    doors[0]!.slam(new DecodeError('truncated', { what: 'name', expected: '8 more bits', got: '0', offset: 0 }))
    await settle()
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
  })

  it('of a link that is gone for good leaves nobody in the room', async () => {
    const { connect, maker, doors, server } = slowServer()
    const client = connect()
    client.enter()
    await settle()
    client.cut(4013)
    expect(maker.rooms[0]!.log).toEqual(['cancelJoin'])
    doors[0]!.open()
    await settle()
    expect(maker.rooms[0]!.seats.size).toBe(0)
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
  })

  it('keeps its place in a bounded queue; beyond that joins are refused as server-busy', async () => {
    const { connect, doors, server } = slowServer({ limits: { maxPendingJoins: 2 } })
    const clients = [connect(), connect(), connect()]
    for (const client of clients) client.enter({ verb: 'create' })
    await settle()
    expect(refusalOf(clients[2]!)).toMatchObject({ code: 'server-busy' })
    expect(server.stats.counters.serverBusy).toBe(1)
    doors[0]!.slam(new RefusedError('no'))
    await settle()
    const late = connect()
    late.enter({ verb: 'create' })
    await settle()
    expect(refusalOf(late)).toBeUndefined()
  })
})

describe('a directory of many servers', () => {
  it('sends the client to the server that has the room', async () => {
    const directory = scripted({ kind: 'redirect', url: 'wss://b.example/tickwire', reservation: 'r1', seats: ['r1'] })
    const { connect } = testServer({ directory })
    const client = connect()
    client.enter()
    await settle()
    expect(client.items).toEqual([{ type: 'redirect', channel: 1, url: 'wss://b.example/tickwire', reservation: 'r1' }])
  })

  it('takes a client in that comes with a reservation', async () => {
    const clock = new FakeClock()
    const directory = new MemoryDirectory({ clock, randomBytes: countingBytes(), reservationMs: 20_000 })
    const { connect, maker } = testServer({ directory })
    const answer = await directory.reserve(
      { game: 'pong', by: 'any' },
      { userIds: ['ada'] },
      { type: 'pong', key: null, maxPlayers: 4, isListed: true },
    )
    if (answer.kind !== 'local') throw new Error('expected a local room')
    const client = connect()
    client.enter({ reservation: answer.reservation })
    await settle()
    expect(joinedOf(client)).toMatchObject({ roomId: answer.roomId })
    const late = connect()
    late.enter({ reservation: answer.reservation })
    await settle()
    expect(refusalOf(late)).toMatchObject({ code: 'reservation-expired' })
    expect(maker.rooms).toHaveLength(1)
  })

  it('hears of every change of a room, in order', async () => {
    const directory = scripted(local('a', 'r1'), local('a', 'r2'))
    const { join, maker } = testServer({ directory, rooms: [pong] })
    const { client } = await join()
    await join()
    client.cut(4013)
    await settle()
    maker.rooms[0]!.dispose()
    await settle()
    expect(directory.calls).toEqual([
      'reserve any',
      'register a',
      'confirm r1',
      'reserve any',
      'confirm r2',
      'report a 3',
      'report a 4',
      'unregister a',
    ])
  })
})
