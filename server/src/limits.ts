import { ConfigError, LIMITS } from '@tickwire/protocol'

/** The limits that a server may set for itself; the others are widths on the wire. Units are in the names. */
export interface ServerLimits {
  readonly maxClientMessageBytes: number
  readonly maxRoomsPerServer: number
  /** Links and connections of one address; loopback is free, for there it is a proxy or the developer. */
  readonly maxLinksPerIp: number
  /** Loopback is free here, too. More end as `try-later`. */
  readonly handshakesPerSecondPerIp: number
  /** Handshakes and joins that wait for an answer. */
  readonly maxPendingJoins: number
  /** Requests of one player without a reply yet; more are refused as `too-many-requests`. */
  readonly maxPendingRequests: number
  /** Joins of one link by invite code or password; more are refused as `too-many-guesses`. */
  readonly guessesPerMinute: number
  /** Loopback is free here, too. */
  readonly guessesPerMinutePerIp: number
  /** Lists that a link may ask for, or begin to watch; more are refused as `rate-limited`. */
  readonly listsPerSecond: number
  /** Lists of rooms that one link may watch. */
  readonly maxWatchesPerLink: number
  /** At a time; more are refused as `too-many-parties`. */
  readonly maxParties: number
  /** The largest party that somebody may make: at most `LIMITS.maxPartyMembers`. */
  readonly maxPartyMembers: number
  /** Tickets in all queues together; more are refused as `queue-full`. */
  readonly maxTickets: number
  /** Messages of one link to other players; more are refused as `rate-limited`. */
  readonly directsPerSecond: number
  /** Direct messages that one link hears, from whomever; more are dropped. */
  readonly directsHeardPerSecond: number
  /** Of each request of one link about names, parties and queues that reaches others; more are refused as `rate-limited`. */
  readonly peopleRequestsPerSecond: number
  /** Players whom one link does not want to hear. */
  readonly maxBlockedUsers: number
  readonly messagesPerSecond: number
  /**
   * Of each message and request that has no rate in `messageRates`. More reliable messages end the connection as `rate-limited`,
   * more requests are refused as `rate-limited`, more `latest` messages are dropped.
   */
  readonly messagesPerSecondPerKind: number
  readonly bytesPerSecond: number
  readonly rateBurstMs: number
  readonly handshakeTimeoutMs: number
  readonly joinTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly livenessTimeoutMs: number
  readonly reliableBufferBytes: number
  /** What may wait for a client that does not read, in Node; more ends its connection. */
  readonly maxBufferedBytes: number
}

const DEFAULTS: ServerLimits = {
  maxClientMessageBytes: LIMITS.maxClientMessageBytes,
  maxRoomsPerServer: LIMITS.maxRoomsPerServer,
  maxLinksPerIp: LIMITS.maxLinksPerIp,
  handshakesPerSecondPerIp: LIMITS.handshakesPerSecondPerIp,
  maxPendingJoins: LIMITS.maxPendingJoins,
  maxPendingRequests: LIMITS.maxPendingRequests,
  guessesPerMinute: LIMITS.guessesPerMinute,
  guessesPerMinutePerIp: LIMITS.guessesPerMinutePerIp,
  listsPerSecond: LIMITS.listsPerSecond,
  maxWatchesPerLink: LIMITS.maxWatchesPerLink,
  maxParties: LIMITS.maxParties,
  maxPartyMembers: LIMITS.maxPartyMembers,
  maxTickets: LIMITS.maxTickets,
  directsPerSecond: LIMITS.directsPerSecond,
  directsHeardPerSecond: LIMITS.directsHeardPerSecond,
  peopleRequestsPerSecond: LIMITS.peopleRequestsPerSecond,
  maxBlockedUsers: LIMITS.maxBlockedUsers,
  messagesPerSecond: LIMITS.messagesPerSecond,
  messagesPerSecondPerKind: LIMITS.messagesPerSecondPerKind,
  bytesPerSecond: LIMITS.bytesPerSecond,
  rateBurstMs: LIMITS.rateBurstMs,
  handshakeTimeoutMs: LIMITS.handshakeTimeoutMs,
  joinTimeoutMs: LIMITS.joinTimeoutMs,
  heartbeatIntervalMs: LIMITS.heartbeatIntervalMs,
  livenessTimeoutMs: LIMITS.livenessTimeoutMs,
  reliableBufferBytes: LIMITS.reliableBufferBytes,
  // The largest join, and as much again of what comes behind it.
  maxBufferedBytes: 2 * LIMITS.maxServerMessageBytes,
}

/**
 * The defaults with the caller's changes.
 * @throws ConfigError naming a limit that does not exist or is no positive whole number
 */
export function serverLimits(changes: Partial<ServerLimits> = {}): ServerLimits {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in DEFAULTS)) {
      throw new ConfigError(`limits.${name}`, `one of ${Object.keys(DEFAULTS).join(', ')}`, value)
    }
    if (!Number.isInteger(value) || value < 1) throw new ConfigError(`limits.${name}`, 'a whole number above 0', value)
  }
  return { ...DEFAULTS, ...changes }
}
