/** The server's metric of how long its ticks take: a Prometheus histogram, in seconds. */
const METRIC = 'tickwire_tick_duration_seconds'
const LINE = new RegExp(`^${METRIC}_bucket\\{([^}]*)\\}\\s+(\\S+)`)
const BOUND = /\ble="([^"]+)"/

/** Ticks by how long they took: the upper bound in seconds, and how many took no longer. */
export type Buckets = ReadonlyMap<number, number>

/** Reads the buckets of all rooms together from a metrics page. */
export function readBuckets(page: string): Buckets {
  const buckets = new Map<number, number>()
  for (const line of page.split('\n')) {
    const [, labels = '', count] = LINE.exec(line) ?? []
    const bound = BOUND.exec(labels)?.[1]
    if (bound === undefined) continue
    const seconds = bound === '+Inf' ? Infinity : Number(bound)
    buckets.set(seconds, (buckets.get(seconds) ?? 0) + Number(count))
  }
  return buckets
}

/**
 * The percentile of the ticks between two readings, in ms: the upper bound of its bucket, so never less than the truth.
 * NaN without a tick.
 */
export function tickPercentileMs(before: Buckets, after: Buckets, share: number): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
  counts.sort((a, b) => a[0] - b[0])
  const total = counts.at(-1)?.[1] ?? 0
  if (total === 0) return Number.NaN
  const [bound = Number.NaN] = counts.find(([, count]) => count >= share * total) ?? []
  return bound * 1000
}
