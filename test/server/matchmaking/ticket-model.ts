import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

export const PASS_MS = 500
/** No multiple of what time passes in: few things fall together, and then in the order in which they were set. */
export const ACCEPT_MS = 1799

export type ModelState =
  | { phase: 'queued' | 'seating' | 'matched' }
  | { phase: 'proposed'; acceptedPlayers: number; accepted: readonly string[] }
  | { phase: 'ended'; reason: string; by: readonly string[] }

interface ModelTicket {
  readonly users: readonly string[]
  readonly order: number
  readonly sinceMs: number
  isFront: boolean
  state: ModelState
}

interface ModelMatch {
  readonly tickets: readonly ModelTicket[]
  readonly accepted: Set<string>
  readonly gone: Set<string>
  timer: { cancel(): void } | null
}

/**
 * What the life of a ticket is, for one queue of two teams of two and parties of two only: whoever is first in the queue plays with
 * whoever is second. Written without looking for speed, from the description of the phases.
 */
export class TicketModel {
  readonly clock: FakeClock = new FakeClock()
  /** All that ever were; a user's newest is the last with that name. */
  readonly tickets: ModelTicket[] = []
  /** Those in `seating`, in the order in which `onMatch` was called. */
  readonly seating: ModelMatch[] = []
  private readonly proposed: ModelMatch[] = []
  private isPassDue = false

  ticketOf(user: string): ModelTicket | undefined {
    return this.tickets.findLast(({ users }) => users.includes(user))
  }

  isActive(user: string): boolean {
    const phase = this.ticketOf(user)?.state.phase
    return phase !== undefined && phase !== 'matched' && phase !== 'ended'
  }

  enqueue(users: readonly string[]): boolean {
    if (users.some((user) => this.isActive(user))) return false
    const sinceMs = this.clock.nowMs()
    this.tickets.push({ users, order: this.tickets.length, sinceMs, isFront: false, state: { phase: 'queued' } })
    this.planPass()
    return true
  }

  cancel(user: string): boolean {
    const ticket = this.ticketOf(user)
    if (ticket === undefined || !this.isActive(user)) return false
    if (ticket.state.phase === 'seating') this.seating.find(({ tickets }) => tickets.includes(ticket))!.gone.add(user)
    else this.drop(ticket, 'cancelled', user)
    return true
  }

  decline(user: string): boolean {
    const ticket = this.ticketOf(user)
    if (ticket?.state.phase !== 'proposed') return false
    this.drop(ticket, 'declined', user)
    return true
  }

  accept(user: string): boolean {
    const ticket = this.ticketOf(user)
    if (ticket?.state.phase !== 'proposed') return false
    const match = this.proposed.find(({ tickets }) => tickets.includes(ticket))!
    match.accepted.add(user)
    if (match.accepted.size < 4) {
      this.propose(match)
      return true
    }
    this.proposed.splice(this.proposed.indexOf(match), 1)
    match.timer!.cancel()
    for (const one of match.tickets) one.state = { phase: 'seating' }
    this.seating.push(match)
    return true
  }

  /** The oldest `onMatch` answers. */
  finish(isPlaced: boolean): void {
    const match = this.seating.shift()
    for (const ticket of match?.tickets ?? []) {
      const by = ticket.users.filter((user) => match!.gone.has(user))
      if (isPlaced) ticket.state = { phase: 'matched' }
      else if (by.length > 0) ticket.state = { phase: 'ended', reason: 'cancelled', by }
      else this.requeue(ticket, true)
    }
  }

  private drop(ticket: ModelTicket, reason: string, user: string): void {
    const match = this.proposed.find(({ tickets }) => tickets.includes(ticket))
    ticket.state = { phase: 'ended', reason, by: [user] }
    if (match !== undefined) this.breakUp(match)
  }

  private breakUp(match: ModelMatch): void {
    this.proposed.splice(this.proposed.indexOf(match), 1)
    match.timer!.cancel()
    for (const ticket of match.tickets) {
      if (ticket.state.phase === 'ended') continue
      this.requeue(
        ticket,
        ticket.users.every((user) => match.accepted.has(user)),
      )
    }
  }

  private requeue(ticket: ModelTicket, isFront: boolean): void {
    ticket.isFront ||= isFront
    ticket.state = { phase: 'queued' }
    this.planPass()
  }

  private planPass(): void {
    if (this.isPassDue) return
    this.isPassDue = true
    this.clock.setTimer(() => this.pass(), PASS_MS)
  }

  private pass(): void {
    this.isPassDue = false
    const queue = this.tickets
      .filter(({ state }) => state.phase === 'queued')
      .toSorted((a, b) => Number(b.isFront) - Number(a.isFront) || a.sinceMs - b.sinceMs || a.order - b.order)
    for (let i = 0; i + 1 < queue.length; i += 2) {
      const match: ModelMatch = {
        tickets: [queue[i]!, queue[i + 1]!],
        accepted: new Set(),
        gone: new Set(),
        timer: null,
      }
      match.timer = this.clock.setTimer(() => this.expire(match), ACCEPT_MS)
      this.proposed.push(match)
      this.propose(match)
    }
    if (queue.length % 2 === 1) this.planPass()
  }

  private propose({ tickets, accepted }: ModelMatch): void {
    for (const ticket of tickets) {
      const mine = ticket.users.filter((user) => accepted.has(user))
      ticket.state = { phase: 'proposed', acceptedPlayers: accepted.size, accepted: mine }
    }
  }

  private expire(match: ModelMatch): void {
    for (const ticket of match.tickets) {
      const by = ticket.users.filter((user) => !match.accepted.has(user))
      if (by.length > 0) ticket.state = { phase: 'ended', reason: 'not-accepted', by }
    }
    this.breakUp(match)
  }
}
