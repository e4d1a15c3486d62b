import { DecodeError, RefusedError } from '@tickwire/protocol'
import { lobbyCodec, PARTY_MEMBER } from '@tickwire/protocol/internal'
import type { SeatOffer, SeatPartyAsk } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Counters } from '../counters.ts'
import { drawInvite, normalInvite } from '../directory/invite.ts'
import type { ServerLimits } from '../limits.ts'
import { criteriaOf, newRoomOf } from '../link/seat-wish.ts'
import type { HostedType, RoomRegistry } from '../room/registry.ts'
import type { RandomBytes } from '../secrets.ts'
import type { GroupAsk, GroupSeats } from './group-seats.ts'
import type { Guesses } from './guesses.ts'
import type { Listing } from './listing.ts'
import { lobbyMessage } from './lobby.ts'
import type { LobbyClient, LobbyFeature } from './lobby.ts'
import { Party } from './party.ts'
import type { PresenceDesk } from './presence.ts'

export interface PartyDeskOptions {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly counters: Counters
  readonly limits: Pick<ServerLimits, 'maxParties' | 'maxPartyMembers'>
  readonly guesses: Guesses
  readonly registry: RoomRegistry
  readonly listing: Listing
  readonly seats: GroupSeats
  readonly presence: PresenceDesk
}

type LobbyParty = Party<LobbyClient>

/** Those who want to be seated together: a party, or one client in none. */
export interface Going {
  readonly members: readonly LobbyClient[]
  /** Nobody has left since. */
  readonly isWhole: () => boolean
  /** @param isSeated they have their seats: for the next time they are asked again */
  readonly end: (isSeated: boolean) => void
}

/** The parties of this process. A link is in one at most; it leaves when it ends, and not when it drops. */
export class PartyDesk {
  readonly feature: LobbyFeature
  /** Somebody is in no party any more: what was asked for all of it is no more what was asked. */
  onLeft: (client: LobbyClient) => void = () => undefined
  private readonly options: PartyDeskOptions
  private readonly byCode = new Map<string, LobbyParty>()
  private readonly byClient = new Map<LobbyClient, LobbyParty>()

  constructor(options: PartyDeskOptions) {
    this.options = options
    options.presence.onRenamed = (client) => this.tell(this.byClient.get(client))
    this.feature = {
      handlers: {
        createParty: (client, { maxMembers }) => this.create(client, maxMembers),
        joinParty: (client, { code }) => this.join(client, code),
        leaveParty: (client) => this.leave(client, 'left'),
        setReady: (client, { ready }) => this.change(client, (party) => party.setReady(client, ready)),
        promoteMember: (client, { member }) => this.change(client, (party) => party.promote(client, member)),
        kickMember: (client, { member }) => this.leave(this.partyOf(client).memberFor(client, member).client, 'kicked'),
        seatParty: (client, ask) => this.seat(client, ask),
        declineSeat: (client, { reservation }) => {
          options.seats.decline(client, reservation)
          return {}
        },
      },
      clientReloaded: (client) => this.tell(this.byClient.get(client)),
      clientGone: (client) => {
        options.seats.clientGone(client)
        this.leave(client, 'left')
      },
    }
  }

  /** @throws RefusedError `no-party` */
  partyOf(client: LobbyClient): LobbyParty {
    const party = this.byClient.get(client)
    if (party === undefined) throw new RefusedError('no-party', 'you are in no party')
    return party
  }

  /**
   * Seats are looked for, for this client and all whom it leads; until `end` nobody joins them.
   * @throws RefusedError when it does not lead them, or they may not go now
   */
  begin(by: LobbyClient): Going {
    const party = this.byClient.get(by)
    party?.expectGoing(by)
    const members = party === undefined ? [by] : [...party.members.keys()]
    for (const { seated } of members) {
      if (seated !== null) throw new RefusedError('already-seated', 'somebody sits in a room still: leave it first')
    }
    if (party !== undefined) party.isBusy = true
    return {
      members,
      // Clients in no party end with their link, and then so does all that they have asked for.
      isWhole: () => members.every((member) => this.byClient.get(member) === party),
      end: (isSeated) => {
        if (party === undefined) return
        party.isBusy = false
        if (isSeated) party.allUnready()
        this.tell(party)
      },
    }
  }

  private create(client: LobbyClient, maxMembers: number): object {
    const { limits, randomBytes, counters } = this.options
    this.expectNone(client)
    const most = limits.maxPartyMembers
    if (maxMembers < 2 || maxMembers > most) throw new RefusedError('bad-size', `a party is for 2 to ${most}`)
    if (this.byCode.size >= limits.maxParties) {
      counters.add('partiesRefused')
      throw new RefusedError('too-many-parties', `this server has ${limits.maxParties} parties; try again later`)
    }
    let code = drawInvite(randomBytes)
    while (this.byCode.has(code)) code = drawInvite(randomBytes)
    const party: LobbyParty = new Party(code, maxMembers, client)
    this.byCode.set(code, party)
    this.byClient.set(client, party)
    this.tell(party)
    return {}
  }

