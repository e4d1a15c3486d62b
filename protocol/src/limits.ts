/**
 * Every bound of the protocol, in one place and with its unit in its name. They are low on purpose: a limit that is hit
 * becomes a named error that says which one, a missing limit becomes an outage. `max...` bounds what a peer may send or
 * hold; the others are sizes and times that both ends, or the parts of one end, must agree on.
 */
export const LIMITS = {
  // --- size of what arrives: checked before anything is allocated or copied ---

  /** A client sends inputs and short messages; even a full packet of 32 inputs stays under 1 KiB. */
  maxClientMessageBytes: 16_384,
  /** A join of the largest world travels in one message. */
  maxServerMessageBytes: 1_048_576,
  /** One packet costs bounded work, whatever it is made of. */
  maxMessagesPerPacket: 64,
  /** Half a second at 60 Hz: older inputs could not be used any more. */
  maxInputsPerPacket: 32,
  /** A `field.text` without an own, smaller `maxBytes`. */
  maxTextBytes: 4096,
  /** A `field.bytes` or packed payload without an own, smaller bound; leaves room for the rest of its packet. */
  maxPayloadBytes: 8192,
  /** A `field.list` without an own, smaller bound. */
  maxListItems: 1024,
  /** Names of games, rooms' keys, messages: they are shown, logged and compared. */
  maxNameBytes: 64,
  /** The address of another server, in a redirect or a farewell. */
  maxUrlBytes: 1024,
  /** A ticket for `authenticate`: the usual signed tokens take 1 to 2 KiB. */
  maxTicketBytes: 4096,

  // --- numbers of things: each is the width of an index on the wire ---

  /** A seat is 10 bits; the last value means nobody. */
  maxSeatsPerRoom: 1023,
  /** A slot is 16 bits; the last value means no entity. */
  maxEntitySlots: 65_535,
  /** One process; each room costs its anchors and a place in the scheduler. */
  maxRoomsPerServer: 1000,
  /** A school or a company behind one address fits; one machine cannot take all seats. */
  maxLinksPerIp: 100,
  /** Connection attempts of one address: everybody behind it may come back at once, but nobody may come back for ever. */
  handshakesPerSecondPerIp: 50,
  /** Handshakes and joins that wait for an answer; beyond, new ones are told to try later. */
  maxPendingJoins: 256,
  /** Requests of one link without a reply yet: each holds a timer and a handler. */
  maxPendingRequests: 32,

  /** Lists of rooms that one link may watch. */
  maxWatchesPerLink: 8,

  // --- the lobby ---

  /** The options, the metadata or the profile of one game, packed: lists hold many of them. */
  maxSectionBytes: 1024,
  /** A room in a list: its options, its metadata, and what every room has. */
  maxListedRoomBytes: 2304,
  /** Rooms on one page of a list, and in a list that is watched. */
  maxListedRooms: 100,
  /** A condition on rooms, as text. */
  maxWhereBytes: 512,
  /** Comparisons in one such condition. */
  maxConditions: 16,
  /** Where the next page of a list begins. */
  maxCursorBytes: 256,
  /** Clients number the lists that they watch. */
  maxWatchNumber: 65_535,
  /** Lists that a link asks for, or begins to watch: a new query is held against every room. */
  listsPerSecond: 4,
  /** A room's password: it is hashed, which takes time on purpose. */
  maxPasswordBytes: 64,
  /** Letters and digits of an invite code, of 31 each: a guess finds one of a thousand rooms once in a million times. */
  inviteCodeLength: 6,
  /** Joins of one link that name a room by what could be guessed: an invite code, a password. */
  guessesPerMinute: 10,
  /** The same of everybody behind one address: a class that joins by one code fits. */
  guessesPerMinutePerIp: 60,

  /** Links in one party. */
  maxPartyMembers: 32,
  /** Parties number those who come. */
  maxPartyMemberNumber: 65_535,
  /** A number, a user, an alias. */
  maxPartyMemberBytes: 128,
  /** Parties of one process: each is remembered with its members. */
  maxParties: 10_000,
  /** Tickets of one process: a pass looks at all of them. */
  maxTickets: 100_000,
  /** Numbers of players in what a ticket is told; more are shown as so many. */
  maxCountedPlayers: 1_000_000,
  /** Regions to which a link has told its round trip. */
  maxQueueRegions: 64,
  /** Farther is out of reach. */
  maxRoundTripMs: 65_535,
  /** A name that players find each other by, normalised. */
  maxAliasBytes: 24,
  /** What somebody is doing, in its own words. */
  maxStatusBytes: 64,
  /** A message from player to player. */
  maxDirectBytes: 500,
  /** Direct messages of one link: people type. */
  directsPerSecond: 3,
  /** Direct messages that one link hears, from whomever: more than it could read, or keep while it is away. */
  directsHeardPerSecond: 6,
  /** Requests of one link that reach the directory or other people, of each kind: names, parties, queues. */
  peopleRequestsPerSecond: 5,
  /** Users that one link does not want to hear. */
  maxBlockedUsers: 256,

  // --- rates of one link: token buckets ---

  /** Inputs leave at 30 Hz and acks at 20: this leaves room for game messages. */
  messagesPerSecond: 200,
  /** Of each kind of message or request: what a client of ours sends at most, of one kind or of all together. */
  messagesPerSecondPerKind: 120,
  /** Ten times what a busy client sends. */
  bytesPerSecond: 65_536,
  /** How much of a rate a full bucket holds: after a stall of TCP 8 s of packets arrive at once and are honest. */
  rateBurstMs: 2000,

  // --- links ---

  /** From the accepted connection to a valid hello: a stranger may not hold a socket for longer. */
  handshakeTimeoutMs: 5000,
  /** Authentication, directory and `onJoin` together: after this the join is refused and the seat freed. */
  joinTimeoutMs: 10_000,
  /** How long the seat of a dropped link is kept: a reload, a lift, a change from Wi-Fi to cellular. */
  resumeWindowMs: 30_000,
  /** After this a request rejects on the client and its late reply is dropped. */
  requestTimeoutMs: 10_000,
  /** Reliable messages kept for resending, per link and direction; full means the link is closed, not silently lossy. */
  reliableBufferBytes: 262_144,
  /** An end that has nothing to say says so, or the other could not tell a quiet link from a dead one. */
  heartbeatIntervalMs: 2000,
  /** Four heartbeats: iOS does not report a lost network, so both ends must notice by themselves. */
  livenessTimeoutMs: 8000,

  // --- snapshots ---

  /** The ring of unacknowledged snapshots: the next one waits for an ack. */
  maxSnapshotsInFlight: 32,
  /** Snapshot ticks whose lists of spawned, despawned and mentioned entities are kept for late receivers. */
  snapshotHistorySnapshots: 64,
  /** Older anchors per entity that a catch-up record may start from; their index is 3 bits. */
  anchorRingAnchors: 8,
  /** The smallest round trip of this long decides how many snapshots may be in flight. */
  minRttWindowMs: 10_000,
  /** If no input packet leaves for this long (a hidden tab draws no frames), the receive path sends the ack. */
  ackDelayMs: 50,
  /** Events are kept this long for a client that is being skipped; later they would be noise. */
  eventRetentionMs: 1000,

  // --- time ---

  /** After a stall a room runs at most so many ticks in a row and drops the rest: catching up must not cause the next stall. */
  maxCatchUpTicks: 8,
  /** Events of one snapshot: enough for a battle, few enough to bound a reader's work. */
  maxEventsPerSnapshot: 1024,
  /** How far back a shot is tested; at 200 ms of round trip it needs about 350. */
  maxRewindMs: 400,
  /** Rows kept for rewind: the cap and some slack for interpolating between two of them. */
  rewindHistoryMs: 500,
} as const
