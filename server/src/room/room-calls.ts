import { DecodeError, LIMITS } from '@tickwire/protocol'
import { assertNever } from '@tickwire/protocol/internal'
import type { CallItem, LatestMessage } from '@tickwire/protocol/internal'
import type { Answering, RequestLimit } from '../open-requests.ts'
import type { RoomHost } from './ports.ts'
import type { AnyPlayer, AnyRoom, RoomCore } from './room-core.ts'
import type { Seat } from './seat.ts'

type OnMessage = Readonly<Record<string, (room: AnyRoom, player: AnyPlayer, payload: object) => void>>
type OnRequest = Readonly<Record<string, (room: AnyRoom, player: AnyPlayer, ask: object) => unknown>>

/** Messages and requests of clients: they run when they arrive, between the ticks. */
export class RoomCalls {
  private readonly core: RoomCore
  private readonly onMessage: OnMessage
  private readonly onRequest: OnRequest
  private readonly limit: RequestLimit

  constructor(core: RoomCore, { maxPendingRequests, onTooManyRequests }: RoomHost) {
    this.core = core
    this.limit = {
      max: maxPendingRequests ?? LIMITS.maxPendingRequests,
      onTooMany: onTooManyRequests ?? ((): void => {}),
    }
    const { onMessage, onRequest } = core.type.definition
    this.onMessage = onMessage ?? {}
    this.onRequest = onRequest ?? {}
  }

  /** @throws DecodeError when it is not a call that this game's clients make */
  receive(seat: Seat, call: CallItem): void {
    if (seat.isSpectator) throw unexpected(call.type, 'nothing from a spectator')
    switch (call.type) {
      case 'message':
        this.message(seat, call.message, call.payload)
        return
      case 'request':
        this.request(seat, call)
        return
      case 'cancel':
        seat.requests.cancel(call.id)
        return
      case 'reply':
      case 'refusal':
        seat.asked.settle(call)
        return
      default:
        assertNever(call)
    }
  }

  receiveLatest(seat: Seat, { message, payload }: LatestMessage): void {
    this.message(seat, message, payload)
  }

  private message(seat: Seat, index: number, payload: Uint8Array): void {
    const { codec, game, facade } = this.core
    const name = codec.nameAt(codec.messageNames, index, 'message index')
    const fields = codec.schema.messages[name]?.toServer
    if (fields === undefined) throw unexpected(`message ${name}`, 'one that clients send')
    const values = codec.decodePayload(fields, payload)
    game.run('message', seat.id, () => this.onMessage[name]!(facade, seat.player, values))
  }

  private request(seat: Seat, { id, request, payload }: Extract<CallItem, { type: 'request' }>): void {
    const { codec, game, facade } = this.core
    const name = codec.nameAt(codec.requestNames, request, 'request index')
    const fields = codec.schema.requests[name]!
    if (fields.to === 'client') throw unexpected(`request ${name}`, 'one that the server answers')
    const values = codec.decodePayload(fields.ask, payload)
    const answering: Answering = {
      handle: () => game.enter(() => this.onRequest[name]!(facade, seat.player, values)),
      encode: (reply) => codec.encodePayload(fields.reply, reply as object, `reply to ${name}`),
      send: (answer) => {
        if (seat.phase !== 'gone') seat.link.push({ ...answer, channel: seat.link.channel })
      },
      fail: (error) => game.fail('request', seat.id, error),
    }
    seat.requests.start(id, answering, this.limit)
  }
}

function unexpected(got: string, expected: string): DecodeError {
  return new DecodeError('unexpected', { what: 'call', expected, got, offset: 0 })
}
