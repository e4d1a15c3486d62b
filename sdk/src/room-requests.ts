import { ConfigError, DecodeError, LIMITS, RefusedError } from '@tickwire/protocol'
import type { CallItem } from '@tickwire/protocol/internal'
import type { RoomLink } from './link/ports.ts'
import type { Report } from './report.ts'
import type { Unsubscribe } from './room-api.ts'

type Handler = (ask: object, about: { readonly signal: AbortSignal }) => unknown
type Request = Extract<CallItem, { type: 'request' }>

/** What the room asks of this client. Each request is answered once, or not at all once nobody waits. */
export class RoomRequests {
  private readonly link: RoomLink
  private readonly report: Report
  private readonly handlers = new Map<string, Handler>()
  /** Those that a handler is still at, by id. */
  private readonly open = new Map<number, AbortController>()

  constructor(link: RoomLink, report: Report) {
    this.link = link
    this.report = report
  }

  on(name: string, handler: Handler): Unsubscribe {
    const { requestNames, schema } = this.link.codec
    const names = requestNames.filter((known) => schema.requests[known]?.to === 'client')
    if (!names.includes(name)) {
      const expected = names.length === 0 ? 'nothing, for the schema declares no requests to clients' : names.join(', ')
      throw new ConfigError('room.onRequest', expected, name)
    }
    if (this.handlers.has(name)) throw new ConfigError('room.onRequest', 'one handler per request', name)
    this.handlers.set(name, handler)
    return () => void this.handlers.delete(name)
  }

  /** @throws DecodeError for a request, or bytes of one, that the schema does not know */
  receive({ id, request, payload }: Request): void {
    const { codec } = this.link
    const name = codec.nameAt(codec.requestNames, request, 'request index')
    const fields = codec.schema.requests[name]!
    if (fields.to !== 'client') throw unexpected(name)
    const ask = codec.decodePayload(fields.ask, payload)
    const handler = this.handlers.get(name)
    if (handler === undefined) return this.refuse(id, 'no-handler', `nobody answers "${name}"`)
    if (this.open.size >= LIMITS.maxPendingRequests) {
      return this.refuse(id, 'too-many-requests', `at most ${LIMITS.maxPendingRequests} may wait for a reply`)
    }
    const encode = (reply: unknown): Uint8Array =>
      codec.encodePayload(fields.reply, reply as object, `reply to ${name}`)
    void this.answer(id, name, async (signal) => encode(await handler(ask, { signal })))
  }

  cancel(id: number): void {
    this.open.get(id)?.abort()
    this.open.delete(id)
  }

  /** The seat is over. */
  end(): void {
    for (const id of Array.from(this.open.keys())) this.cancel(id)
  }

  private async answer(id: number, name: string, run: (signal: AbortSignal) => Promise<Uint8Array>): Promise<void> {
    const controller = new AbortController()
    this.open.set(id, controller)
    try {
      const payload = await run(controller.signal)
      if (this.open.has(id)) this.link.push({ type: 'reply', channel: this.link.channel, id, payload })
    } catch (error) {
      const isRefusal = error instanceof RefusedError
      if (!isRefusal) this.report(`room.onRequest('${name}'): the handler failed`, error)
      if (!this.open.has(id)) return
      if (isRefusal) this.refuse(id, error.code, error.message)
      else this.refuse(id, 'client-error', 'the client failed to answer')
    } finally {
      this.open.delete(id)
    }
  }

  private refuse(id: number, code: string, text: string): void {
    this.link.push({ type: 'refusal', channel: this.link.channel, id, code, text })
  }
}

function unexpected(name: string): DecodeError {
  const expected = 'one that clients answer'
  return new DecodeError('unexpected', { what: 'request', expected, got: name, offset: 0 })
}
