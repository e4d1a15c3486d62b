import {
  BitWriter,
  readClientMessage,
  readPacket,
  SERVER_MESSAGE,
  writeMessage,
  writeServerMessage,
} from '@tickwire/protocol/internal'
import type { BitReader, ClientItem, ClientMessage, ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import type { Transport as ServerTransport } from '../../server/src/transport/transport.ts'
import type { Clock } from '../../sdk/src/clock.ts'
import { createMemoryConnect } from '../../tickwire/src/testing/memory-transport.ts'
import type { MemoryConnect } from '../../tickwire/src/testing/memory-transport.ts'

type Welcome = Extract<ServerMessage, { type: 'welcome' }>
type JoinItem = Extract<ClientItem, { type: 'join' }>

/** A message to send; a snapshot is its bytes behind the channel. */
export type Sent =
  | Exclude<ServerMessage, { type: 'snapshot' }>
  | { type: 'snapshot'; channel: number; bytes: Uint8Array }

/** The server's end of one connection, played by a test: it says what it is told to and keeps what it hears. */
export class FakeConnection {
  readonly transport: ServerTransport
  /** Every packet so far, decoded. */
  readonly packets: ClientMessage[][] = []
  closed: { readonly code: number; readonly reason: string } | null = null
  private seq = 0

  constructor(transport: ServerTransport) {
    this.transport = transport
  }

  get messages(): ClientMessage[] {
    return this.packets.flat()
  }

  get items(): ClientItem[] {
    return this.messages.flatMap((message) => (message.type === 'reliable' ? [message.item] : []))
  }

  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> {
    const found = this.messages.findLast((message) => message.type === type)
    if (found === undefined) throw new Error(`no ${type} among ${this.messages.map((message) => message.type).join()}`)
    return found as Extract<ClientMessage, { type: T }>
  }

  get join(): JoinItem {
    const item = this.items.find(({ type }) => type === 'join')
    if (item === undefined) throw new Error('no join')
    return item as JoinItem
  }

  receive(bytes: Uint8Array): void {
    const messages: ClientMessage[] = []
    // The transport takes its bytes back, and inputs are read later.
    readPacket(bytes.slice(), (id, reader) => messages.push(readClientMessage(id, reader)))
    this.packets.push(messages)
  }

  /** Sends one packet. */
  send(...messages: Sent[]): void {
    const packet = new BitWriter(64)
    for (const [i, message] of messages.entries()) {
      const body = new BitWriter(64)
      const id = message.type === 'snapshot' ? writeSnapshot(body, message) : writeServerMessage(body, message)
      writeMessage(packet, id, body.toBytes(), i === messages.length - 1)
    }
    this.transport.send(packet.view())
  }

  sendRaw(bytes: Uint8Array): void {
    this.transport.send(bytes)
  }

  /** The next reliable items of this connection, from `seq` on where the last one ended. */
  reliable(...items: ServerItem[]): Extract<ServerMessage, { type: 'reliable' }>[] {
    return items.map((item) => ({ type: 'reliable', seq: ++this.seq, item }))
  }

  /** Goes on behind what an earlier connection sent. */
  continueFrom(seq: number): void {
    this.seq = seq
  }

  welcome(change: Partial<Welcome> = {}): void {
    this.send(welcome(change))
  }

  close(code: number, reason = ''): void {
    this.transport.close(code, reason)
  }
}

function writeSnapshot(writer: BitWriter, { channel, bytes }: Extract<Sent, { type: 'snapshot' }>): number {
  writer.varuint(channel, 3)
  writer.align()
  writer.bytes(bytes)
  return SERVER_MESSAGE.snapshot
}

export const bytesOf = (fill: number): Uint8Array => new Uint8Array(16).fill(fill)

export function welcome(change: Partial<Welcome> = {}): Welcome {
  return {
    type: 'welcome',
    linkId: bytesOf(1),
    token: bytesOf(2),
    userId: 'ada',
    resumed: false,
    receivedSeq: 0,
    seatResumed: false,
    resumeWindowMs: 30_000,
    ...change,
  }
}

export function joined(channel: number, change: Partial<Extract<ServerItem, { type: 'joined' }>> = {}): ServerItem {
  return { type: 'joined', channel, roomId: 'r1', epoch: 7, seat: 3, tick: 100, simulationSeed: 5, ...change }
}

/** Servers by address, on one clock; each connection that comes is kept. */
export class FakeServer {
  readonly connections: FakeConnection[] = []
  /** What was connected to, in order. */
  readonly urls: string[] = []
  readonly connect: MemoryConnect
  /** False: nobody listens. */
  isUp = true

  constructor(clock: Clock) {
    this.connect = createMemoryConnect({
      clock,
      find: (url) => {
        this.urls.push(url)
        return this.isUp ? (transport) => this.accept(transport) : null
      },
    })
  }

  get newest(): FakeConnection {
    const connection = this.connections.at(-1)
    if (connection === undefined) throw new Error('no connection yet')
    return connection
  }

  private accept(transport: ServerTransport): {
    onReceive(bytes: Uint8Array): void
    onClose(code: number, reason: string): void
  } {
    const connection = new FakeConnection(transport)
    this.connections.push(connection)
    return {
      onReceive: (bytes) => connection.receive(bytes),
      onClose: (code, reason) => (connection.closed = { code, reason }),
    }
  }
}

/** The rest of a reader as bytes. */
export function restOf(reader: BitReader): Uint8Array {
  reader.align()
  return reader.bytes(reader.bitsLeft / 8, 'rest')
}
