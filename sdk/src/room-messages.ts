import { ConfigError, DecodeError } from '@tickwire/protocol'
import type { FieldMap, MessageDef } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { RoomLink } from './link/ports.ts'
import type { Listeners } from './listeners.ts'
import type { RequestOptions, SendOptions, Unsubscribe } from './room-api.ts'

interface Early {
  readonly name: string
  readonly payload: object
}

/** Messages kept for listeners that are not there yet. */
const MAX_EARLY = 64

/** Messages in both directions, and requests: payloads of the game's schema on the link's channel. */
export class RoomMessages {
  private readonly link: RoomLink
  private readonly codec: GameCodec
  private readonly listeners: Listeners<object>
  /** What came while the game could not listen yet: a room may greet before `join` has resolved. Null: it could by now. */
  private early: Early[] | null = []

  constructor(link: RoomLink, listeners: Listeners<object>) {
    this.link = link
    this.codec = link.codec
    this.listeners = listeners
  }

  /** The first frame was drawn: whoever wants to listen does. */
  started(): void {
    this.early = null
  }

  /** @throws DecodeError for an index or bytes that the schema does not know */
  receive(index: number, bytes: Uint8Array): void {
    const name = this.codec.nameAt(this.codec.messageNames, index, 'message index')
    const fields = this.codec.schema.messages[name]?.toClient
    if (fields === undefined) throw unexpected(name)
    const payload = this.codec.decodePayload(fields, bytes)
    if (this.early === null || this.listeners.has(name)) this.listeners.emit(name, payload)
    else if (this.early.length < MAX_EARLY) this.early.push({ name, payload })
  }

  on(name: string, listener: (payload: object) => void): Unsubscribe {
    this.fieldsOf('toClient', 'room.onMessage', name)
    const stop = this.listeners.add(name, listener)
    const waiting = this.early?.filter((one) => one.name === name) ?? []
    if (this.early !== null) this.early = this.early.filter((one) => one.name !== name)
    // Not before the caller has what this returns: the listener may want to stop itself.
    if (waiting.length > 0) queueMicrotask(() => waiting.forEach(({ payload }) => this.listeners.emit(name, payload)))
    return stop
  }

  send(name: string, payload: object, { delivery = 'reliable' }: SendOptions = {}): boolean {
    const fields = this.fieldsOf('toServer', 'room.send', name)
    const message = this.codec.messageNames.indexOf(name)
    const bytes = this.codec.encodePayload(fields, payload, name)
    if (delivery === 'reliable') {
      return this.link.push({ type: 'message', channel: this.link.channel, message, payload: bytes })
    }
    if (delivery !== 'latest') throw new ConfigError('room.send delivery', "'reliable' or 'latest'", delivery)
    this.link.sendLatest({ message, payload: bytes })
    return true
  }

  request(name: string, ask: object, options?: RequestOptions): Promise<object> {
    const { requestNames, schema } = this.codec
    const fields = schema.requests[name]
    if (fields === undefined || fields.to === 'client') {
      const names = requestNames.filter((known) => schema.requests[known]?.to !== 'client')
      throw new ConfigError('room.request', oneOf(names, 'requests to the server'), name)
    }
    const decode = (reply: Uint8Array): object => this.codec.decodePayload(fields.reply, reply)
    const payload = this.codec.encodePayload(fields.ask, ask, name)
    return this.link.request(requestNames.indexOf(name), payload, decode, options)
  }

  private fieldsOf(direction: keyof MessageDef, option: string, name: string): FieldMap {
    const { messages } = this.codec.schema
    const fields = messages[name]?.[direction]
    if (fields !== undefined) return fields
    const names = this.codec.messageNames.filter((known) => messages[known]?.[direction] !== undefined)
    throw new ConfigError(option, oneOf(names, `messages ${direction}`), name)
  }
}

function oneOf(names: readonly string[], what: string): string {
  return names.length === 0 ? `nothing, for the schema declares no ${what}` : `one of ${names.join(', ')}`
}

function unexpected(name: string): DecodeError {
  const expected = 'one that goes to clients'
  return new DecodeError('unexpected', { what: 'message', expected, got: name, offset: 0 })
}
