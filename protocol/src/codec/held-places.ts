import type { HeldEntity } from './staging.ts'

/** Finds entities by their places among those that are held, by slots. It is asked for rising places. */
export class HeldPlaces {
  private bySlot: readonly (HeldEntity | undefined)[] = []
  private leaving: ReadonlySet<number> = new Set()
  private place = -1
  private slot = -1

  /** @param leaving slots that do not count */
  begin(bySlot: readonly (HeldEntity | undefined)[], leaving: ReadonlySet<number>): void {
    this.bySlot = bySlot
    this.leaving = leaving
    this.place = -1
    this.slot = -1
  }

  /** Undefined: so many are not held. */
  at(place: number): HeldEntity | undefined {
    const { bySlot, leaving } = this
    while (this.place < place && ++this.slot < bySlot.length) {
      if (bySlot[this.slot] !== undefined && !leaving.has(this.slot)) this.place++
    }
    return bySlot[this.slot]
  }
}
