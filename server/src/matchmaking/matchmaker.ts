import { ConfigError, RefusedError } from '@tickwire/protocol'
import type { Clock, Timer } from '../clock.ts'
import { withTimeout } from '../timeout.ts'
import type { OpenRoom } from './backfill.ts'
import { matchTickets } from './match.ts'
import type { Match } from './match.ts'
import type { MatchmakerPort, TicketEnd, TicketListener, TicketState } from './port.ts'
import { countPlayers, proposedState, usersOf, withoutPromised } from './proposal.ts'
import type { Proposal, Waiting } from './proposal.ts'
import type { Queue } from './queue.ts'
import { checkTicket } from './ticket.ts'
import type { MatchTicket, TicketRequest } from './ticket.ts'
import { whyWaiting } from './why-waiting.ts'
import type { WhyWaiting } from './why-waiting.ts'

export interface MatchmakerOptions {
  readonly clock: Clock
  /** How often tickets are matched, in ms (default 500). */
  readonly passIntervalMs?: number
  /** Of a queue (default 256). When there are more, the next pass comes after a tenth of `passIntervalMs`. */
  readonly maxMatchesPerPass?: number
  /** How long `onMatch` may take, in ms (default 10 000). */
  readonly seatTimeoutMs?: number
  /** Tickets at a time; more are refused as `queue-full` (default 100 000). */
  readonly maxTickets?: number
}

export const MAX_MATCHES_PER_PASS = 256
const DEFAULTS = {
  passIntervalMs: 500,
  maxMatchesPerPass: MAX_MATCHES_PER_PASS,
  seatTimeoutMs: 10_000,
  maxTickets: 100_000,
}
/** Of the pass interval, when a pass was cut off. */
const SOON = 0.1

/**
 * Keeps tickets, matches them from time to time, and asks their players to accept. A user has at most one ticket. Without I/O:
 * what it does to the world goes through its port.
 */
export class Matchmaker<Placement> {
  private readonly queues: ReadonlyMap<string, Queue>
  private readonly port: MatchmakerPort<Placement>
  private readonly options: Required<MatchmakerOptions>
  /** Of all queues, in the order of asking. */
  private readonly tickets = new Map<number, Waiting<Placement>>()
  private readonly byUser = new Map<string, Waiting<Placement>>()
  private readonly proposals = new Set<Proposal<Placement>>()
  /** What listeners have still to hear: told when everything has been changed, so that they may call back. */
  private readonly news: [TicketListener<Placement>, TicketState<Placement>][] = []
  private isTelling = false
  private isClosed = false
  private nextId = 1
  private passTimer: Timer | null = null

  /** @throws ConfigError when two queues have the same name, or for an option that cannot work */
  constructor(queues: readonly Queue[], port: MatchmakerPort<Placement>, options: MatchmakerOptions) {
    this.queues = new Map(queues.map((queue) => [queue.name, queue]))
    if (this.queues.size < queues.length) throw new ConfigError('queues', 'different names', queues)
    this.port = port
    this.options = { ...DEFAULTS, ...options }
    for (const name of ['passIntervalMs', 'maxMatchesPerPass', 'seatTimeoutMs', 'maxTickets'] as const) {
      if (!(this.options[name] > 0)) throw new ConfigError(name, 'a number above 0', this.options[name])
    }
  }

  /**
   * Queues a player or a party. The listener hears every state behind the first `queued`, in order, never within this call.
   * @throws RefusedError `queue-not-found`, `already-queued`, `queue-full`, `queue-closed` or `bad-ticket`
   * @throws ConfigError for a user without a rating where the queue has a skill rule
   */
  enqueue(queueName: string, request: TicketRequest, listener: TicketListener<Placement>): MatchTicket {
    const queue = this.queues.get(queueName)
    if (queue === undefined) throw new RefusedError('queue-not-found')
    if (this.isClosed) throw new RefusedError('queue-closed')
    if (this.tickets.size >= this.options.maxTickets) throw new RefusedError('queue-full')
    const ticket = checkTicket(queue, request, this.nextId, this.options.clock.nowMs())
    const taken = ticket.players.find(({ userId }) => this.byUser.has(userId))
    if (taken !== undefined) throw new RefusedError('already-queued', `${taken.userId} has a ticket already`)
    this.nextId++
    const waiting: Waiting<Placement> = { queue, listener, ticket, state: { phase: 'queued' }, proposal: null }
    this.tickets.set(ticket.id, waiting)
    for (const { userId } of ticket.players) this.byUser.set(userId, waiting)
    this.schedule()
    return ticket
  }

