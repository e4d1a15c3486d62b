/** Two of these are long enough for several snapshots of a slow link, and short enough to follow it. */
const PART_MS = 300

/** What arrived per second, over the last part of a second and the one before. */
export class Throughput {
  private partBeganMs = 0
  private before = 0
  private now = 0

  add(bytes: number, nowMs: number): void {
    this.turnOver(nowMs)
    this.now += bytes
  }

  /** In bytes. */
  perSecond(nowMs: number): number {
    this.turnOver(nowMs)
    return (1000 * (this.before + this.now)) / (PART_MS + nowMs - this.partBeganMs)
  }

  reset(): void {
    this.before = this.now = 0
  }

  private turnOver(nowMs: number): void {
    const parts = Math.floor((nowMs - this.partBeganMs) / PART_MS)
    if (parts === 0) return
    this.before = parts === 1 ? this.now : 0
    this.now = 0
    this.partBeganMs += parts * PART_MS
  }
}
