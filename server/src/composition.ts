import type { Clock } from './clock.ts'
import { Counters } from './counters.ts'
import type { CounterName } from './counters.ts'
import type { Directory } from './directory/directory.ts'
import { FaultLog } from './fault-log.ts'
import type { MetricsSource } from './http/metrics.ts'
import { ServerOperations } from './http/server-operations.ts'
import { MemoryDirectory } from './directory/memory.ts'
import type { ServerLimits } from './limits.ts'
import type { Authenticate } from './link/handshake.ts'
import { Admission } from './link/admission.ts'
import { Gate } from './link/gate.ts'
import { JoinDesk } from './link/join.ts'
import { Links } from './link/links.ts'
import type { SameUser } from './link/links.ts'
import type { Farewell } from './link/online.ts'
import { Guesses } from './lobby/guesses.ts'
import { Passwords } from './lobby/passwords.ts'
import type { Scrypt } from './lobby/passwords.ts'
import { Listing, listingFeature } from './lobby/listing.ts'
import { Lobby } from './lobby/lobby.ts'
import { composePeople } from './lobby/people.ts'
import type { HostedQueue } from './lobby/hosted-queue.ts'
import { roomFeature } from './lobby/room-feature.ts'
import { RoomPlans } from './lobby/room-plans.ts'
import type { Logger } from './log.ts'
import type { RoomError } from './room/definition.ts'
import { newInputCounters } from './room/input-queue.ts'
import type { InputCounters } from './room/input-queue.ts'
import type { AnyRoomType, RoomHost, RoomMaker } from './room/ports.ts'
import { RoomRegistry } from './room/registry.ts'
import type { ObserveTick } from './room/observed-scheduler.ts'
import { yieldByTimer } from './room/scheduler.ts'
import type { YieldToIo } from './room/scheduler.ts'
import type { RandomBytes } from './secrets.ts'
import { newTraffic } from './traffic.ts'
import type { Traffic } from './traffic.ts'
import type { Accept } from './transport/transport.ts'

/** Everything that a server is made of, without a socket: what tests and the stepper run. */
export interface CompositionOptions {
  readonly rooms: readonly AnyRoomType[]
  readonly queues?: readonly HostedQueue[]
  readonly createRoomMaker: (host: RoomHost) => RoomMaker
  readonly directory: Directory | null
  readonly authenticate: Authenticate | null
  readonly limits: ServerLimits
  /** Messages and requests per second, by name; see `GameServerOptions`. */
  readonly messageRates?: Readonly<Record<string, number>>
  readonly clock: Clock
  /** Default: `'allow'`. */
  readonly sameUser?: SameUser
  /** A number in [0, 1), for what is no secret. */
  readonly random: () => number
  readonly randomBytes: RandomBytes
  /** Derives a key from a password, on another thread. */
  readonly scrypt: Scrypt
  readonly log: Logger
  /** See `RoomHost`. */
  readonly observeTick?: ObserveTick
  readonly yieldToIo?: YieldToIo
}

/** Numbers of a running server. */
export interface GameServerStats {
  readonly rooms: number
  readonly linksOnline: number
  /** Links whose client may still come back. */
  readonly linksDropped: number
  /** Since the start. */
  readonly counters: Readonly<Record<CounterName, number>>
  /** Inputs of players since the start: those that were not simulated at their tick, and ticks that were run without one. */
  readonly inputs: Readonly<InputCounters>
  /** Bytes and snapshots since the start. */
  readonly traffic: Readonly<Traffic>
}

export interface Composition {
  /** What HTTP may do. */
  readonly operations: ServerOperations
  readonly metricsSource: MetricsSource
  /** Takes a new connection over. */
  readonly accept: Accept
  readonly registry: RoomRegistry
  readonly links: Links
  readonly listing: Listing
  readonly stats: GameServerStats
  /** False from the beginning of a drain or a close on. */
  readonly isReady: boolean
  /**
   * Takes no new seats and waits until the held ones have ended, at most `graceMs`; `close` follows.
   * @param comeBackTo where clients are sent; '': back here
   */
  drain(graceMs: number, comeBackTo: string): Promise<void>
  /** Tells all clients that the server stops, ends links and rooms; resolves when the peers have answered. */
  close(): Promise<void>
}

/** How long a peer may take to answer a close. */
const CLOSE_GRACE_MS = 1000
/** When a client may come back to a server that is restarted. */
const RETRY_AFTER_MS = 1000

