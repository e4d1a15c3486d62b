import { lobbyPart } from './lobby/lobby-part.ts'
import * as outside from './lobby/outside.ts'

/** Puts all parts in place that pages fetch when they need them: simulated time does not wait for files. */
export function loadWhole(): void {
  lobbyPart.provide(outside)
}
