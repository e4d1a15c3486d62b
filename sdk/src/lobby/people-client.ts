import { ConfigError } from '@tickwire/protocol'
import { queueHash } from '@tickwire/protocol/internal'
import type { Game, GameTypes } from '@tickwire/protocol'
import { StateError } from '../errors.ts'
import type { Unsubscribe } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { HeldTicket, ticketOf } from './match-ticket.ts'
import { JoinedParty } from './party.ts'
import type { FoundPlayer, MatchTicket, Party, People } from './people-api.ts'
import type { PeopleHost } from './people-host.ts'

const DEFAULT_PARTY_SIZE = 4

/** Parties, tickets and names of one client: at whichever server it is, over drops and rooms. */
export class PeopleClient implements Omit<People, 'onDirect'> {
  alias: string | null = null
  private readonly host: PeopleHost
  private readonly tickets = new Map<number, HeldTicket>()
  private joined: JoinedParty | null = null
  private newestTicket: HeldTicket | null = null
  private stops: Unsubscribe[] = []
  /** `queue` calls whose answer is not here yet: a ticket that comes meanwhile is their own. */
  private asking = 0

  constructor(host: PeopleHost) {
    this.host = host
  }

  /** The client is on another link, which knows nothing of the one before. */
  attach(channel: LobbyChannel): void {
    for (const stop of this.stops) stop()
    this.lost()
    this.stops = [
      channel.on('party', (state) => {
        if (this.joined?.code === state.code && this.joined.ended === null) this.joined.update(state)
        else this.joined = new JoinedParty(state, channel, this.host)
      }),
      channel.on('partyEnded', ({ reason }) => this.endParty(reason)),
      channel.on('seatOffer', (offer) => this.joined?.offered(offer)),
      channel.on('direct', (message) => this.host.directs.emit(message)),
      channel.on('ticketQueued', (told) => {
        const known = this.tickets.get(told.ticket)
        if (known !== undefined) return known.queued(told)
        const ticket = new HeldTicket(told, channel, this.host.report)
        this.tickets.set(ticket.id, ticket)
        this.newestTicket = ticket
        if (this.asking === 0) this.joined?.queued(ticket)
      }),
      channel.on('ticketProposed', ({ ticket, ...proposed }) => {
        this.tickets.get(ticket)?.become({ phase: 'proposed', ...proposed })
      }),
      channel.on('ticketSeating', ({ ticket }) => this.tickets.get(ticket)?.become({ phase: 'seating' })),
      channel.on('ticketMatched', (told) => this.over(told.ticket)?.matched(told)),
      channel.on('ticketEnded', ({ ticket, ...ended }) => this.over(ticket)?.become({ phase: 'ended', ...ended })),
      channel.onRenewed(() => this.lost()),
    ]
  }

  /** The link is over, and all that belonged to it. */
  lost(): void {
    this.alias = null
    this.endParty('link-lost')
    for (const ticket of this.tickets.values()) ticket.become({ phase: 'ended', reason: 'link-lost', mine: false })
    this.tickets.clear()
  }

  get party(): Party | null {
    return this.joined
  }

  async createParty({ maxMembers = DEFAULT_PARTY_SIZE }: { readonly maxMembers?: number } = {}): Promise<Party> {
    await this.host.channel().request('createParty', { maxMembers })
    return this.expectParty()
  }

  async joinParty(code: string): Promise<Party> {
    await this.host.channel().request('joinParty', { code })
    return this.expectParty()
  }

  async queue<G extends GameTypes, Q extends keyof G['queues'] & string>(
    game: Game<G>,
    queue: Q,
    attributes: G['queues'][Q],
  ): Promise<MatchTicket<G>> {
    const codec = await this.host.codecOf(game)
    const { schema } = codec
    const fields = schema.queues[queue]
    if (fields === undefined)
      throw new ConfigError('queue', `one of ${Object.keys(schema.queues).join(', ') || '(none)'}`, queue)
    const payload = codec.encodePayload(fields, attributes, queue)
    const ask = { game: schema.name, queue, hash: queueHash(schema, queue), attributes: payload }
    this.asking++
    try {
      const { ticket } = await this.host.channel().request('queue', ask)
      // It was told ahead of the answer, and may be over by now.
      if (this.newestTicket?.id === ticket) return ticketOf(game, this.newestTicket, this.host)
      throw new StateError('ticket-ended', 'the link was lost while it was asked for a ticket')
    } finally {
      this.asking--
    }
  }

  async setLatencies(roundTripsMs: Readonly<Record<string, number>>): Promise<void> {
    const regions = Object.keys(roundTripsMs)
    const ms = Object.values(roundTripsMs).map((one) => Math.ceil(one))
    await this.host.channel().request('setLatencies', { regions, roundTripsMs: ms })
  }

  async measureLatencies(urls: Readonly<Record<string, string>>): Promise<Record<string, number>> {
    const measured = await Promise.all(
      Object.entries(urls).map(async ([region, url]) => [region, await this.host.measure(url)] as const),
    )
    const reached = Object.fromEntries(measured.flatMap(([region, ms]) => (ms === null ? [] : [[region, ms]])))
    await this.setLatencies(reached)
    return reached
  }

  async setAlias(typed: string): Promise<string> {
    const { alias } = await this.host.channel().request('setAlias', { alias: typed })
    this.alias = alias === '' ? null : alias
    return alias
  }

  async setStatus(status: string): Promise<void> {
    await this.host.channel().request('setStatus', { status })
  }

  async find(typed: string): Promise<FoundPlayer> {
    const { room, ...found } = await this.host.channel().request('find', { alias: typed })
    return { ...found, roomId: room === '' ? null : room }
  }

  async sendTo(alias: string, text: string): Promise<void> {
    await this.host.channel().request('sendTo', { alias, text })
  }

  async block(alias: string, blocked: boolean = true): Promise<void> {
    await this.host.channel().request('block', { alias, blocked })
  }

  /** It was told ahead of the answer, and may be over by now. */
  private expectParty(): Party {
    if (this.joined === null) throw new StateError('party-ended', 'you are in this party no more')
    return this.joined
  }

  private endParty(reason: string): void {
    const { joined } = this
    this.joined = null
    joined?.end(reason)
  }

  /** Nothing follows on this ticket. */
  private over(id: number): HeldTicket | undefined {
    const ticket = this.tickets.get(id)
    this.tickets.delete(id)
    return ticket
  }
}