/** @throws ConfigError when the room types cannot work */
export function composeServer(options: CompositionOptions): Composition {
  const { clock, limits, log, random, randomBytes } = options
  const { yieldToIo = yieldByTimer(clock) } = options
  const counters = new Counters()
  const inputCounters = newInputCounters()
  const traffic = newTraffic()
  const reportError = (where: string, error: unknown): void => {
    counters.add('serverErrors')
    log.error(where, error)
  }
  const faults = new FaultLog(clock, log)
  const reportRoomError = (error: RoomError): void => {
    counters.add('gameErrors')
    faults.add(error)
  }
  const reservationMs = 2 * limits.joinTimeoutMs
  const directory = options.directory ?? new MemoryDirectory({ clock, randomBytes, reservationMs })
  const maker = options.createRoomMaker({
    clock,
    random,
    reportError: reportRoomError,
    warn: (line) => log.warn(line),
    maxPendingRequests: limits.maxPendingRequests,
    onTooManyRequests: () => counters.add('requestsRefused'),
    inputCounters,
    traffic,
    ...(options.observeTick && { observeTick: options.observeTick }),
    yieldToIo,
  })
  const { maxRoomsPerServer: maxRooms } = limits
  const registry = new RoomRegistry({ types: options.rooms, maker, directory, randomBytes, maxRooms, log })
  const admission = new Admission(yieldToIo)
  const gate = new Gate(limits.maxPendingJoins)
  const { joinTimeoutMs } = limits
  const passwords = new Passwords(options.scrypt, randomBytes)
  const guesses = new Guesses(limits)
  const plans = new RoomPlans(clock, reservationMs)
  const desk = new JoinDesk({
    passwords,
    guesses,
    plans,
    registry,
    directory,
    clock,
    counters,
    gate,
    admission,
    joinTimeoutMs,
    reportError,
  })
  const listing = new Listing(directory, registry)
  const shared = { clock, randomBytes, counters, limits, directory, registry, plans, guesses, listing, reportError }
  const people = composePeople({ ...shared, queues: options.queues ?? [] })
  const lobby = new Lobby([listingFeature(listing, limits.maxWatchesPerLink), roomFeature, ...people.features])
  const { authenticate } = options
  const links = new Links({
    clock,
    limits,
    randomBytes,
    desk,
    registry,
    lobby,
    messageRates: options.messageRates ?? {},
    sameUser: options.sameUser ?? 'allow',
    authenticate,
    gate,
    counters,
    traffic,
    log,
    reportError,
  })
  const isReady = (): boolean => !gate.isShut
  const operations = new ServerOperations({ registry, directory, listing, passwords, traffic, links, isReady })
  let farewell: Farewell = { retryAfterMs: RETRY_AFTER_MS, address: '' }
  return {
    accept: (transport) => links.accept(transport),
    registry,
    links,
    listing,
    operations,
    get metricsSource() {
      return {
        links: { online: links.online, dropped: links.dropped },
        traffic,
        counters: counters.toObject(),
        inputs: inputCounters,
        rooms: roomNumbers(registry),
        queues: people.tickets.waiting,
      }
    },
    get stats() {
      const { size: rooms } = registry
      return {
        rooms,
        linksOnline: links.online,
        linksDropped: links.dropped,
        counters: counters.toObject(),
        inputs: { ...inputCounters },
        traffic: { ...traffic },
      }
    },
    get isReady() {
      return isReady()
    },
    drain(graceMs, comeBackTo) {
      farewell = { ...farewell, address: comeBackTo }
      people.tickets.close()
      registry.drainAll()
      return links.drain(graceMs, farewell)
    },
    async close() {
      people.tickets.close()
      const closing = links.close(CLOSE_GRACE_MS, farewell)
      registry.disposeAll()
      maker.close()
      await closing
    },
  }
}

/** Rooms, people and bots by game. */
function roomNumbers(registry: RoomRegistry): MetricsSource['rooms'] {
  const numbers = new Map(registry.games.map((game) => [game, { rooms: 0, players: 0, bots: 0 }]))
  for (const { gameName, operator } of registry.all()) {
    const ofGame = numbers.get(gameName)!
    const { people, bots } = operator.players
    ofGame.rooms++
    ofGame.players += people
    ofGame.bots += bots
  }
  return numbers
}
