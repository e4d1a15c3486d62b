import { RefusedError } from '@tickwire/protocol'
import { AddressRates } from '../link/address-rates.ts'
import { TokenBucket } from '../link/rate-limit.ts'
import { isLoopbackAddress } from '../transport/origin.ts'

export interface GuessRates {
  /** Of one link. */
  readonly guessesPerMinute: number
  /** Of all behind one address; those of this machine are free. */
  readonly guessesPerMinutePerIp: number
}

/** A minute's worth may be saved up. */
const MINUTE = 60
const BURST_MS = 60_000

/** How often rooms are named by what could be guessed: a code, a password. */
export class Guesses {
  private readonly perSecond: number
  private readonly perMinute: number
  private readonly byIp: AddressRates
  private readonly byLink = new WeakMap<object, TokenBucket>()

  constructor({ guessesPerMinute, guessesPerMinutePerIp }: GuessRates) {
    this.perMinute = guessesPerMinute
    this.perSecond = guessesPerMinute / MINUTE
    this.byIp = new AddressRates({ perSecond: guessesPerMinutePerIp / MINUTE, burstMs: BURST_MS })
  }

  /** @throws RefusedError `too-many-guesses` */
  take(link: object, ip: string, nowMs: number): void {
    let bucket = this.byLink.get(link)
    if (bucket === undefined) {
      bucket = new TokenBucket({ perSecond: this.perSecond, burstMs: BURST_MS }, nowMs)
      this.byLink.set(link, bucket)
    }
    const mayGuess = bucket.take(1, nowMs) && (isLoopbackAddress(ip) || this.byIp.take(ip, nowMs))
    if (!mayGuess) {
      throw new RefusedError('too-many-guesses', `at most ${this.perMinute} joins by code or password per minute`)
    }
  }
}
