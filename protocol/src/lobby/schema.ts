import { GameCodec } from '../game-codec.ts'
import { LIMITS } from '../limits.ts'
import { defineGame } from '../schema/define.ts'
import type { TypedSchema } from '../schema/define.ts'
import { field } from '../schema/field.ts'
import type { FieldMap } from '../schema/field.ts'
import type { LobbyTypes } from './types.ts'

/**
 * What is said on channel 0, in the words that games use: messages and requests of fields. What a game declares itself
 * (options, metadata, profiles) travels inside as bytes. New ones are added at the end: their place is their number.
 */

const name = field.text({ maxBytes: LIMITS.maxNameBytes })
const section = field.bytes({ maxBytes: LIMITS.maxSectionBytes })
const watch = field.uint({ max: LIMITS.maxWatchNumber })
const room = field.bytes({ maxBytes: LIMITS.maxListedRoomBytes })

const query = {
  game: name,
  hash: field.tick(),
  where: field.text({ maxBytes: LIMITS.maxWhereBytes }),
  sort: name,
  limit: field.uint({ max: LIMITS.maxListedRooms }),
}
const cursor = field.text({ maxBytes: LIMITS.maxCursorBytes })

const member = field.uint({ max: LIMITS.maxPartyMemberNumber })
const partySize = field.uint({ max: LIMITS.maxPartyMembers })
const ticket = field.tick()
const count = field.uint({ max: LIMITS.maxCountedPlayers })
const alias = field.text({ maxBytes: LIMITS.maxAliasBytes })
const status = field.text({ maxBytes: LIMITS.maxStatusBytes })
const directText = field.text({ maxBytes: LIMITS.maxDirectBytes })
const seatOffer = { reservation: name, url: field.text({ maxBytes: LIMITS.maxUrlBytes }), game: name, room: name }

const schema = defineGame({
  name: 'lobby',
  tickRateHz: 1,
  messages: {
    rooms: {
      toClient: {
        watch,
        removed: field.list(name, { maxItems: LIMITS.maxListedRooms }),
        rooms: field.list(room, { maxItems: LIMITS.maxListedRooms }),
        more: field.bool(),
      },
    },
    party: {
      toClient: {
        code: name,
        maxMembers: partySize,
        leader: member,
        me: member,
        members: field.list(field.bytes({ maxBytes: LIMITS.maxPartyMemberBytes }), {
          maxItems: LIMITS.maxPartyMembers,
        }),
      },
    },
    partyEnded: { toClient: { reason: name } },
    seatOffer: { toClient: seatOffer },
    ticketQueued: {
      toClient: {
        ticket,
        game: name,
        queue: name,
        reason: field.oneOf('players', 'attributes', 'latency', 'skill', 'full-match', 'company'),
        waitedMs: field.tick(),
        needed: count,
        full: count,
        queued: count,
        alike: count,
        near: count,
        similar: count,
      },
    },
    ticketProposed: {
      toClient: { ticket, expiresInMs: field.tick(), players: count, acceptedPlayers: count, accepted: field.bool() },
    },
    ticketSeating: { toClient: { ticket } },
    ticketMatched: { toClient: { ticket, ...seatOffer, region: name } },
    ticketEnded: {
      toClient: {
        ticket,
        reason: field.oneOf('cancelled', 'declined', 'not-accepted', 'closed'),
        mine: field.bool(),
      },
    },
    direct: { toClient: { from: alias, text: directText } },
  },
  requests: {
    list: {
      ask: { ...query, cursor },
      reply: {
        rooms: field.list(room, { maxItems: LIMITS.maxListedRooms }),
        cursor,
        total: field.tick(),
      },
    },
    watch: { ask: { ...query, watch }, reply: {} },
    unwatch: { ask: { watch }, reply: {} },
    removePlayer: { ask: { room: name, seat: field.seat(), ban: field.bool() }, reply: {} },
    lockRoom: { ask: { room: name, locked: field.bool() }, reply: {} },
    transferRoom: { ask: { room: name, seat: field.seat() }, reply: {} },
    setMetadata: { ask: { room: name, revision: field.tick(), patch: section }, reply: { revision: field.tick() } },
    setProfile: { ask: { room: name, patch: section }, reply: {} },
    setView: {
      ask: { room: name, everything: field.bool(), x: field.f32(), y: field.f32(), radius: field.f32() },
      reply: {},
    },
    createParty: { ask: { maxMembers: partySize }, reply: {} },
    joinParty: { ask: { code: name }, reply: {} },
    leaveParty: { ask: {}, reply: {} },
    setReady: { ask: { ready: field.bool() }, reply: {} },
    promoteMember: { ask: { member }, reply: {} },
    kickMember: { ask: { member }, reply: {} },
    seatParty: {
      ask: {
        game: name,
        hash: field.tick(),
        verb: field.oneOf('joinOrCreate', 'create', 'joinById', 'joinByCode'),
        room: name,
        type: name,
        private: field.bool(),
        where: field.text({ maxBytes: LIMITS.maxWhereBytes }),
        options: section,
      },
      reply: seatOffer,
    },
    declineSeat: { ask: { reservation: name }, reply: {} },
    queue: {
      ask: {
        game: name,
        queue: name,
        hash: field.tick(),
        attributes: section,
      },
      reply: { ticket },
    },
    setLatencies: {
      ask: {
        regions: field.list(name, { maxItems: LIMITS.maxQueueRegions }),
        roundTripsMs: field.list(field.uint({ max: LIMITS.maxRoundTripMs }), { maxItems: LIMITS.maxQueueRegions }),
      },
      reply: {},
    },
    acceptMatch: { ask: { ticket }, reply: {} },
    declineMatch: { ask: { ticket }, reply: {} },
    cancelTicket: { ask: { ticket }, reply: {} },
    setAlias: { ask: { alias: name }, reply: { alias } },
    setStatus: { ask: { status }, reply: {} },
    find: { ask: { alias: name }, reply: { alias, status, room: name } },
    sendTo: { ask: { alias: name, text: directText }, reply: {} },
    block: { ask: { alias: name, blocked: field.bool() }, reply: {} },
  },
})

export const LOBBY: TypedSchema<LobbyTypes> = schema

/** A room in a list: the payload within `rooms` and `list`. */
export const LISTED_ROOM: FieldMap = {
  id: name,
  type: name,
  key: name,
  players: field.uint({ max: LIMITS.maxSeatsPerRoom }),
  maxPlayers: field.uint({ max: LIMITS.maxSeatsPerRoom }),
  spectators: field.uint({ max: LIMITS.maxSeatsPerRoom }),
  locked: field.bool(),
  password: field.bool(),
  revision: field.tick(),
  options: section,
  metadata: section,
}

/** Somebody in a party: the payload within `party`. */
export const PARTY_MEMBER: FieldMap = { id: member, user: name, alias, ready: field.bool() }

export type LobbyMessage = keyof LobbyTypes['messages']
export type LobbyRequest = keyof LobbyTypes['requests']

/** One per end: the lobby has no fields that need a packer. */
export const lobbyCodec: GameCodec = new GameCodec(schema)
