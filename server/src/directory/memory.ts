import { assertNever, meets } from '@tickwire/protocol/internal'
import type { Criteria } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import { hex } from '../secrets.ts'
import type { RandomBytes } from '../secrets.ts'
import type {
  Directory,
  NewRoom,
  NoSeatReason,
  Party,
  ReserveAnswer,
  RoomChanges,
  RoomEntry,
  RoomPage,
  RoomQuery,
  RoomReport,
  RoomWatch,
  SeatCriteria,
  ShownRoom,
} from './directory.ts'
import { drawInvite } from './invite.ts'
import { MemoryNames } from './names.ts'
import type { Names } from './names.ts'
import { attributesOfEntry, RoomLists } from './room-lists.ts'

interface Room {
  /** As its server last reported it. */
  entry: RoomEntry
  reservedSeats: number
  isRegistered: boolean
}

interface Reservation {
  readonly room: Room
  readonly seats: number
  readonly expiresAtMs: number
}

export interface MemoryDirectoryOptions {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** How long seats are held for a party that neither comes nor cancels, in ms. */
  readonly reservationMs: number
}

const ID_BYTES = 8
/** Once is hardly ever needed. */
const REDRAWS = 8
const RESERVATION_BYTES = 16

/** The directory of one process. Each method is done before it returns its promise, so each is atomic. */
export class MemoryDirectory implements Directory {
  readonly names: Names = new MemoryNames()
  private readonly options: MemoryDirectoryOptions
  private readonly rooms = new Map<string, Room>()
  private readonly reservations = new Map<string, Reservation>()
  private readonly lists: RoomLists

  constructor(options: MemoryDirectoryOptions) {
    this.options = options
    this.lists = new RoomLists(options.clock, () => this.listed())
  }

  async reserve(criteria: SeatCriteria, party: Party, createIfNone: NewRoom | null): Promise<ReserveAnswer> {
    this.expire()
    if (criteria.by === 'reservation') return this.redeem(criteria.reservation)
    const found = this.find(criteria, party.userIds.length)
    if (typeof found !== 'string') return this.hold(found, party)
    if (createIfNone === null || found !== 'room-not-found') return { kind: 'none', reason: found }
    const created = this.plan(criteria.game, createIfNone)
    return created === null ? { kind: 'none', reason: 'key-taken' } : this.hold(created, party)
  }

  async confirm(reservation: string, report: RoomReport): Promise<void> {
    this.end(reservation)
    this.apply(report)
  }

  async release(reservation: string): Promise<void> {
    const room = this.end(reservation)
    // A room that was planned for parties which never came is nobody's.
    if (room !== null && !room.isRegistered && room.reservedSeats === 0) this.rooms.delete(room.entry.roomId)
  }

  async register(entry: RoomEntry): Promise<void> {
    const room = this.rooms.get(entry.roomId)
    if (room === undefined) this.rooms.set(entry.roomId, { entry, reservedSeats: 0, isRegistered: true })
    else Object.assign(room, { entry, isRegistered: true })
    if (entry.isListed) this.lists.set(entry)
  }

  async report(report: RoomReport): Promise<void> {
    this.apply(report)
  }

  async unregister(roomId: string): Promise<void> {
    this.rooms.delete(roomId)
    this.lists.remove(roomId)
    for (const [id, { room }] of this.reservations) if (room.entry.roomId === roomId) this.reservations.delete(id)
  }

  async list(query: RoomQuery, cursor: string): Promise<RoomPage> {
    return this.lists.page(query, cursor)
  }

  async watch(query: RoomQuery, listener: (changes: RoomChanges) => void): Promise<RoomWatch> {
    return this.lists.watch(query, listener)
  }

  private *listed(): Iterable<RoomEntry> {
    for (const { entry, isRegistered } of this.rooms.values()) if (isRegistered && entry.isListed) yield entry
  }

  /** A room with `seats` to reserve, or why there is none. */
  private find(criteria: Named, seats: number): Room | NoSeatReason {
    switch (criteria.by) {
      case 'new':
        return 'room-not-found'
      case 'any':
        return this.fullest(criteria, seats) ?? 'room-not-found'
      case 'key':
        return this.check(this.keyed(criteria.game, criteria.key), seats)
      case 'roomId':
        return this.check(this.ofGame(this.rooms.get(criteria.roomId), criteria.game), seats)
      case 'code': {
        const invited = this.invited(criteria.game, criteria.code)
        return invited === undefined ? 'wrong-code' : this.check(invited, seats)
      }
      default:
        return assertNever(criteria)
    }
  }

  private check(room: Room | undefined, seats: number): Room | NoSeatReason {
    if (room === undefined) return 'room-not-found'
    // Who takes no seat only looks on.
    if (room.entry.isLocked && seats > 0) return 'room-locked'
    return freeIn(room) >= seats ? room : 'room-full'
  }