  private join(client: LobbyClient, typed: string): object {
    const { guesses, clock } = this.options
    this.expectNone(client)
    guesses.take(client, client.ip, clock.nowMs())
    const party = this.byCode.get(normalInvite(typed))
    if (party === undefined) throw new RefusedError('wrong-code', 'no party has this code; it may have ended')
    for (const { user } of party.members.keys()) {
      if (user.id === client.user.id)
        throw new RefusedError('already-in-party', 'you are in this party by another link')
    }
    party.join(client)
    this.byClient.set(client, party)
    this.tell(party)
    return {}
  }

  private expectNone(client: LobbyClient): void {
    if (this.byClient.has(client)) throw new RefusedError('already-in-party', 'leave your party first')
  }

  private leave(client: LobbyClient, reason: string): object {
    const party = this.byClient.get(client)
    if (party === undefined) return {}
    this.byClient.delete(client)
    party.leave(client)
    if (party.members.size === 0) this.byCode.delete(party.code)
    client.tell(lobbyMessage('partyEnded', { reason }))
    this.onLeft(client)
    this.tell(party)
    return {}
  }

  private change(client: LobbyClient, change: (party: LobbyParty) => void): object {
    const party = this.partyOf(client)
    change(party)
    this.tell(party)
    return {}
  }

  /** All of a party into one room; the leader gets its own seat as the answer, the others are offered theirs. */
  private async seat(leader: LobbyClient, asked: SeatPartyAsk): Promise<SeatOffer> {
    const { guesses, clock } = this.options
    this.partyOf(leader)
    if (asked.verb === 'joinByCode') guesses.take(leader, leader.ip, clock.nowMs())
    const ask = this.groupAsk(asked)
    const going = this.begin(leader)
    let offers: readonly SeatOffer[] | null = null
    try {
      offers = await this.offersFor(leader, going, ask)
    } finally {
      going.end(offers !== null)
    }
    return offers[going.members.indexOf(leader)]!
  }

  private async offersFor(
    leader: LobbyClient,
    { members, isWhole }: Going,
    ask: GroupAsk,
  ): Promise<readonly SeatOffer[]> {
    const { seats } = this.options
    const held = await seats.reserve(ask, userIdsOf(members))
    const { offers } = held
    if (!isWhole()) {
      seats.release(offers)
      throw new RefusedError('party-changed', 'somebody left the party meanwhile')
    }
    seats.plan(held, { options: ask.options, owner: leader.user.id })
    for (const [i, member] of members.entries()) {
      seats.give(member, offers[i]!)
      // Who leads hears it as the answer.
      if (member !== leader) member.tell(lobbyMessage('seatOffer', offers[i]!))
    }
    return offers
  }

  private groupAsk(asked: SeatPartyAsk): GroupAsk {
    const { registry, listing } = this.options
    const { game, verb, room, type, where, options } = asked
    const hosted = registry.typeOf(game, type)
    if (hosted === null) throw new RefusedError('unknown-game', `this server has no game "${game}" of type "${type}"`)
    listing.checkHash(game, asked.hash)
    checkOptions(hosted, options)
    const wish = { type, isPrivate: asked.private, password: '', where, options }
    const item = { verb, game, room, reservation: '', wish }
    return { criteria: criteriaOf(item, hosted, []), newRoom: newRoomOf(item, hosted), options }
  }

  private tell(party: LobbyParty | undefined): void {
    if (party === undefined) return
    const { code, maxMembers, leader } = party
    const members = Array.from(party.members.values(), ({ id, client, isReady }) => {
      const member = { id, user: client.user.id, alias: this.options.presence.aliasOf(client), ready: isReady }
      return lobbyCodec.encodePayload(PARTY_MEMBER, member, 'member')
    })
    for (const { id: me, client } of party.members.values()) {
      client.tell(lobbyMessage('party', { code, maxMembers, leader: leader.id, me, members }))
    }
  }
}

/** Now: later they would be the fault of whoever comes first and makes the room. */
function checkOptions({ codec }: HostedType, options: Uint8Array): void {
  try {
    codec.decodePatch(codec.schema.options, options)
  } catch (error) {
    if (error instanceof DecodeError) throw new RefusedError('bad-request', error.message)
    throw error
  }
}

const userIdsOf = (members: readonly LobbyClient[]): string[] => members.map(({ user }) => user.id)
