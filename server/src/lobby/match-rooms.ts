import { ConfigError } from '@tickwire/protocol'
import type { SeatOffer } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { OpenRoom } from '../matchmaking/backfill.ts'
import type { Match } from '../matchmaking/match.ts'
import type { HostedType, RoomRegistry } from '../room/registry.ts'
import type { GroupSeats, HeldSeats } from './group-seats.ts'
import type { HostedQueue } from './hosted-queue.ts'

/** The seats of a match, by user. */
export type Placement = ReadonlyMap<string, SeatOffer>

export interface MatchRoomsOptions {
  /** By the names that the matchmaker knows them by. */
  readonly byName: ReadonlyMap<string, HostedQueue>
  readonly registry: RoomRegistry
  readonly seats: GroupSeats
  readonly clock: Clock
  /** How long a room that was filled up is left alone: those who are on their way are not in it yet. */
  readonly pauseMs: number
}

/** Where matches are played: new rooms that nobody else finds, or running ones that look for players. */
export class MatchRooms {
  private readonly options: MatchRoomsOptions
  private readonly pausedUntilMs = new Map<string, number>()

  /** @throws ConfigError for a queue whose room type the server does not have */
  constructor(options: MatchRoomsOptions) {
    this.options = options
    for (const hosted of options.byName.values()) this.typeOf(hosted)
  }

  readonly open = (queue: string): readonly OpenRoom[] => {
    const { byName, registry, clock } = this.options
    const hosted = byName.get(queue)
    const nowMs = clock.nowMs()
    for (const [id, untilMs] of this.pausedUntilMs) if (untilMs <= nowMs) this.pausedUntilMs.delete(id)
    if (hosted === undefined || hosted.backfill === null) return []
    const { backfill } = hosted
    const { name, typeName } = this.typeOf(hosted)
    return registry.ofType(name, typeName).flatMap((room) => {
      const { id: roomId, freeSeats, maxPlayers, isLocked, shown, terms } = room
      if (freeSeats === 0 || isLocked || terms.password !== null || this.pausedUntilMs.has(roomId)) return []
      const vacancy = backfill({ id: roomId, freeSeats, maxPlayers, attributes: shown.attributes as never })
      return vacancy === null ? [] : [{ ...vacancy, roomId }]
    })
  }

  readonly seat = async (match: Match): Promise<Placement> => {
    const { byName, seats, clock, pauseMs } = this.options
    const hosted = byName.get(match.queue)!
    const { name: game, typeName, maxPlayers } = this.typeOf(hosted)
    const userIds = match.teams.flat().flatMap(({ players }) => players.map(({ userId }) => userId))
    const held = await seats.reserve(
      match.room === null
        ? {
            criteria: { game, by: 'new' },
            newRoom: { type: typeName, key: null, maxPlayers, isListed: false },
          }
        : { criteria: { game, by: 'roomId', roomId: match.room.roomId }, newRoom: null },
      userIds,
    )
    if (match.room !== null) this.pausedUntilMs.set(match.room.roomId, clock.nowMs() + pauseMs)
    await this.plan(hosted, match, held)
    return new Map(userIds.map((userId, i) => [userId, held.offers[i]!]))
  }

  private async plan(hosted: HostedQueue, match: Match, held: HeldSeats): Promise<void> {
    const { seats } = this.options
    const { codec } = hosted
    try {
      const chosen = await hosted.onMatch({ ...match, queue: hosted.queue.name, roomId: held.roomId })
      // Throws what names the option that the game does not have, or that does not fit.
      const options = codec.encodePatch(codec.schema.options, chosen, `options of a match of ${hosted.queue.name}`)
      seats.plan(held, { options, owner: null })
    } catch (error) {
      seats.release(held.offers)
      throw error
    }
  }

  private typeOf({ room }: HostedQueue): HostedType {
    const { schema } = room.game
    const hosted = this.options.registry.typeOf(schema.name, room.definition.name ?? schema.name)
    if (hosted?.type !== room) throw new ConfigError('queues', 'a room that is one of `rooms`', schema.name)
    return hosted
  }
}
