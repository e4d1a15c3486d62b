import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE, ConfigError, defineGame, defineSimulation, field } from '@tickwire/protocol'
import { hashSections, readPacket, readServerMessage } from '@tickwire/protocol/internal'
import type { ServerMessage } from '@tickwire/protocol/internal'
import { createGameServer, defineRoom } from '@tickwire/server'
import type { GameServer, GameServerOptions } from '@tickwire/server'
import { helloOf } from '../hello.ts'
import { joinItem, packetOf } from './helpers.ts'

const schema = defineGame({ name: 'pong', tickRateHz: 50, state: { score: field.uint({ max: 9 }) } })
const pong = defineRoom(
  defineSimulation(schema, () => {}),
  { maxPlayers: 2 },
)
const options: GameServerOptions = { port: 0, host: '127.0.0.1', rooms: [pong], log: 'silent', signals: false }

const running: GameServer[] = []
async function start(changes: Partial<GameServerOptions> = {}): Promise<GameServer> {
  const server = await createGameServer({ ...options, ...changes })
  running.push(server)
  return server
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

interface Player {
  readonly socket: WebSocket
  readonly messages: ServerMessage[]
}

/** Says hello, joins, and waits for the first snapshot. */
async function play(url: string): Promise<Player> {
  const socket = new WebSocket(url)
  const messages: ServerMessage[] = []
  const inRoom = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      readPacket(data, (id, reader) => messages.push(readServerMessage(id, reader)))
      if (messages.some(({ type }) => type === 'snapshot')) resolve()
    })
  })
  await once(socket, 'open')
  const hello = helloOf()
  const item = joinItem({ hashes: hashSections(schema) })
  socket.send(packetOf(hello, { type: 'reliable', seq: 1, item }))
  await inRoom
  return { socket, messages }
}

