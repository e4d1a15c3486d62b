import { LIMITS } from '@tickwire/protocol'

interface Sample {
  readonly atMs: number
  readonly rttMs: number
}

/**
 * The least round trip of the last 10 s: what the path takes when nothing is queued on it.
 *
 * It is fed by acknowledgements of snapshots. They come up to 50 ms late (clients save packets), but a sample can only be too
 * long, and the least one counts. Not by pongs of the transport: what delays the game's own packets need not delay those.
 */
export class MinRtt {
  /** Rising in time and in value: the first one is the minimum, each other one is it when those before are too old. */
  private samples: Sample[] = []

  add(rttMs: number, nowMs: number): void {
    while ((this.samples.at(-1)?.rttMs ?? -1) >= rttMs) this.samples.pop()
    this.samples.push({ atMs: nowMs, rttMs })
    this.prune(nowMs)
  }

  /** In ms; null while nothing was measured, and never null after that: an old value is better than none. */
  get(nowMs: number): number | null {
    this.prune(nowMs)
    return this.samples[0]?.rttMs ?? null
  }

  /** Another connection may take another path. */
  reset(): void {
    this.samples = []
  }

  private prune(nowMs: number): void {
    while (this.samples.length > 1 && this.samples[0]!.atMs < nowMs - LIMITS.minRttWindowMs) this.samples.shift()
  }
}
