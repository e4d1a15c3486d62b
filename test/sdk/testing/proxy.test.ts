import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { ConfigError, Random } from '@tickwire/protocol'
import { createProxy } from '@tickwire/sdk/testing'
import type { Impairment, Proxy, ProxyOptions } from '@tickwire/sdk/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

let server: Server
let accepted: Socket[]
const cleanUps: (() => void | Promise<void>)[] = []

/** Says back what it is told, as long as it is told something. */
beforeEach(async () => {
  accepted = []
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(() => void server.close())
})

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const target = (): string => `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`

async function proxied(impair: Impairment, options: Partial<ProxyOptions> = {}): Promise<Proxy> {
  const random = new Random(7)
  const proxy = await createProxy({ target: target(), impair, random: () => random.next(), ...options })
  cleanUps.push(() => proxy.close())
  return proxy
}

async function dial(proxy: Proxy): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1')
  cleanUps.push(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** What a socket receives, until there is so much of it. */
function receive(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    socket.on('data', function take(part) {
      parts.push(part)
      length += part.length
      if (length < bytes) return
      socket.off('data', take)
      resolve(Buffer.concat(parts))
    })
  })
}

function noise(bytes: number, seed: number): Buffer {
  const random = new Random(seed)
  return Buffer.from(Uint8Array.from({ length: bytes }, () => random.next() * 256))
}

/** A reset counts as closed: `once` alone would reject with it. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}

/** How long an echo of one byte takes, in milliseconds. */
async function echoMs(socket: Socket): Promise<number> {
  const start = performance.now()
  const back = receive(socket, 1)
  socket.write('x')
  await back
  return performance.now() - start
}

/** The same, again until it is below `mostMs`, 30 times at most: a busy machine only ever adds. */
async function quickEchoMs(socket: Socket, mostMs: number): Promise<number> {
  let tookMs = await echoMs(socket)
  for (let tries = 1; tries < 30 && tookMs >= mostMs; tries++) tookMs = await echoMs(socket)
  return tookMs
}

/** Until a number does not change any more between two looks: everybody waits for somebody. */
async function untilStill(look: () => number): Promise<void> {
  for (let before = Number.NaN; before !== look();) {
    before = look()
    for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate)
  }
}

