/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  readonly perSecond: number
  /** How long the full rate may be saved up, in ms. */
  readonly burstMs: number
}

/**
 * A token bucket: what was not used is saved up to a bound, because packets that waited in a stalled network arrive all at
 * once and are honest.
 */
export class TokenBucket {
  private readonly perMs: number
  private readonly capacity: number
  private tokens: number
  private filledAtMs: number

  /** Starts full. */
  constructor({ perSecond, burstMs }: Rate, nowMs: number) {
    this.perMs = perSecond / 1000
    this.capacity = this.perMs * burstMs
    this.tokens = this.capacity
    this.filledAtMs = nowMs
  }

  isFull(nowMs: number): boolean {
    return this.tokens + (nowMs - this.filledAtMs) * this.perMs >= this.capacity
  }

  /** Takes `count` tokens, or none and returns false if there are fewer. */
  take(count: number, nowMs: number): boolean {
    const elapsedMs = nowMs - this.filledAtMs
    this.tokens = Math.min(this.capacity, this.tokens + elapsedMs * this.perMs)
    this.filledAtMs = nowMs
    if (count > this.tokens) return false
    this.tokens -= count
    return true
  }
}
