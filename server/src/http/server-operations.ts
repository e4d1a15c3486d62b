import { RefusedError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import type { Directory, NewRoom, ReserveAnswer, RoomEntry, SeatCriteria } from '../directory/directory.ts'
import type { Listing } from '../lobby/listing.ts'
import type { Passwords } from '../lobby/passwords.ts'
import { createPacker } from '../room/packer.ts'
import type { RoomPort } from '../room/ports.ts'
import type { HostedType, RoomRegistry } from '../room/registry.ts'
import type { Traffic } from '../traffic.ts'
import { parseCriteria } from '@tickwire/protocol/internal'
import type {
  CreateAsk,
  CreatedRoom,
  ListingChanges,
  ListQuery,
  Operations,
  Overview,
  ReserveAsk,
  ReservedSeats,
  RoomDetail,
  RoomListing,
  RoomSummary,
} from './operations.ts'

/** The parts of a server that operations work on. */
export interface OperationParts {
  readonly registry: RoomRegistry
  readonly directory: Directory
  readonly listing: Listing
  readonly passwords: Passwords
  readonly traffic: Readonly<Traffic>
  readonly links: { readonly online: number; readonly dropped: number }
  readonly isReady: () => boolean
}

/** `Operations` of a running server. */
export class ServerOperations implements Operations {
  private readonly parts: OperationParts
  private readonly codecs = new Map<string, GameCodec>()

  constructor(parts: OperationParts) {
    this.parts = parts
  }

  get isReady(): boolean {
    return this.parts.isReady()
  }

  get games(): readonly GameSchema[] {
    const { registry } = this.parts
    return registry.games.map((name) => registry.typeOf(name, '')!.type.game.schema)
  }

  get overview(): Overview {
    const { links, traffic, registry } = this.parts
    const rooms = Array.from(registry.all(), (room) => {
      const { id, gameName: game, key, maxPlayers, freeSeats, tick } = room
      return { id, game, key, players: maxPlayers - freeSeats, maxPlayers, tick }
    })
    return {
      ready: this.isReady,
      linksOnline: links.online,
      linksDropped: links.dropped,
      traffic: { ...traffic },
      rooms,
    }
  }

  async list({ cursor, ...query }: ListQuery): Promise<RoomListing> {
    const { rooms, cursor: next, total } = await this.parts.listing.list(query, cursor)
    return { rooms: rooms.map((room) => this.summary(room)), cursor: next, total }
  }

  watch(query: ListQuery, listener: (changes: ListingChanges) => void): Promise<{ close(): void }> {
    const { cursor: _firstPage, ...asked } = query
    return this.parts.listing.subscribe(asked, ({ removed, rooms }) => {
      listener({ removed, rooms: rooms.map((room) => this.summary(room)) })
    })
  }

  room(roomId: string): RoomDetail | null {
    const room = this.parts.registry.get(roomId)
    if (room === null) return null
    const { id, gameName: game, key, tick, maxPlayers, isLocked } = room
    return { id, game, key, tick, maxPlayers, isLocked, ...room.operator.inspect() }
  }

  async create(ask: CreateAsk): Promise<CreatedRoom> {
    const { registry, directory, passwords } = this.parts
    const hosted = this.hosted(ask.game, ask.type)
    const { schema } = hosted.type.game
    const options = this.codecOf(schema).encodePatch(schema.options, ask.options ?? {}, 'options')
    const password = await passwords.hash(ask.password ?? '')
    const criteria: SeatCriteria = { game: ask.game, type: hosted.typeName, by: 'new' }
    const planned = newRoom(hosted, ask.key, ask.visibility)
    const answer = localOnly(await directory.reserve(criteria, { userIds: [] }, planned))
    const { roomId, key, invite, isListed, reservation } = answer
    try {
      registry.open(hosted.type, roomId, key, {
        type: hosted.typeName,
        invite,
        isListed,
        password,
        options,
        owner: null,
      })
      return { roomId, invite }
    } finally {
      // Nobody comes by it: the room stands by itself now, or could not be made.
      await directory.release(reservation)
    }
  }

  async reserve(ask: ReserveAsk): Promise<ReservedSeats> {
    const hosted = this.hosted(ask.game, undefined)
    const mayCreate = ask.createIfNone ?? ask.roomId === undefined
    const planned = mayCreate ? newRoom(hosted, ask.key, undefined) : null
    const answer = await this.parts.directory.reserve(criteriaOf(ask), { userIds: ask.userIds }, planned)
    if (answer.kind === 'none') throw new RefusedError(answer.reason)
    const seats = ask.userIds.map((userId, index) => ({ userId, reservation: answer.seats[index]! }))
    return answer.kind === 'local'
      ? { seats, roomId: answer.roomId, url: null }
      : { seats, roomId: null, url: answer.url }
  }

  removePlayer(roomId: string, seat: number, ban: boolean): void {
    this.hostedRoom(roomId).operator.remove(seat, ban)
  }

  dispose(roomId: string): void {
    this.hostedRoom(roomId).dispose()
  }

  send(roomId: string, seat: number | null, message: string, payload: object): void {
    this.hostedRoom(roomId).operator.send(seat, message, payload)
  }

  private summary(entry: RoomEntry): RoomSummary {
    const { roomId: id, game, type, key, maxPlayers, freeSeats, spectators, isLocked, hasPassword, shown } = entry
    const schema = this.hosted(game, type).type.game.schema
    const codec = this.codecOf(schema)
    return {
      id,
      type,
      key,
      players: Math.max(0, maxPlayers - freeSeats),
      maxPlayers,
      spectators,
      locked: isLocked,
      password: hasPassword,
      revision: shown.revision,
      options: codec.decodePayload(schema.options, shown.options),
      metadata: codec.decodePayload(schema.metadata, shown.metadata),
    }
  }

  private hosted(game: string, type: string | undefined): HostedType {
    const hosted = this.parts.registry.typeOf(game, type ?? '')
    if (hosted !== null) return hosted
    const known = this.parts.registry.games.join(', ')
    throw new RefusedError(
      'unknown-game',
      `this server has no "${game}"${type ? ` of type "${type}"` : ''}; it has ${known}`,
    )
  }

  private hostedRoom(roomId: string): RoomPort {
    const room = this.parts.registry.get(roomId)
    if (room === null) throw new RefusedError('room-not-found', `this process has no room "${roomId}"`)
    return room
  }

  private codecOf(schema: GameSchema): GameCodec {
    const known = this.codecs.get(schema.name)
    if (known !== undefined) return known
    const codec = new GameCodec(schema, createPacker())
    this.codecs.set(schema.name, codec)
    return codec
  }
}

function newRoom(hosted: HostedType, key: string | undefined, visibility: CreateAsk['visibility']): NewRoom {
  const { typeName: type, maxPlayers } = hosted
  const isListed = (visibility ?? hosted.type.definition.visibility ?? 'public') === 'public'
  return { type, key: key ?? null, maxPlayers, isListed }
}

function criteriaOf({ game, roomId, key, where }: ReserveAsk): SeatCriteria {
  if (roomId !== undefined) return { game, by: 'roomId', roomId }
  if (key !== undefined) return { game, by: 'key', key }
  return { game, by: 'any', where: parseCriteria(where ?? '') }
}

/** A room that is asked for here is made here. */
function localOnly(answer: ReserveAnswer): Extract<ReserveAnswer, { kind: 'local' }> {
  if (answer.kind === 'local') return answer
  throw new RefusedError(answer.kind === 'none' ? answer.reason : 'server-error')
}
