import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Random } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Impairment } from '../../../sdk/src/impair/impairment.ts'
import type { Transport as ClientTransport } from '../../../sdk/src/connection/transport.ts'
import { webSocketConnect } from '../../../sdk/src/connection/websocket.ts'
import { attachWebSockets } from '../../../server/src/transport/ws.ts'
import type { Transport as ServerTransport } from '../../../server/src/transport/transport.ts'
import { createDuplexNetwork } from '../../../tickwire/src/testing/duplex-pair.ts'
import type { DuplexNetwork } from '../../../tickwire/src/testing/duplex-pair.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

let clock = new FakeClock(0)
let log: string[] = []
let server: ServerTransport | null = null
let http: Server
let network: DuplexNetwork

const note = (text: string): void => void log.push(`${clock.nowMs()} ${text}`.trim())

function impair(impairment: Impairment): void {
  const random = new Random(1)
  const find = (url: string): Server | null => (url.startsWith('ws://here') ? http : null)
  network = createDuplexNetwork({ clock, random: () => random.next(), find, impairment, remoteAddress: '10.0.0.7' })
}

function open(url = 'ws://here/tickwire'): ClientTransport {
  return webSocketConnect(network.WebSocket)(url, {
    onOpen: () => note('client open'),
    onReceive: (bytes) => note(`client got ${bytes.join()}`),
    onClose: (code, reason) => note(`client closed ${code} ${reason}`),
  })
}

/** Stops at each moment at which something is due and lets the streams speak. */
async function run(ms: number): Promise<void> {
  const endMs = clock.nowMs() + ms
  for (;;) {
    await new Promise(setImmediate)
    if ((clock.nextMs ?? Infinity) > endMs) break
    clock.advanceTo(clock.nextMs!)
  }
  clock.advanceTo(endMs)
}

beforeEach(() => {
  clock = new FakeClock(0)
  log = []
  server = null
  http = createServer()
  attachWebSockets({
    httpServer: http,
    path: '/tickwire',
    allowedOrigins: [],
    maxClientMessageBytes: 16_384,
    accept: (transport) => {
      server = transport
      note(`server accepts ${transport.peer.ip}`)
      return {
        onReceive: (bytes) => note(`server got ${bytes.join()}`),
        onClose: (code, reason) => note(`server closed ${code} ${reason}`),
      }
    },
  })
})

describe('ws over streams in memory', () => {
  it('opens within two round trips, carries packets both ways and closes with a code', async () => {
    impair({ latencyMs: 50 })
    const client = open()
    await run(200)
    client.send(Uint8Array.of(1, 2))
    expect(server!.send(Uint8Array.of(3))).toBe('sent')
    await run(50)
    client.close(4013, 'left')
    await run(1000)
    expect(log).toEqual([
      '150 server accepts 10.0.0.7',
      '200 client open',
      '250 server got 1,2',
      '250 client got 3',
      '350 client closed 4013 left',
      '400 server closed 4013 left',
    ])
    expect(network.openCount).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('a cut ends both ends with 1006, and the next connection is whole', async () => {
    impair({ latencyMs: 10 })
    const client = open()
    await run(100)
    client.send(Uint8Array.of(1))
    network.cut()
    await run(100)
    expect(log.slice(2).toSorted()).toEqual(['100 client closed 1006', '100 server closed 1006'])
    expect(network.openCount).toBe(0)
    open()
    await run(100)
    expect(log.at(-1)).toBe('240 client open')
  })

  it('a black hole swallows pings as well as packets until it heals', async () => {
    impair({ latencyMs: 10 })
    open()
    await run(100)
    log = []
    network.stall(Infinity)
    server!.ping!(() => note('pong'))
    server!.send(Uint8Array.of(1))
    await run(10_000)
    expect(log).toEqual([])
    network.heal()
    await run(20)
    expect(log).toEqual(['10100 client got 1', '10110 pong'])
  })

  it('is refused with one 1006 where nobody is', async () => {
    impair({ latencyMs: 10 })
    open('ws://elsewhere/tickwire')
    await run(100)
    expect(log).toEqual(['20 client closed 1006'])
  })

  it('a terminated connection resets the client after the latency', async () => {
    impair({ latencyMs: 10 })
    open()
    await run(100)
    log = []
    server!.terminate()
    await run(100)
    expect(log).toEqual(['100 server closed 1006', '110 client closed 1006'])
  })
})
