import type { RoomError, RoomPhase } from './definition.ts'

/**
 * The only place from which game code is called. An exception there is reported with where it came from and goes no
 * further: the tick goes on, the room and the process live.
 */
export class GameCode {
  private readonly roomId: string
  private readonly report: (error: RoomError) => void
  private depth = 0
  private afterwards: (() => void)[] = []

  constructor(roomId: string, report: (error: RoomError) => void) {
    this.roomId = roomId
    this.report = report
  }

  /** Calls `fn`, which may be async although nobody waits for it. */
  run(phase: RoomPhase, seat: number | null, fn: () => unknown): void {
    try {
      this.watch(phase, seat, this.enter(fn))
    } catch (error) {
      this.fail(phase, seat, error)
    }
  }

  /** Reports a promise of game code that rejects: left alone it would end the process. */
  watch(phase: RoomPhase, seat: number | null, result: unknown): void {
    if (result instanceof Promise) result.catch((error: unknown) => this.fail(phase, seat, error))
  }

  /** Calls `fn` and lets its exception through. */
  enter<T>(fn: () => T): T {
    this.depth++
    try {
      return fn()
    } finally {
      this.depth--
      if (this.depth === 0) this.settle()
    }
  }

  fail(phase: RoomPhase, seat: number | null, error: unknown): void {
    this.report({ error, phase, roomId: this.roomId, seat })
  }

  /** Runs `fn` now, or once the game code that is running has returned: nobody pulls the room from under its feet. */
  whenIdle(fn: () => void): void {
    if (this.depth === 0) fn()
    else this.afterwards.push(fn)
  }

  private settle(): void {
    for (let next = this.afterwards.shift(); next !== undefined; next = this.afterwards.shift()) next()
  }
}
