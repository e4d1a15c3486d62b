/** A cancellable timer of a `FakeClock`. */
interface FakeTimer {
  readonly dueMs: number
  readonly fn: () => void
  cancel(): void
}

/** A timer of 0 ms that sets the next one would hang the test; this many in one moment are a mistake. */
const MAX_TIMERS_AT_ONCE = 100_000

/**
 * A clock that stands still until it is told to advance: the `Clock` of both ends. Timers run in the order of their times,
 * equal ones in the order they were set, and each sees the time it was set for; so the same calls give the same run.
 *
 *     const clock = new FakeClock()
 *     clock.setTimer(() => console.log(clock.nowMs()), 20)
 *     clock.advance(100) // prints 20
 */
export class FakeClock {
  private now: number
  /** By time; the next one is last, so that taking it costs nothing. */
  private timers: FakeTimer[] = []

  /** @param startMs what `nowMs` says first; not 0, so that nobody mistakes it for "never" */
  constructor(startMs: number = 1000) {
    this.now = startMs
  }

  /** Milliseconds; fractions are kept. */
  nowMs(): number {
    return this.now
  }

  /** Calls `fn` once, `delayMs` from now; never within this call. */
  setTimer(fn: () => void, delayMs: number): { cancel(): void } {
    let dueMs = this.now + Math.max(0, delayMs)
    // Time passes in any positive delay, or who waits for the last bit of a sum of fractions would wait for ever.
    if (delayMs > 0 && dueMs === this.now) dueMs += this.now * Number.EPSILON
    const timer: FakeTimer = { dueMs, fn, cancel: () => this.remove(timer) }
    this.timers.splice(this.firstNotAfter(dueMs), 0, timer)
    return timer
  }

  /** When the next timer is due, or null if none is set. */
  get nextMs(): number | null {
    return this.timers.at(-1)?.dueMs ?? null
  }

  /** How many timers are set: what is left behind after a test is a leak. */
  get pending(): number {
    return this.timers.length
  }

  /** Moves time on and runs what falls due, also what these timers set. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`FakeClock.advance: expected milliseconds >= 0, got ${ms}`)
    this.advanceTo(this.now + ms)
  }

  /** Moves time on to a moment; one in the past is now. */
  advanceTo(untilMs: number): void {
    for (let atOnce = 0; (this.nextMs ?? Infinity) <= untilMs; atOnce++) {
      if (this.nextMs! > this.now) atOnce = 0
      if (atOnce === MAX_TIMERS_AT_ONCE) throw new Error(`FakeClock: timers without end at ${this.now} ms`)
      this.runNext()
    }
    this.now = Math.max(this.now, untilMs)
  }

  private runNext(): void {
    const timer = this.timers.pop()
    if (timer === undefined) return
    this.now = Math.max(this.now, timer.dueMs)
    timer.fn()
  }

  private remove(timer: FakeTimer): void {
    const at = this.timers.indexOf(timer)
    if (at >= 0) this.timers.splice(at, 1)
  }

  /** Where a timer goes: before those that are due sooner or at the same time, for the list runs from its end. */
  private firstNotAfter(dueMs: number): number {
    let [from, to] = [0, this.timers.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.timers[middle]!.dueMs > dueMs) from = middle + 1
      else to = middle
    }
    return from
  }
}
