import type { Clock } from '../clock.ts'
import type { Counters } from '../counters.ts'
import type { Directory } from '../directory/directory.ts'
import type { ServerLimits } from '../limits.ts'
import type { RoomRegistry } from '../room/registry.ts'
import type { RandomBytes } from '../secrets.ts'
import { GroupSeats } from './group-seats.ts'
import type { Guesses } from './guesses.ts'
import type { HostedQueue } from './hosted-queue.ts'
import type { Listing } from './listing.ts'
import type { LobbyFeature } from './lobby.ts'
import { PartyDesk } from './parties.ts'
import { PresenceDesk } from './presence.ts'
import type { RoomPlans } from './room-plans.ts'
import { TicketDesk } from './tickets.ts'

export interface PeopleOptions {
  readonly queues: readonly HostedQueue[]
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly counters: Counters
  readonly limits: ServerLimits
  readonly directory: Directory
  readonly registry: RoomRegistry
  readonly plans: RoomPlans
  readonly guesses: Guesses
  readonly listing: Listing
  readonly reportError: (where: string, error: unknown) => void
}

export interface People {
  readonly features: readonly LobbyFeature[]
  readonly tickets: TicketDesk
}

/** Names, parties and queues, which know of each other in this order. */
export function composePeople(options: PeopleOptions): People {
  const { directory, limits } = options
  const presence = new PresenceDesk({ ...options, names: directory.names })
  const seats = new GroupSeats({ ...options, joinTimeoutMs: limits.joinTimeoutMs })
  const parties = new PartyDesk({ ...options, seats, presence })
  const tickets = new TicketDesk({ ...options, parties, seats })
  // A ticket ends before the party that it is for.
  return { features: [tickets.feature, parties.feature, presence.feature], tickets }
}
