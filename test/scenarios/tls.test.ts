import { createClient } from '@tickwire/sdk'
import { createProxy } from '@tickwire/sdk/testing'
import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { cert, key } from '../server/tls-pair.ts'
import { drift, driftRoom, newDiary } from './drift.ts'

/** Trusts the certificate of this test alone. */
class TrustingSocket extends WebSocket {
  constructor(url: string) {
    super(url, [], { ca: cert, perMessageDeflate: false })
  }
}

let https: Server
let server: GameServer

async function start(): Promise<string> {
  https = createServer({ key, cert }, (_request, response) => response.end('a page'))
  server = await createGameServer({ httpServer: https, rooms: [driftRoom(newDiary())], log: 'silent' })
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  return `https://127.0.0.1:${(https.address() as AddressInfo).port}`
}

afterEach(async () => {
  await server.close()
  https.close()
})

describe('on an https server', () => {
  it('is played over wss, and says so in its url', async () => {
    const address = await start()
    expect(server.url).toMatch(/^wss:\/\/localhost:\d+\/tickwire$/)
    const client = createClient(address, { WebSocket: TrustingSocket, storage: null })
    const room = await client.joinOrCreate(drift, { name: 'Ada', vx: 0 })
    expect([room.players.size, client.connection.phase]).toEqual([1, 'online'])
    await client.close()
  })

  it('is played and resumed through a proxy that knows nothing of what it passes on', async () => {
    const { port } = new URL(await start())
    const proxy = await createProxy({ target: `tcp://127.0.0.1:${port}` })
    const client = createClient(`wss://127.0.0.1:${proxy.port}`, { WebSocket: TrustingSocket, storage: null })
    const room = await client.joinOrCreate(drift, { name: 'Ada', vx: 0 })
    const isBack = new Promise<void>((resolve) => {
      client.onConnection(({ phase }) => phase === 'online' && resolve())
    })
    proxy.cutAll()
    await isBack
    expect([room.players.size, room.connection.phase, server.stats.counters.resumes]).toEqual([1, 'online', 1])
    await client.close()
    await proxy.close()
  })
})
