import type { Clock } from './clock.ts'

/** The only file that reads the platform's time and randomness; everything else is handed them. */

/** Monotonic milliseconds and one-shot timers of the platform: a window, a Worker or Node. */
export const realClock: Clock = {
  nowMs: () => performance.now(),
  setTimer(fn, delayMs) {
    const id = setTimeout(fn, delayMs)
    return { cancel: () => clearTimeout(id) }
  },
}

/** Draws in [0, 1). */
export const realRandom = (): number => Math.random()

/** Bytes that nobody can guess. In every browser, Worker and Node that has WebSockets, also on plain HTTP. */
export const realRandomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

/** Runs `fn` when the current turn's code has returned, before anything else happens. */
export const atEndOfTurn = (fn: () => void): void => queueMicrotask(fn)
