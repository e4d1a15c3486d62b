import type { Clock } from './clock.ts'
import type { Logger } from './log.ts'
import type { RoomError } from './room/definition.ts'

const QUIET_MS = 10_000
/** Faults that are remembered; messages may hold ids, and so be without end. */
const MAX_KNOWN = 256

interface Known {
  loggedMs: number
  /** How often it came since then. */
  unsaid: number
}

/**
 * Logs the exceptions of game code. What throws in one tick throws in the next one too, sixty times a second and with its
 * stack: each fault is logged at once, and then at most every ten seconds, with how often it came.
 */
export class FaultLog {
  private readonly clock: Clock
  private readonly log: Logger
  private readonly known = new Map<string, Known>()

  constructor(clock: Clock, log: Logger) {
    this.clock = clock
    this.log = log
  }

  add({ error, phase, roomId, seat }: RoomError): void {
    const key = `${phase} ${error instanceof Error ? error.message : String(error)}`
    const nowMs = this.clock.nowMs()
    const before = this.known.get(key)
    if (before !== undefined && nowMs - before.loggedMs < QUIET_MS) {
      before.unsaid++
      return
    }
    if (this.known.size >= MAX_KNOWN) this.known.clear()
    this.known.set(key, { loggedMs: nowMs, unsaid: 0 })
    const player = seat === null ? '' : `, player ${seat}`
    const again =
      before === undefined || before.unsaid === 0 ? '' : ` (and ${before.unsaid} times since it was last logged)`
    this.log.error(`room ${roomId}, ${phase}${player}${again}`, error)
  }
}
