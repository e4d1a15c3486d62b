import type { Clock } from '../clock.ts'

export interface PlannedRoom {
  /** A patch of the game's. */
  readonly options: Uint8Array
  /** See `RoomTerms`. */
  readonly owner: string | null
}

interface Kept extends PlannedRoom {
  readonly expiresAtMs: number
}

/** What rooms will be made with that seats are reserved in already, and nobody has come to yet. */
export class RoomPlans {
  private readonly clock: Clock
  private readonly keptMs: number
  private readonly plans = new Map<string, Kept>()

  /** @param keptMs as long as reservations */
  constructor(clock: Clock, keptMs: number) {
    this.clock = clock
    this.keptMs = keptMs
  }

  add(roomId: string, plan: PlannedRoom): void {
    const nowMs = this.clock.nowMs()
    for (const [id, { expiresAtMs }] of this.plans) {
      // All are kept equally long, so they stand in the order of their ends.
      if (expiresAtMs > nowMs) break
      this.plans.delete(id)
    }
    this.plans.set(roomId, { ...plan, expiresAtMs: nowMs + this.keptMs })
  }

  /** Of a room that is made now, perhaps not for the first time; null: whoever makes it says. */
  get(roomId: string): PlannedRoom | null {
    return this.plans.get(roomId) ?? null
  }
}
