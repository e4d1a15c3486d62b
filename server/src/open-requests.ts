import { RefusedError } from '@tickwire/protocol'
import type { CallItem } from '@tickwire/protocol/internal'
import { clipText } from './text.ts'

/** How one request is answered. */
export interface Answering {
  /** Runs the handler, which may be async. `RefusedError`: no. */
  handle(): unknown
  encode(result: unknown): Uint8Array
  /** Sends the answer; the channel is the sender's affair. */
  send(answer: Answer): void
  /** The handler has a bug. */
  fail(error: unknown): void
}

export type Answer =
  | Omit<Extract<CallItem, { type: 'reply' }>, 'channel'>
  | Omit<Extract<CallItem, { type: 'refusal' }>, 'channel'>

export interface RequestLimit {
  /** How many may wait at once. */
  readonly max: number
  readonly onTooMany: () => void
}

const MAX_REFUSAL_BYTES = 500
const SERVER_ERROR = 'the server failed to answer; its log says why'

/** The requests of one client whose handler is still at it. Each is answered once, or not at all once nobody waits. */
export class OpenRequests {
  /** By id; one that was cancelled still holds its place. */
  private readonly states = new Map<number, 'waiting' | 'cancelled'>()

  start(id: number, answering: Answering, { max, onTooMany }: RequestLimit): void {
    if (this.states.size >= max) {
      onTooMany()
      const text = `at most ${max} requests may wait for a reply`
      answering.send({ type: 'refusal', id, code: 'too-many-requests', text })
      return
    }
    this.states.set(id, 'waiting')
    try {
      const result = answering.handle()
      if (result instanceof Promise) void this.replyLater(id, answering, result)
      else this.reply(id, answering, result)
    } catch (error) {
      this.refuse(id, answering, error)
    }
  }

  cancel(id: number): void {
    if (this.states.has(id)) this.states.set(id, 'cancelled')
  }

  private async replyLater(id: number, answering: Answering, result: Promise<unknown>): Promise<void> {
    try {
      this.reply(id, answering, await result)
    } catch (error) {
      this.refuse(id, answering, error)
    }
  }

  private reply(id: number, answering: Answering, result: unknown): void {
    const payload = answering.encode(result)
    if (this.takeWanted(id)) answering.send({ type: 'reply', id, payload })
  }

  /** A refusal says its code and text; any other exception is a bug, whose text is nobody's business outside. */
  private refuse(id: number, answering: Answering, error: unknown): void {
    const isRefusal = error instanceof RefusedError
    if (!isRefusal) answering.fail(error)
    if (!this.takeWanted(id)) return
    const [code, text] = isRefusal ? [error.code, error.message] : ['server-error', SERVER_ERROR]
    answering.send({ type: 'refusal', id, code, text: clipText(text, MAX_REFUSAL_BYTES) })
  }

  /** Ends a request; false if nobody waits for its answer any more. */
  private takeWanted(id: number): boolean {
    const state = this.states.get(id)
    this.states.delete(id)
    return state === 'waiting'
  }
}