  /**
   * The user does not want to play any more, or is gone: ends the whole ticket. While seats are being reserved that cannot be undone;
   * then the seat comes, unless `onMatch` fails.
   * @returns whether the user had a ticket
   */
  cancel(userId: string): boolean {
    const waiting = this.byUser.get(userId)
    if (waiting === undefined) return false
    if (waiting.state.phase === 'seating') waiting.proposal!.gone.add(userId)
    else this.giveUp(waiting, 'cancelled', userId)
    return true
  }

  /** @returns whether there was something to accept */
  accept(userId: string): boolean {
    const waiting = this.byUser.get(userId)
    const proposal = waiting?.proposal ?? null
    if (proposal === null || waiting?.state.phase !== 'proposed') return false
    if (proposal.accepted.has(userId)) return true
    proposal.accepted.add(userId)
    if (proposal.accepted.size === proposal.players) this.seat(proposal)
    else for (const member of proposal.members) this.set(member, proposedState(proposal, member))
    this.tell()
    return true
  }

  /**
   * Ends the user's ticket; the others go back to the queue, to its front if they had accepted.
   * @returns whether there was something to decline
   */
  decline(userId: string): boolean {
    const waiting = this.byUser.get(userId)
    if (waiting?.state.phase !== 'proposed') return false
    this.giveUp(waiting, 'declined', userId)
    return true
  }

  /** Where the user's ticket stands, or null without one. */
  stateOf(userId: string): TicketState<Placement> | null {
    return this.byUser.get(userId)?.state ?? null
  }

  /** What keeps the user's ticket waiting, or null when none of theirs is queued. */
  whyWaiting(userId: string): WhyWaiting | null {
    const waiting = this.byUser.get(userId)
    if (waiting?.state.phase !== 'queued') return null
    return whyWaiting(waiting.queue, waiting.ticket, this.queued(waiting.queue), this.options.clock.nowMs())
  }

  /** Tickets of a queue that wait for a match. */
  queuedTickets(queueName: string): number {
    const queue = this.queues.get(queueName)
    return queue === undefined ? 0 : this.queued(queue).length
  }

  /** Ends all tickets; none is taken any more. */
  close(): void {
    this.isClosed = true
    this.passTimer?.cancel()
    for (const { timer } of this.proposals) timer?.cancel()
    this.proposals.clear()
    for (const waiting of this.tickets.values()) this.end(waiting, 'closed', [])
    this.tell()
  }

  private schedule(intervals: number = 1): void {
    const { clock, passIntervalMs } = this.options
    this.passTimer ??= clock.setTimer(() => this.pass(), intervals * passIntervalMs)
  }

  private pass(): void {
    this.passTimer = null
    const { clock, maxMatchesPerPass } = this.options
    for (const queue of this.queues.values()) {
      const tickets = this.queued(queue)
      if (tickets.length === 0) continue
      const matches = matchTickets(queue, tickets, this.openRooms(queue), clock.nowMs(), maxMatchesPerPass)
      for (const match of matches) this.propose(queue, match)
      if (matches.length === maxMatchesPerPass) this.schedule(SOON)
    }
    for (const { state } of this.tickets.values()) if (state.phase === 'queued') this.schedule()
    this.tell()
  }

  private queued(queue: Queue): MatchTicket[] {
    const tickets: MatchTicket[] = []
    for (const waiting of this.tickets.values()) {
      if (waiting.queue === queue && waiting.state.phase === 'queued') tickets.push(waiting.ticket)
    }
    return tickets
  }

  private openRooms(queue: Queue): OpenRoom[] {
    const rooms = this.guard(() => this.port.openRooms(queue.name)) ?? []
    return withoutPromised(rooms, this.proposals)
  }

