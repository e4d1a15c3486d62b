import { DecodeError } from '@tickwire/protocol'
import { LINK_CHANNEL } from '@tickwire/protocol/internal'
import type { CallItem, GameCodec, LobbyMessage, LobbyRequest, LobbyTypes } from '@tickwire/protocol/internal'
import { Emitter } from '../events.ts'
import { Listeners } from '../listeners.ts'
import type { Requests } from '../link/requests.ts'
import type { Sender } from '../link/sender.ts'
import type { Report } from '../report.ts'
import type { RequestOptions, Unsubscribe } from '../room-api.ts'
import { lobbyPart } from './lobby-part.ts'

type MessageItem = Extract<CallItem, { type: 'message' }>
type Asked = LobbyTypes['requests']
type Told = LobbyTypes['messages']

/** What channel 0 needs of its link. */
export interface ChannelHost {
  readonly sender: Sender
  readonly requests: Requests
  /** Connects, unless it does already. */
  start(): void
  /** The server has said what it may not. */
  broken(error: unknown): void
}

/**
 * Channel 0: what is asked of the server outside of rooms, and what it tells. Its schema and those who listen are fetched at
 * the first use; what the server tells before they are here waits, in order.
 */
export class LobbyChannel {
  /** Fetches what this channel is read by and has it call `begin`. */
  onWanted: () => Promise<GameCodec>
  private readonly host: ChannelHost
  private readonly report: Report
  private readonly listeners: Listeners<object>
  private readonly renewals: Emitter<void>
  private codec: GameCodec | null = null
  private waiting: MessageItem[] = []

  constructor(host: ChannelHost, report: Report) {
    this.host = host
    this.report = report
    this.onWanted = async () => this.begin((await lobbyPart.load()).lobbyCodec)
    this.listeners = new Listeners('lobby', report)
    this.renewals = new Emitter((error) => report('lobby: a list could not be watched again', error))
  }

  /** Hears what has waited, then whatever comes; returns what it reads with. */
  begin(codec: GameCodec): GameCodec {
    this.codec = codec
    const { waiting } = this
    this.waiting = []
    try {
      for (const message of waiting) this.hear(codec, message)
    } catch (error) {
      this.host.broken(error)
    }
    return codec
  }

  /** Rejects like `room.request`, and with RangeError naming the field that does not fit. */
  async request<R extends LobbyRequest>(
    name: R,
    ask: Asked[R]['ask'],
    options?: RequestOptions,
  ): Promise<Asked[R]['reply']> {
    const codec = this.codec ?? (await this.onWanted())
    const fields = codec.schema.requests[name]!
    const { sender, requests } = this.host
    this.host.start()
    return requests.start(
      {
        id: sender.stream.nextSeq,
        channel: LINK_CHANNEL,
        request: codec.requestNames.indexOf(name),
        name,
        payload: codec.encodePayload(fields.ask, ask, name),
        decode: (reply) => codec.decodePayload(fields.reply, reply) as Asked[R]['reply'],
      },
      options,
    )
  }

  on<M extends LobbyMessage>(name: M, listener: (payload: Told[M]['toClient']) => void): Unsubscribe {
    return this.listeners.add(name, (payload) => listener(payload as Told[M]['toClient']))
  }

  /** The server has forgotten this client: what was subscribed is asked for again. */
  onRenewed(listener: () => void): Unsubscribe {
    return this.renewals.on(listener)
  }

  renewed(): void {
    this.waiting = []
    this.renewals.emit()
  }

  /** The link is over: nobody is told any more. */
  ended(): void {
    this.waiting = []
  }

  /** @throws DecodeError for what no server says here */
  receive(call: CallItem): void {
    if (call.type !== 'message') {
      throw new DecodeError('unexpected', { what: 'item', expected: 'a message', got: call.type, offset: 0 })
    }
    if (this.codec !== null) return this.hear(this.codec, call)
    if (this.waiting.push(call) > 1) return
    this.onWanted().catch((error: unknown) => this.report('the lobby could not be fetched', error))
  }

  private hear(codec: GameCodec, { message, payload }: MessageItem): void {
    const name = codec.nameAt(codec.messageNames, message, 'message index')
    this.listeners.emit(name, codec.decodePayload(codec.schema.messages[name]!.toClient!, payload))
  }
}
