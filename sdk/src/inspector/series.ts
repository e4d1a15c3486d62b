/** The last samples of one number, oldest first. */
export class Series {
  private readonly values: Float64Array
  private next = 0
  private count = 0

  constructor(capacity: number) {
    this.values = new Float64Array(capacity)
  }

  get capacity(): number {
    return this.values.length
  }
  get length(): number {
    return this.count
  }
  /** The newest sample; NaN before the first. */
  get newest(): number {
    return this.count === 0 ? NaN : this.at(this.count - 1)
  }

  push(value: number): void {
    this.values[this.next] = value
    this.next = (this.next + 1) % this.values.length
    this.count = Math.min(this.count + 1, this.values.length)
  }

  /** 0 is the oldest. */
  at(index: number): number {
    const from = this.next - this.count + this.values.length
    return this.values[(from + index) % this.values.length]!
  }

  /** The largest and the least of all, NaN where there are none. */
  get range(): { readonly least: number; readonly most: number } {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let i = 0; i < this.count; i++) {
      const value = this.at(i)
      if (value < least) least = value
      if (value > most) most = value
    }
    return this.count === 0 ? { least: NaN, most: NaN } : { least, most }
  }
}
