import { ConfigError, DecodeError, LIMITS, RefusedError, TickwireError } from '@tickwire/protocol'
import type { CallItem } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { RequestOptions } from './room-api.ts'

type Answer = Extract<CallItem, { type: 'reply' | 'refusal' }>
type Outgoing =
  | Omit<Extract<CallItem, { type: 'request' }>, 'channel'>
  | Omit<Extract<CallItem, { type: 'cancel' }>, 'channel'>
type Push = (item: Outgoing) => boolean

export interface ClientAsk {
  /** Index in the schema, and what it is called there. */
  readonly request: number
  readonly name: string
  readonly payload: Uint8Array
  readonly decode: (reply: Uint8Array) => object
}

interface Waiting {
  settle(answer: Answer): void
  fail(error: unknown): void
}

/** What a room has asked the client of one seat. Each ends once: by its answer, its time, its signal, or with the seat. */
export class ClientRequests {
  private readonly waiting = new Map<number, Waiting>()
  private lastId = 0

  /** @throws ConfigError for a timeout that is none */
  ask(clock: Clock, push: Push, ask: ClientAsk, options: RequestOptions = {}): Promise<object> {
    const { timeoutMs = LIMITS.requestTimeoutMs, signal } = options
    if (!(timeoutMs > 0)) throw new ConfigError('timeoutMs', 'milliseconds > 0', timeoutMs)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.waiting.size >= LIMITS.maxPendingRequests) {
      const text = `${LIMITS.maxPendingRequests} requests (maxPendingRequests) wait for this player already`
      return Promise.reject(new TickwireError('too-many-requests', text))
    }
    const id = ++this.lastId
    if (!push({ type: 'request', id, request: ask.request, payload: ask.payload })) {
      return Promise.reject(new TickwireError('buffer-full', 'too much waits for this client: it was not asked'))
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.waiting.delete(id)
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const fail = (error: unknown): void => {
        end()
        reject(error)
      }
      const giveUp = (error: unknown): void => {
        push({ type: 'cancel', id })
        fail(error)
      }
      const onAbort = (): void => giveUp(signal?.reason)
      const timer = clock.setTimer(() => giveUp(tooLate(ask.name, timeoutMs)), timeoutMs)
      const settle = (answer: Answer): void => {
        // Bytes that are none end the link, and with it this.
        if (answer.type === 'refusal') return fail(refused(answer))
        const reply = ask.decode(answer.payload)
        end()
        resolve(reply)
      }
      signal?.addEventListener('abort', onAbort)
      this.waiting.set(id, { settle, fail })
    })
  }

  /** An answer that comes too late is nobody's. @throws DecodeError for bytes that are none, and an answer to nothing */
  settle(answer: Answer): void {
    if (answer.id > this.lastId) {
      const expected = `a request up to ${this.lastId}`
      throw new DecodeError('unexpected', { what: 'answer', expected, got: `${answer.id}`, offset: 0 })
    }
    this.waiting.get(answer.id)?.settle(answer)
  }

  /** The seat is over: nobody will answer. */
  end(): void {
    const error = new TickwireError('seat-over', 'the player has left the room')
    for (const one of Array.from(this.waiting.values())) one.fail(error)
  }
}

function tooLate(name: string, timeoutMs: number): TickwireError {
  return new TickwireError('request-timeout', `no reply to request "${name}" within ${timeoutMs} ms`)
}

/** The client's words, which are no more to be trusted than anything else that it says. */
function refused({ code, text }: Extract<Answer, { type: 'refusal' }>): RefusedError {
  try {
    return new RefusedError(code, text)
  } catch {
    throw new DecodeError('malformed', { what: 'refusal code', expected: 'a-z, 0-9 and "-"', got: code, offset: 0 })
  }
}
