import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ClientOptions } from 'ws'
import type { Listener, Transport } from '../../../server/src/transport/transport.ts'
import { attachWebSockets } from '../../../server/src/transport/ws.ts'

interface Accepted {
  readonly transport: Transport
  readonly received: string[]
  readonly closed: Promise<string>
}

let httpServer: Server
let listener: Listener
let port: number
let accepted: Accepted[]
let elsewhere: string[]
let onAccept: (transport: Transport) => void
const clients: WebSocket[] = []

beforeEach(async () => {
  httpServer = createServer()
  accepted = []
  elsewhere = []
  onAccept = () => {}
  listener = attachWebSockets({
    httpServer,
    path: '/tickwire',
    allowedOrigins: ['https://friend.example'],
    maxClientMessageBytes: 1000,
    onElsewhere: (path) => elsewhere.push(path),
    accept: (transport) => {
      const received: string[] = []
      let tellClosed: (text: string) => void = () => {}
      const closed = new Promise<string>((resolve) => (tellClosed = resolve))
      accepted.push({ transport, received, closed })
      onAccept(transport)
      return {
        onReceive: (bytes) => received.push(Buffer.from(bytes).toString('hex')),
        onClose: (code, reason) => tellClosed(`${code} ${reason}`),
      }
    },
  })
  httpServer.listen(0, '127.0.0.1')
  await once(httpServer, 'listening')
  port = (httpServer.address() as AddressInfo).port
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  for (const { transport } of accepted) transport.terminate()
  await listener.close()
  httpServer.closeAllConnections()
  await new Promise((resolve) => httpServer.close(resolve))
})

async function open(options: ClientOptions = {}, path = '/tickwire'): Promise<{ client: WebSocket; server: Accepted }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, options)
  clients.push(client)
  await once(client, 'open')
  return { client, server: accepted.at(-1)! }
}

async function closeOf(client: WebSocket): Promise<string> {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer]
  return `${code} ${reason.toString()}`
}

const fill = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7)

describe('sending', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 1_048_576])('carries a packet of %i bytes whole', async (length) => {
    const { client, server } = await open()
    const arrived = once(client, 'message')
    server.transport.send(fill(length))
    const [data, isBinary] = (await arrived) as [Buffer, boolean]
    expect(isBinary).toBe(true)
    expect(Buffer.compare(data, fill(length))).toBe(0)
  })

  it('lets the caller reuse the bytes after the call, whether they were sent or wait', async () => {
    const { client, server } = await open()
    const sums: number[] = []
    const all = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer) => {
        sums.push(data.every((byte) => byte === data[0]) ? data[0]! : -1)
        if (sums.length === 200) resolve()
      })
    })
    const bytes = new Uint8Array(50_000)
    const results = new Set<string>()
    for (let i = 0; i < 200; i++) {
      bytes.fill(i)
      results.add(server.transport.send(bytes.subarray(0, i % 2 === 0 ? 50_000 : 500)))
    }
    bytes.fill(255)
    // Ten megabytes do not fit into the kernel's buffers: both ways were taken.
    expect([...results].toSorted()).toEqual(['queued', 'sent'])
    expect(server.transport.bufferedBytes).toBeGreaterThan(0)
    await all
    expect(sums).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  it('keeps its frames whole between pings and pongs of both ends', async () => {
    const { client, server } = await open()
    let pongs = 0
    const messages: string[] = []
    const all = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer) => {
        messages.push(data.toString())
        if (messages.length === 50) resolve()
      })
    })
    client.on('pong', () => pongs++)
    for (let i = 0; i < 50; i++) {
      client.ping()
      server.transport.ping?.(() => {})
      server.transport.send(Buffer.from(`message ${i}`))
    }
    await all
    expect(messages).toEqual(Array.from({ length: 50 }, (_, i) => `message ${i}`))
    client.ping('last')
    await once(client, 'pong')
    expect(pongs).toBeGreaterThan(0)
  })

  it('says closed after either end has closed, and sends nothing behind a close frame', async () => {
    const { client, server } = await open()
    const closing = closeOf(client)
    let messages = 0
    client.on('message', () => messages++)
    server.transport.close(4008, 'going away')
    expect(server.transport.send(fill(3))).toBe('closed')
    expect(await closing).toBe('4008 going away')
    expect(await server.closed).toBe('4008 going away')
    expect(server.transport.send(fill(3))).toBe('closed')
    expect(messages).toBe(0)
  })
})

