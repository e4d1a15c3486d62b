import { randomBytes, scrypt } from 'node:crypto'
import type { Clock } from './clock.ts'

/** The platform's time, timers and randomness: everywhere else they are arguments. */

/** Monotonic; a change of the wall clock does not move it. */
export const realClock: Clock = {
  nowMs: () => performance.now(),
  setTimer: (fn, delayMs) => {
    const timer = setTimeout(fn, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Milliseconds since 1970, for what other machines have dated. The only wall clock: it may jump. */
export const realWallClockMs = (): number => Date.now()

/** Calls back after the process has looked at its sockets. */
export const realYieldToIo = (fn: () => void): void => void setImmediate(fn)

/** A number in [0, 1), for what is no secret. */
export const realRandom: () => number = () => Math.random()

/** Bytes that nobody can guess: tokens and ids. */
export const realRandomBytes: (length: number) => Uint8Array = (length) => new Uint8Array(randomBytes(length))

const SCRYPT_KEY_BYTES = 32

/** Node's, with its defaults: 16 MB and some 50 ms on a thread of its own. */
export const realScrypt = (password: string, salt: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Uint8Array): void => (error === null ? resolve(key) : reject(error))
    scrypt(password, salt, SCRYPT_KEY_BYTES, done)
  })
