import { CLOSE, ConfigError, RefusedError } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../sdk/src/client-api.ts'
import { UnreachableError } from '../../sdk/src/errors.ts'
import { createClientWith } from '../../sdk/src/game-client.ts'
import type { OpenGameRoom } from '../../sdk/src/game-client.ts'
import type { JoinedRoom } from '../../sdk/src/room-api.ts'
import { arena } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'
import { FakeServer, joined, welcome } from './fake-server.ts'
import type { Sent } from './fake-server.ts'
import { FakePage, FakeRoom, FakeStorage } from './link/link-setup.ts'

let clock: FakeClock
let server: FakeServer
let storage: FakeStorage
let client: Client
let page: FakePage

const openRoom: OpenGameRoom = (_game, item, link) =>
  Object.assign(new FakeRoom(item, link), { room: { id: item.roomId, seat: item.seat } as never })

function makeClient(url = 'ws://here'): Client {
  page = new FakePage()
  return createClientWith(
    url,
    {},
    {
      connect: server.connect,
      clock,
      random: () => 0.5,
      randomBytes: (length) => new Uint8Array(length).fill(7),
      schedule: (fn) => void clock.setTimer(fn, 0),
      storage,
      page,
      pageUrl: null,
      report: () => {},
      openRoom,
    },
  )
}

/** The page goes, and comes again in the same tab. */
function reload(): void {
  page.fire('hide')
  client = makeClient()
}

beforeEach(() => {
  clock = new FakeClock()
  server = new FakeServer(clock)
  storage = new FakeStorage()
  client = makeClient()
})

async function run(ms = 0): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve()
  clock.advance(ms)
  for (let i = 0; i < 5; i++) await Promise.resolve()
  clock.advance(0)
}

const firstSnapshot = (channel: number): Sent => ({ type: 'snapshot', channel, bytes: new Uint8Array(1) })

/** Answers the newest join on the newest connection. */
async function grant(roomId = 'r1'): Promise<void> {
  const { newest } = server
  const { channel } = newest.join
  newest.send(welcome(), ...newest.reliable(joined(channel, { roomId })), firstSnapshot(channel))
  await run()
}

describe('joining', () => {
  it('connects with the first join and not before', async () => {
    await run(1000)
    expect(server.urls).toEqual([])
    expect(client.connection).toEqual({ phase: 'connecting' })
    const joining = client.joinOrCreate(arena, { name: 'Ada' }, { key: 'k1' })
    await run()
    expect(server.urls).toEqual(['ws://here/tickwire'])
    expect(server.newest.join).toMatchObject({ verb: 'joinOrCreate', room: 'k1', game: 'arena', reservation: '' })
    await grant()
    expect((await joining).id).toBe('r1')
    expect(client.connection).toEqual({ phase: 'online' })
  })

  it.each([
    ['create', () => client.create(arena, { name: 'Ada' }), { verb: 'create', room: '' }],
    ['joinById', () => client.joinById(arena, 'r9', { name: 'Ada' }), { verb: 'joinById', room: 'r9' }],
  ] as const)('by %s says so', async (_, join, item) => {
    const joining = join()
    await run()
    expect(server.newest.join).toMatchObject(item)
    await grant('r9')
    expect((await joining).id).toBe('r9')
  })

  it('throws or rejects what cannot be sent before anything is sent', async () => {
    expect(() => client.joinOrCreate(arena, { name: 'Ada' }, { key: '' })).toThrow('key: expected a text of 1 to 64')
    expect(() => client.joinOrCreate(arena, { name: 'Ada' }, { key: 'é'.repeat(33) })).toThrow(ConfigError)
    expect(() => client.joinById(arena, '', { name: 'Ada' })).toThrow('roomId')
    await expect(client.joinOrCreate(arena, { name: 'x'.repeat(25) })).rejects.toThrow(
      'join.name: expected at most 24 bytes',
    )
    await expect(client.joinOrCreate(undefined as never, {})).rejects.toThrow('defineSimulation')
    expect(server.urls).toEqual([])
  })

  it('rejects with the room’s refusal, and can be tried again on the same connection', async () => {
    const first = expect(client.joinOrCreate(arena, { name: 'Ada' })).rejects.toBeInstanceOf(RefusedError)
    await run()
    const { newest } = server
    const refusal = {
      type: 'joinRefused',
      channel: 1,
      code: 'room-full',
      text: '',
      section: '',
      description: '',
    } as const
    newest.send(welcome(), ...newest.reliable(refusal))
    await run()
    await first
    const second = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    newest.send(...newest.reliable(joined(2)), firstSnapshot(2))
    await run()
    expect((await second).id).toBe('r1')
    expect(server.connections).toHaveLength(1)
  })

  it('rejects when nobody listens, and works once somebody does', async () => {
    server.isUp = false
    const first = expect(client.joinOrCreate(arena, { name: 'Ada' })).rejects.toBeInstanceOf(UnreachableError)
    await run()
    await first
    expect(client.connection.phase).toBe('closed')
    server.isUp = true
    const second = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    await grant()
    expect((await second).id).toBe('r1')
  })

  it('rejects a second join while the first one is pending', async () => {
    const first = client.joinOrCreate(arena, { name: 'Ada' })
    await expect(client.joinOrCreate(arena, { name: 'Ada' })).rejects.toMatchObject({ code: 'join-pending' })
    await run()
    await grant()
    await first
    await expect(client.create(arena, { name: 'Ada' })).rejects.toMatchObject({ code: 'already-seated' })
  })

  it('tells its listeners of every state, over all links', async () => {
    const phases: string[] = []
    const stop = client.onConnection(({ phase }) => phases.push(phase))
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    await grant()
    await joining
    server.connect.cut()
    await run()
    stop()
    await client.close()
    expect(phases).toEqual(['connecting', 'online', 'resuming'])
    expect(client.connection.phase).toBe('closed')
  })
})

