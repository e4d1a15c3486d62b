import type { Clock } from '../clock.ts'

interface Plan {
  readonly options: Uint8Array
  readonly expiresAtMs: number
}

/** What rooms will be made with that seats are reserved in already, and nobody has come to yet. */
export class RoomPlans {
  private readonly clock: Clock
  private readonly keptMs: number
  private readonly plans = new Map<string, Plan>()

  /** @param keptMs as long as reservations */
  constructor(clock: Clock, keptMs: number) {
    this.clock = clock
    this.keptMs = keptMs
  }

  /** @param options a patch of the game's */
  add(roomId: string, options: Uint8Array): void {
    const nowMs = this.clock.nowMs()
    for (const [id, { expiresAtMs }] of this.plans) {
      // All are kept equally long, so they stand in the order of their ends.
      if (expiresAtMs > nowMs) break
      this.plans.delete(id)
    }
    this.plans.set(roomId, { options, expiresAtMs: nowMs + this.keptMs })
  }

  /** The options of a room that is made now, perhaps not for the first time; null: whoever makes it says. */
  optionsOf(roomId: string): Uint8Array | null {
    return this.plans.get(roomId)?.options ?? null
  }
}
