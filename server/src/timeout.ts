import { TickwireError } from '@tickwire/protocol'
import type { Clock } from './clock.ts'

/** Something asynchronous took longer than it may. */
export class TimeoutError extends TickwireError {
  override readonly name: string = 'TimeoutError'

  constructor(what: string, timeoutMs: number) {
    super('timeout', `${what} took longer than ${timeoutMs} ms`)
  }
}

/** The promise's outcome, or a rejection with `TimeoutError`. The work itself goes on: the caller must undo a late success. */
export async function withTimeout<T>(clock: Clock, work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const { promise: timeout, reject } = withReject()
  const timer = clock.setTimer(() => reject(new TimeoutError(what, timeoutMs)), timeoutMs)
  try {
    return await Promise.race([work, timeout])
  } finally {
    timer.cancel()
  }
}

function withReject(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<never>((_, fail) => {
    reject = fail
  })
  return { promise, reject }
}