describe('a redirect', () => {
  const redirect = (url: string) => ({ type: 'redirect', channel: 1, url, reservation: 'seat-5' }) as const

  it('is followed with its reservation, and the first server is left', async () => {
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    const first = server.newest
    first.send(welcome(), ...first.reliable(redirect('ws://there:1')))
    await run()
    expect(server.urls).toEqual(['ws://here/tickwire', 'ws://there:1/tickwire'])
    expect(first.closed?.code).toBe(CLOSE.left.code)
    expect(server.newest.join).toMatchObject({ channel: 1, reservation: 'seat-5' })
    await grant('r5')
    expect((await joining).id).toBe('r5')
    expect(client.connection).toEqual({ phase: 'online' })
  })

  it('leads a reloaded page to the server that has its seat', async () => {
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    server.newest.send(welcome(), ...server.newest.reliable(redirect('ws://there:1')))
    await run()
    await grant()
    await joining
    reload()
    const resuming = client.resume(arena)
    await run()
    expect(server.urls.at(-1)).toBe('ws://there:1/tickwire')
    const { newest } = server
    newest.send(
      welcome({ resumed: true, seatResumed: true, receivedSeq: 1 }),
      ...newest.reliable(joined(1, { roomId: 'r5' })),
      firstSnapshot(1),
    )
    await run()
    expect((await resuming)?.id).toBe('r5')
  })

  it('in circles ends with an error', async () => {
    const joining = expect(client.joinOrCreate(arena, { name: 'Ada' })).rejects.toMatchObject({
      code: 'too-many-redirects',
    })
    for (let hop = 0; hop < 6; hop++) {
      await run()
      server.newest.send(welcome(), ...server.newest.reliable(redirect(`ws://there:${hop + 1}`)))
      await run()
    }
    await joining
    expect(server.urls).toHaveLength(6)
  })
})

describe('resuming after a reload', () => {
  async function reloaded(): Promise<{ resuming: Promise<JoinedRoom<Arena> | null> }> {
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    await grant()
    await joining
    reload()
    const resuming = client.resume(arena)
    await run()
    return { resuming }
  }

  it('is null at once, without a connection, when this tab held no seat', async () => {
    expect(await client.resume(arena)).toBeNull()
    storage.setItem('tickwire:ws://here/tickwire', 'nonsense')
    expect(await client.resume(arena)).toBeNull()
    expect(server.urls).toEqual([])
  })

  it('is null when the server keeps the seat no more, and a join follows on the same connection', async () => {
    const { resuming } = await reloaded()
    server.newest.welcome({ resumed: false })
    await run()
    expect(await resuming).toBeNull()
    const connections = server.connections.length
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    const { newest } = server
    const { channel } = newest.join
    newest.send(...newest.reliable(joined(channel)), firstSnapshot(channel))
    await run()
    expect((await joining).id).toBe('r1')
    expect(server.connections).toHaveLength(connections)
    expect(await client.resume(arena).catch((error: { code: string }) => error.code)).toBe('already-connected')
  })

  it('rejects when the server cannot be reached, for the seat may still be there', async () => {
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    await grant()
    await joining
    server.isUp = false
    reload()
    const resuming = expect(client.resume(arena)).rejects.toBeInstanceOf(UnreachableError)
    await run()
    await resuming
    expect(storage.items.size).toBe(1)
  })
})

describe('closing', () => {
  it('gives the seat up and leaves nothing behind', async () => {
    const joining = client.joinOrCreate(arena, { name: 'Ada' })
    await run()
    await grant()
    await joining
    await client.close()
    await run(60_000)
    expect(server.newest.closed?.code).toBe(CLOSE.left.code)
    expect(storage.items.size).toBe(0)
    expect(clock.pending).toBe(0)
    await client.close()
    await makeClient().close()
  })

  it('refuses an address that cannot work when the client is made', () => {
    expect(() => makeClient('/')).toThrow('there is no page here')
  })
})

describe('the lobby, which is fetched at the first use', () => {
  it('has no party and no alias before', () => {
    expect([client.party, client.alias]).toEqual([null, null])
  })
})
