import type { YieldToIo } from '../room/scheduler.ts'

/**
 * Lets newcomers in one per turn of the event loop, in the order in which they came: a crowd that arrives at once must not keep
 * a room waiting for its tick longer than one of them takes. The first of a turn does not wait.
 */
export class Admission {
  private readonly yieldToIo: YieldToIo
  private readonly queue: (() => void)[] = []
  private isTurnTaken = false

  constructor(yieldToIo: YieldToIo) {
    this.yieldToIo = yieldToIo
  }

  /** Resolves when it is the caller's turn. Who has gone meanwhile lets its turn pass. */
  turn(): Promise<void> {
    if (this.isTurnTaken) return new Promise((resolve) => void this.queue.push(resolve))
    this.take()
    return Promise.resolve()
  }

  private take(): void {
    this.isTurnTaken = true
    this.yieldToIo(this.nextTurn)
  }

  private readonly nextTurn = (): void => {
    this.isTurnTaken = false
    const next = this.queue.shift()
    if (next === undefined) return
    this.take()
    next()
  }
}
