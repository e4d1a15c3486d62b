/** How late or early ticks start: to be called at each. */
export class TickWatch {
  private readonly tickMs: number
  private lastMs = Number.NaN
  private errors: number[] = []

  constructor(tickMs: number) {
    this.tickMs = tickMs
  }

  tick(): void {
    const nowMs = performance.now()
    if (!Number.isNaN(this.lastMs)) this.errors.push(Math.abs(nowMs - this.lastMs - this.tickMs))
    this.lastMs = nowMs
  }

  /** In ms, since the last call. */
  takeP99(): number {
    const sorted = this.errors.toSorted((a, b) => a - b)
    this.errors = []
    return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN
  }
}