describe('createGameServer', () => {
  it('lets a client into a room over one socket: welcome, joined, snapshot, without another question', async () => {
    const server = await start()
    expect(server.url).toBe(`ws://localhost:${server.port}/tickwire`)
    const { socket, messages } = await play(server.url)
    const types = messages.map(({ type }) => type).filter((type) => type !== 'reliableAck')
    expect(types.slice(0, 3)).toEqual(['welcome', 'reliable', 'snapshot'])
    expect(server.rooms).toBe(1)
    expect(server.stats).toMatchObject({ rooms: 1, linksOnline: 1, linksDropped: 0 })
    socket.terminate()
  })

  it('closes gracefully: clients are told, the port is free, a second close is the same one', async () => {
    const server = await start()
    const { socket, messages } = await play(server.url)
    const closed = once(socket, 'close')
    const closing = server.close()
    expect(server.close()).toBe(closing)
    await closing
    expect(((await closed) as [number])[0]).toBe(CLOSE['going-away'].code)
    expect(messages.at(-1)?.type).toBe('goingAway')
    const next = await start({ port: server.port })
    expect(next.port).toBe(server.port)
  })

  it('drains: not ready, no new seats, the held one goes on until it ends, then everything is closed', async () => {
    const server = await start()
    expect(server.ready).toBe(true)
    const { socket, messages } = await play(server.url)
    const draining = server.drain({ graceMs: 60_000 })
    expect(server.ready).toBe(false)
    const late = new WebSocket(server.url)
    await once(late, 'open')
    const refused = once(late, 'close')
    late.send(packetOf(helloOf()))
    expect(((await refused) as [number])[0]).toBe(CLOSE['going-away'].code)
    expect(server.stats.linksOnline).toBe(1)
    socket.send(packetOf({ type: 'reliable', seq: 2, item: { type: 'leave', channel: 1 } }))
    await draining
    expect(messages.at(-1)?.type).toBe('goingAway')
    expect(server.stats).toMatchObject({ rooms: 0, linksOnline: 0 })
  })

  it('ends a drain at once when asked to close, and both at the same time', async () => {
    const server = await start()
    await play(server.url)
    const draining = server.drain({ graceMs: 60_000 })
    await server.close()
    await draining
    expect(server.ready).toBe(false)
  })

  it.each([-1, Number.NaN, 'soon'])('refuses a grace of %s', async (graceMs) => {
    const server = await start()
    await expect(server.drain({ graceMs: graceMs as number })).rejects.toThrow(/graceMs: expected milliseconds/)
    expect(server.ready).toBe(true)
  })

  it.each(['localhost:2567', 'ftp://x', `wss://${'x'.repeat(1024)}`])('sends nobody to %s', async (comeBackTo) => {
    const server = await start()
    await expect(server.drain({ comeBackTo })).rejects.toThrow(/comeBackTo: expected an address/)
    expect(server.ready).toBe(true)
  })

  it('closes although a peer does not answer and another one is only half through its handshake', async () => {
    const server = await start()
    const { socket } = await play(server.url)
    socket.pause()
    const silent = connect(server.port, '127.0.0.1')
    silent.on('error', () => {})
    await once(silent, 'connect')
    await server.close()
    expect(server.stats).toMatchObject({ rooms: 0, linksOnline: 0 })
  })

  it('counts clients behind its trusted proxies by their own addresses', async () => {
    const server = await start({ trustedProxies: ['127.0.0.1'], limits: { maxLinksPerIp: 1 } })
    const from = async (ip: string): Promise<WebSocket> => {
      const socket = new WebSocket(server.url.replace('localhost', '127.0.0.1'), { headers: { 'x-forwarded-for': ip } })
      await once(socket, 'open')
      return socket
    }
    const sockets = [await from('203.0.113.1'), await from('203.0.113.2')]
    const second = await from('127.0.0.1, 203.0.113.1')
    expect(((await once(second, 'close')) as [number])[0]).toBe(CLOSE['too-many-links'].code)
    expect(server.stats.counters).toMatchObject({ connections: 3, tooManyLinks: 1 })
    for (const socket of sockets) socket.terminate()
  })

  it('holds no socket for a request that does not come, or comes byte by byte', async () => {
    const server = await start({ limits: { handshakeTimeoutMs: 200 } })
    const silent = connect(server.port, '127.0.0.1')
    const slow = connect(server.port, '127.0.0.1')
    slow.write('GET /tickwire HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    const drip = setInterval(() => slow.write('a'), 20)
    // Not `once`, which fails for the reset that a late drop may meet.
    const ended = [silent, slow].map((socket) => {
      socket.on('error', () => {})
      return new Promise((resolve) => socket.resume().on('close', resolve))
    })
    await Promise.all(ended)
    clearInterval(drip)
    expect(server.stats.counters.connections).toBe(0)
  })

  it('says what to do when the port is taken', async () => {
    const server = await start()
    const again = createGameServer({ ...options, port: server.port })
    await expect(again).rejects.toThrow(ConfigError)
    await expect(again).rejects.toThrow(`port ${server.port} is taken`)
    await expect(again).rejects.toThrow(`PORT=${server.port + 1}`)
  })

  it('says so when the host is none of this machine', async () => {
    await expect(createGameServer({ ...options, host: '192.0.2.1' })).rejects.toThrow(/host: expected an address/)
  })

  it('answers HTTP on a port of its own, and says what is not there', async () => {
    const server = await start()
    const response = await fetch(`http://127.0.0.1:${server.port}/`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'not-found', detail: 'there is nothing at /' })
  })

  it('shows an address that listens everywhere as this machine', async () => {
    const server = await createGameServer({ rooms: [pong], port: 0, log: 'silent', signals: false })
    running.push(server)
    expect(server.url).toBe(`ws://localhost:${server.port}/tickwire`)
  })

  it('lets pages of another loopback port in, and refuses foreign ones with origin and option', async () => {
    const server = await start()
    const near = new WebSocket(server.url, { origin: 'http://localhost:5173' })
    await once(near, 'open')
    near.terminate()
    const far = new WebSocket(server.url, { origin: 'https://evil.example' })
    const [code, reason] = (await once(far, 'close')) as [number, Buffer]
    expect(code).toBe(CLOSE['origin-refused'].code)
    expect(reason.toString()).toMatch(/https:\/\/evil\.example.*allowedOrigins/)
  })
})

