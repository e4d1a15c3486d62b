import { ConfigError } from '@tickwire/protocol'

/** A limit that grows while a ticket waits. */
export type Widening = readonly WideningPoint[]

interface WideningPoint {
  readonly afterMs: number
  readonly value: number
}

/**
 * The limit after a time of waiting: on the line between the two points around it, and constant behind the last. Rounded down
 * to a whole number, so that every machine finds the same matches.
 */
export function limitAfter(points: Widening, waitedMs: number): number {
  let next = 1
  while (next < points.length && points[next]!.afterMs <= waitedMs) next++
  const from = points[next - 1]!
  if (next === points.length) return from.value
  const to = points[next]!
  const part = (waitedMs - from.afterMs) / (to.afterMs - from.afterMs)
  return Math.floor(from.value + part * (to.value - from.value))
}

/** @throws ConfigError unless the points begin at 0 ms, go forward in time and never narrow */
export function checkWidening(option: string, points: Widening): Widening {
  if (!Array.isArray(points) || points.length === 0) throw new ConfigError(option, 'a list of points in time', points)
  if (points[0]!.afterMs !== 0) throw new ConfigError(`${option}[0].afterMs`, '0', points[0]!.afterMs)
  for (const [i, { afterMs, value }] of points.entries()) {
    const before = points[i - 1]
    if (!Number.isSafeInteger(afterMs) || (before !== undefined && afterMs <= before.afterMs)) {
      throw new ConfigError(`${option}[${i}].afterMs`, 'whole milliseconds, more than in the point before', afterMs)
    }
    if (!Number.isSafeInteger(value) || value < (before?.value ?? 0)) {
      throw new ConfigError(`${option}[${i}]`, 'a limit of 0 or more, not below the one before', value)
    }
  }
  return points
}
