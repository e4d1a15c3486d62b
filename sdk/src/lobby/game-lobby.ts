import { LIMITS } from '@tickwire/protocol'
import { listingHash } from '@tickwire/protocol/internal'
import type { GameTypes } from '@tickwire/protocol'
import type { GameCodec, QueryFields } from '@tickwire/protocol/internal'
import type { Report } from '../report.ts'
import type { RequestOptions } from '../room-api.ts'
import type { ListListeners, LiveRooms, Lobby, RoomListing, RoomPage, RoomQuery } from './lobby-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { readListing, WatchedList } from './room-lists.ts'
import type { AnyListeners, RoomLists } from './room-lists.ts'
import { whereText } from './where.ts'

/** What a game's lobby needs of its client. */
export interface LobbyHost {
  readonly lists: RoomLists
  readonly report: Report
  /** Of the link that is open, or one that is opened now. */
  channel(): LobbyChannel
  codec(): Promise<GameCodec>
}

const DEFAULT_LIMIT = 50

export class GameLobby<G extends GameTypes> implements Lobby<G> {
  private readonly host: LobbyHost

  constructor(host: LobbyHost) {
    this.host = host
  }

  async list(
    { cursor, ...query }: RoomQuery<G> & { readonly cursor?: string | null } = {},
    options?: RequestOptions,
  ): Promise<RoomPage<G>> {
    const codec = await this.host.codec()
    const ask = { ...fieldsOf(codec, query), cursor: cursor ?? '' }
    const { rooms, ...page } = await this.host.channel().request('list', ask, options)
    return {
      rooms: rooms.map((bytes) => readListing(codec, bytes) as RoomListing<G>),
      cursor: page.cursor === '' ? null : page.cursor,
      total: page.total,
    }
  }

  async watch(query: RoomQuery<G>, listeners: ListListeners<G> = {}): Promise<LiveRooms<G>> {
    const { host } = this
    const codec = await host.codec()
    host.channel()
    const ask = { ...fieldsOf(codec, query), watch: host.lists.nextNumber }
    const list = new WatchedList(ask, codec, listeners as AnyListeners, host.report)
    await host.lists.watch(list)
    return {
      get rooms() {
        return list.rooms as readonly RoomListing<G>[]
      },
      close: () => host.lists.close(list),
    }
  }
}

function fieldsOf({ schema }: GameCodec, { where, sort = '', limit = DEFAULT_LIMIT }: RoomQuery<never>): QueryFields {
  // Beyond the limit it would not fit the field; the server says so for what does.
  const asked = Math.min(limit, LIMITS.maxListedRooms)
  return { game: schema.name, hash: listingHash(schema), where: whereText(where), sort, limit: asked }
}
