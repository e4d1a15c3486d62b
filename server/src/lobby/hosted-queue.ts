import { ConfigError } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import type { Game, GameTypes } from '@tickwire/protocol'
import type { User } from '../link/handshake.ts'
import type { OpenRoom } from '../matchmaking/backfill.ts'
import type { Match } from '../matchmaking/match.ts'
import type { Queue } from '../matchmaking/queue.ts'
import type { Rating } from '../matchmaking/ticket.ts'
import { DEFAULT_MAX_PLAYERS } from '../room/ports.ts'
import { createPacker } from '../room/packer.ts'
import type { AnyRoomType } from '../room/ports.ts'

/** A match whose seats are reserved. */
export interface QueuedMatch extends Match {
  /** Where they are: `room.id` of the room that is about to be made, or of the one that they join. '' on another server. */
  readonly roomId: string
}

/** A room that runs here, as a queue may look at it. */
export interface RunningRoom<G extends GameTypes> {
  readonly id: string
  readonly freeSeats: number
  readonly maxPlayers: number
  /** Those of its options and metadata that are one word or number. */
  readonly attributes: Readonly<Partial<G['options'] & G['metadata']>>
}

/** In ms, by region. */
export type RoundTrips = Readonly<Record<string, number>>

/** What `hostQueue` takes. */
export interface HostQueueOptions<G extends GameTypes> {
  /** Its name and the attributes of its rules are declared in the game's `queues`. */
  readonly queue: Queue
  /** Where matches are played: one of the server's `rooms`. */
  readonly room: AnyRoomType
  /** How good a user is: needed where the queue has a skill rule. */
  readonly rate?: (user: User) => Rating | Promise<Rating>
  /**
   * Round trips of a user to the queue's regions, in ms (default: what its client measured, `client.setLatencies`).
   * `measured` is that.
   */
  readonly latencies?: (user: User, measured: RoundTrips) => RoundTrips | Promise<RoundTrips>
  /**
   * Says with which options the match's room is made (default: the room type's own); remembers who plays in which team, if need be.
   * When it throws, all go back to the queue. Of a room that runs already (`match.room`) the options are ignored.
   */
  readonly onMatch?: (match: QueuedMatch) => Partial<G['options']> | Promise<Partial<G['options']>>
  /** Whom a running room looks for; null: nobody. Asked at each pass, for each room of this type. */
  readonly backfill?: (room: RunningRoom<G>) => Omit<OpenRoom, 'roomId'> | null
}

/** A queue of a server, whatever its game. */
export interface HostedQueue {
  readonly queue: Queue
  readonly room: AnyRoomType
  /** Of its game. */
  readonly codec: GameCodec
  readonly rate: ((user: User) => Rating | Promise<Rating>) | null
  readonly latencies: ((user: User, measured: RoundTrips) => RoundTrips | Promise<RoundTrips>) | null
  readonly onMatch: (match: QueuedMatch) => object | Promise<object>
  readonly backfill: ((room: RunningRoom<never>) => Omit<OpenRoom, 'roomId'> | null) | null
}

/**
 * A queue that players find by `client.queue(game, name, attributes)`: for `createGameServer({ queues: [...] })`.
 * @throws ConfigError naming what does not fit
 */
export function hostQueue<G extends GameTypes>(game: Game<G>, options: HostQueueOptions<G>): HostedQueue {
  const { queue, room, rate, latencies, onMatch, backfill } = options
  if (room?.game !== game) throw new ConfigError('hostQueue.room', `a room type of ${game.schema.name}`, room)
  const { count, max } = queue.teams
  const maxPlayers = room.definition.maxPlayers ?? DEFAULT_MAX_PLAYERS
  if (count * max > maxPlayers) {
    throw new ConfigError('hostQueue.room', `maxPlayers of at least ${count * max}, for a full match`, maxPlayers)
  }
  if (queue.skill !== null && rate === undefined) {
    throw new ConfigError('hostQueue.rate', 'a function, since the queue has a skill rule', rate)
  }
  checkAttributes(queue, room)
  return {
    queue,
    room,
    codec: new GameCodec(game.schema, createPacker()),
    rate: rate ?? null,
    latencies: latencies ?? null,
    onMatch: onMatch ?? (() => ({})),
    backfill: (backfill as HostedQueue['backfill']) ?? null,
  }
}

function checkAttributes({ name, attributes }: Queue, { game }: AnyRoomType): void {
  const declared = game.schema.queues[name]
  if (declared === undefined) {
    throw new ConfigError(
      'hostQueue.queue',
      `one of the game's queues (${Object.keys(game.schema.queues).join(', ')})`,
      name,
    )
  }
  const { equal, differ, intersect } = attributes
  const check = (names: readonly string[], expected: string, fits: (isList: boolean) => boolean): void => {
    for (const one of names) {
      const kind = declared[one]?.spec.kind
      if (kind === undefined || !fits(kind === 'list')) throw new ConfigError(`queues.${name}.${one}`, expected, kind)
    }
  }
  check([...equal, ...differ], 'a field of one value', (isList) => !isList)
  check(intersect, 'a field.list', (isList) => isList)
}
