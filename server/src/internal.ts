/** What the stepper and tests need of this package, and no game does. Nothing here is promised to users. */
export { composeServer } from './composition.ts'
export type { Composition } from './composition.ts'
export { serverLimits } from './limits.ts'
export type { AnyRoomType } from './room/ports.ts'
export type { Scrypt } from './lobby/passwords.ts'
export { createRoomMaker } from './room/room-maker.ts'
export type { Accept, Listener, Peer, SendResult, Transport, TransportHandlers } from './transport/transport.ts'
export { attachWebSockets } from './transport/ws.ts'
