import { ConfigError, DecodeError, LIMITS, RefusedError } from '@tickwire/protocol'
import { queueHash } from '@tickwire/protocol/internal'
import type { QueueAsk } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Counters } from '../counters.ts'
import type { ServerLimits } from '../limits.ts'
import { Matchmaker } from '../matchmaking/matchmaker.ts'
import type { TicketState } from '../matchmaking/port.ts'
import type { TicketPlayer } from '../matchmaking/ticket.ts'
import type { RoomRegistry } from '../room/registry.ts'
import type { GroupSeats } from './group-seats.ts'
import type { HostedQueue } from './hosted-queue.ts'
import { lobbyMessage } from './lobby.ts'
import type { LobbyClient, LobbyFeature } from './lobby.ts'
import { MatchRooms } from './match-rooms.ts'
import type { Placement } from './match-rooms.ts'
import type { Going, PartyDesk } from './parties.ts'

export interface TicketDeskOptions {
  readonly queues: readonly HostedQueue[]
  readonly clock: Clock
  readonly counters: Counters
  readonly limits: Pick<ServerLimits, 'maxTickets' | 'joinTimeoutMs'>
  readonly registry: RoomRegistry
  readonly parties: PartyDesk
  readonly seats: GroupSeats
  readonly reportError: (where: string, error: unknown) => void
}

type State = TicketState<Placement>

/** One ticket on the wire: whom it is for. */
interface Held {
  readonly id: number
  readonly hosted: HostedQueue
  readonly going: Going
  state: State
  /** Who gave it up while seats were being reserved, which cannot be undone: they are left as soon as they come. */
  leaver: LobbyClient | null
}

/** How often those who wait are told why, and how many of them in one go: each answer looks at the whole queue. */
const TELL_EVERY_MS = 2000
const TELL_AT_ONCE = 32

/** The queues of this process: tickets that clients take, for themselves or for the party that they lead. */
export class TicketDesk {
  readonly feature: LobbyFeature
  private readonly options: TicketDeskOptions
  private readonly byName: ReadonlyMap<string, HostedQueue>
  private readonly matchmaker: Matchmaker<Placement>
  /** The same ticket under each of its clients. */
  private readonly held = new Map<LobbyClient, Held>()
  private readonly latencies = new Map<LobbyClient, Readonly<Record<string, number>>>()
  private teller: Timer | null = null
  /** Who was told last why it waits. */
  private lastTold = 0

  /** @throws ConfigError when two queues of a game have one name, or the room of one is none of the server's */
  constructor(options: TicketDeskOptions) {
    const { queues, clock, registry, seats, limits, parties, reportError } = options
    this.options = options
    this.byName = new Map(queues.map((hosted) => [nameOf(hosted), hosted]))
    if (this.byName.size < queues.length) throw new ConfigError('queues', 'different names within a game', 'the same')
    const onError = (error: unknown): void => reportError('matchmaking', error)
    const rooms = new MatchRooms({ byName: this.byName, registry, seats, clock, pauseMs: limits.joinTimeoutMs })
    // Games do not know of each other, and both may have a queue "ranked".
    const named = queues.map((hosted) => ({ ...hosted.queue, name: nameOf(hosted) }))
    const port = { openRooms: rooms.open, onMatch: rooms.seat, onError }
    this.matchmaker = new Matchmaker(named, port, { clock, maxTickets: limits.maxTickets })
    parties.onLeft = (client) => this.giveUp(client)
    this.feature = {
      handlers: {
        queue: (client, ask) => this.queue(client, ask),
        setLatencies: (client, { regions, roundTripsMs }) => {
          this.latencies.set(client, Object.fromEntries(regions.map((region, i) => [region, roundTripsMs[i]!])))
          return {}
        },
        acceptMatch: (client, { ticket }) => {
          // Said twice, it may come when all have said it.
          if (this.expectHeld(client, ticket).state.phase === 'seating') return {}
          if (!this.matchmaker.accept(client.user.id)) throw new RefusedError('no-match', 'there is nothing to accept')
          return {}
        },
        declineMatch: (client, { ticket }) => {
          this.expectHeld(client, ticket)
          if (!this.matchmaker.decline(client.user.id))
            throw new RefusedError('no-match', 'there is nothing to decline')
          return {}
        },
        cancelTicket: (client, { ticket }) => {
          this.expectHeld(client, ticket)
          this.giveUp(client)
          return {}
        },
      },
      // Who asked for the match is not there to take it.
      clientReloaded: (client) => this.giveUp(client),
      clientGone: (client) => {
        this.latencies.delete(client)
        this.giveUp(client)
      },
    }
  }

