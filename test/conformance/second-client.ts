/** A client written from docs/protocol.md alone: it greets, joins, acknowledges, steers and calls, and draws nothing. */
import { LOBBY_HASH, NO_WISH } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import { BitSink } from './decoder/bits.ts'
import { Conversation } from './decoder/conversation.ts'
import type { Decoded } from './decoder/conversation.ts'
import { writeInputs } from './decoder/inputs.ts'
import type { Input } from './decoder/inputs.ts'
import { channel, MESSAGES } from './decoder/messages.ts'
import type { Item } from './decoder/messages.ts'
import { writePacket } from './decoder/packet.ts'
import type { RawMessage } from './decoder/packet.ts'
import type { Part } from './decoder/parts.ts'
import { entitiesOf } from './decoder/show.ts'
import { writePayload } from './decoder/values.ts'
import type { Values } from './decoder/values.ts'
import type { ShownEntity } from './shown.ts'

type Name = Exclude<keyof typeof MESSAGES.client, 'inputs'>
type BodyOfWelcome = Decoded & ReturnType<typeof MESSAGES.server.welcome.read>
type BodyOf<N extends Name> = (typeof MESSAGES.client)[N] extends Part<infer T> ? T : never

export class SecondClient {
  /** All that was read so far. */
  readonly heard: Decoded[] = []
  private readonly schema: GameSchema
  private readonly conversation: Conversation
  /** Where packets go; another connection of the same link has another one. */
  send: (packet: Uint8Array) => void
  /** Any that nobody else has. */
  private readonly drawn = { linkId: new Uint8Array(16).fill(0xe1), token: new Uint8Array(16).fill(0xe2) }
  private sentSeq = 0
  private receivedSeq = 0
  private newest = { seq: 0, tick: 0 }
  private readonly recent: Input[] = []

  constructor(schema: GameSchema, send: (packet: Uint8Array) => void) {
    this.schema = schema
    this.conversation = new Conversation([schema])
    this.send = send
  }

  /** The items of one type that were heard so far. */
  itemsOf<T extends Item['type']>(type: T): (Extract<Item, { readonly type: T }> & { readonly values?: Values })[] {
    return this.heard.flatMap(({ item, values }) => {
      const one = item as Extract<Item, { readonly type: T }> | undefined
      return one?.type === type ? [{ ...one, values: values ?? {} }] : []
    })
  }

  entities(): ShownEntity[] {
    return entitiesOf(this.conversation.readerOf(1))
  }

  greetAndJoin(hashes: readonly number[], join: Values): void {
    const hello = message('hello', { protocolVersion: 1, lobby: LOBBY_HASH, ticket: '', ...this.drawn, resume: null })
    const { name: game } = this.schema
    const fields = writePayload(this.schema.join, join)
    const rest = { room: '', reservation: '', wish: NO_WISH, join: fields, hashes: [...hashes] }
    this.say(hello, this.reliable({ type: 'join', channel: 1, verb: 'joinOrCreate', game, ...rest }))
  }

  /** On another connection: claims the link and the seat by what the newest welcome and the `joined` said. */
  greetAgain(hashes: readonly number[]): void {
    const { linkId, token } = this.heard.findLast(({ type }) => type === 'welcome') as BodyOfWelcome
    const { epoch } = this.itemsOf('joined').at(-1)!
    const seat = { channel: 1, epoch, game: this.schema.name, hashes: [...hashes], heldSnapshot: this.newest.seq }
    const resume = { receivedSeq: this.receivedSeq, seat }
    this.say(message('hello', { protocolVersion: 1, lobby: LOBBY_HASH, ticket: '', linkId, token, resume }))
  }

  tell(name: string, values: Values, channelOf = 1): void {
    const names = Object.keys(this.schema.messages)
    const payload = writePayload(this.schema.messages[name]!.toServer!, values)
    this.say(this.reliable({ type: 'message', channel: channelOf, message: names.indexOf(name), payload }))
  }

  ask(name: string, values: Values, id: number): void {
    const names = Object.keys(this.schema.requests)
    const payload = writePayload(this.schema.requests[name]!.ask, values)
    this.say(this.reliable({ type: 'request', channel: 1, id, request: names.indexOf(name), payload }))
  }

  leave(): void {
    this.say(this.reliable({ type: 'leave', channel: 1 }))
  }

  /** Any reliable item, also one that makes no sense. */
  push(item: Item): void {
    this.say(this.reliable(item))
  }

  /** One tick of intent, some ticks ahead of what was seen; each packet repeats the two before. */
  steer(columns: readonly number[], aheadTicks: number): void {
    const tick = Math.max(this.newest.tick + aheadTicks, (this.recent.at(-1)?.tick ?? 0) + 1)
    if (this.recent.at(-1)?.tick !== tick - 1) this.recent.length = 0
    this.recent.push({ tick, columns, viewStamp: this.newest.tick * 16 })
    if (this.recent.length > 3) this.recent.shift()
    const to = new BitSink()
    channel.write(to, 1)
    writeInputs(to, this.schema.input, { ackedSnapshot16: this.newest.seq % 65_536, inputs: this.recent })
    this.say({ name: 'inputs', body: to.toBytes() })
  }

  receive(packet: Uint8Array): void {
    const messages = this.conversation.read('server', packet)
    this.heard.push(...messages)
    const before = this.receivedSeq
    for (const { type, seq, tick } of messages) {
      if (type === 'reliable') this.receivedSeq = Number(seq)
      if (type === 'snapshot') this.newest = { seq: Number(seq), tick: Number(tick) }
    }
    if (this.receivedSeq > before) this.say(message('reliableAck', { seq: this.receivedSeq }))
  }

  private reliable(item: Item): RawMessage {
    return message('reliable', { seq: ++this.sentSeq, item })
  }

  private say(...messages: readonly RawMessage[]): void {
    const packet = writePacket('client', messages)
    this.conversation.read('client', packet)
    this.send(packet)
  }
}

function message<N extends Name>(name: N, value: BodyOf<N>): RawMessage {
  const to = new BitSink()
  ;(MESSAGES.client[name] as Part<BodyOf<N>>).write(to, value)
  return { name, body: to.toBytes() }
}
