import { RefusedError } from '@tickwire/protocol'
import type { SeatOffer } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Directory, NewRoom, ReserveAnswer, SeatCriteria } from '../directory/directory.ts'
import { NO_SEAT_TEXT } from '../link/seat-wish.ts'
import type { RoomRegistry } from '../room/registry.ts'
import { withTimeout } from '../timeout.ts'
import type { LobbyClient } from './lobby.ts'
import type { PlannedRoom, RoomPlans } from './room-plans.ts'

export interface GroupSeatsOptions {
  readonly directory: Directory
  readonly registry: RoomRegistry
  readonly plans: RoomPlans
  readonly clock: Clock
  readonly joinTimeoutMs: number
  readonly reportError: (where: string, error: unknown) => void
}

/** Which room, and what it is made with if it is made. */
export interface GroupAsk {
  readonly criteria: SeatCriteria
  readonly newRoom: NewRoom | null
  /** A patch of the game's options. */
  readonly options: Uint8Array
}

export interface HeldSeats {
  /** '' for a room of another server, which has its own ids. */
  readonly roomId: string
  /** It does not exist yet: the first one who joins makes it. */
  readonly isNew: boolean
  /** In the order of the users. */
  readonly offers: readonly SeatOffer[]
}

/** Seats for several at once: reserved as a whole or not at all, and then each one's own. */
export class GroupSeats {
  private readonly options: GroupSeatsOptions
  /** What each was offered last: a client takes one seat at a time. */
  private readonly offered = new Map<LobbyClient, string>()

  constructor(options: GroupSeatsOptions) {
    this.options = options
  }

  /** @throws RefusedError why there is no such room; TimeoutError when the directory is too slow */
  async reserve({ criteria, newRoom }: Omit<GroupAsk, 'options'>, userIds: readonly string[]): Promise<HeldSeats> {
    const { directory, clock, joinTimeoutMs } = this.options
    const reserving = directory.reserve(criteria, { userIds }, newRoom)
    const answer = await withTimeout(clock, reserving, joinTimeoutMs, 'directory.reserve')
    if (answer.kind === 'none') throw new RefusedError(answer.reason, NO_SEAT_TEXT[answer.reason])
    const [url, room] = answer.kind === 'redirect' ? [answer.url, ''] : ['', answer.roomId]
    const { seats } = answer
    const offers = seats.map((reservation) => ({ reservation, url, game: criteria.game, room }))
    this.expectOpen(answer, offers)
    return { roomId: room, isNew: answer.kind === 'local' && answer.isNew, offers }
  }

  /** What a room is made with, if it is made. */
  plan({ roomId, isNew }: HeldSeats, plan: PlannedRoom): void {
    if (isNew) this.options.plans.add(roomId, plan)
  }

  /** From now on the seat is the client's: what it declines, or leaves behind, is free again. */
  give(client: LobbyClient, { reservation }: SeatOffer): void {
    this.offered.set(client, reservation)
  }

  /** Gives up the seat that a client was offered; one that it has taken already stays. */
  decline(client: LobbyClient, reservation: string): void {
    if (this.offered.get(client) !== reservation) return
    this.offered.delete(client)
    this.release([{ reservation }])
  }

  clientGone(client: LobbyClient): void {
    const reservation = this.offered.get(client)
    if (reservation !== undefined) this.decline(client, reservation)
  }

  release(offers: readonly Pick<SeatOffer, 'reservation'>[]): void {
    const { directory, reportError } = this.options
    for (const { reservation } of offers) {
      directory.release(reservation).catch((error: unknown) => reportError('directory.release', error))
    }
  }

  /** Members do not know passwords, and a room that is gone is nobody's. */
  private expectOpen(answer: Exclude<ReserveAnswer, { kind: 'none' }>, offers: readonly SeatOffer[]): void {
    if (answer.kind === 'redirect' || answer.isNew) return
    const room = this.options.registry.get(answer.roomId)
    if (room !== null && room.terms.password === null) return
    this.release(offers)
    if (room === null) throw new RefusedError('room-gone', `room ${answer.roomId} has ended`)
    throw new RefusedError('password-required', 'this room has a password, and parties have none to say')
  }
}