describe('receiving', () => {
  it('hands over each binary message, fragmented or not', async () => {
    const { client, server } = await open()
    client.send(Buffer.from([1, 2]))
    client.send(Buffer.from([3]), { fin: false })
    client.send(Buffer.from([4]), { fin: true })
    client.close(4013, 'left')
    expect(await server.closed).toBe('4013 left')
    expect(server.received).toEqual(['0102', '0304'])
  })

  it('[PKT3] closes with protocol-error for a text frame, and tells so at once', async () => {
    const { client, server } = await open()
    const closing = closeOf(client)
    client.send('hello')
    client.send(Buffer.from([1]))
    expect(await server.closed).toMatch(/^4000 .*text frame/)
    expect(await closing).toMatch(/^4000 .*text frame/)
    expect(server.received).toEqual([])
  })

  it('[PKT5] closes with frame-too-big for a message above the limit, before it has arrived', async () => {
    const { client, server } = await open()
    const closing = closeOf(client)
    client.send(fill(1001))
    expect(await server.closed).toMatch(/^1009 /)
    expect(await closing).toBe('1009 ')
    expect(server.received).toEqual([])
  })

  it('closes with frame-too-big for a header that declares a gigabyte, without waiting for it', async () => {
    const { server, socket } = await openRaw()
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]))
    expect(await server.closed).toMatch(/^1009 /)
    socket.destroy()
  })

  it('closes a message of too many fragments', async () => {
    const { client, server } = await open()
    for (let i = 0; i < 100; i++) client.send(Buffer.from([1]), { fin: false })
    expect(await server.closed).toMatch(/^1008 /)
  })

  it.each([
    ['an unmasked frame', [0x82, 1, 0]],
    ['reserved bits', [0xf2, 0x80, 1, 2, 3, 4]],
    ['an unknown opcode', [0x83, 0x80, 1, 2, 3, 4]],
    ['a fragment of nothing', [0x80, 0x80, 1, 2, 3, 4]],
    ['an oversized control frame', [0x89, 0xfe, 0, 126, 1, 2, 3, 4]],
  ])('closes with bad-frame for %s', async (_, bytes) => {
    const { server, socket } = await openRaw()
    socket.write(Buffer.from(bytes))
    expect(await server.closed).toMatch(/^1002 /)
    socket.destroy()
  })

  it('reports a socket that breaks as 1006', async () => {
    const { client, server } = await open()
    client.terminate()
    expect(await server.closed).toBe('1006 ')
  })
})

/** A connection whose bytes are written by hand. */
async function openRaw(): Promise<{ server: Accepted; socket: Socket }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(upgradeRequest('/tickwire'))
  await once(socket, 'data')
  return { server: accepted.at(-1)!, socket }
}

function upgradeRequest(path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n')
}

describe('liveness', () => {
  it('answers a ping with the pong of exactly that ping', async () => {
    const { client, server } = await open()
    const answers: string[] = []
    server.transport.ping?.(() => answers.push('first'))
    // The newer ping replaces the older one, whose pong then tells nothing.
    await new Promise<void>((resolve) => server.transport.ping?.(resolve))
    client.pong('uninvited')
    client.close()
    await server.closed
    expect(answers).toEqual([])
  })
})

describe('who may connect', () => {
  it('tells the peer its address and that a client without origin is fine', async () => {
    const { server } = await open()
    expect(server.transport.peer).toEqual({ ip: '127.0.0.1', origin: null, originAllowed: true })
  })

  it.each([
    ['https://friend.example', true],
    ['http://localhost:5173', true],
    ['https://evil.example', false],
  ])('accepts the connection of %s and says whether the origin may stay: %s', async (origin, originAllowed) => {
    const { server } = await open({ origin })
    expect(server.transport.peer).toMatchObject({ origin, originAllowed })
  })

  it('lets a refusal at once reach the page with its code and reason', async () => {
    onAccept = (transport) => transport.close(4002, 'origin https://evil.example')
    const client = new WebSocket(`ws://127.0.0.1:${port}/tickwire`, { origin: 'https://evil.example' })
    clients.push(client)
    expect(await closeOf(client)).toBe('4002 origin https://evil.example')
  })

  it('cuts a reason to what a close frame can carry', async () => {
    const { client, server } = await open()
    server.transport.close(4000, 'ä'.repeat(100))
    expect(await closeOf(client)).toBe(`4000 ${'ä'.repeat(61)}`)
  })

  it('does not compress', async () => {
    const { client } = await open({ perMessageDeflate: true })
    expect(client.extensions).toBe('')
  })
})

describe('the path', () => {
  it('may have a query and a slash at its end', async () => {
    await open({}, '/tickwire?v=1')
    await open({}, '/tickwire/')
    expect(accepted).toHaveLength(2)
  })

  it('leaves upgrades elsewhere to others on the same server', async () => {
    const other = new WebSocketServer({ noServer: true })
    httpServer.on('upgrade', (request, socket, head) => {
      if (request.url === '/hmr') other.handleUpgrade(request, socket, head, (client) => client.send('from the other'))
    })
    const client = new WebSocket(`ws://127.0.0.1:${port}/hmr`)
    clients.push(client)
    const [data] = (await once(client, 'message')) as [Buffer]
    expect(data.toString()).toBe('from the other')
    expect(accepted).toEqual([])
  })

  it('answers an upgrade elsewhere where nobody else could, and tells which path it was', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(upgradeRequest('/elsewhere'))
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toMatch(/^HTTP\/1.1 404 /)
    expect(elsewhere).toEqual(['/elsewhere'])
    await once(socket, 'close')
  })

  it('is free again after the listener has closed; open connections stay', async () => {
    const { client, server } = await open()
    await listener.close()
    expect(httpServer.listenerCount('upgrade')).toBe(0)
    const arrived = once(client, 'message')
    server.transport.send(fill(3))
    await arrived
  })
})
