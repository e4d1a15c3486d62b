import { p99 } from '../numbers.ts'

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
    const taken = p99(this.errors)
    this.errors = []
    return taken
  }
}
