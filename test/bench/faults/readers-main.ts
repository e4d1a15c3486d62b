import {
  BitWriter,
  hashSections,
  NO_WISH,
  readPacket,
  readServerMessage,
  readSnapshotHeader,
  writeClientMessage,
  writeMessage,
} from '@tickwire/protocol/internal'
import type { ClientMessage, ServerMessage } from '@tickwire/protocol/internal'
import { WebSocket } from 'ws'
import { helloOf } from '../../hello.ts'
import { faultsGame } from './game.ts'

/** Clients that take part in a room and do nothing, in a process of their own; some of them stop reading. */
export type ReadersOrder =
  | { readonly type: 'join'; readonly url: string; readonly clients: number }
  | { readonly type: 'stall'; readonly clients: number }
  | { readonly type: 'report' }
export interface ReadersReport {
  /** Of those that read: snapshots since the last report, and how many of them are gone. */
  readonly snapshots: number
  readonly gone: number
}

const PING_MS = 500

function packetOf(messages: readonly ClientMessage[]): Uint8Array {
  const packet = new BitWriter(256)
  const body = new BitWriter(256)
  for (const [i, message] of messages.entries()) {
    body.reset()
    writeMessage(packet, writeClientMessage(body, message), body.toBytes(), i === messages.length - 1)
  }
  return packet.toBytes()
}

class Reader {
  snapshots = 0
  isGone = false
  isStalled = false
  private readonly socket: WebSocket
  private last = { seq: 0, tick: 0 }

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.on('message', (data: Buffer) => this.receive(data))
    this.socket.on('close', () => (this.isGone = true))
    this.socket.on('error', () => {})
  }

  async join(): Promise<void> {
    await new Promise((resolve) => this.socket.once('open', resolve))
    const named = { game: 'faults', hashes: hashSections(faultsGame.schema), room: '', reservation: '', wish: NO_WISH }
    const item = { type: 'join', channel: 1, verb: 'joinOrCreate', ...named, join: new Uint8Array(2) } as const
    this.say(helloOf(), { type: 'reliable', seq: 1, item })
  }

  /** Reads no more, but goes on talking: silence would end it for another reason. */
  stall(): void {
    this.isStalled = true
    this.socket.pause()
  }

  say(...messages: ClientMessage[]): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(packetOf(messages))
  }

  private receive(data: Buffer): void {
    const answers: ClientMessage[] = []
    readPacket(data, (id, reader) => {
      const answer = this.answerTo(readServerMessage(id, reader))
      if (answer !== null) answers.push(answer)
    })
    if (answers.length > 0) this.say(...answers)
  }

  private answerTo(message: ServerMessage): ClientMessage | null {
    if (message.type === 'reliable') return { type: 'reliableAck', seq: message.seq }
    if (message.type !== 'snapshot') return null
    this.snapshots++
    const { ticksPerSnapshot } = faultsGame.schema
    this.last = readSnapshotHeader(message.bits, message.channel, this.last, ticksPerSnapshot)
    return { type: 'snapshotAck', channel: message.channel, ackedSnapshot16: this.last.seq & 0xffff }
  }
}

const readers: Reader[] = []
setInterval(() => {
  for (const reader of readers) reader.say({ type: 'ping', id: 1, channel: 0 })
}, PING_MS)

async function obey(order: ReadersOrder): Promise<void> {
  if (order.type === 'join') {
    for (let i = 0; i < order.clients; i++) {
      const reader = new Reader(order.url)
      readers.push(reader)
      await reader.join()
    }
  } else if (order.type === 'stall') {
    for (const reader of readers.slice(0, order.clients)) reader.stall()
  }
  const reading = readers.filter(({ isStalled }) => !isStalled)
  const snapshots = reading.reduce((sum, reader) => sum + reader.snapshots, 0)
  for (const reader of readers) reader.snapshots = 0
  process.send!({ snapshots, gone: reading.filter(({ isGone }) => isGone).length } satisfies ReadersReport)
}

process.on('message', (order: ReadersOrder) => void obey(order))
process.on('disconnect', () => process.exit(0))
