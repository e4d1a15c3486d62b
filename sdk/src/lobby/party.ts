import { DecodeError, LIMITS } from '@tickwire/protocol'
import { listingHash, lobbyCodec, PARTY_MEMBER } from '@tickwire/protocol/internal'
import type { Game, GameTypes } from '@tickwire/protocol'
import type {
  PartyMember as TravellingMember,
  PartyState,
  SeatOffer as Offer,
  SeatPartyAsk,
} from '@tickwire/protocol/internal'
import type { CreateOptions, JoinOptions } from '../client-api.ts'
import { Emitter } from '../events.ts'
import { Listeners } from '../listeners.ts'
import type { JoinedRoom, Unsubscribe } from '../room-api.ts'
import { wishOf } from '../wish.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { ticketOf } from './match-ticket.ts'
import type { HeldTicket } from './match-ticket.ts'
import type { MatchTicket, Party, PartyMember, SeatOffer } from './people-api.ts'
import type { PeopleHost } from './people-host.ts'

type Named = Pick<SeatPartyAsk, 'verb' | 'room'>

/** This client's place in a party, as the server last told it. */
export class JoinedParty implements Party {
  readonly code: string
  ended: string | null = null
  private readonly host: PeopleHost
  private readonly channel: LobbyChannel
  private readonly changes: Emitter<void>
  private readonly offers: Listeners<Offer>
  private readonly tickets: Listeners<HeldTicket>
  private told: Told

  /** @param channel the one that it was told on: on another there is no such party */
  constructor(state: PartyState, channel: LobbyChannel, host: PeopleHost) {
    this.code = state.code
    this.host = host
    this.channel = channel
    this.told = read(state)
    this.changes = new Emitter((error) => host.report('party.onChange: the listener threw', error))
    this.offers = new Listeners('party.onSeat', host.report)
    this.tickets = new Listeners('party.onTicket', host.report)
  }

  get maxMembers(): number {
    return this.told.maxMembers
  }
  get members(): readonly PartyMember[] {
    return this.told.members
  }
  get me(): PartyMember {
    return this.told.me
  }
  get leader(): PartyMember {
    return this.told.leader
  }

  onChange(listener: () => void): Unsubscribe {
    return this.changes.on(listener)
  }

  async setReady(ready: boolean = true): Promise<void> {
    await this.channel.request('setReady', { ready })
  }

  async promote({ id: member }: PartyMember): Promise<void> {
    await this.channel.request('promoteMember', { member })
  }

  async kick({ id: member }: PartyMember): Promise<void> {
    await this.channel.request('kickMember', { member })
  }

  async leave(): Promise<void> {
    if (this.ended === null) await this.channel.request('leaveParty', {})
  }

  joinOrCreate<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    options: JoinOptions<G> = {},
  ): Promise<JoinedRoom<G>> {
    return this.seat(game, join, { verb: 'joinOrCreate', room: options.key ?? '' }, options)
  }

  create<G extends GameTypes>(game: Game<G>, join: G['join'], options: CreateOptions<G> = {}): Promise<JoinedRoom<G>> {
    return this.seat(game, join, { verb: 'create', room: options.key ?? '' }, options)
  }

  joinById<G extends GameTypes>(game: Game<G>, roomId: string, join: G['join']): Promise<JoinedRoom<G>> {
    return this.seat(game, join, { verb: 'joinById', room: roomId }, {})
  }

  joinByCode<G extends GameTypes>(game: Game<G>, code: string, join: G['join']): Promise<JoinedRoom<G>> {
    return this.seat(game, join, { verb: 'joinByCode', room: code }, {})
  }

  onSeat<G extends GameTypes>(game: Game<G>, listener: (offer: SeatOffer<G>) => void | Promise<void>): Unsubscribe {
    return this.offers.add(game.schema.name, (offer) => {
      const done = listener({
        roomId: offer.room,
        accept: (join) => this.host.takeSeat(game, join, offer),
        decline: () => this.decline(offer),
      })
      // A join that fails rejects what an async listener waits for.
      if (done instanceof Promise)
        done.catch((error: unknown) => this.host.report('party.onSeat: the listener failed', error))
    })
  }

  onTicket<G extends GameTypes>(game: Game<G>, listener: (ticket: MatchTicket<G>) => void): Unsubscribe {
    return this.tickets.add(game.schema.name, (ticket) => listener(ticketOf(game, ticket, this.host)))
  }

  // --- what the server says ---

  update(state: PartyState): void {
    this.told = read(state)
    this.changes.emit()
  }

  end(reason: string): void {
    if (this.ended !== null) return
    this.ended = reason
    this.changes.emit()
  }

  offered(offer: Offer): void {
    if (this.offers.has(offer.game)) this.offers.emit(offer.game, offer)
    // A seat that nobody will take is somebody else's.
    else this.decline(offer).catch((error: unknown) => this.host.report('a seat could not be declined', error))
  }

  queued(ticket: HeldTicket): void {
    this.tickets.emit(ticket.gameName, ticket)
  }

  private async decline({ reservation }: Offer): Promise<void> {
    await this.channel.request('declineSeat', { reservation })
  }

  private async seat<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    named: Named,
    options: JoinOptions<G>,
  ): Promise<JoinedRoom<G>> {
    const codec = await this.host.codecOf(game)
    const { schema } = codec
    // What does not fit is said before anybody is seated.
    codec.encodePayload(schema.join, join, 'join')
    const { type, isPrivate, where, options: patch } = wishOf(codec, options)
    const ask = {
      ...named,
      game: schema.name,
      hash: listingHash(schema),
      type,
      private: isPrivate,
      where,
      options: patch,
    }
    return this.host.takeSeat(game, join, await this.channel.request('seatParty', ask, SEAT_TIMEOUT))
  }
}

/** The server's own limit, and the way there and back. */
const SEAT_TIMEOUT = { timeoutMs: LIMITS.joinTimeoutMs + 2000 }

type Told = Pick<Party, 'maxMembers' | 'members' | 'me' | 'leader'>

function read({ maxMembers, leader, me, members: bytes }: PartyState): Told {
  const members = bytes.map((one) => {
    const { id, user, alias, ready } = lobbyCodec.decodePayload(PARTY_MEMBER, one) as unknown as TravellingMember
    return { id, userId: user, alias, ready, leader: id === leader, me: id === me }
  })
  const numbered = (number: number): PartyMember => {
    const member = members.find(({ id }) => id === number)
    if (member === undefined) {
      throw new DecodeError('unexpected', { what: 'member', expected: 'one of the party', got: `${number}`, offset: 0 })
    }
    return member
  }
  return { maxMembers, members, me: numbered(me), leader: numbered(leader) }
}
