/** Ticks of which it is known what became of them. */
const KEPT = 512

/** What happened to each of the last ticks. */
export class TickMarks {
  /** The newest tick of each: -1 before the first. */
  sent = -1
  simulated = -1
  acknowledged = -1
  /** With fraction. */
  drawn = -1
  private readonly packets = new Int32Array(KEPT).fill(-1)
  private readonly packetOf = new Uint8Array(KEPT)
  private readonly snapshots = new Int32Array(KEPT).fill(-1)
  private readonly corrections = new Int32Array(KEPT).fill(-1)
  private packet = 0

  /** A packet with the inputs of these ticks has left. */
  sentInputs(from: number, to: number): void {
    this.packet ^= 1
    for (let tick = Math.max(from, to - KEPT + 1); tick <= to; tick++) {
      this.packets[tick % KEPT] = tick
      this.packetOf[tick % KEPT] = this.packet
    }
    this.sent = Math.max(this.sent, to)
  }

  snapshotCame(tick: number): void {
    this.snapshots[tick % KEPT] = tick
    this.acknowledged = tick
  }

  corrected(tick: number): void {
    this.corrections[tick % KEPT] = tick
  }

  /** 0 and 1 by turns, from packet to packet; -1: not sent. */
  packetAt(tick: number): number {
    return this.packets[tick % KEPT] === tick ? this.packetOf[tick % KEPT]! : -1
  }
  hasSnapshot(tick: number): boolean {
    return this.snapshots[tick % KEPT] === tick
  }
  isCorrected(tick: number): boolean {
    return this.corrections[tick % KEPT] === tick
  }

  /** Another room counts anew. */
  clear(): void {
    for (const marks of [this.packets, this.snapshots, this.corrections]) marks.fill(-1)
    this.sent = this.simulated = this.acknowledged = this.drawn = -1
  }
}
