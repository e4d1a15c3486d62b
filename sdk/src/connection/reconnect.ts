/** The first pause that may be waited; each further one is up to twice as long. */
const BASE_MS = 250
/** Longer pauses would waste a resume window of 30 s. */
const CAP_MS = 5000

/**
 * How long to wait before a reconnect attempt, in ms: the first at once, then between 0 and a limit that doubles up to
 * 5 s. The whole pause is drawn ("full jitter"), so that the clients of a restarted server do not come back as one wave.
 * @param attempt counts from 1
 * @param random draws in [0, 1)
 */
export function nextRetryDelayMs(attempt: number, random: () => number): number {
  if (attempt <= 1) return 0
  const limitMs = Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 2))
  return random() * limitMs
}
