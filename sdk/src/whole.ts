import * as bodyDecoder from './link/body-decoder.ts'
import { bodyDecoderPart } from './link/codec.ts'
import { lobbyPart } from './lobby/lobby-part.ts'
import * as outside from './lobby/outside.ts'

/** Puts all parts in place that pages fetch when they need them: simulated time does not wait for files. */
export function loadWhole(): void {
  bodyDecoderPart.provide(bodyDecoder)
  lobbyPart.provide(outside)
}
