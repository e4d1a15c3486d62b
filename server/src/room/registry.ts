import { ConfigError, LIMITS, RefusedError } from '@tickwire/protocol'
import { differingSection, GameCodec } from '@tickwire/protocol/internal'
import type { SchemaHashes } from '@tickwire/protocol/internal'
import type { Directory, RoomReport } from '../directory/directory.ts'
import type { Logger } from '../log.ts'
import type { RandomBytes } from '../secrets.ts'
import { createPacker } from './packer.ts'
import { DEFAULT_MAX_PLAYERS } from './ports.ts'
import type { AnyRoomType, JoinAsk, RoomMaker, RoomPort, RoomTerms, SeatGrant, SeatLink } from './ports.ts'

/** A kind of room that this server hosts. */
export interface HostedType {
  readonly type: AnyRoomType
  /** Of the game. */
  readonly name: string
  /** Among those of its game. */
  readonly typeName: string
  readonly isPrivate: boolean
  readonly hashes: SchemaHashes
  /** Of its game, for what is said before there is a room. */
  readonly codec: GameCodec
  readonly maxPlayers: number
}

/** Told why when a seat ends that its link did not give up. */
export type OnGone = (reason: string) => void

interface Occupant {
  readonly link: SeatLink
  readonly onGone: OnGone
}

interface HostedRoom {
  readonly room: RoomPort
  readonly occupants: Map<number, Occupant>
  /**
   * Those whose seat the directory still counts as reserved. To it their seats are free: counted twice, they would keep
   * others out of a room that has place.
   */
  readonly reserved: Set<SeatLink>
  /** Seats that ended before their join was told, while joins run: else nobody would ever hear of it. */
  readonly goneEarly: Map<number, string>
  runningJoins: number
  /** How many reports were made of it. */
  order: number
  /** The directory's calls about one room keep their order, whatever each takes. */
  told: Promise<void>
}

type Tell = (directory: Directory, report: () => RoomReport, hosted: HostedRoom) => Promise<void>

export interface RegistryOptions {
  readonly types: readonly AnyRoomType[]
  readonly maker: RoomMaker
  readonly directory: Directory
  readonly randomBytes: RandomBytes
  readonly maxRooms: number
  readonly log: Logger
}

/** The rooms of this process, by id. */
export class RoomRegistry {
  private readonly options: RegistryOptions
  /** By game, then by their own names; the first is that of who names none. */
  private readonly types: ReadonlyMap<string, ReadonlyMap<string, HostedType>>
  private readonly rooms = new Map<string, HostedRoom>()

  /** @throws ConfigError when no type is given, or two of one game */
  constructor(options: RegistryOptions) {
    this.options = options
    this.types = hostedTypes(options.types)
  }

  get size(): number {
    return this.rooms.size
  }

  /** No further room may be opened. */
  get isFull(): boolean {
    return this.rooms.size >= this.options.maxRooms
  }

  /** Names of the games that can be joined. */
  get games(): readonly string[] {
    return [...this.types.keys()]
  }

  /** The longest time that any room keeps a dropped seat, in ms: how long a client has reason to come back. */
  get resumeWindowMs(): number {
    const all = [...this.types.values()].flatMap((ofGame) => [...ofGame.values()])
    return Math.max(...all.map(({ type }) => type.definition.resumeWindowMs ?? LIMITS.resumeWindowMs))
  }

  /** The type of this name, or with '' the first of the game. */
  typeOf(game: string, typeName: string): HostedType | null {
    const ofGame = this.types.get(game)
    if (ofGame === undefined) return null
    if (typeName !== '') return ofGame.get(typeName) ?? null
    const [first] = ofGame.values()
    return first ?? null
  }

  /** The names of a game's room types. */
  typeNames(game: string): readonly string[] {
    return [...(this.types.get(game)?.keys() ?? [])]
  }

  /** The rooms that are open. */
  *all(): Iterable<RoomPort> {
    for (const { room } of this.rooms.values()) yield room
  }

