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
  Room,
  RoomTimer,
  SendOptions,
  ServerWorld,
  TeamMask,
} from './room/room-api.ts'
export { ConfigError, RefusedError } from '@tickwire/protocol'
