import { ConfigError, RefusedError } from '@tickwire/protocol'
import { realWallClockMs } from '../real-clock.ts'

/** Remembers which tickets were used. Several processes that share a secret need one that they share, too. */
export interface ReplayGuard {
  /** True for the first claim of a nonce; it may be forgotten after `untilMs`, when its ticket has expired. */
  claim(nonce: string, untilMs: number): boolean | Promise<boolean>
}

export interface MemoryReplayGuardOptions {
  /** For tests: milliseconds since 1970. */
  readonly wallClockMs?: () => number
  /** Used tickets that can be remembered (default 100,000: about 20 MB); beyond, new ones are refused as `server-busy`. */
  readonly maxTickets?: number
}

const DEFAULT_MAX_TICKETS = 100_000
/** How often expired ones are looked for, in ms. */
const SWEEP_MS = 10_000

/** The used tickets of one process, bounded by their expiry and by a number. */
export class MemoryReplayGuard implements ReplayGuard {
  private readonly wallClockMs: () => number
  private readonly maxTickets: number
  private readonly used = new Map<string, number>()
  private sweptAtMs: number

  /** @throws ConfigError for a number that is none */
  constructor({ wallClockMs = realWallClockMs, maxTickets = DEFAULT_MAX_TICKETS }: MemoryReplayGuardOptions = {}) {
    if (!Number.isInteger(maxTickets) || maxTickets < 1) {
      throw new ConfigError('maxTickets', 'a whole number above 0', maxTickets)
    }
    this.wallClockMs = wallClockMs
    this.maxTickets = maxTickets
    this.sweptAtMs = wallClockMs()
  }

  get size(): number {
    return this.used.size
  }

  /** @throws RefusedError `server-busy` when too many are remembered: to forget one would be to let it in again */
  claim(nonce: string, untilMs: number): boolean {
    const nowMs = this.wallClockMs()
    if (this.used.size >= this.maxTickets || nowMs - this.sweptAtMs >= SWEEP_MS) this.sweep(nowMs)
    if (this.used.has(nonce)) return false
    if (this.used.size >= this.maxTickets) throw new RefusedError('server-busy', 'too many tickets at once; try again')
    this.used.set(nonce, untilMs)
    return true
  }

  private sweep(nowMs: number): void {
    this.sweptAtMs = nowMs
    for (const [nonce, untilMs] of this.used) if (untilMs <= nowMs) this.used.delete(nonce)
  }
}
