/** Beyond one snapshot's share, what a pause may save up: any second then stays within 3 % of the budget. */
const BURST_SECONDS = 0.012

/** How many bytes one client may be sent: a token bucket on the room's clock. What must go may lead into debt. */
export class ByteBudget {
  /** What it may be sent after a pause. */
  mostBytes = 0
  private bytes = 0
  private tick = -1
  /** What the newest snapshot had behind its public track: the best guess of the next one's. */
  private tailBytes = 0

  /**
   * The bytes that a snapshot at `tick` may have; negative while a debt is paid off.
   * @param intervalSeconds from one snapshot to the next
   */
  available(bytesPerSecond: number, tick: number, tickRateHz: number, intervalSeconds: number): number {
    this.mostBytes = bytesPerSecond * (intervalSeconds + BURST_SECONDS)
    const gained = ((tick - this.tick) / tickRateHz) * bytesPerSecond
    // A client that has not been sent anything yet starts with one full share.
    this.bytes = this.tick < 0 ? this.mostBytes : Math.min(this.mostBytes, this.bytes + gained)
    this.tick = tick
    return this.bytes
  }

  get expectedTailBytes(): number {
    return this.tailBytes
  }

  spend(bytes: number, tailBytes: number): void {
    this.bytes -= bytes
    this.tailBytes = tailBytes
  }
}
