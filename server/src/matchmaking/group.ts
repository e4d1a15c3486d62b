import type { Pool } from './pool.ts'
import type { Queue } from './queue.ts'
import { Seating } from './seating.ts'

/**
 * A match that is being put together in one lane: everybody in it accepts everybody, and all can be seated. One serves for a whole
 * pass, since thousands are begun and few become matches.
 */
export class Group {
  readonly pool: Pool
  /** Tickets by index. */
  readonly members: number[] = []
  players: number = 0
  /** Somebody suited, but their party did not fit in. */
  hasTurnedAway: boolean = false
  /** The skill that a further ticket must have: in the window of each one here. */
  low: number = -Infinity
  high: number = Infinity
  private weakest = Infinity
  private strongest = -Infinity
  private readonly seating: Seating
  private readonly seats: number
  private readonly mustDiffer: boolean
  /** How many tickets there are for n players. */
  private readonly sizes: number[]
  private readonly present = new Set<string>()

  constructor(queue: Queue, pool: Pool) {
    const { count, max } = queue.teams
    this.pool = pool
    this.seating = new Seating(queue)
    this.seats = count * max
    this.mustDiffer = queue.attributes.differ.length > 0
    this.sizes = Array.from({ length: max + 1 }, () => 0)
  }

  get isFull(): boolean {
    return this.players === this.seats
  }

  /** Starts anew with one who always fits. */
  begin(first: number): void {
    this.members.length = 0
    this.players = 0
    this.hasTurnedAway = false
    this.low = this.strongest = -Infinity
    this.high = this.weakest = Infinity
    this.sizes.fill(0)
    // Clearing allocates, also when there is nothing to clear.
    if (this.mustDiffer) this.present.clear()
    this.add(first)
  }

  /** Says whether the ticket fitted. */
  add(index: number): boolean {
    const skill = this.pool.skills[index]!
    const window = this.pool.windows[index]!
    const players = this.pool.players[index]!
    if (skill < this.low || skill > this.high) return false
    if (this.weakest < skill - window || this.strongest > skill + window) return false
    const { unique } = this.pool.tickets[index]!
    if (this.mustDiffer && unique.some((one) => this.present.has(one))) return false
    if (!this.addSize(players)) {
      this.hasTurnedAway = true
      return false
    }
    if (this.mustDiffer) for (const one of unique) this.present.add(one)
    this.members.push(index)
    this.players += players
    this.low = Math.max(this.low, skill - window)
    this.high = Math.min(this.high, skill + window)
    this.weakest = Math.min(this.weakest, skill)
    this.strongest = Math.max(this.strongest, skill)
    return true
  }

  private addSize(players: number): boolean {
    if (this.players + players > this.seats) return false
    this.sizes[players]!++
    // Who comes alone finds a seat as long as one is free.
    if (players === 1 || this.seating.fits(this.sizes)) return true
    this.sizes[players]!--
    return false
  }
}