describe('createGameServer on an HTTP server of the caller', () => {
  it('shares its port, leaves its requests alone, and leaves it open', async () => {
    const httpServer = createServer((_request, response) => response.end('the page'))
    httpServer.listen(0, '127.0.0.1')
    await once(httpServer, 'listening')
    const { port } = httpServer.address() as AddressInfo
    const server = await createGameServer({ rooms: [pong], httpServer, path: '/game', log: 'silent' })
    expect(server.url).toBe(`ws://localhost:${port}/game`)
    const { socket } = await play(server.url)
    await server.close()
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('the page')
    expect(httpServer.listenerCount('upgrade')).toBe(0)
    socket.terminate()
    httpServer.closeAllConnections()
    await new Promise((resolve) => httpServer.close(resolve))
  })

  it('ends with it', async () => {
    const httpServer = createServer()
    const server = await createGameServer({ rooms: [pong], httpServer, log: 'silent' })
    httpServer.listen(0, '127.0.0.1')
    await once(httpServer, 'listening')
    await new Promise((resolve) => httpServer.close(resolve))
    await server.close()
    expect(httpServer.listenerCount('close') + httpServer.listenerCount('upgrade')).toBe(0)
  })

  it('knows its url as soon as that one listens', async () => {
    const httpServer = createServer()
    const server = await createGameServer({ rooms: [pong], httpServer, log: 'silent' })
    expect([server.url, server.port]).toEqual(['/tickwire', 0])
    httpServer.listen(0, '127.0.0.1')
    await once(httpServer, 'listening')
    expect(server.url).toBe(`ws://localhost:${server.port}/tickwire`)
    await server.close()
    await new Promise((resolve) => httpServer.close(resolve))
  })
})

describe('wrong options', () => {
  const cases: [string, object | null, RegExp][] = [
    ['no options', null, /rooms/],
    ['a misspelt name', { prot: 2567 }, /createGameServer: expected options rooms, .*"prot"/],
    ['no rooms', { rooms: [] }, /rooms: expected an array of at least one room type.*defineRoom/],
    ['rooms that are none', { rooms: [{}] }, /rooms: expected room types made with defineRoom/],
    ['two rooms of one game', { rooms: [pong, pong] }, /rooms: expected one room type "\w*" of game "pong"/],
    ['a port out of range', { port: 70_000 }, /port: expected a whole number from 0 to 65535, got 70000/],
    ['a port beside a server', { httpServer: createServer() }, /port: expected no port beside httpServer/],
    ['a host that is none', { host: 5 }, /host: expected an address/],
    ['a server that is none', { port: undefined, host: undefined, httpServer: {} }, /httpServer: expected a server/],
    ['a path without a slash', { path: 'game' }, /path: expected a path like/],
    ['an origin with a path', { allowedOrigins: ['https://a.example/x'] }, /allowedOrigins: expected origins like/],
    ['an authenticate that is none', { authenticate: true }, /authenticate: expected a function/],
    ['an unknown limit', { limits: { maxFun: 1 } }, /limits\.maxFun: expected one of/],
    ['a limit of nothing', { limits: { messagesPerSecond: 0 } }, /limits\.messagesPerSecond: expected a whole number/],
    ['an unknown log level', { log: 'loud' }, /log: expected a logger with error, warn, info and debug, or one of/],
    ['half a logger', { log: { info: () => undefined } as never }, /log: expected a logger with error/],
    ['a grace that is none', { drainGraceMs: -5 }, /graceMs: expected milliseconds/],
    ['a proxy that is none', { trustedProxies: ['proxy.example'] }, /trustedProxies: expected addresses or networks/],
    ['a rate of nothing', { messageRates: { chat: 0 } }, /messageRates\.chat: expected a number above 0/],
    [
      'a rate of a message that no game has',
      { messageRates: { chatt: 2 } },
      /messageRates: expected names of messages.*"chatt"/,
    ],
    ['a rule that is none', { sameUser: 'both' }, /sameUser: expected one of allow, replace, refuse/],
    ['signals that are none', { signals: 'yes' }, /signals: expected true or false/],
  ]

  it.each(cases)('%s: thrown at once, not later', (_, changes, message) => {
    const given = changes === null ? {} : definedOf({ ...options, ...changes })
    expect(() => createGameServer(given as never)).toThrow(ConfigError)
    expect(() => createGameServer(given as never)).toThrow(message)
  })

  it('not even an object', () => {
    expect(() => createGameServer(null as never)).toThrow(/createGameServer: expected an object/)
  })
})

/** Without the keys that are undefined. */
const definedOf = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
