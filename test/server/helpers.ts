import { defineGame, field } from '@tickwire/protocol'
import {
  BitWriter,
  CLIENT_MESSAGE,
  hashSections,
  NO_WISH,
  readPacket,
  SERVER_MESSAGE,
  writeLastHead,
  readServerMessage,
  writeClientMessage,
  writeInputsHead,
  writeMessage,
} from '@tickwire/protocol/internal'
import type {
  BitReader,
  ClientItem,
  ClientMessage,
  ResumeClaim,
  ServerItem,
  ServerMessage,
} from '@tickwire/protocol/internal'
import { claimOf, helloOf } from '../hello.ts'
import { composeServer } from '../../server/src/composition.ts'
import type { Composition, CompositionOptions } from '../../server/src/composition.ts'
import { serverLimits } from '../../server/src/limits.ts'
import type { ServerLimits } from '../../server/src/limits.ts'
import { createLogger } from '../../server/src/log.ts'
import type { AnyRoomType } from '../../server/src/room/ports.ts'
import type { Peer, SendResult, Transport, TransportHandlers } from '../../server/src/transport/transport.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'
import { quickScrypt } from '../../tickwire/src/testing/quick-scrypt.ts'
import { FakeMaker } from './link/fake-room.ts'
import type { FakeRoom } from './link/fake-room.ts'

export const schema = defineGame({ name: 'pong', tickRateHz: 50, input: { up: field.bool() } })
export const hashes = hashSections(schema)
export const pong: AnyRoomType = { game: { schema }, definition: { maxPlayers: 4, resumeWindowMs: 20_000 } }

/** Everything that promises have to do, done. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Bytes that differ at every call and are the same in every run. */
export function countingBytes(): (length: number) => Uint8Array {
  let calls = 0
  return (length) => {
    const bytes = new Uint8Array(length)
    new DataView(bytes.buffer).setUint32(0, ++calls)
    return bytes
  }
}

type Join = Extract<ClientItem, { type: 'join' }>
type Welcome = Extract<ServerMessage, { type: 'welcome' }>

export function joinItem(changes: Partial<Join> = {}): Join {
  const named = { game: schema.name, hashes, room: '', reservation: '', wish: NO_WISH }
  return { type: 'join', channel: 1, verb: 'joinOrCreate', ...named, join: new Uint8Array(0), ...changes }
}

/** A message of a client; inputs are 8 bits behind their head, as a `FakeRoom` reads them. */
type Sayable = ClientMessage | { readonly inputs: number; readonly channel: number }

/** Messages as one packet. */
export function packetOf(...messages: readonly Sayable[]): Uint8Array {
  const packet = new BitWriter()
  const body = new BitWriter()
  for (const [i, message] of messages.entries()) {
    body.reset()
    const id = 'inputs' in message ? writeFakeInputs(body, message) : writeClientMessage(body, message)
    writeMessage(packet, id, body.toBytes(), i === messages.length - 1)
  }
  return packet.toBytes()
}

function writeFakeInputs(body: BitWriter, { channel, inputs }: { inputs: number; channel: number }): number {
  writeInputsHead(body, channel, 0)
  body.bits(inputs, 8)
  return CLIENT_MESSAGE.inputs
}

/** The client's end of a connection in memory: synchronous, and it speaks the protocol by hand. */
export class TestClient implements Transport {
  readonly peer: Peer
  /** Each packet that arrived, decoded; a snapshot's body as bytes. */
  readonly packets: ServerMessage[][] = []
  closed: { readonly code: number; readonly reason: string } | null = null
  isTerminated = false
  result: SendResult = 'sent'
  bufferedBytes = 0
  pings: (() => void)[] = []
  readonly handlers: TransportHandlers
  private seq = 0

  constructor(accept: Composition['accept'], peer: Partial<Peer> = {}) {
    this.peer = { ip: '10.0.0.7', origin: null, originAllowed: true, ...peer }
    this.handlers = accept(this)
  }

  // --- the server's view ---

