const SIGNALS = ['SIGTERM', 'SIGINT'] as const
export type Signal = (typeof SIGNALS)[number]

/** The part of `process` that is used. */
export interface SignalSource {
  readonly pid: number
  on(signal: Signal, listener: (signal: Signal) => void): unknown
  off(signal: Signal, listener: (signal: Signal) => void): unknown
  listenerCount(signal: Signal): number
  kill(pid: number, signal: Signal): unknown
}

/**
 * Runs `stop` at the first SIGTERM or SIGINT, then lets the signal do what it would have done; a second one does not wait.
 * Returns how to stop listening.
 */
export function stopOnSignal(source: SignalSource, stop: (signal: Signal) => Promise<void>): () => void {
  const stopListening = (): void => {
    for (const signal of SIGNALS) source.off(signal, onSignal)
  }
  const onSignal = (signal: Signal): void => {
    stopListening()
    const finish = (): void => {
      // Whoever else listens has heard of it already, and decides when the process ends.
      if (source.listenerCount(signal) === 0) source.kill(source.pid, signal)
    }
    stop(signal).then(finish, finish)
  }
  for (const signal of SIGNALS) source.on(signal, onSignal)
  return stopListening
}
