/** Beyond one snapshot's share, what a pause may save up: any second then stays within 3 % of the budget. */
const BURST_SECONDS = 0.012

/** By how much who is late may overdraw it. */
const DEBT_SECONDS = 0.014

const FIRST_BESIDES_BITS = 64

/** How many bytes one client may be sent: a token bucket on the room's clock. What must go may lead into debt. */
export class ByteBudget {
  /** What it may be sent after a pause. */
  mostBytes = 0
  /** By how much it may be overdrawn. */
  debtBytes = 0
  private bytes = 0
  private tick = -1
  /** What the newest snapshot had before and behind its public track: the best guess of the next one's. */
  besidesBits: number = FIRST_BESIDES_BITS

  /**
   * The bytes that a snapshot at `tick` may have; negative while a debt is paid off.
   * @param intervalSeconds from one snapshot to the next
   */
  available(bytesPerSecond: number, tick: number, tickRateHz: number, intervalSeconds: number): number {
    this.mostBytes = bytesPerSecond * (intervalSeconds + BURST_SECONDS)
    this.debtBytes = bytesPerSecond * DEBT_SECONDS
    const gained = ((tick - this.tick) / tickRateHz) * bytesPerSecond
    // A client that has not been sent anything yet starts with one full share.
    this.bytes = this.tick < 0 ? this.mostBytes : Math.min(this.mostBytes, this.bytes + gained)
    this.tick = tick
    return this.bytes
  }

  spend(bytes: number, besidesBits: number): void {
    this.bytes -= bytes
    this.besidesBits = besidesBits
  }
}
