import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import { createGameServer, defineRoom } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createClient } from '../../../sdk/src/client.ts'
import type { Client, WebSocketConstructor } from '../../../sdk/src/client-api.ts'

/** Over sockets and in real time, where parts of the SDK are files that have to be fetched; elsewhere they are put in place. */
const schema = defineGame({
  name: 'counted',
  tickRateHz: 60,
  compression: 'entropy',
  state: { count: field.uint({ max: 1_000_000 }) },
})
const counted = defineSimulation(schema, () => undefined)
const countedRoom = defineRoom(counted, { maxPlayers: 2, onTick: (room) => void room.state.count++ })

let server: GameServer
let client: Client

beforeEach(async () => {
  server = await createGameServer({ port: 0, rooms: [countedRoom], log: 'silent', signals: false })
  client = createClient(server.url, { WebSocket: WebSocket as unknown as WebSocketConstructor })
})

afterEach(async () => {
  await client.close()
  await server.close()
})

describe('parts of the SDK that are fetched at their first use', () => {
  it('are the lobby: what is asked at once is all done, and direct messages are heard', async () => {
    const direct = new Promise<string>((resolve) => void client.onDirect(({ text }) => resolve(text)))
    const [alias, party, page] = await Promise.all([
      client.setAlias('ada'),
      client.createParty(),
      client.lobby(counted).list(),
    ])
    expect([alias, client.alias, client.party, page.total]).toEqual(['ada', 'ada', party, 0])
    await client.sendTo('ada', 'hello')
    expect(await direct).toBe('hello')
  })

  it('are what decodes snapshots that are coded by models', async () => {
    const room = await client.joinOrCreate(counted, {})
    const { count } = room.state
    await expect.poll(() => room.state.count).toBeGreaterThan(count + 3)
    expect(room.connection.phase).toBe('online')
  })
})
