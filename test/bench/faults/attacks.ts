import { Random } from '@tickwire/protocol'
import { readPacket, readServerMessage } from '@tickwire/protocol/internal'
import type { ServerMessage } from '@tickwire/protocol/internal'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { claimOf, helloOf } from '../../hello.ts'
import { greeting, hostileFrame, packetOf, ticketOf } from './hostile-frames.ts'

/** How much of each there is; every case must be found again in a counter of the server. */
export const SILENT = 50
export const SLOW = 50
export const SPLINTERED = 5
export const HUGE = 5
export const FLOODS = 5
export const REPLAYS = 20
export const STOLEN = 20
export const FOREIGN = 20
const FRAGMENTS = 500
const FLOOD_MESSAGES = 600

/** An open socket, whose faults are the server's affair. */
async function open(url: string, origin?: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...(origin !== undefined && { origin }) })
  socket.on('error', () => {})
  await Promise.race([once(socket, 'open'), once(socket, 'close')])
  return socket
}

const closed = (socket: WebSocket): Promise<unknown> =>
  socket.readyState === WebSocket.CLOSED ? Promise.resolve() : Promise.race([once(socket, 'close'), pause(5000)])

async function times(count: number, attack: (i: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => attack(i)))
}

/** Random, mutated and truncated frames, a few per connection, for so long. @returns how many */
export async function frames(url: string, seconds: number, perSecond: number, used: string): Promise<number> {
  const random = new Random(1)
  const samples = [greeting(''), greeting(used), greeting('x'.repeat(200))]
  const untilMs = performance.now() + seconds * 1000
  let count = 0
  const one = async (): Promise<void> => {
    const socket = await open(url)
    for (let left = random.int(1, 6); left > 0 && socket.readyState === WebSocket.OPEN; left--, count++) {
      socket.send(hostileFrame(samples, random))
    }
    await Promise.race([closed(socket), pause(200)])
    socket.terminate()
  }
  while (performance.now() < untilMs) {
    void one()
    await pause(1000 / perSecond)
  }
  return count
}

/** Opens a WebSocket and says nothing; sends a request byte by byte. */
export async function slow(url: string): Promise<void> {
  const { port } = new URL(url)
  const drip = async (): Promise<void> => {
    const socket = connect(Number(port), '127.0.0.1')
    let isOver = false
    socket.on('error', () => {}).on('close', () => (isOver = true))
    for (const byte of `GET /tickwire HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(200)}`) {
      if (isOver) return
      socket.write(byte)
      await pause(50)
    }
    socket.destroy()
  }
  await Promise.all([times(SILENT, async () => void (await closed(await open(url)))), times(SLOW, drip)])
}

/** Messages in fragments of one byte; frames whose header declares what nobody will send. */
export async function malformed(url: string): Promise<void> {
  await times(SPLINTERED, async () => {
    const socket = await open(url)
    for (let i = 0; i < FRAGMENTS && socket.readyState === WebSocket.OPEN; i++) {
      socket.send(Uint8Array.of(1), { fin: false, binary: true })
    }
    await closed(socket)
  })
  await times(HUGE, async () => {
    const socket = await open(url)
    const raw = Reflect.get(socket, '_socket') as Socket
    // A masked binary frame of 2^40 bytes, and its first one.
    raw.write(Uint8Array.of(0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5))
    await closed(socket)
  })
}

/** Honest at first, then more than anybody may say. */
export async function floods(url: string): Promise<void> {
  await times(FLOODS, async (i) => {
    const socket = await open(url)
    socket.send(greeting(ticketOf(`flood ${i}`)))
    await once(socket, 'message')
    const ping = packetOf([{ type: 'ping', id: 1, channel: 0 }])
    for (let n = 0; n < FLOOD_MESSAGES && socket.readyState === WebSocket.OPEN; n++) socket.send(ping)
    await closed(socket)
  })
}

/** A ticket that was used, the token of a link whose owner has gone on, a page of somewhere else. */
export async function strangers(url: string, used: string): Promise<void> {
  await times(REPLAYS, async () => {
    const socket = await open(url)
    socket.send(greeting(used))
    await closed(socket)
  })
  const owner = await open(url)
  const hello = helloOf(ticketOf('owner'))
  const welcomed = once(owner, 'message')
  owner.send(packetOf([hello]))
  const [data] = (await welcomed) as [Buffer]
  const messages: ServerMessage[] = []
  readPacket(data, (id, reader) => messages.push(readServerMessage(id, reader)))
  owner.send(packetOf([{ type: 'ping', id: 1, channel: 0 }]))
  await once(owner, 'message')
  await times(STOLEN, async () => {
    const socket = await open(url)
    socket.send(packetOf([claimOf({ linkId: hello.linkId, token: hello.token, receivedSeq: 0, seat: null })]))
    await closed(socket)
  })
  owner.send(packetOf([{ type: 'ping', id: 2, channel: 0 }]))
  await once(owner, 'message')
  owner.close(4013)
  await times(FOREIGN, async () => void (await closed(await open(url, 'https://evil.example'))))
}
