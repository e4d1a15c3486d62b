import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { startRelay } from '../../../tickwire/src/inspect/relay.ts'
import type { Relay, RelayListener } from '../../../tickwire/src/inspect/relay.ts'

let server: WebSocketServer
let asked: IncomingMessage | null
let heard: string[]
let relay: Relay

const listener: RelayListener = {
  onOpen: (connection, path) => void heard.push(`${connection} opened ${path}`),
  onPacket: (connection, direction, packet) => void heard.push(`${connection} ${direction} ${packet.join()}`),
  onText: (connection, direction, text) => void heard.push(`${connection} ${direction} "${text}"`),
  onClose: (connection, by, code, reason) => void heard.push(`${connection} closed ${by} ${code} ${reason}`),
}

/** Says back what it is told, and closes at the word. */
beforeEach(async () => {
  asked = null
  heard = []
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket, request) => {
    asked = request
    socket.on('message', (data: Buffer, binary) => {
      if (!binary) socket.close(4003, 'replaced')
      else socket.send(data)
    })
  })
  await once(server, 'listening')
  const target = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/tickwire`)
  relay = await startRelay({ target, port: 0, listener })
})

afterEach(async () => {
  await relay.close()
  for (const socket of server.clients) socket.terminate()
  server.close()
})

describe('the relay', () => {
  it('passes on each message as it is, from the first one on, and how the server ends', async () => {
    const client = new WebSocket(relay.url)
    await once(client, 'open')
    client.send(Uint8Array.of(1, 2, 3))
    const [echo] = (await once(client, 'message')) as [Buffer]
    expect([...echo]).toEqual([1, 2, 3])
    client.send('text')
    expect(await once(client, 'close')).toEqual([4003, Buffer.from('replaced')])
    expect(heard).toEqual([
      '1 opened /tickwire',
      '1 up 1,2,3',
      '1 down 1,2,3',
      '1 up "text"',
      '1 closed down 4003 replaced',
    ])
  })

  it('passes on how the client ends, and what the server decides by', async () => {
    const client = new WebSocket(`${relay.url}?x=1`, { headers: { origin: 'https://game.example', cookie: 'a=b' } })
    await once(client, 'open')
    client.send(Uint8Array.of(1))
    await once(client, 'message')
    const [far] = server.clients
    client.close(4013, 'left')
    expect(await once(far!, 'close')).toEqual([4013, Buffer.from('left')])
    expect(asked).toMatchObject({ url: '/tickwire?x=1', headers: { origin: 'https://game.example', cookie: 'a=b' } })
    expect(heard.at(-1)).toBe('1 closed up 4013 left')
  })

  it('ends a client whose server is not there as a lost connection, and tells why', async () => {
    const lost = await startRelay({ target: new URL('ws://127.0.0.1:1/tickwire'), port: 0, listener })
    const client = new WebSocket(lost.url)
    expect(await once(client, 'close')).toEqual([1006, Buffer.alloc(0)])
    expect(heard.at(-1)).toMatch(/^1 closed down 1006 connect ECONNREFUSED/)
    await lost.close()
  })

  it('says what it cannot listen on', async () => {
    const port = Number(new URL(relay.url).port)
    const second = startRelay({ target: new URL('ws://127.0.0.1:1'), port, listener })
    await expect(second).rejects.toThrow(`cannot listen on port ${port}: listen EADDRINUSE`)
  })
})
