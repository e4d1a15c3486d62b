/** What tests and the stepper need of this package, and no game does. Nothing here is promised to users. */
export type { Connect, Transport, TransportHandlers } from './connection/transport.ts'
export { platformParts } from './client.ts'
export { createClientWith } from './game-client.ts'
export type { ClientParts, OpenGameRoom } from './game-client.ts'
export type { PageEvent, PageLife } from './link/page-life.ts'
export type { Joined, RoomLink, RoomReceiver } from './link/ports.ts'
export { PingClock } from './time/clock-sync.ts'
