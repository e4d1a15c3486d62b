/** The passing of time, as an argument: tests step it, production reads the platform's (`real-clock.ts`). */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never runs back. */
  nowMs(): number
  /** Calls `fn` once, `delayMs` from now. */
  setTimer(fn: () => void, delayMs: number): Timer
}

export interface Timer {
  cancel(): void
}
