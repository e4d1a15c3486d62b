import { TokenBucket } from './rate-limit.ts'

export interface KindRateOptions {
  /** Of each kind that has no rate of its own. */
  readonly perSecond: number
  /** How long a full rate may be saved up, in ms. */
  readonly burstMs: number
  /** Per second, by the name of the message or request. */
  readonly own: Readonly<Record<string, number>>
}

/** How often one player may say each of the things that the schema names: a chat is no stream of positions. */
export class KindRates {
  private readonly options: KindRateOptions
  /** One per name of the schema that was ever used: a peer cannot make names up. */
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(options: KindRateOptions) {
    this.options = options
  }

  perSecond(kind: string): number {
    const { own, perSecond } = this.options
    return Object.hasOwn(own, kind) ? own[kind]! : perSecond
  }

  /** False: it came too often. What the schema has no name for is the room's to refuse. */
  take(kind: string | undefined, nowMs: number): boolean {
    if (kind === undefined) return true
    let bucket = this.buckets.get(kind)
    if (bucket === undefined) {
      const { burstMs } = this.options
      const perSecond = this.perSecond(kind)
      // A rate below one per burst would never let anything through.
      bucket = new TokenBucket({ perSecond, burstMs: Math.max(burstMs, 1000 / perSecond) }, nowMs)
      this.buckets.set(kind, bucket)
    }
    return bucket.take(1, nowMs)
  }
}
