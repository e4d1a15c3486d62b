import type { Clock, Timer } from './clock.ts'
import type { Report } from './report.ts'
import type { CloseInfo } from './room-api.ts'

const ADVANCE_DEADLINE_MS = 2000
/** A simulation that differs does so at every snapshot; game code that changes something now and then does not. */
const MISSES_IN_A_ROW = 10

/**
 * Tells a developer of three mistakes that look like a broken network: nobody draws, the two ends compute otherwise, and
 * nobody asks whether the room is over.
 */
export class RoomWatch {
  private readonly report: Report
  private readonly timer: Timer
  private misses = 0
  private missed: string | null = null
  private isHeeded = false

  constructor(clock: Clock, report: Report) {
    this.report = report
    this.timer = clock.setTimer(() => this.warnOfNoAdvance(), ADVANCE_DEADLINE_MS)
  }

  advanced(): void {
    this.timer.cancel()
  }

  /** What a snapshot said of the prediction; `isClean`: every input was there in time, so both ends had the same ones. */
  compared(miss: string | null, isClean: boolean): void {
    if (miss === null || !isClean) {
      this.misses = 0
      return
    }
    this.misses = miss === this.missed ? this.misses + 1 : 1
    this.missed = miss
    if (this.misses === MISSES_IN_A_ROW) this.report(differs(miss))
  }

  /** The game wants to know how it stands with the connection. */
  heeded(): void {
    this.isHeeded = true
  }

  ended({ name, meaning }: CloseInfo): void {
    this.timer.cancel()
    if (this.isHeeded || name === 'left') return
    this.report(
      `the room is over for this player (${name}): ${meaning}. Nothing moves any more: await room.left, say why, and ` +
        'join again.',
    )
  }

  private warnOfNoAdvance(): void {
    this.report(
      `room.advance() was not called within ${ADVANCE_DEADLINE_MS / 1000} s of joining: call it once per rendered frame ` +
        "(requestAnimationFrame, or your engine's update). It sends your inputs and moves everything that is drawn.",
    )
  }
}

function differs(field: string): string {
  return (
    `the simulation differs on client and server: ${field} was predicted wrongly at ${MISSES_IN_A_ROW} snapshots in a row, ` +
    'though every input arrived in time. Look for state that is no field of the schema, for Math.random or Date in the ' +
    'simulation, for Math.sin and friends (use those of tickwire), and for room code that changes the field ' +
    'at every tick outside of the simulation.'
  )
}
