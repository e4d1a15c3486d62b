import { DecodeError } from '@tickwire/protocol'
import { LINK_CHANNEL, LOBBY, lobbyCodec } from '@tickwire/protocol/internal'
import type { CallItem, LobbyMessage, LobbyRequest, LobbyTypes } from '@tickwire/protocol/internal'
import { Emitter } from '../events.ts'
import { Listeners } from '../listeners.ts'
import type { Requests } from '../link/requests.ts'
import type { Sender } from '../link/sender.ts'
import type { Report } from '../report.ts'
import type { RequestOptions, Unsubscribe } from '../room-api.ts'

type Asked = LobbyTypes['requests']
type Told = LobbyTypes['messages']

/** What channel 0 needs of its link. */
export interface ChannelHost {
  readonly sender: Sender
  readonly requests: Requests
  /** Connects, unless it does already. */
  start(): void
}

/** Channel 0: what is asked of the server outside of rooms, and what it tells. */
export class LobbyChannel {
  private readonly host: ChannelHost
  private readonly listeners: Listeners<object>
  private readonly renewals: Emitter<void>

  constructor(host: ChannelHost, report: Report) {
    this.host = host
    this.listeners = new Listeners('lobby', report)
    this.renewals = new Emitter((error) => report('lobby: a list could not be watched again', error))
  }

  /** Rejects like `room.request`. @throws RangeError naming the field that does not fit */
  request<R extends LobbyRequest>(name: R, ask: Asked[R]['ask'], options?: RequestOptions): Promise<Asked[R]['reply']> {
    const fields = LOBBY.requests[name]!
    const { sender, requests } = this.host
    this.host.start()
    return requests.start(
      {
        id: sender.stream.nextSeq,
        channel: LINK_CHANNEL,
        request: lobbyCodec.requestNames.indexOf(name),
        name,
        payload: lobbyCodec.encodePayload(fields.ask, ask, name),
        decode: (reply) => lobbyCodec.decodePayload(fields.reply, reply) as Asked[R]['reply'],
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
    this.renewals.emit()
  }

  /** @throws DecodeError for what no server says here */
  receive(call: CallItem): void {
    if (call.type !== 'message') {
      throw new DecodeError('unexpected', { what: 'item', expected: 'a message', got: call.type, offset: 0 })
    }
    const name = lobbyCodec.nameAt(lobbyCodec.messageNames, call.message, 'message index')
    this.listeners.emit(name, lobbyCodec.decodePayload(LOBBY.messages[name]!.toClient!, call.payload))
  }
}