  private propose({ acceptMs }: Queue, match: Match): void {
    const tickets = match.teams.flat()
    const proposal: Proposal<Placement> = {
      match,
      members: tickets.map(({ id }) => this.tickets.get(id)!),
      players: countPlayers(tickets),
      accepted: new Set(),
      gone: new Set(),
      expiresAtMs: this.options.clock.nowMs() + (acceptMs ?? 0),
      timer: null,
    }
    this.proposals.add(proposal)
    for (const member of proposal.members) member.proposal = proposal
    if (acceptMs === null) return this.seat(proposal)
    proposal.timer = this.options.clock.setTimer(() => this.expire(proposal), acceptMs)
    for (const member of proposal.members) this.set(member, proposedState(proposal, member))
  }

  private seat(proposal: Proposal<Placement>): void {
    proposal.timer?.cancel()
    for (const member of proposal.members) this.set(member, { phase: 'seating' })
    const { clock, seatTimeoutMs } = this.options
    const placed = Promise.resolve().then(() => this.port.onMatch(proposal.match))
    withTimeout(clock, placed, seatTimeoutMs, `onMatch of queue ${proposal.match.queue}`).then(
      (placement) => this.seated(proposal, placement),
      (error: unknown) => this.notSeated(proposal, error),
    )
  }

  private seated(proposal: Proposal<Placement>, placement: Placement): void {
    // Closed meanwhile.
    if (!this.proposals.delete(proposal)) return
    for (const member of proposal.members) {
      this.remove(member)
      this.set(member, { phase: 'matched', match: proposal.match, placement })
    }
    this.tell()
  }

  private notSeated(proposal: Proposal<Placement>, error: unknown): void {
    this.port.onError(error)
    if (!this.proposals.has(proposal)) return
    for (const member of proposal.members) {
      const gone = usersOf(member).filter((userId) => proposal.gone.has(userId))
      if (gone.length > 0) this.end(member, 'cancelled', gone)
    }
    this.dissolve(proposal, () => true)
    this.tell()
  }

  private expire(proposal: Proposal<Placement>): void {
    for (const member of proposal.members) {
      const silent = usersOf(member).filter((userId) => !proposal.accepted.has(userId))
      if (silent.length > 0) this.end(member, 'not-accepted', silent)
    }
    this.dissolve(proposal, () => true)
    this.tell()
  }

  private giveUp(waiting: Waiting<Placement>, reason: TicketEnd, userId: string): void {
    const { proposal } = waiting
    this.end(waiting, reason, [userId])
    if (proposal !== null) {
      this.dissolve(proposal, (member) => usersOf(member).every((one) => proposal.accepted.has(one)))
    }
    this.tell()
  }

  /** Those who are still here go back to the queue, with the time that they have waited. */
  private dissolve(proposal: Proposal<Placement>, isFront: (member: Waiting<Placement>) => boolean): void {
    this.proposals.delete(proposal)
    proposal.timer?.cancel()
    for (const member of proposal.members) {
      if (member.state.phase === 'ended') continue
      member.proposal = null
      if (isFront(member)) member.ticket = { ...member.ticket, isFront: true }
      this.set(member, { phase: 'queued' })
      this.schedule()
    }
  }

  private end(waiting: Waiting<Placement>, reason: TicketEnd, by: readonly string[]): void {
    this.remove(waiting)
    this.set(waiting, { phase: 'ended', reason, by })
  }

  private remove(waiting: Waiting<Placement>): void {
    this.tickets.delete(waiting.ticket.id)
    for (const userId of usersOf(waiting)) this.byUser.delete(userId)
  }

  private set(waiting: Waiting<Placement>, state: TicketState<Placement>): void {
    waiting.state = state
    this.news.push([waiting.listener, state])
  }

  private tell(): void {
    if (this.isTelling) return
    this.isTelling = true
    // Also what is added meanwhile.
    for (const [listener, state] of this.news) this.guard(() => listener(state))
    this.news.length = 0
    this.isTelling = false
  }

  private guard<T>(call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.port.onError(error)
      return undefined
    }
  }
}
