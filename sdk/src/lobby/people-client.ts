import { ConfigError } from '@tickwire/protocol'
import { queueHash } from '@tickwire/protocol/internal'
import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type { GameCodec, SeatOffer } from '@tickwire/protocol/internal'
import { StateError } from '../errors.ts'
import { Emitter } from '../events.ts'
import type { Report } from '../report.ts'
import type { JoinedRoom, Unsubscribe } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { HeldTicket, ticketOf } from './match-ticket.ts'
import { JoinedParty } from './party.ts'
import type { DirectMessage, FoundPlayer, MatchTicket, Party, People } from './people-api.ts'
import type { PeopleHost } from './people-host.ts'

const DEFAULT_PARTY_SIZE = 4

/** Parties, tickets and names of one client: at whichever server it is, over drops and rooms. The rest of a client is built on it. */
export abstract class PeopleClient implements People, PeopleHost {
  alias: string | null = null
  readonly report: Report
  private readonly directs: Emitter<DirectMessage>
  private readonly tickets = new Map<number, HeldTicket>()
  private joined: JoinedParty | null = null
  private newestTicket: HeldTicket | null = null
  private stops: Unsubscribe[] = []
  /** `queue` calls whose answer is not here yet: a ticket that comes meanwhile is their own. */
  private asking = 0

  constructor(report: Report) {
    this.report = report
    this.directs = new Emitter((error) => report('onDirect: the listener threw', error))
  }

  abstract channel(): LobbyChannel
  abstract codecOf(game: { readonly schema: GameSchema }): Promise<GameCodec>
  /** Null when there is no answer. */
  protected abstract measure(url: string): Promise<number | null>
  abstract takeSeat<G extends GameTypes>(game: Game<G>, join: G['join'], seat: SeatOffer): Promise<JoinedRoom<G>>

  /** The client is on another link, which knows nothing of the one before. */
  protected attachPeople(channel: LobbyChannel): void {
    for (const stop of this.stops) stop()
    this.peopleLost()
    this.stops = [
      channel.on('party', (state) => {
        if (this.joined?.code === state.code && this.joined.ended === null) this.joined.update(state)
        else this.joined = new JoinedParty(state, channel, this)
      }),
      channel.on('partyEnded', ({ reason }) => this.endParty(reason)),
      channel.on('seatOffer', (offer) => this.joined?.offered(offer)),
      channel.on('direct', (message) => this.directs.emit(message)),
      channel.on('ticketQueued', (told) => {
        const known = this.tickets.get(told.ticket)
        if (known !== undefined) return known.queued(told)
        const ticket = new HeldTicket(told, channel, this.report)
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
      channel.onRenewed(() => this.peopleLost()),
    ]
  }

  /** The link is over, and all that belonged to it. */
  protected peopleLost(): void {
    this.alias = null
    this.endParty('link-lost')
    for (const ticket of this.tickets.values()) ticket.become({ phase: 'ended', reason: 'link-lost', mine: false })
    this.tickets.clear()
  }

  get party(): Party | null {
    return this.joined
  }

  async createParty({ maxMembers = DEFAULT_PARTY_SIZE }: { readonly maxMembers?: number } = {}): Promise<Party> {
    await this.channel().request('createParty', { maxMembers })
    return this.expectParty()
  }

  async joinParty(code: string): Promise<Party> {
    await this.channel().request('joinParty', { code })
    return this.expectParty()
  }

  async queue<G extends GameTypes, Q extends keyof G['queues'] & string>(
    game: Game<G>,
    queue: Q,
    attributes: G['queues'][Q],
  ): Promise<MatchTicket<G>> {
    const codec = await this.codecOf(game)
    const { schema } = codec
    const fields = schema.queues[queue]
    if (fields === undefined) throw new ConfigError('queue', `one of ${Object.keys(schema.queues).join(', ')}`, queue)
    const payload = codec.encodePayload(fields, attributes, queue)
    const ask = { game: schema.name, queue, hash: queueHash(schema, queue), attributes: payload }
    this.asking++
    try {
      const { ticket } = await this.channel().request('queue', ask)
      // It was told ahead of the answer, and may be over by now.
      if (this.newestTicket?.id === ticket) return ticketOf(game, this.newestTicket, this)
      throw new StateError('ticket-ended', 'the link was lost while it was asked for a ticket')
    } finally {
      this.asking--
    }
  }

  async setLatencies(roundTripsMs: Readonly<Record<string, number>>): Promise<void> {
    const regions = Object.keys(roundTripsMs)
    const ms = Object.values(roundTripsMs).map((one) => Math.ceil(one))
    await this.channel().request('setLatencies', { regions, roundTripsMs: ms })
  }

  async measureLatencies(urls: Readonly<Record<string, string>>): Promise<Record<string, number>> {
    const measured = await Promise.all(
      Object.entries(urls).map(async ([region, url]) => [region, await this.measure(url)] as const),
    )
    const reached = Object.fromEntries(measured.flatMap(([region, ms]) => (ms === null ? [] : [[region, ms]])))
    await this.setLatencies(reached)
    return reached
  }

  async setAlias(typed: string): Promise<string> {
    const { alias } = await this.channel().request('setAlias', { alias: typed })
    this.alias = alias === '' ? null : alias
    return alias
  }

  async setStatus(status: string): Promise<void> {
    await this.channel().request('setStatus', { status })
  }

  async find(typed: string): Promise<FoundPlayer> {
    const { room, ...found } = await this.channel().request('find', { alias: typed })
    return { ...found, roomId: room === '' ? null : room }
  }

  async sendTo(alias: string, text: string): Promise<void> {
    await this.channel().request('sendTo', { alias, text })
  }

  onDirect(listener: (message: DirectMessage) => void): Unsubscribe {
    return this.directs.on(listener)
  }

  async block(alias: string, blocked: boolean = true): Promise<void> {
    await this.channel().request('block', { alias, blocked })
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
