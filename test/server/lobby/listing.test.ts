/** Lists as clients ask for them: over channel 0, in payloads of bounded size. */
import { LIMITS } from '@tickwire/protocol'
import { LISTED_ROOM, listingHash, LOBBY, lobbyCodec } from '@tickwire/protocol/internal'
import type { LobbyRequest, LobbyTypes, WatchedRooms } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import type { RoomEntry } from '../../../server/src/directory/directory.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { countingBytes, schema, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

const query = { game: 'pong', hash: listingHash(schema), where: '', sort: '', limit: 100 }

/** A room that takes many bytes to say, with a name that sorts by its number. */
function large(i: number): RoomEntry {
  const bytes = new Uint8Array(LIMITS.maxSectionBytes).fill(i)
  const shown = { revision: i, options: bytes, metadata: new Uint8Array(0), attributes: {} }
  const named = { roomId: `room-${100 + i}`, game: 'pong', type: 'pong', key: null, invite: `${i}`, shown }
  const numbers = { order: i, freeSeats: 1, maxPlayers: 4, spectators: 2, isLocked: false }
  return { ...named, ...numbers, isListed: true, hasPassword: false }
}

function stand(limits = {}): { client: TestClient; directory: MemoryDirectory; clock: FakeClock } {
  const clock = new FakeClock()
  const directory = new MemoryDirectory({ clock, randomBytes: countingBytes(), reservationMs: 1000 })
  const { connect } = testServer({ directory, clock, limits: { listsPerSecond: 100, ...limits } })
  const client = connect()
  client.hello()
  return { client, directory, clock }
}

let ids = 0
/** Asks, and what came of it: a reply's fields, or the code of a refusal. */
async function ask(client: TestClient, name: LobbyRequest, fields: object): Promise<unknown> {
  const [id, { ask: asked, reply }] = [++ids, LOBBY.requests[name]!]
  const request = lobbyCodec.requestNames.indexOf(name)
  client.say(
    client.item({ type: 'request', channel: 0, id, request, payload: lobbyCodec.encodePayload(asked, fields) }),
  )
  await settle()
  const answer = client.items.findLast((item) => 'id' in item && item.id === id)
  if (answer?.type === 'refusal') return answer.code
  return answer?.type === 'reply' ? lobbyCodec.decodePayload(reply, answer.payload) : null
}

const told = (client: TestClient): WatchedRooms[] =>
  client.items.flatMap((item) =>
    item.type === 'message'
      ? [lobbyCodec.decodePayload(LOBBY.messages['rooms']!.toClient!, item.payload) as never]
      : [],
  )
const idOf = (bytes: Uint8Array): unknown => lobbyCodec.decodePayload(LISTED_ROOM, bytes)['id']

describe('a list', () => {
  it('of rooms that take many bytes has shorter pages, and no room is lost between them', async () => {
    const { client, directory } = stand()
    for (let i = 0; i < 23; i++) await directory.register(large(i))
    const seen: unknown[] = []
    let cursor = ''
    let pages = 0
    do {
      const page = (await ask(client, 'list', { ...query, cursor })) as LobbyTypes['requests']['list']['reply']
      expect(page.total).toBe(23)
      seen.push(...page.rooms.map(idOf))
      cursor = page.cursor
      pages++
    } while (cursor !== '')
    expect(seen).toEqual(Array.from({ length: 23 }, (_, i) => `room-${100 + i}`))
    expect(pages).toBeGreaterThan(3)
  })

  it('[LOB8] that is watched comes in as many messages as it takes, the last of which says so', async () => {
    const { client, directory, clock } = stand()
    for (let i = 0; i < 9; i++) await directory.register(large(i))
    expect(await ask(client, 'watch', { ...query, watch: 7 })).toEqual({})
    const all = told(client)
    expect(all.map(({ more }) => more)).toEqual([...all.slice(1).map(() => true), false])
    expect(all.flatMap(({ rooms }) => rooms.map(idOf))).toHaveLength(9)
    await directory.unregister('room-100')
    clock.advance(200)
    expect(told(client).at(-1)).toEqual({ watch: 7, removed: ['room-100'], rooms: [], more: false })
    expect(await ask(client, 'unwatch', { watch: 7 })).toEqual({})
    const before = told(client).length
    await directory.unregister('room-101')
    clock.advance(200)
    expect(told(client)).toHaveLength(before)
  })

  it.each<[string, object, string]>([
    ['a game that is not there', { game: 'chess' }, 'unknown-game'],
    ['a page of another version', { hash: 1 }, 'schema-mismatch'],
    ['a condition that cannot be read', { where: 'players >' }, 'bad-where'],
    ['an attribute that rooms do not have', { where: 'map = "dust"' }, 'bad-where'],
    ['an order by nothing', { sort: '-map' }, 'bad-sort'],
    ['no rooms', { limit: 0 }, 'bad-limit'],
    ['a cursor of its own making', { cursor: '{' }, 'bad-cursor'],
  ])('[LOB7] is refused for %s', async (_, changes, code) => {
    const { client } = stand()
    expect(await ask(client, 'list', { ...query, cursor: '', ...changes })).toBe(code)
    if (!('cursor' in changes)) expect(await ask(client, 'watch', { ...query, watch: 1, ...changes })).toBe(code)
  })

  it('is refused to who follows too many, or asks too often, and one ends with its link', async () => {
    const { client, directory, clock } = stand({ maxWatchesPerLink: 2, listsPerSecond: 3 })
    const codes: unknown[] = []
    for (let watch = 1; watch <= 3; watch++) codes.push(await ask(client, 'watch', { ...query, watch }))
    expect(codes).toEqual([{}, {}, 'too-many-watches'])
    for (let i = 0; i < 4; i++) codes.push(await ask(client, 'watch', { ...query, watch: 1 }))
    expect(codes.at(-1)).toBe('rate-limited')
    client.cut(4013)
    const before = client.packets.length
    await directory.register(large(1))
    clock.advance(1000)
    expect(client.packets).toHaveLength(before)
  })
})
