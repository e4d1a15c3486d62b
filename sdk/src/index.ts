/** The client: what a game imports besides its schema. */
export type {
  Client,
  ClientOptions,
  JoinOptions,
  TokenStorage,
  WebSocketConstructor,
  WebSocketLike,
} from './client-api.ts'
export { createClient } from './client.ts'
export type { Clock, Timer } from './clock.ts'
export { ConnectionClosedError, RequestTimeoutError, StateError, UnreachableError } from './errors.ts'
export type { Impairment } from './impair/impairment.ts'
export type {
  CloseInfo,
  ConnectionState,
  Drawing,
  EntityRef,
  EventInfo,
  JoinedRoom,
  PlayerView,
  RequestOptions,
  RoomStats,
  Sample,
  SendOptions,
  Unsubscribe,
} from './room-api.ts'
