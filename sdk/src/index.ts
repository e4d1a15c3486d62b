/** The client: what a game imports besides its schema. */
export type {
  Client,
  ClientOptions,
  CreateOptions,
  EnterOptions,
  JoinOptions,
  Ticket,
  TokenStorage,
  WebSocketConstructor,
  WebSocketLike,
} from './client-api.ts'
export { createClient } from './client.ts'
export type { Clock, Timer } from './clock.ts'
export { ConnectionClosedError, RequestTimeoutError, StateError, UnreachableError } from './errors.ts'
export type {
  DirectMessage,
  FoundPlayer,
  MatchTicket,
  MatchTicketEnd,
  MatchTicketState,
  Party,
  PartyMember,
  People,
  SeatOffer,
  WhyWaiting,
} from './lobby/people-api.ts'
export type { Impairment } from './impair/impairment.ts'
export type {
  Condition,
  ListListeners,
  LiveRooms,
  Lobby,
  RoomAttributes,
  RoomListing,
  RoomPage,
  RoomQuery,
  Where,
} from './lobby/lobby-api.ts'
export type {
  CloseInfo,
  ConnectionState,
  Drawing,
  EntityRef,
  EventInfo,
  JoinedRoom,
  PlayerRef,
  PlayerView,
  RequestHandler,
  RequestOptions,
  RoomAdmin,
  RoomStats,
  Sample,
  SendOptions,
  Unsubscribe,
  WatchedRoom,
} from './room-api.ts'
