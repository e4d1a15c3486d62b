import type { Unsubscribe } from './room-api.ts'

type Listener<T> = (value: T) => void

/** A list of listeners. One that throws neither stops the others nor the code that told them. */
export class Emitter<T> {
  private readonly entries = new Set<{ readonly listener: Listener<T> }>()
  private readonly report: (error: unknown) => void

  /** @param report where a listener's exception goes */
  constructor(report: (error: unknown) => void) {
    this.report = report
  }

  on(listener: Listener<T>): Unsubscribe {
    // An entry of its own, so that one function may listen twice and each subscription ends by itself.
    const entry = { listener }
    this.entries.add(entry)
    return () => {
      this.entries.delete(entry)
    }
  }

  emit(value: T): void {
    // A copy: a listener that unsubscribes others, or subscribes, does not disturb this round.
    for (const entry of Array.from(this.entries)) {
      if (!this.entries.has(entry)) continue
      try {
        entry.listener(value)
      } catch (error) {
        this.report(error)
      }
    }
  }

  get size(): number {
    return this.entries.size
  }
}
