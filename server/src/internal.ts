/** What tests and the stepper use of a server that has no socket. Nothing here is promised to users. */
export { composeServer } from './composition.ts'
export type { Composition, CompositionOptions } from './composition.ts'
export { serverLimits } from './limits.ts'
export { createRoomMaker } from './room/room-maker.ts'
export { attachWebSockets } from './transport/ws.ts'
