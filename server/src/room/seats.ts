import { iterateDense } from '../iterate-dense.ts'
import type { Seat } from './seat.ts'
import type { SeatLink } from './ports.ts'

/** The seats of a room by number; numbers are taken from the lowest on. */
export class Seats {
  private readonly seats: (Seat | undefined)[]
  private readonly maxPlayers: number
  private taken = 0
  private bots = 0
  private watching = 0

  /** Spectators hold the numbers from `maxPlayers` on: no entity is ever theirs. */
  constructor(maxPlayers: number, maxSpectators: number) {
    this.maxPlayers = maxPlayers
    this.seats = Array.from({ length: maxPlayers + maxSpectators })
  }

  /** How many more players there is room for. */
  get free(): number {
    return this.maxPlayers - this.taken
  }

  get spectators(): number {
    return this.watching
  }

  /** How many are held by somebody with a client. */
  get people(): number {
    return this.taken - this.bots
  }

  at(id: number): Seat | undefined {
    return this.seats[id]
  }

  byLink(link: SeatLink): Seat | undefined {
    return this.seats.find((seat) => seat?.link === link)
  }

  /** The lowest free number, or -1. */
  nextFree(isSpectator: boolean): number {
    const id = this.seats.indexOf(undefined, isSpectator ? this.maxPlayers : 0)
    return isSpectator || id < this.maxPlayers ? id : -1
  }

  add(seat: Seat): void {
    this.seats[seat.id] = seat
    this.count(seat, 1)
  }

  remove(seat: Seat): void {
    if (this.seats[seat.id] !== seat) return
    this.seats[seat.id] = undefined
    this.count(seat, -1)
  }

  private count(seat: Seat, change: 1 | -1): void {
    if (seat.isSpectator) this.watching += change
    else this.taken += change
    if (seat.think !== null) this.bots += change
  }

  [Symbol.iterator](): Iterator<Seat> {
    return iterateDense(this.seats)
  }
}
