import type { Clock, Timer } from '../clock.ts'
import { ImpairedLink } from './impaired-link.ts'
import type { Impairment } from './impairment.ts'

/** Both ways of one connection through a bad network, and the cut that its impairment plans for it. */
export class ImpairedPath {
  /** From the client to the server. */
  readonly up: ImpairedLink
  readonly down: ImpairedLink
  private readonly clock: Clock
  private readonly onCut: () => void
  private cutAfterMs: number | undefined
  private isOpen = false
  private timer: Timer | null = null

  /** @param random draws from [0, 1) */
  constructor(clock: Clock, random: () => number, onCut: () => void) {
    this.clock = clock
    this.onCut = onCut
    this.up = new ImpairedLink(clock, random)
    this.down = new ImpairedLink(clock, random)
  }

  get lostPackets(): number {
    return this.up.lostPackets + this.down.lostPackets
  }

  /** The connection is there: from now on `cutAfterMs` counts. */
  opened(): void {
    this.isOpen = true
    this.planCut()
  }

  /** @throws ConfigError for an impairment that cannot be */
  set(impairment: Impairment): void {
    this.up.set(impairment)
    this.down.set(impairment)
    this.cutAfterMs = impairment.cutAfterMs
    this.planCut()
  }

  stall(forMs: number): void {
    this.up.stall(forMs)
    this.down.stall(forMs)
  }

  heal(): void {
    this.up.heal()
    this.down.heal()
  }

  /** It ends by itself: what is under way arrives, and nothing cuts it. */
  closing(): void {
    this.isOpen = false
    this.planCut()
  }

  /** It is over: what is under way is lost. */
  clear(): void {
    this.closing()
    this.up.clear()
    this.down.clear()
  }

  private planCut(): void {
    this.timer?.cancel()
    const isPlanned = this.isOpen && this.cutAfterMs !== undefined
    this.timer = isPlanned ? this.clock.setTimer(this.onCut, this.cutAfterMs!) : null
  }
}
