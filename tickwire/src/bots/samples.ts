/** Numbers of one kind, and where their percentiles are. */
export class Samples {
  private readonly values: number[] = []

  add(values: readonly number[]): void {
    for (const value of values) this.values.push(value)
  }

  get count(): number {
    return this.values.length
  }

  /** The nearest-rank percentiles, rounded to hundredths; all 0 without samples. */
  get summary(): Summary {
    const sorted = Float64Array.from(this.values).toSorted()
    const at = (share: number): number => {
      const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
      return Math.round(value * 100) / 100
    }
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
  }
}

export interface Summary {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}
