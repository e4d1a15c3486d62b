import type { Clock } from '../clock.ts'
import type { RoomScheduler } from './scheduler.ts'

/** Hears of each tick: of which game, how long it took and how late it began, in ms. */
export type ObserveTick = (game: string, tookMs: number, lateMs: number) => void

/** The same scheduler, with somebody who looks at its ticks. */
export function observedScheduler(
  scheduler: RoomScheduler,
  clock: Clock,
  game: string,
  observe: ObserveTick,
): RoomScheduler {
  return {
    add(rateHz, run) {
      const pace = scheduler.add(rateHz, (tick) => {
        const startMs = clock.nowMs()
        // While a tick runs, the pace is already at the next one.
        const lateMs = Math.max(0, startMs - (pace.dueMs - pace.intervalMs))
        run(tick)
        observe(game, clock.nowMs() - startMs, lateMs)
      })
      return pace
    },
  }
}
