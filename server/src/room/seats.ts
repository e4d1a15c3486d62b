import { iterateDense } from '../iterate-dense.ts'
import type { Seat } from './seat.ts'
import type { SeatLink } from './ports.ts'

/** The seats of a room by number; numbers are taken from the lowest on. */
export class Seats {
  private readonly seats: (Seat | undefined)[]
  private taken = 0
  private bots = 0

  constructor(maxPlayers: number) {
    this.seats = Array.from({ length: maxPlayers })
  }

  get free(): number {
    return this.seats.length - this.taken
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
  nextFree(): number {
    return this.seats.indexOf(undefined)
  }

  add(seat: Seat): void {
    this.seats[seat.id] = seat
    this.taken++
    if (seat.think !== null) this.bots++
  }

  remove(seat: Seat): void {
    if (this.seats[seat.id] !== seat) return
    this.seats[seat.id] = undefined
    this.taken--
    if (seat.think !== null) this.bots--
  }

  [Symbol.iterator](): Iterator<Seat> {
    return iterateDense(this.seats)
  }
}
