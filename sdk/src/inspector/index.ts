/** The inspector: an overlay for developers, and the traces that it saves. Nothing of it runs before `attachInspector`. */
export { attachInspector } from './inspector.ts'
export type { Inspector, InspectorOptions } from './inspector.ts'
export type { ToScreen } from './to-screen.ts'
export type { DecodedMessage } from './decode.ts'
export { readTrace } from './trace-reader.ts'
export type { ReadPacket } from './trace-reader.ts'
