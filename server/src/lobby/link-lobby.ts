import { LINK_CHANNEL } from '@tickwire/protocol/internal'
import type { CallItem, ServerItem } from '@tickwire/protocol/internal'
import type { Counters } from '../counters.ts'
import type { ServerLimits } from '../limits.ts'
import type { User } from '../link/handshake.ts'
import { KindRates } from '../link/kind-rates.ts'
import { OpenRequests } from '../open-requests.ts'
import type { Answer, RequestLimit } from '../open-requests.ts'
import type { EncodedMessage } from '../room/message-encoder.ts'
import { unexpectedCall } from './lobby.ts'
import type { Lobby, LobbyClient } from './lobby.ts'

/** What one link's lobby needs of the link. */
export interface LobbyLink {
  readonly user: User
  readonly ip: string
  readonly seated: LobbyClient['seated']
  pushNow(item: ServerItem): void
}

export interface LinkLobbyServices {
  readonly lobby: Lobby
  readonly counters: Counters
  readonly limits: Pick<
    ServerLimits,
    | 'messagesPerSecondPerKind'
    | 'rateBurstMs'
    | 'maxPendingRequests'
    | 'directsPerSecond'
    | 'listsPerSecond'
    | 'peopleRequestsPerSecond'
  >
  /** By the name of the request. */
  readonly messageRates: Readonly<Record<string, number>>
  readonly reportError: (where: string, error: unknown) => void
}

type Request = Extract<CallItem, { type: 'request' }>

/** Requests that cost more than others, or reach somebody else. */
const ownRates = ({
  directsPerSecond,
  listsPerSecond,
  peopleRequestsPerSecond: people,
}: LinkLobbyServices['limits']): Readonly<Record<string, number>> => ({
  sendTo: directsPerSecond,
  list: listsPerSecond,
  watch: listsPerSecond,
  find: people,
  setAlias: people,
  block: people,
  createParty: people,
  leaveParty: people,
  setReady: people,
  promoteMember: people,
  kickMember: people,
  seatParty: people,
  queue: people,
})

/** Channel 0 of one link: its requests to the lobby, and what the lobby tells it. */
export class LinkLobby implements LobbyClient {
  private readonly link: LobbyLink
  private readonly services: LinkLobbyServices
  private readonly requests = new OpenRequests()
  private readonly limit: RequestLimit
  private readonly rates: KindRates

  constructor(link: LobbyLink, services: LinkLobbyServices) {
    const { limits, counters, messageRates: own } = services
    const { messagesPerSecondPerKind: perSecond, rateBurstMs: burstMs } = limits
    this.link = link
    this.services = services
    this.limit = { max: limits.maxPendingRequests, onTooMany: () => counters.add('requestsRefused') }
    this.rates = new KindRates({ perSecond, burstMs, own: { ...own, ...ownRates(limits) } })
  }

  get user(): User {
    return this.link.user
  }

  get ip(): string {
    return this.link.ip
  }

  get seated(): LobbyClient['seated'] {
    return this.link.seated
  }

  tell({ message, payload }: EncodedMessage): void {
    this.link.pushNow({ type: 'message', channel: LINK_CHANNEL, message, payload })
  }

  /** @throws DecodeError when it is nothing that a client may say here */
  receive(call: CallItem, nowMs: number): void {
    if (call.type === 'request') this.request(call, nowMs)
    else if (call.type === 'cancel') this.requests.cancel(call.id)
    else throw unexpectedCall(call.type)
  }

  /** Its page knows nothing of what was told. */
  reloaded(): void {
    this.services.lobby.clientReloaded(this)
  }

  /** The link is over. */
  end(): void {
    this.services.lobby.clientGone(this)
  }

  private request({ id, request, payload }: Request, nowMs: number): void {
    const { lobby, counters, reportError } = this.services
    const { name, ask } = lobby.read(request, payload)
    const send = (answer: Answer): void => this.link.pushNow({ ...answer, channel: LINK_CHANNEL })
    if (!this.rates.take(name, nowMs)) {
      counters.add('requestsRefused')
      const text = `request "${name}" more than ${this.rates.perSecond(name)} times per second`
      send({ type: 'refusal', id, code: 'rate-limited', text })
      return
    }
    const handle = (): unknown => lobby.answer(this, name, ask)
    const encode = (reply: unknown): Uint8Array => lobby.encodeReply(name, reply)
    const fail = (error: unknown): void => reportError(`request "${name}"`, error)
    this.requests.start(id, { handle, encode, send, fail }, this.limit)
  }
}
