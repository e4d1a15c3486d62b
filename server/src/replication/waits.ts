import { NOTHING } from './held.ts'

/**
 * What one client may see, does not know and was not told yet, and since when. Whoever was not looked at in the
 * snapshot before is not waiting any more.
 */
export class Waits {
  private ids: Float64Array = new Float64Array(0)
  private sinceTicks: Float64Array = new Float64Array(0)
  private lookedTicks: Float64Array = new Float64Array(0)
  private tick = -1
  private previousTick = -1

  /** Begins the snapshot of a tick. */
  begin(tick: number, slots: number): void {
    if (this.tick !== tick) this.previousTick = this.tick
    this.tick = tick
    if (this.ids.length < slots) this.grow(2 * slots)
  }

  /** Ticks that an entity has been waiting. */
  age(slot: number, id: number): number {
    this.look(slot, id)
    return this.tick - this.sinceTicks[slot]!
  }

  /** The client is told. */
  end(slot: number): void {
    this.ids[slot] = NOTHING
  }

  private look(slot: number, id: number): void {
    const wasWaiting = this.ids[slot] === id && this.lookedTicks[slot]! >= this.previousTick
    if (!wasWaiting) {
      this.ids[slot] = id
      this.sinceTicks[slot] = this.tick
    }
    this.lookedTicks[slot] = this.tick
  }

  private grow(size: number): void {
    const { ids, sinceTicks, lookedTicks } = this
    this.ids = new Float64Array(size).fill(NOTHING)
    this.sinceTicks = new Float64Array(size)
    this.lookedTicks = new Float64Array(size)
    this.ids.set(ids)
    this.sinceTicks.set(sinceTicks)
    this.lookedTicks.set(lookedTicks)
  }
}
