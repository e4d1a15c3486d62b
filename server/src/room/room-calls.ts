import { DecodeError, LIMITS, RefusedError } from '@tickwire/protocol'
import type { CallItem, LatestMessage } from '@tickwire/protocol/internal'
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
  private readonly maxPendingRequests: number
  private readonly onTooManyRequests: () => void

  constructor(core: RoomCore, { maxPendingRequests, onTooManyRequests }: RoomHost) {
    this.core = core
    this.maxPendingRequests = maxPendingRequests ?? LIMITS.maxPendingRequests
    this.onTooManyRequests = onTooManyRequests ?? ((): void => {})
    const { onMessage, onRequest } = core.type.definition
    this.onMessage = onMessage ?? {}
    this.onRequest = onRequest ?? {}
  }

  /** @throws DecodeError when it is not a call that this game's clients make */
  receive(seat: Seat, call: CallItem): void {
    switch (call.type) {
      case 'message':
        this.message(seat, call.message, call.payload)
        return
      case 'request':
        this.request(seat, call)
        return
      case 'cancel':
        if (seat.requests.has(call.id)) seat.requests.set(call.id, 'cancelled')
        return
      default:
        throw unexpected(call.type, 'a message or a request')
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
    const values = codec.decodePayload(codec.schema.requests[name]!.ask, payload)
    if (seat.requests.size >= this.maxPendingRequests) {
      this.onTooManyRequests()
      sendRefusal(seat, id, 'too-many-requests', `at most ${this.maxPendingRequests} requests may wait for a reply`)
      return
    }
    seat.requests.set(id, 'waiting')
    try {
      const result = game.enter(() => this.onRequest[name]!(facade, seat.player, values))
      if (result instanceof Promise) void this.replyLater(seat, id, name, result)
      else this.reply(seat, id, name, result)
    } catch (error) {
      this.refuse(seat, id, error)
    }
  }

  private async replyLater(seat: Seat, id: number, name: string, result: Promise<unknown>): Promise<void> {
    try {
      this.reply(seat, id, name, await result)
    } catch (error) {
      this.refuse(seat, id, error)
    }
  }

  private reply(seat: Seat, id: number, name: string, values: unknown): void {
    const { codec } = this.core
    const payload = codec.encodePayload(codec.schema.requests[name]!.reply, values as object, `reply to ${name}`)
    if (isWanted(seat, id)) seat.link.push({ type: 'reply', channel: seat.link.channel, id, payload })
  }

  /** A refusal says its code and text; any other exception is a bug, whose text is nobody's business outside. */
  private refuse(seat: Seat, id: number, error: unknown): void {
    const isRefusal = error instanceof RefusedError
    if (!isRefusal) this.core.game.fail('request', seat.id, error)
    if (!isWanted(seat, id)) return
    if (isRefusal) sendRefusal(seat, id, error.code, error.message)
    else sendRefusal(seat, id, 'server-error', SERVER_ERROR)
  }
}

/** Ends a request; false if nobody waits for its answer any more. */
function isWanted(seat: Seat, id: number): boolean {
  const state = seat.requests.get(id)
  seat.requests.delete(id)
  return state === 'waiting' && seat.phase !== 'gone'
}

const MAX_REFUSAL_CHARACTERS = 500
const SERVER_ERROR = 'the room failed to answer; the log of the server says why'

function sendRefusal(seat: Seat, id: number, code: string, message: string): void {
  const text = message.slice(0, MAX_REFUSAL_CHARACTERS)
  seat.link.push({ type: 'refusal', channel: seat.link.channel, id, code, text })
}

function unexpected(got: string, expected: string): DecodeError {
  return new DecodeError('unexpected', { what: 'call', expected, got, offset: 0 })
}