  /** Tickets that wait for a match, by `game:queue`. */
  get waiting(): ReadonlyMap<string, number> {
    return new Map([...this.byName.keys()].map((name) => [name, this.matchmaker.queuedTickets(name)]))
  }

  /** Ends all tickets; none is taken any more. */
  close(): void {
    this.matchmaker.close()
    this.teller?.cancel()
  }

  private async queue(client: LobbyClient, ask: QueueAsk): Promise<{ ticket: number }> {
    const { parties, counters } = this.options
    const hosted = this.byName.get(`${ask.game}:${ask.queue}`)
    try {
      if (hosted === undefined)
        throw new RefusedError('queue-not-found', `no queue "${ask.queue}" of "${ask.game}" here`)
      const attributes = this.attributesOf(hosted, ask)
      if (this.held.has(client)) throw new RefusedError('already-queued', 'you have a ticket already')
      const going = parties.begin(client)
      try {
        return { ticket: await this.take(hosted, going, attributes) }
      } catch (error) {
        going.end(false)
        throw error
      }
    } catch (error) {
      if (error instanceof RefusedError) counters.add('ticketsRefused')
      throw error
    }
  }

  private async take(hosted: HostedQueue, going: Going, attributes: Record<string, never>): Promise<number> {
    const players = await Promise.all(going.members.map((member) => this.playerOf(hosted, member)))
    if (!going.isWhole()) throw new RefusedError('party-changed', 'somebody left the party meanwhile')
    const busy = going.members.some((member) => this.held.has(member))
    if (busy) throw new RefusedError('already-queued', 'somebody of the party has a ticket already')
    const request = { players, attributes }
    const { id } = this.matchmaker.enqueue(nameOf(hosted), request, (state) => this.changed(held, state))
    const held: Held = { id, hosted, going, state: { phase: 'queued' }, leaver: null }
    for (const member of going.members) this.held.set(member, held)
    this.tellWhy(held)
    this.teller ??= this.options.clock.setTimer(() => this.tellSome(), TELL_EVERY_MS)
    return id
  }

  private async playerOf({ rate, latencies }: HostedQueue, client: LobbyClient): Promise<TicketPlayer> {
    const { user } = client
    const measured = this.latencies.get(client) ?? {}
    const latencyMs = latencies === null ? measured : await latencies(user, measured)
    return { userId: user.id, latencyMs, ...(rate !== null && { rating: await rate(user) }) }
  }

  private attributesOf({ codec }: HostedQueue, { queue, hash, attributes }: QueueAsk): Record<string, never> {
    const { schema } = codec
    if (queueHash(schema, queue) !== hash) {
      throw new RefusedError(
        'schema-mismatch',
        `queue "${queue}" differs between the page and the server; reload the page`,
      )
    }
    try {
      return codec.decodePayload(schema.queues[queue]!, attributes) as Record<string, never>
    } catch (error) {
      if (error instanceof DecodeError) throw new RefusedError('bad-request', error.message)
      throw error
    }
  }

  /** Whoever leaves takes the whole ticket along. */
  private giveUp(client: LobbyClient): void {
    const held = this.held.get(client)
    if (held === undefined) return
    if (held.state.phase === 'seating') held.leaver ??= client
    this.matchmaker.cancel(client.user.id)
  }

