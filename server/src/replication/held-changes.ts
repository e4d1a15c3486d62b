import { NOTHING } from './held.ts'
import type { Held } from './held.ts'

/** Slot, id, tick and mask. */
const NUMBERS = 4

/**
 * What one snapshot changed of what its client holds, so that it can be taken back. In columns, and used again: an object
 * per entity, client and snapshot that lives for a round trip was most of what the collector had to copy.
 */
export class HeldChanges {
  private readonly helds: Held[] = []
  private numbers: Float64Array = new Float64Array(16 * NUMBERS)
  private count = 0

  /** Remembers what is held of a slot, which is about to change. */
  remember(held: Held, slot: number): void {
    const at = this.count * NUMBERS
    if (at === this.numbers.length) this.grow()
    this.helds[this.count] = held
    this.numbers[at] = slot
    this.numbers[at + 1] = held.idAt(slot)
    this.numbers[at + 2] = held.tickAt(slot)
    this.numbers[at + 3] = held.maskAt(slot)
    this.count++
  }

  /** Puts everything back as it was, the newest change first; nothing is remembered then. */
  undo(): void {
    for (let i = this.count - 1; i >= 0; i--) {
      const at = i * NUMBERS
      const id = this.numbers[at + 1]!
      this.helds[i]!.set(this.numbers[at]!, id, id === NOTHING ? NOTHING : this.numbers[at + 2]!, this.numbers[at + 3]!)
    }
    this.count = 0
  }

  /** There is nothing to take back any more. */
  forget(): void {
    this.count = 0
  }

  private grow(): void {
    const grown = new Float64Array(2 * this.numbers.length)
    grown.set(this.numbers)
    this.numbers = grown
  }
}
