/**
 * A list of slots that is filled anew in every snapshot. It keeps its storage when it is emptied: an array that is set to
 * length 0 grows from nothing each time.
 */
export class SlotList {
  count = 0
  /** The first `count` of these. */
  slots: Int32Array = new Int32Array(64)

  clear(): void {
    this.count = 0
  }

  push(slot: number): void {
    if (this.count === this.slots.length) this.grow()
    this.slots[this.count++] = slot
  }

  /** Puts them in rising order. */
  sort(): void {
    if (!this.isRising()) this.slots.subarray(0, this.count).sort()
  }

  [Symbol.iterator](): Iterator<number> {
    return this.slots.subarray(0, this.count)[Symbol.iterator]()
  }

  private isRising(): boolean {
    for (let i = 1; i < this.count; i++) if (this.slots[i - 1]! > this.slots[i]!) return false
    return true
  }

  private grow(): void {
    const grown = new Int32Array(2 * this.slots.length)
    grown.set(this.slots)
    this.slots = grown
  }
}