  private expectHeld(client: LobbyClient, ticket: number): Held {
    const held = this.held.get(client)
    if (held?.id !== ticket) throw new RefusedError('no-ticket', 'this ticket is over')
    return held
  }

  private changed(held: Held, state: State): void {
    held.state = state
    const { id: ticket } = held
    switch (state.phase) {
      case 'queued':
        this.tellWhy(held)
        return
      case 'proposed':
        this.tellProposed(held, state)
        return
      case 'seating':
        this.tellAll(held, lobbyMessage('ticketSeating', { ticket }))
        return
      case 'matched':
        this.matched(held, state)
        return
      case 'ended':
        this.over(held, false)
        this.tellEnded(held, state.reason, (client) => state.by.includes(client.user.id))
    }
  }

  private matched(held: Held, { match, placement }: Extract<State, { phase: 'matched' }>): void {
    const { id: ticket, going, leaver } = held
    const { seats } = this.options
    const region = match.region ?? ''
    this.over(held, leaver === null)
    if (leaver !== null) {
      seats.release(going.members.map(({ user }) => placement.get(user.id)!))
      this.tellEnded(held, 'cancelled', (client) => client === leaver)
      return
    }
    for (const member of going.members) {
      const offer = placement.get(member.user.id)!
      seats.give(member, offer)
      member.tell(lobbyMessage('ticketMatched', { ticket, region, ...offer }))
    }
  }

  private over({ going }: Held, isSeated: boolean): void {
    for (const member of going.members) this.held.delete(member)
    going.end(isSeated)
  }

  private tellProposed(held: Held, { expiresAtMs, players, acceptedPlayers, accepted }: ProposedState): void {
    const expiresInMs = Math.max(0, Math.ceil(expiresAtMs - this.options.clock.nowMs()))
    for (const member of held.going.members) {
      const mine = accepted.includes(member.user.id)
      member.tell(
        lobbyMessage('ticketProposed', { ticket: held.id, expiresInMs, players, acceptedPlayers, accepted: mine }),
      )
    }
  }

  private tellEnded({ id: ticket, going }: Held, reason: Ending, isMine: (client: LobbyClient) => boolean): void {
    for (const member of going.members) {
      member.tell(lobbyMessage('ticketEnded', { ticket, reason, mine: isMine(member) }))
    }
  }

  private tellAll({ going }: Held, message: ReturnType<typeof lobbyMessage>): void {
    for (const member of going.members) member.tell(message)
  }

  private tellWhy(held: Held): void {
    const { id: ticket, hosted, going } = held
    const why = this.matchmaker.whyWaiting(going.members[0]!.user.id)
    if (why === null) return
    const shown = (players: number): number => Math.min(players, LIMITS.maxCountedPlayers)
    const { reason, waitedMs, needed, full } = why
    const queued = {
      queued: shown(why.queued),
      alike: shown(why.alike),
      near: shown(why.near),
      similar: shown(why.similar),
    }
    const named = { ticket, game: hosted.room.game.schema.name, queue: hosted.queue.name }
    this.tellAll(held, lobbyMessage('ticketQueued', { ...named, reason, waitedMs, needed, full, ...queued }))
  }

  /** In turn, so that all are told in the end however many there are. */
  private tellSome(): void {
    this.teller = null
    if (this.held.size === 0) return
    const waiting = [...new Set(this.held.values())].filter(({ state }) => state.phase === 'queued')
    const next = waiting.filter(({ id }) => id > this.lastTold).slice(0, TELL_AT_ONCE)
    for (const held of next) this.tellWhy(held)
    this.lastTold = next.length < TELL_AT_ONCE ? 0 : next.at(-1)!.id
    this.teller = this.options.clock.setTimer(() => this.tellSome(), TELL_EVERY_MS)
  }
}

type ProposedState = Extract<State, { phase: 'proposed' }>
type Ending = Extract<State, { phase: 'ended' }>['reason']

const nameOf = ({ queue, room }: HostedQueue): string => `${room.game.schema.name}:${queue.name}`
