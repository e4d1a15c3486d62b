/** Starts servers and defines rooms: what a game imports besides its schema. */
export { createGameServer } from './game-server.ts'
export type { DrainOptions, GameServer } from './game-server.ts'
export type { GameServerStats } from './composition.ts'
export type { CounterName } from './counters.ts'
export type { InputCounters } from './room/input-queue.ts'
export type { GameServerOptions } from './options.ts'
export type { ServerLimits } from './limits.ts'
export type { Authenticate, User } from './link/handshake.ts'
export type { SameUser } from './link/links.ts'
export { createTicket, hmacTickets } from './identity/hmac.ts'
export type { HmacTicketOptions, TicketOptions, TicketSecret } from './identity/hmac.ts'
export { jwtTickets } from './identity/jwt.ts'
export type { JwtClaims, JwtTicketOptions } from './identity/jwt.ts'
export { MemoryReplayGuard } from './identity/replay.ts'
export type { MemoryReplayGuardOptions, ReplayGuard } from './identity/replay.ts'
export type { Peer } from './transport/transport.ts'
export type { Logger, LogLevel, LogSink } from './log.ts'
export { createLogger } from './log.ts'
export type { Clock, Timer } from './clock.ts'
export type { RandomBytes } from './secrets.ts'
export { MemoryDirectory } from './directory/memory.ts'
export type { MemoryDirectoryOptions } from './directory/memory.ts'
export type {
  Directory,
  NewRoom,
  NoSeatReason,
  Party,
  ReserveAnswer,
  RoomEntry,
  RoomReport,
  SeatCriteria,
} from './directory/directory.ts'
export { MemoryNames } from './directory/names.ts'
export type { DirectMessage, NameHolder, Names, Presence } from './directory/names.ts'
export { defineRoom } from './room/define-room.ts'
export type {
  LeaveReason,
  MessageHandlers,
  PlayerState,
  RequestHandlers,
  RoomDefinition,
  RoomError,
  RoomOptions,
  RoomPhase,
  RoomType,
} from './room/definition.ts'
export type {
  JoinRequest,
  Past,
  PastHit,
  Player,
  PlayerViewArea,
  RequestOptions,
  Room,
  RoomTimer,
  SendOptions,
  ServerWorld,
  TeamMask,
} from './room/room-api.ts'
export { hostQueue } from './lobby/hosted-queue.ts'
export type { HostedQueue, HostQueueOptions, QueuedMatch, RoundTrips, RunningRoom } from './lobby/hosted-queue.ts'
export { defineQueue } from './matchmaking/queue.ts'
export type { AttributeRule, LatencyRule, Queue, QueueOptions, SkillRule } from './matchmaking/queue.ts'
export { checkTicket } from './matchmaking/ticket.ts'
export type {
  TicketAttributes,
  AttributeValue,
  MatchTicket,
  Rating,
  TicketPlayer,
  TicketRequest,
} from './matchmaking/ticket.ts'
export { matchTickets } from './matchmaking/match.ts'
export type { Match } from './matchmaking/match.ts'
export type { OpenRoom } from './matchmaking/backfill.ts'
export { whyWaiting } from './matchmaking/why-waiting.ts'
export type { WaitReason, WhyWaiting } from './matchmaking/why-waiting.ts'
export { Matchmaker } from './matchmaking/matchmaker.ts'
export type { MatchmakerOptions } from './matchmaking/matchmaker.ts'
export type { MatchmakerPort, TicketEnd, TicketListener, TicketState } from './matchmaking/port.ts'
export { openskillRatings } from './matchmaking/openskill.ts'
export type { OpenSkill, Ratings, TeamResult } from './matchmaking/openskill.ts'
export { recordFiles } from './record/sink.ts'
export type { RecordedRoom, RecordFilesOptions, RecordingSink, RecordTo } from './record/sink.ts'
export { replay } from './record/replay.ts'
export type { ReplayOptions, ReplayReport } from './record/replay.ts'
export type { Divergence } from './record/replayer.ts'
export { ConfigError, RefusedError } from '@tickwire/protocol'
export { sign as signRequest } from './http/signature.ts'
export type { HttpHandler, HttpOptions } from './http/mount.ts'
