import { ConfigError, DecodeError, LIMITS } from '@tickwire/protocol'
import type { CallItem, ClientItem } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import { refusal, RequestTimeoutError, StateError } from '../errors.ts'
import type { RequestOptions } from '../room-api.ts'

type Reply = Extract<CallItem, { type: 'reply' | 'refusal' }>

interface Pending {
  readonly channel: number
  settle(reply: Reply): void
  fail(error: unknown): void
}

export interface Ask<T> {
  /** Names it on this link; never used twice. */
  readonly id: number
  readonly channel: number
  /** Index in the schema. */
  readonly request: number
  /** What it is called there, for errors. */
  readonly name: string
  readonly payload: Uint8Array
  readonly decode: (reply: Uint8Array) => T
}

/** Requests that wait for their reply. Each ends exactly once: by it, by its time, by its signal, or with the link. */
export class Requests {
  private readonly clock: Clock
  private readonly push: (item: ClientItem) => boolean
  private readonly pending = new Map<number, Pending>()

  constructor(clock: Clock, push: (item: ClientItem) => boolean) {
    this.clock = clock
    this.push = push
  }

  get size(): number {
    return this.pending.size
  }

  /** @throws ConfigError for a timeout that is none */
  start<T>(ask: Ask<T>, { timeoutMs = LIMITS.requestTimeoutMs, signal }: RequestOptions = {}): Promise<T> {
    if (!(timeoutMs > 0)) throw new ConfigError('timeoutMs', 'milliseconds > 0', timeoutMs)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.pending.size >= LIMITS.maxPendingRequests) {
      const text = `${LIMITS.maxPendingRequests} requests (maxPendingRequests) wait for their reply already`
      return Promise.reject(new StateError('too-many-requests', text))
    }
    const { id, channel, request, payload } = ask
    if (!this.push({ type: 'request', channel, id, request, payload })) {
      return Promise.reject(new StateError('buffer-full', 'too much waits for the server: the request was not sent'))
    }
    return this.wait(ask, timeoutMs, signal)
  }

  /** Takes the server's answer; one that came too late is dropped. @throws DecodeError for bytes that are none. */
  settle(reply: Reply): void {
    const waiting = this.pending.get(reply.id)
    if (waiting?.channel === reply.channel) waiting.settle(reply)
  }

  /** Ends all of a channel, or all there are: no reply will come. */
  failAll(error: Error, channel?: number): void {
    for (const waiting of Array.from(this.pending.values())) {
      if (channel === undefined || waiting.channel === channel) waiting.fail(error)
    }
  }

  private wait<T>(ask: Ask<T>, timeoutMs: number, signal: AbortSignal | undefined): Promise<T> {
    const { id, channel, decode, name } = ask
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        finish()
        reject(error)
      }
      const giveUp = (error: unknown): void => {
        // Tells the server that nobody waits any more; if that does not fit, its reply is simply dropped.
        this.push({ type: 'cancel', channel, id })
        fail(error)
      }
      const onAbort = (): void => giveUp(signal?.reason)
      const onTimeout = (): void => giveUp(new RequestTimeoutError(`request "${name}"`, timeoutMs))
      const timer: Timer = this.clock.setTimer(onTimeout, timeoutMs)
      const finish = (): void => {
        this.pending.delete(id)
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const settle = (reply: Reply): void => {
        if (reply.type === 'refusal') return fail(refusal(reply.code, reply.text))
        try {
          resolve(decode(reply.payload))
          finish()
        } catch (error) {
          // Bytes that are none end the link, and with it this; anything else is between the game and its decoder.
          if (error instanceof DecodeError) throw error
          fail(error)
        }
      }
      signal?.addEventListener('abort', onAbort)
      this.pending.set(id, { channel, settle, fail })
    })
  }
}