  /** The fullest room that has the seats: rooms fill up and empty ones can end. */
  private fullest(criteria: Extract<SeatCriteria, { by: 'any' }>, seats: number): Room | undefined {
    const { game, type, where = [], except = [] } = criteria
    let best: Room | undefined
    for (const room of this.rooms.values()) {
      const { entry } = room
      if (entry.game !== game || !entry.isListed || entry.hasPassword || entry.isLocked || freeIn(room) < seats)
        continue
      if ((type !== undefined && entry.type !== type) || except.includes(entry.roomId)) continue
      if (where.length > 0 && !this.isKnownToMeet(room, where)) continue
      if (best === undefined || freeIn(room) < freeIn(best)) best = room
    }
    return best
  }

  /** Of a room that is only planned nobody knows what it will be like. */
  private isKnownToMeet({ entry, isRegistered }: Room, where: Criteria): boolean {
    return isRegistered && meets(attributesOfEntry(entry), where)
  }

  private ofGame(room: Room | undefined, game: string): Room | undefined {
    return room?.entry.game === game ? room : undefined
  }

  private keyed(game: string, key: string): Room | undefined {
    for (const room of this.rooms.values()) if (room.entry.game === game && room.entry.key === key) return room
    return undefined
  }

  private invited(game: string, code: string): Room | undefined {
    for (const room of this.rooms.values()) if (room.entry.game === game && room.entry.invite === code) return room
    return undefined
  }

  private plan(game: string, { type, key, maxPlayers, isListed }: NewRoom): Room | null {
    if (key !== null && this.keyed(game, key) !== undefined) return null
    const { randomBytes } = this.options
    const roomId = hex(randomBytes(ID_BYTES))
    let invite = drawInvite(randomBytes)
    for (let i = 0; i < REDRAWS && this.invited(game, invite) !== undefined; i++) invite = drawInvite(randomBytes)
    const entry: RoomEntry = {
      ...UNKNOWN,
      roomId,
      game,
      type,
      key,
      invite,
      maxPlayers,
      isListed,
      freeSeats: maxPlayers,
    }
    const room = { entry, reservedSeats: 0, isRegistered: false }
    this.rooms.set(roomId, room)
    return room
  }

  private hold(room: Room, party: Party): ReserveAnswer {
    if (party.userIds.length === 0) return answerFor(room, this.keep(room, 0), [])
    const seats = party.userIds.map(() => this.keep(room, 1))
    return answerFor(room, seats[0]!, seats)
  }

  private keep(room: Room, seats: number): string {
    const { clock, randomBytes, reservationMs } = this.options
    const reservation = hex(randomBytes(RESERVATION_BYTES))
    this.reservations.set(reservation, { room, seats, expiresAtMs: clock.nowMs() + reservationMs })
    room.reservedSeats += seats
    return reservation
  }

  private redeem(reservation: string): ReserveAnswer {
    const held = this.reservations.get(reservation)
    return held ? answerFor(held.room, reservation, [reservation]) : { kind: 'none', reason: 'reservation-expired' }
  }

  /** Ends a reservation and tells where it was, or null if there is none. */
  private end(reservation: string): Room | null {
    const held = this.reservations.get(reservation)
    if (held === undefined) return null
    this.reservations.delete(reservation)
    held.room.reservedSeats -= held.seats
    return held.room
  }

  private apply(report: RoomReport): void {
    const room = this.rooms.get(report.roomId)
    if (room === undefined || report.order < room.entry.order) return
    room.entry = { ...room.entry, ...report }
    if (room.isRegistered && room.entry.isListed) this.lists.set(room.entry)
  }

  /** Without a timer: only a `reserve` can tell the difference. */
  private expire(): void {
    const nowMs = this.options.clock.nowMs()
    for (const [id, { expiresAtMs }] of this.reservations) {
      // All live equally long, so they stand in the order of their ends.
      if (expiresAtMs > nowMs) return
      void this.release(id)
    }
  }
}

type Named = Exclude<SeatCriteria, { by: 'reservation' }>

const NOTHING: ShownRoom = {
  revision: 0,
  options: new Uint8Array(0),
  metadata: new Uint8Array(0),
  attributes: {},
}
/** What is known of a room that is only planned. */
const UNKNOWN = { order: 0, isLocked: false, spectators: 0, hasPassword: false, shown: NOTHING } as const

const freeIn = (room: Room): number => room.entry.freeSeats - room.reservedSeats

function answerFor({ entry, isRegistered }: Room, reservation: string, seats: readonly string[]): ReserveAnswer {
  const { roomId, key, type, invite, isListed } = entry
  return { kind: 'local', roomId, key, type, invite, isListed, reservation, isNew: !isRegistered, seats }
}
