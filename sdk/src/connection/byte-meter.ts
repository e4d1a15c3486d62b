const BUCKET_MS = 100
const BUCKETS = 10

/** Bytes per second over the last second, in buckets of a tenth. */
export class ByteMeter {
  private readonly buckets = new Float64Array(BUCKETS)
  /** Number, since the clock's origin, of the newest bucket. */
  private newest = 0

  add(bytes: number, nowMs: number): void {
    this.moveTo(nowMs)
    const at = this.newest % BUCKETS
    this.buckets[at] = this.buckets[at]! + bytes
  }

  perSecond(nowMs: number): number {
    this.moveTo(nowMs)
    let sum = 0
    for (const bytes of this.buckets) sum += bytes
    return sum
  }

  private moveTo(nowMs: number): void {
    const now = Math.floor(nowMs / BUCKET_MS)
    const passed = now - this.newest
    if (passed <= 0) return
    if (passed >= BUCKETS) this.buckets.fill(0)
    else for (let i = 1; i <= passed; i++) this.buckets[(this.newest + i) % BUCKETS] = 0
    this.newest = now
  }
}
