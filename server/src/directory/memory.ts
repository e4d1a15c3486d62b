import type { Clock } from '../clock.ts'
import { hex } from '../secrets.ts'
import type { RandomBytes } from '../secrets.ts'
import type {
  Directory,
  NewRoom,
  NoSeatReason,
  Party,
  ReserveAnswer,
  RoomEntry,
  RoomReport,
  SeatCriteria,
} from './directory.ts'

interface Room {
  readonly id: string
  readonly game: string
  readonly key: string | null
  /** As its server last reported it, without what is reserved. */
  freeSeats: number
  reservedSeats: number
  isLocked: boolean
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
const RESERVATION_BYTES = 16

/** The directory of one process. Each method is done before it returns its promise, so each is atomic. */
export class MemoryDirectory implements Directory {
  private readonly options: MemoryDirectoryOptions
  private readonly rooms = new Map<string, Room>()
  private readonly reservations = new Map<string, Reservation>()

  constructor(options: MemoryDirectoryOptions) {
    this.options = options
  }

  async reserve(criteria: SeatCriteria, party: Party, createIfNone: NewRoom | null): Promise<ReserveAnswer> {
    this.expire()
    if (criteria.by === 'reservation') return this.redeem(criteria.reservation)
    const found = this.find(criteria, party.userIds.length)
    if (typeof found !== 'string') return this.hold(found, party)
    if (createIfNone === null || found !== 'room-not-found') return { kind: 'none', reason: found }
    const created = this.create(criteria.game, createIfNone)
    return created === null ? { kind: 'none', reason: 'key-taken' } : this.hold(created, party)
  }

  async confirm(reservation: string, report: RoomReport): Promise<void> {
    this.end(reservation)
    this.apply(report)
  }

  async release(reservation: string): Promise<void> {
    const room = this.end(reservation)
    // A room that was planned for parties which never came is nobody's.
    if (room !== null && !room.isRegistered && room.reservedSeats === 0) this.rooms.delete(room.id)
  }

  async register({ roomId, game, key, freeSeats, isLocked }: RoomEntry): Promise<void> {
    const room = this.rooms.get(roomId)
    if (room === undefined) {
      this.rooms.set(roomId, { id: roomId, game, key, freeSeats, reservedSeats: 0, isLocked, isRegistered: true })
    } else {
      Object.assign(room, { freeSeats, isLocked, isRegistered: true })
    }
  }

  async report(report: RoomReport): Promise<void> {
    this.apply(report)
  }

  async unregister(roomId: string): Promise<void> {
    this.rooms.delete(roomId)
    for (const [id, { room }] of this.reservations) if (room.id === roomId) this.reservations.delete(id)
  }

  /** A room with `seats` to reserve, or why there is none. */
  private find(criteria: Exclude<SeatCriteria, { by: 'reservation' }>, seats: number): Room | NoSeatReason {
    if (criteria.by === 'new') return 'room-not-found'
    if (criteria.by === 'any') return this.fullest(criteria.game, seats) ?? 'room-not-found'
    if (criteria.by === 'key') return this.check(this.keyed(criteria.game, criteria.key), seats)
    const room = this.rooms.get(criteria.roomId)
    return this.check(room?.game === criteria.game ? room : undefined, seats)
  }

  private check(room: Room | undefined, seats: number): Room | NoSeatReason {
    if (room === undefined) return 'room-not-found'
    if (room.isLocked) return 'room-locked'
    return freeIn(room) >= seats ? room : 'room-full'
  }

  /** The fullest room that has the seats: rooms fill up and empty ones can end. Rooms with a key are private. */
  private fullest(game: string, seats: number): Room | undefined {
    let best: Room | undefined
    for (const room of this.rooms.values()) {
      const fits = room.game === game && room.key === null && !room.isLocked && freeIn(room) >= seats
      if (fits && (best === undefined || freeIn(room) < freeIn(best))) best = room
    }
    return best
  }

  private keyed(game: string, key: string): Room | undefined {
    for (const room of this.rooms.values()) if (room.game === game && room.key === key) return room
    return undefined
  }

  private create(game: string, { key, maxPlayers }: NewRoom): Room | null {
    if (key !== null && this.keyed(game, key) !== undefined) return null
    const id = hex(this.options.randomBytes(ID_BYTES))
    const room = { id, game, key, freeSeats: maxPlayers, reservedSeats: 0, isLocked: false, isRegistered: false }
    this.rooms.set(id, room)
    return room
  }

  private hold(room: Room, party: Party): ReserveAnswer {
    const { clock, randomBytes, reservationMs } = this.options
    const reservation = hex(randomBytes(RESERVATION_BYTES))
    const expiresAtMs = clock.nowMs() + reservationMs
    const seats = party.userIds.length
    this.reservations.set(reservation, { room, seats, expiresAtMs })
    room.reservedSeats += seats
    return answerFor(room, reservation)
  }

  private redeem(reservation: string): ReserveAnswer {
    const held = this.reservations.get(reservation)
    return held ? answerFor(held.room, reservation) : { kind: 'none', reason: 'reservation-expired' }
  }

  /** Ends a reservation and tells where it was, or null if there is none. */
  private end(reservation: string): Room | null {
    const held = this.reservations.get(reservation)
    if (held === undefined) return null
    this.reservations.delete(reservation)
    held.room.reservedSeats -= held.seats
    return held.room
  }

  private apply({ roomId, freeSeats, isLocked }: RoomReport): void {
    const room = this.rooms.get(roomId)
    if (room !== undefined) Object.assign(room, { freeSeats, isLocked })
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

const freeIn = (room: Room): number => room.freeSeats - room.reservedSeats

function answerFor(room: Room, reservation: string): ReserveAnswer {
  return { kind: 'local', roomId: room.id, key: room.key, reservation, isNew: !room.isRegistered }
}
