import { TokenBucket } from './rate-limit.ts'
import type { Rate } from './rate-limit.ts'

/** Addresses that are remembered before the idle ones among them are forgotten. */
const SWEEP_AT = 1024

/** How often each address does something. Bounded: what an address has not done for a while is forgotten. */
export class AddressRates {
  private readonly rate: Rate
  private readonly buckets = new Map<string, TokenBucket>()
  private sweepAt = SWEEP_AT

  constructor(rate: Rate) {
    this.rate = rate
  }

  get size(): number {
    return this.buckets.size
  }

  /** False: this address did it too often. */
  take(address: string, nowMs: number): boolean {
    let bucket = this.buckets.get(address)
    if (bucket === undefined) {
      if (this.buckets.size >= this.sweepAt) this.sweep(nowMs)
      bucket = new TokenBucket(this.rate, nowMs)
      this.buckets.set(address, bucket)
    }
    return bucket.take(1, nowMs)
  }

  /** A full bucket is as good as none. */
  private sweep(nowMs: number): void {
    for (const [address, bucket] of this.buckets) if (bucket.isFull(nowMs)) this.buckets.delete(address)
    // Doubled, so that many busy addresses do not make each new one look at all of them.
    this.sweepAt = Math.max(SWEEP_AT, 2 * this.buckets.size)
  }
}
