import { GameCodec } from '../game-codec.ts'
import { hashText } from '../hash.ts'
import { LIMITS } from '../limits.ts'
import { defineGame } from '../schema/define.ts'
import type { TypedSchema } from '../schema/define.ts'
import { describeSection } from '../schema/describe.ts'
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
  },
})

export const LOBBY: TypedSchema<LobbyTypes> = schema

/** Both ends compare this in the handshake. */
export const LOBBY_HASH: number = hashText(
  [...describeSection(schema, 'messages'), ...describeSection(schema, 'requests')].join('\n'),
)

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

export type LobbyMessage = keyof LobbyTypes['messages']
export type LobbyRequest = keyof LobbyTypes['requests']

/** One per end: the lobby has no fields that need a packer. */
export const lobbyCodec: GameCodec = new GameCodec(schema)
