/** More than a rewind reaches back, at any snapshot rate. */
const KEPT_TICKS = 128

/** The ticks of the newest snapshots that one client was sent, rising: what its picture is made of. */
export class SentTicks {
  /** The n-th of them all stands at n modulo `KEPT_TICKS`. */
  private readonly ring: Float64Array = new Float64Array(KEPT_TICKS)
  private end = 0
  private count = 0

  /** The newest one; null: there is none. */
  get newest(): number | null {
    return this.count === 0 ? null : this.back(1)
  }

  push(tick: number): void {
    this.ring[this.end % KEPT_TICKS] = tick
    this.end++
    if (this.count < KEPT_TICKS) this.count++
  }

  /** The newest one up to `tick`, or else the oldest that is remembered; null: there is none. */
  upTo(tick: number): number | null {
    for (let i = 1; i <= this.count; i++) if (this.back(i) <= tick) return this.back(i)
    return this.count === 0 ? null : this.back(this.count)
  }

  /** The oldest one behind `tick`; null: there is none. */
  after(tick: number): number | null {
    let found: number | null = null
    for (let i = 1; i <= this.count && this.back(i) > tick; i++) found = this.back(i)
    return found
  }

  /** Forgets those from `tick` on. */
  takeBack(tick: number): void {
    while (this.count > 0 && this.back(1) >= tick) {
      this.end--
      this.count--
    }
  }

  clear(): void {
    this.count = 0
  }

  /** The newest one for 1, the one before it for 2. */
  private back(n: number): number {
    return this.ring[(this.end - n) % KEPT_TICKS]!
  }
}