  /** Those that run. */
  ofType(game: string, typeName: string): RoomPort[] {
    const all = Array.from(this.rooms.values(), ({ room }) => room)
    return all.filter((room) => room.gameName === game && room.terms.type === typeName)
  }

  get(roomId: string): RoomPort | null {
    return this.rooms.get(roomId)?.room ?? null
  }

  /**
   * The room of this id, made now if there is none.
   * @throws RefusedError `server-full`; DecodeError for options that are not the game's; and whatever `onCreate` throws
   */
  open(type: AnyRoomType, id: string, key: string | null, terms: RoomTerms): RoomPort {
    const known = this.rooms.get(id)
    if (known !== undefined) return known.room
    const { maker, maxRooms, log } = this.options
    if (this.isFull) throw new RefusedError('server-full', `all ${maxRooms} rooms of this server are open`)
    const room = maker.create(type, { id, key, epoch: this.drawEpoch(), terms })
    this.host(room)
    log.info(`room ${id} of ${room.gameName} opened`)
    return room
  }

  /**
   * `RoomPort.join`, for somebody with a reservation; `confirm` ends that. From the grant on, `onGone` hears when the seat
   * ends.
   */
  async join(room: RoomPort, ask: JoinAsk, onGone: OnGone): Promise<SeatGrant> {
    const hosted = this.rooms.get(room.id)
    if (hosted === undefined) throw new RefusedError('room-gone', `room ${room.id} has ended`)
    const { link } = ask
    hosted.runningJoins++
    // A spectator has no seat that could be counted.
    if (ask.isSpectator !== true) hosted.reserved.add(link)
    try {
      const grant = await room.join(ask)
      const gone = hosted.goneEarly.get(grant.seat)
      if (gone !== undefined) throw new RefusedError('room-gone', `the seat in room ${room.id} ended at once: ${gone}`)
      hosted.occupants.set(grant.seat, { link, onGone })
      return grant
    } catch (error) {
      hosted.reserved.delete(link)
      throw error
    } finally {
      hosted.runningJoins--
      if (hosted.runningJoins === 0) hosted.goneEarly.clear()
    }
  }

  /** Abandons a join that is still running. */
  cancelJoin(room: RoomPort, link: SeatLink): void {
    this.rooms.get(room.id)?.reserved.delete(link)
    room.cancelJoin(link)
  }

  /** The seat's link gives it up or has lost it. */
  vacate(room: RoomPort, seat: number): void {
    const hosted = this.rooms.get(room.id)
    if (hosted === undefined) return
    this.takeOccupant(hosted, seat)
    this.report(room.id)
  }

  /** Tells the directory the numbers of a room. */
  report(roomId: string): void {
    this.tell(roomId, (directory, report) => directory.report(report()))
  }

  /** Tells the directory that a reservation became the seat of this link. */
  confirm(roomId: string, link: SeatLink, reservation: string): void {
    this.tell(roomId, (directory, report, { reserved }) => {
      reserved.delete(link)
      return directory.confirm(reservation, report())
    })
  }

  /** Ends all rooms; their players leave with `room-closed`. */
  /** Rooms may end their rounds early, save, or tell their players. */
  drainAll(): void {
    for (const { room } of this.rooms.values()) room.drain()
  }

  disposeAll(): void {
    for (const { room } of this.rooms.values()) room.dispose()
  }

  private host(room: RoomPort): void {
    const hosted: HostedRoom = {
      room,
      occupants: new Map(),
      reserved: new Set(),
      goneEarly: new Map(),
      runningJoins: 0,
      order: 0,
      told: Promise.resolve(),
    }
    this.rooms.set(room.id, hosted)
    room.onGone = (seat, reason) => this.seatGone(hosted, seat, reason)
    room.onChanged = () => this.report(room.id)
    room.onDisposed = () => this.roomGone(hosted)
    const { type, invite, isListed, password } = room.terms
    const fixed = { game: room.gameName, type, key: room.key, invite, isListed, hasPassword: password !== null }
    const { maxPlayers } = room
    this.tell(room.id, (directory, report) => directory.register({ ...report(), ...fixed, maxPlayers }))
  }