describe('createProxy', () => {
  it.each<[string, Impairment]>([
    ['a perfect network', {}],
    ['latency and jitter', { latencyMs: 5, jitterMs: 10 }],
    ['losses', { lossPercent: 3 }],
    ['stalls', { stall: { everyMs: 40, forMs: 30 } }],
    ['a throttle', { throttleKbps: 20_000 }],
  ])('brings bytes both ways whole and in order through %s', async (_name, impairment) => {
    const proxy = await proxied(impairment)
    const socket = await dial(proxy)
    const sent = noise(300_000, 1)
    const back = receive(socket, sent.length)
    socket.write(sent)
    expect((await back).equals(sent)).toBe(true)
    expect(proxy.counts).toMatchObject({ opened: 1, open: 1, bytesUp: 300_000, bytesDown: 300_000 })
    expect(proxy.counts.lostPackets > 0).toBe(impairment.lossPercent !== undefined)
  })

  it('carries a WebSocket, and names the address to connect to', async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    cleanUps.push(() => sockets.close())
    await once(sockets, 'listening')
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    const { port } = sockets.address() as AddressInfo
    const proxy = await proxied({ latencyMs: 2 }, { target: `ws://localhost:${port}/play?as=ada` })
    expect(proxy.url).toBe(`ws://127.0.0.1:${proxy.port}/play?as=ada`)
    const client = new WebSocket(proxy.url)
    cleanUps.push(() => client.terminate())
    await once(client, 'open')
    const sent = noise(100_000, 2)
    client.send(sent)
    const [data] = (await once(client, 'message')) as [Buffer]
    expect(data.equals(sent)).toBe(true)
  })

  it('opens in two round trips, as TCP and an upgrade do, and then delays each way', async () => {
    const proxy = await proxied({ latencyMs: 40 })
    const socket = await dial(proxy)
    expect(await echoMs(socket)).toBeGreaterThanOrEqual(4 * 40 - 5)
    const tookMs = await quickEchoMs(socket, 4 * 40)
    expect(tookMs).toBeGreaterThanOrEqual(2 * 40 - 3)
    expect(tookMs).toBeLessThan(4 * 40)
  })

  it('makes a loss a stall of a retransmission, and nothing is missing', async () => {
    const proxy = await proxied({ lossPercent: 100 })
    const socket = await dial(proxy)
    expect(await echoMs(socket)).toBeGreaterThanOrEqual(2 * 200 - 5)
  })

  it('can be changed while it is used', async () => {
    const proxy = await proxied({})
    const socket = await dial(proxy)
    expect(await quickEchoMs(socket, 60)).toBeLessThan(60)
    proxy.impair({ latencyMs: 60 })
    expect(await echoMs(socket)).toBeGreaterThanOrEqual(2 * 60 - 3)
    proxy.impair({})
    expect(await quickEchoMs(socket, 60)).toBeLessThan(60)
  })

  it('holds everything during a stall, until it heals', async () => {
    const proxy = await proxied({})
    const socket = await dial(proxy)
    await echoMs(socket)
    proxy.stall(Infinity)
    const back = receive(socket, 2)
    socket.write('ab')
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    expect(proxy.counts).toMatchObject({ bytesUp: 1, bytesDown: 1 })
    const late = echoMs(await dial(proxy))
    proxy.heal()
    expect((await back).toString()).toBe('ab')
    await late
  })

  it('throttles to the bandwidth', async () => {
    const proxy = await proxied({ throttleKbps: 8000 }, { maxQueueBytes: 20_000 })
    const socket = await dial(proxy)
    const sent = noise(400_000, 3)
    const start = performance.now()
    const back = receive(socket, sent.length)
    socket.write(sent)
    await back
    // 8000 kbps are 1000 bytes per millisecond: 400 ms.
    expect(performance.now() - start).toBeGreaterThanOrEqual(395)
  })

  it('passes a half-closed connection on: what comes after the goodbye still arrives', async () => {
    const proxy = await proxied({ latencyMs: 5 })
    const socket = await dial(proxy)
    const back = receive(socket, 3)
    socket.end('end')
    expect((await back).toString()).toBe('end')
    await closed(socket)
    await expect.poll(() => proxy.counts.open).toBe(0)
  })

  it('cuts one connection, by lot or all; others live on, and new ones come through', async () => {
    const proxy = await proxied({})
    const [ada, bob, eve] = [await dial(proxy), await dial(proxy), await dial(proxy)]
    for (const socket of [ada, bob, eve]) await echoMs(socket)
    const gone = closed(ada)
    proxy.connections[0]!.cut()
    await gone
    await echoMs(bob)
    const either = Promise.race([closed(bob), closed(eve)])
    expect(proxy.cutRandom()).toBe(true)
    await either
    expect(proxy.counts).toMatchObject({ opened: 3, open: 1, cut: 2 })
    const rest = Promise.all([bob, eve].filter(({ destroyed }) => !destroyed).map(closed))
    proxy.cutAll()
    await rest
    expect(proxy.cutRandom()).toBe(false)
    await echoMs(await dial(proxy))
    expect(proxy.counts).toMatchObject({ opened: 4, open: 1, cut: 3, bytesUp: 5, bytesDown: 5 })
  })

  it('cuts by itself after cutAfterMs', async () => {
    const proxy = await proxied({ cutAfterMs: 50 })
    const socket = await dial(proxy)
    const start = performance.now()
    await closed(socket)
    expect(performance.now() - start).toBeGreaterThanOrEqual(45)
    expect(proxy.counts).toMatchObject({ cut: 1, open: 0 })
  })

  it('resets newcomers while it accepts none', async () => {
    const proxy = await proxied({})
    proxy.accepting = false
    await closed(connect(proxy.port, '127.0.0.1').on('error', () => {}))
    expect(proxy.counts).toMatchObject({ opened: 0, refused: 1 })
    proxy.accepting = true
    await echoMs(await dial(proxy))
  })

  it('passes a reset on, and resets the client when the target is gone', async () => {
    const proxy = await proxied({})
    const socket = await dial(proxy)
    await echoMs(socket)
    const gone = closed(accepted[0]!)
    socket.resetAndDestroy()
    await gone
    server.close()
    await closed(await dial(proxy))
    await expect.poll(() => proxy.counts.open).toBe(0)
  })

  it('reads no further when the target does not', async () => {
    server.removeAllListeners('connection')
    server.on('connection', (socket) => socket.pause())
    const proxy = await proxied({})
    const socket = await dial(proxy)
    for (let more = 0; more < 40; more++) socket.write(new Uint8Array(1 << 20))
    await untilStill(() => proxy.counts.bytesUp)
    expect(proxy.counts.bytesUp).toBeLessThan(40 << 20)
    expect(socket.writableLength).toBeGreaterThan(0)
  })

  it('reads no more than its queue holds while bandwidth is short: the sender has to wait', async () => {
    const proxy = await proxied({ throttleKbps: 800 }, { maxQueueBytes: 20_000 })
    const socket = await dial(proxy)
    for (let more = 0; more < 40; more++) socket.write(new Uint8Array(1 << 20))
    await untilStill(() => socket.writableLength)
    expect(socket.writableLength).toBeGreaterThan(0)
  })

  it.each<[string, Partial<ProxyOptions>, RegExp]>([
    ['reordering, which TCP does not know', { impair: { reorder: true } }, /impair\.reorder: .*TCP/],
    ['an impairment that cannot be', { impair: { latencyMs: -1 } }, /impair\.latencyMs/],
    ['a queue of nothing', { maxQueueBytes: 0 }, /maxQueueBytes/],
    ['a target without a port', { target: 'tcp://localhost' }, /target/],
    ['a target that is no address', { target: 'localhost:2567' }, /target: .*ws:/],
  ])('refuses %s at once', async (_name, options, message) => {
    const refused = createProxy({ target: target(), ...options })
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow(message)
  })

  it('refuses a port that is taken, and a bad change while it runs', async () => {
    const proxy = await proxied({})
    await expect(createProxy({ target: target(), port: proxy.port })).rejects.toThrow(/port: .*EADDRINUSE/)
    expect(() => proxy.impair({ reorder: true })).toThrow(ConfigError)
  })
})
