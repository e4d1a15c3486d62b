import { LIMITS, RefusedError } from '@tickwire/protocol'
import {
  attributesOf,
  checkCriteria,
  LISTED_ROOM,
  listingHash,
  lobbyCodec,
  parseCriteria,
} from '@tickwire/protocol/internal'
import type { AttributeType, ListAsk, ListedRoom, ListReply } from '@tickwire/protocol/internal'
import type { Directory, RoomChanges, RoomEntry, RoomPage, RoomQuery, RoomWatch } from '../directory/directory.ts'
import type { RoomRegistry } from '../room/registry.ts'
import { lobbyMessage } from './lobby.ts'
import type { LobbyClient, LobbyFeature } from './lobby.ts'

/** What a list is asked for by, as people and pages say it. */
export interface ListQuery {
  readonly game: string
  /** Conditions; '' has none. */
  readonly where?: string
  /** An attribute, with `-` ahead of it for the highest first. */
  readonly sort?: string
  /** 1 to `maxListedRooms` (default). */
  readonly limit?: number
}

/** Bytes of rooms in one message or reply: a payload holds more than this by the rest of it. */
const MAX_BATCH_BYTES = LIMITS.maxPayloadBytes - LIMITS.maxListedRoomBytes - 512

interface Listable {
  readonly attributes: ReadonlyMap<string, AttributeType>
  readonly hash: number
}

/** Lists of rooms, once or followed: for clients, and for whoever serves them by other ways. */
export class Listing {
  private readonly directory: Directory
  private readonly registry: RoomRegistry
  private readonly games = new Map<string, Listable>()

  constructor(directory: Directory, registry: RoomRegistry) {
    this.directory = directory
    this.registry = registry
  }

  /** One page. @throws RefusedError `unknown-game`, `bad-where`, `bad-sort`, `bad-limit`, `bad-cursor` */
  async list(query: ListQuery, cursor: string = ''): Promise<RoomPage> {
    return this.directory.list(this.check(query), cursor)
  }

  /**
   * Tells the first rooms that match, then each change of these, until it is closed.
   * @throws RefusedError like `list`
   */
  async subscribe(query: ListQuery, listener: (changes: RoomChanges) => void): Promise<RoomWatch> {
    return this.directory.watch(this.check(query), listener)
  }

  /** @throws RefusedError `schema-mismatch` for a page that would read the list wrongly */
  checkHash(game: string, hash: number): void {
    if (this.listable(game).hash !== hash) {
      throw new RefusedError('schema-mismatch', `"${game}" differs between the page and the server; reload the page`)
    }
  }

  private check({ game, where = '', sort = '', limit = LIMITS.maxListedRooms }: ListQuery): RoomQuery {
    const { attributes } = this.listable(game)
    const criteria = parseCriteria(where)
    checkCriteria(criteria, attributes)
    const sortBy = sort === '' ? 'id' : sort
    if (!attributes.has(sortBy.replace(/^-/, ''))) {
      throw new RefusedError(
        'bad-sort',
        `rooms are sorted by one of ${[...attributes.keys()].join(', ')}; got "${sort}"`,
      )
    }
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.maxListedRooms) {
      throw new RefusedError('bad-limit', `a list has 1 to ${LIMITS.maxListedRooms} rooms; got ${limit}`)
    }
    return { game, where: criteria, sort: sortBy, limit }
  }

  private listable(game: string): Listable {
    const known = this.games.get(game)
    if (known !== undefined) return known
    const schema = this.registry.typeOf(game, '')?.type.game.schema
    if (schema === undefined) throw new RefusedError('unknown-game', `this server has no game "${game}"`)
    const listable = { attributes: attributesOf(schema), hash: listingHash(schema) }
    this.games.set(game, listable)
    return listable
  }
}

/** What clients ask of lists. @param maxWatches how many each may follow at once */
export function listingFeature(listing: Listing, maxWatches: number): LobbyFeature {
  const watches = new Map<LobbyClient, Map<number, RoomWatch>>()
  const end = (client: LobbyClient, watch: number): void => {
    watches.get(client)?.get(watch)?.close()
    watches.get(client)?.delete(watch)
  }
  return {
    handlers: {
      list: (client, ask) => list(listing, ask),
      watch: async (client, { watch, ...ask }) => {
        const own = watches.get(client) ?? new Map<number, RoomWatch>()
        if (own.size >= maxWatches && !own.has(watch)) {
          throw new RefusedError('too-many-watches', `at most ${maxWatches} lists may be watched at once`)
        }
        end(client, watch)
        watches.set(client, own)
        listing.checkHash(ask.game, ask.hash)
        const made = await listing.subscribe(ask, (changes) => tell(client, watch, changes))
        // Given up, or gone, while the directory was busy.
        if (watches.get(client) === own) own.set(watch, made)
        else made.close()
        return {}
      },
      unwatch: (client, { watch }) => {
        end(client, watch)
        return {}
      },
    },
    clientGone: (client) => {
      for (const watch of watches.get(client)?.values() ?? []) watch.close()
      watches.delete(client)
    },
  }
}

async function list(listing: Listing, { cursor, ...ask }: ListAsk): Promise<ListReply> {
  listing.checkHash(ask.game, ask.hash)
  const page = await listing.list(ask, cursor)
  const [batch] = batches(page.rooms)
  if (batch === undefined || batch.length === page.rooms.length) {
    return { rooms: (batch ?? []).map(({ bytes }) => bytes), cursor: page.cursor, total: page.total }
  }
  // Not all fit into one reply: the page is shorter, and the next one begins behind it.
  const shorter = await listing.list({ ...ask, limit: batch.length }, cursor)
  return { rooms: batch.map(({ bytes }) => bytes), cursor: shorter.cursor, total: page.total }
}

function tell(client: LobbyClient, watch: number, { removed, rooms }: RoomChanges): void {
  const all = batches(rooms)
  const last = Math.max(0, all.length - 1)
  for (let i = 0; i <= last; i++) {
    const bytes = (all[i] ?? []).map((one) => one.bytes)
    client.tell(lobbyMessage('rooms', { watch, removed: i === 0 ? [...removed] : [], rooms: bytes, more: i < last }))
  }
}

interface Encoded {
  readonly bytes: Uint8Array
}

/** Rooms as they travel, in portions that fit one payload. */
function batches(rooms: readonly RoomEntry[]): Encoded[][] {
  const all: Encoded[][] = []
  let left = 0
  for (const room of rooms) {
    const bytes = encodeRoom(room)
    if (bytes.length + 2 > left || all.length === 0) {
      all.push([])
      left = MAX_BATCH_BYTES
    }
    left -= bytes.length + 2
    all.at(-1)!.push({ bytes })
  }
  return all
}

/** Many watch the same lists: each state of a room is encoded once. */
const encodedRooms = new WeakMap<RoomEntry, Uint8Array>()

function encodeRoom(entry: RoomEntry): Uint8Array {
  const known = encodedRooms.get(entry)
  if (known !== undefined) return known
  const { roomId: id, type, key, maxPlayers, freeSeats, spectators, isLocked, hasPassword, shown } = entry
  const { revision, options, metadata } = shown
  const players = Math.max(0, maxPlayers - freeSeats)
  const named = { id, type, key: key ?? '', players, maxPlayers, spectators }
  const room: ListedRoom = { ...named, locked: isLocked, password: hasPassword, revision, options, metadata }
  const bytes = lobbyCodec.encodePayload(LISTED_ROOM, room, 'room')
  encodedRooms.set(entry, bytes)
  return bytes
}