  private seatGone(hosted: HostedRoom, seat: number, reason: string): void {
    const occupant = this.takeOccupant(hosted, seat)
    if (occupant !== undefined) occupant.onGone(reason)
    else if (hosted.runningJoins > 0) hosted.goneEarly.set(seat, reason)
    this.report(hosted.room.id)
  }

  private roomGone(hosted: HostedRoom): void {
    const { id } = hosted.room
    if (this.rooms.get(id) !== hosted) return
    for (const seat of hosted.occupants.keys()) this.seatGone(hosted, seat, 'room-closed')
    this.tell(id, (directory) => directory.unregister(id))
    this.rooms.delete(id)
    this.options.log.info(`room ${id} closed`)
  }

  private takeOccupant(hosted: HostedRoom, seat: number): Occupant | undefined {
    const occupant = hosted.occupants.get(seat)
    if (occupant === undefined) return undefined
    hosted.occupants.delete(seat)
    hosted.reserved.delete(occupant.link)
    return occupant
  }

  private tell(roomId: string, call: Tell): void {
    const hosted = this.rooms.get(roomId)
    if (hosted === undefined) return
    const { room, reserved } = hosted
    const { directory, log } = this.options
    // The numbers are read when the call is made: a report must never be older than one that arrived before it.
    const report = (): RoomReport => {
      const { isLocked, spectators, shown } = room
      const freeSeats = room.freeSeats + reserved.size
      return { roomId, order: ++hosted.order, freeSeats, isLocked, spectators, shown }
    }
    hosted.told = hosted.told
      .then(() => call(directory, report, hosted))
      .catch((error: unknown) => log.error(`the directory did not take news of room ${roomId}`, error))
  }

  private drawEpoch(): number {
    return new DataView(this.options.randomBytes(4).slice().buffer).getUint32(0)
  }
}

function hostedTypes(types: readonly AnyRoomType[]): ReadonlyMap<string, ReadonlyMap<string, HostedType>> {
  if (!Array.isArray(types) || types.length === 0) {
    throw new ConfigError('rooms', 'an array of at least one room type', types, 'make one with defineRoom')
  }
  const games = new Map<string, Map<string, HostedType>>()
  for (const type of types as readonly AnyRoomType[]) {
    if (type?.game?.schema === undefined) throw new ConfigError('rooms', 'room types made with defineRoom', type)
    const hosted = hostedType(type)
    const ofGame = games.get(hosted.name) ?? new Map<string, HostedType>()
    addType(ofGame, hosted)
    games.set(hosted.name, ofGame)
  }
  return games
}

function hostedType(type: AnyRoomType): HostedType {
  const { schema } = type.game
  const { name = schema.name, visibility, maxPlayers = DEFAULT_MAX_PLAYERS } = type.definition
  const codec = new GameCodec(schema, createPacker())
  return {
    type,
    name: schema.name,
    typeName: name,
    isPrivate: visibility === 'private',
    hashes: codec.hashes,
    codec,
    maxPlayers,
  }
}

/** Clients join a game and then a type: all types of a game must be of the same game. */
function addType(ofGame: Map<string, HostedType>, hosted: HostedType): void {
  const { name, typeName, hashes } = hosted
  if (ofGame.has(typeName)) {
    const hint = 'give each its own `name` in defineRoom'
    throw new ConfigError('rooms', `one room type "${typeName}" of game "${name}"`, 'two', hint)
  }
  const [first] = ofGame.values()
  if (first !== undefined && differingSection(first.hashes, hashes) !== null) {
    throw new ConfigError('rooms', `one schema of game "${name}" for all its room types`, 'several')
  }
  ofGame.set(typeName, hosted)
}
