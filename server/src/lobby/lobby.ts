import { DecodeError, RefusedError } from '@tickwire/protocol'
import { LOBBY, lobbyCodec } from '@tickwire/protocol/internal'
import type { LobbyMessage, LobbyRequest, LobbyTypes } from '@tickwire/protocol/internal'
import type { User } from '../link/handshake.ts'
import { MessageEncoder } from '../room/message-encoder.ts'
import type { EncodedMessage } from '../room/message-encoder.ts'
import type { RoomPort } from '../room/ports.ts'

/** Somebody who is connected, as the lobby's features know it: a link, with a seat or without one. */
export interface LobbyClient {
  readonly user: User
  readonly ip: string
  /** Where it sits now. */
  readonly seated: { readonly room: RoomPort; readonly seat: number } | null
  /** Sends a message of the lobby: reliable, also across reconnects. Encode it once with `lobbyMessage`. */
  tell(message: EncodedMessage): void
}

type Requests = LobbyTypes['requests']

/** Answers one request. Throw `RefusedError` to say no. */
export type LobbyHandler<R extends LobbyRequest> = (
  client: LobbyClient,
  ask: Requests[R]['ask'],
) => Requests[R]['reply'] | Promise<Requests[R]['reply']>

/** One part of the lobby: what it answers, and what it does when somebody goes. */
export interface LobbyFeature {
  readonly handlers: { readonly [R in LobbyRequest]?: LobbyHandler<R> }
  /** The link is over for good: it left, or did not come back in time. */
  readonly clientGone?: (client: LobbyClient) => void
  /** Its page was loaded again, and holds nothing of what it was told. */
  readonly clientReloaded?: (client: LobbyClient) => void
}

/** All that is said on channel 0, by name. */
export class Lobby {
  private readonly features: readonly LobbyFeature[]
  private readonly handlers: Readonly<Record<string, LobbyHandler<LobbyRequest> | undefined>>

  constructor(features: readonly LobbyFeature[]) {
    this.features = features
    this.handlers = Object.assign({}, ...features.map(({ handlers }) => handlers)) as typeof this.handlers
  }

  /**
   * The request of this index, with what it asks.
   * @throws DecodeError when it is none
   */
  read(index: number, payload: Uint8Array): { readonly name: LobbyRequest; readonly ask: object } {
    const name = lobbyCodec.nameAt(lobbyCodec.requestNames, index, 'request index') as LobbyRequest
    return { name, ask: lobbyCodec.decodePayload(LOBBY.requests[name]!.ask, payload) }
  }

  /** @throws RefusedError, or rejects with it */
  answer(client: LobbyClient, name: LobbyRequest, ask: object): unknown {
    const handler = this.handlers[name]
    if (handler === undefined) throw new RefusedError('unknown-request', `this server does not answer "${name}"`)
    return handler(client, ask)
  }

  encodeReply(name: LobbyRequest, reply: unknown): Uint8Array {
    return lobbyCodec.encodePayload(LOBBY.requests[name]!.reply, reply as object, `reply to ${name}`)
  }

  clientReloaded(client: LobbyClient): void {
    for (const feature of this.features) feature.clientReloaded?.(client)
  }

  clientGone(client: LobbyClient): void {
    for (const feature of this.features) feature.clientGone?.(client)
  }
}

const encoder = new MessageEncoder(lobbyCodec)

/** A message of the lobby as it travels. @throws RangeError naming the field that does not fit */
export function lobbyMessage<M extends LobbyMessage>(
  name: M,
  payload: LobbyTypes['messages'][M]['toClient'],
): EncodedMessage {
  return encoder.encode(name, payload)
}

/** What a client may not say on channel 0. */
export function unexpectedCall(got: string): DecodeError {
  return new DecodeError('unexpected', { what: 'call on channel 0', expected: 'a request', got, offset: 0 })
}