  send(bytes: Uint8Array): SendResult {
    if (this.closed !== null) return 'closed'
    const messages: ServerMessage[] = []
    readPacket(bytes.slice(), (id, reader) => messages.push(readServerMessage(id, reader)))
    this.packets.push(messages)
    return this.result
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason }
  }

  terminate(): void {
    this.isTerminated = true
    this.closed ??= { code: 1006, reason: '' }
  }

  ping(onPong: () => void): void {
    this.pings.push(onPong)
  }

  // --- the test's view ---

  /** Sends raw bytes, which are gone when the server returns. */
  raw(bytes: Uint8Array): void {
    const copy = bytes.slice()
    this.handlers.onReceive(copy)
    copy.fill(0xdd)
  }

  say(...messages: readonly Sayable[]): void {
    this.raw(packetOf(...messages))
  }

  /** The next item of the reliable stream, as a message. */
  item(item: ClientItem): ClientMessage {
    return { type: 'reliable', seq: ++this.seq, item }
  }

  hello(resume: ResumeClaim | null = null, ...rest: readonly Sayable[]): void {
    this.say(resume === null ? helloOf() : claimOf(resume), ...rest)
  }

  /** Says hello and joins in one packet. */
  enter(changes: Partial<Join> = {}): void {
    this.hello(null, this.item(joinItem(changes)))
  }

  /** Joins once more, after a join that was refused. */
  enterOn(channel: number, changes: Partial<Join>): void {
    this.say(this.item(joinItem({ ...changes, channel })))
  }

  /** The connection breaks. */
  cut(code = 1006): void {
    this.closed ??= { code, reason: '' }
    this.handlers.onClose(code, '')
  }

  get messages(): ServerMessage[] {
    return this.packets.flat()
  }

  get items(): ServerItem[] {
    return this.messages.flatMap((message) => (message.type === 'reliable' ? [message.item] : []))
  }

  /** The newest reliable number that arrived. */
  get receivedSeq(): number {
    return Math.max(0, ...this.messages.map((message) => (message.type === 'reliable' ? message.seq : 0)))
  }

  get welcome(): Welcome {
    const found = this.messages.find((message) => message.type === 'welcome')
    if (found?.type !== 'welcome') throw new Error('no welcome has arrived')
    return found
  }

  /** What it takes to come back. */
  claim(room: FakeRoom | null, heldSnapshot = -1): ResumeClaim {
    const { linkId, token } = this.welcome
    const joined = this.items.findLast((item) => item.type === 'joined')
    const channel = joined?.channel ?? 1
    const seat = room && { channel, epoch: room.epoch, game: room.gameName, hashes, heldSnapshot }
    return { linkId, token, receivedSeq: this.receivedSeq, seat }
  }
}

/** A snapshot message as it stands at the end of a packet: its head, the channel and then anything. */
export function snapshotBody(channel: number, content: number): Uint8Array {
  const body = new BitWriter()
  writeLastHead(body, SERVER_MESSAGE.snapshot)
  body.varuint(channel, 3)
  body.bits(content, 32)
  return body.toBytes()
}

/** What is behind the channel of a snapshot that arrived. */
export const contentOf = (bits: BitReader): number => bits.bits(32, 'content')

export interface TestServer {
  readonly clock: FakeClock
  readonly maker: FakeMaker
  readonly server: Composition
  readonly lines: string[]
  readonly connect: (peer?: Partial<Peer>) => TestClient
  /** A client that is in the first room. */
  readonly join: () => Promise<{ client: TestClient; room: FakeRoom }>
}

type Changes = Partial<Omit<CompositionOptions, 'limits'>> & { readonly limits?: Partial<ServerLimits> }

/** A whole server without sockets, with rooms that are fakes. */
export function testServer({ limits, ...changes }: Changes = {}): TestServer {
  const clock = new FakeClock()
  const maker = new FakeMaker()
  const lines: string[] = []
  const server = composeServer({
    rooms: [pong],
    createRoomMaker: () => maker,
    directory: null,
    authenticate: null,
    limits: serverLimits(limits),
    clock,
    random: () => 0.5,
    randomBytes: countingBytes(),
    scrypt: quickScrypt,
    log: createLogger('debug', (line) => lines.push(line)),
    yieldToIo: queueMicrotask,
    ...changes,
  })
  const connect = (peer?: Partial<Peer>): TestClient => new TestClient((transport) => server.accept(transport), peer)
  return {
    clock,
    maker,
    server,
    lines,
    connect,
    async join() {
      const client = connect()
      client.enter()
      await settle()
      return { client, room: maker.rooms.at(-1)! }
    },
  }
}
