import type { Clock, Timer } from '../clock.ts'
import { LIMITS } from '@tickwire/protocol'

/** Calls `fn` soon, after the process has run what is due and looked at its sockets: `setImmediate` in production. */
export type YieldToIo = (fn: () => void) => void

/** On a clock of tests: behind all that is due. */
export const yieldByTimer =
  (clock: Clock): YieldToIo =>
  (fn) =>
    void clock.setTimer(fn, 0)

/** Spreads phases evenly however many rooms come: the golden ratio's multiples never cluster. */
const GOLDEN = 0.618_033_988_749_895

/**
 * Runs the ticks of all rooms from one timer. Due times are multiples of the interval from a fixed start, so no delay of a
 * tick moves the next one: the long-run rate is exact. Rooms get different phases, so that their ticks do not meet; between
 * two ticks the process looks at its sockets.
 *
 * A room that fell behind runs at most `maxCatchUpTicks` ticks late; what lies further back is dropped and counted, and its
 * room time stands still for as long.
 */
export class Scheduler {
  private readonly clock: Clock
  private readonly yieldToIo: YieldToIo
  private readonly onFault: (error: unknown) => void
  private readonly onDrop: (ticks: number, nowMs: number) => void
  private readonly queue: Pace[] = []
  private rooms = 0
  private timer: Timer | null = null
  private timerDueMs = Infinity
  private isYielding = false
  private isClosed = false

  /**
   * @param onFault told of an exception that a tick let through; the room's next tick runs all the same
   * @param onDrop told how many ticks a room is not given, each time that it is too far behind
   */
  constructor(
    clock: Clock,
    yieldToIo: YieldToIo,
    onFault: (error: unknown) => void,
    onDrop: (ticks: number, nowMs: number) => void = () => undefined,
  ) {
    this.clock = clock
    this.yieldToIo = yieldToIo
    this.onFault = onFault
    this.onDrop = onDrop
  }

  /** Starts calling `run(tick)` at `rateHz`: 1 within one interval from now, then 2, 3 ... */
  add(rateHz: number, run: (tick: number) => void): Pace {
    const ordinal = this.rooms++
    const intervalMs = 1000 / rateHz
    const nowMs = this.clock.nowMs()
    const phaseMs = ((ordinal * GOLDEN) % 1) * intervalMs
    const sincePhaseMs = (((nowMs - phaseMs) % intervalMs) + intervalMs) % intervalMs
    const pace = new Pace(ordinal, intervalMs, nowMs - sincePhaseMs, run)
    this.push(pace, pace.dueMs)
    this.arm()
    return pace
  }

  /** Stops all ticks for good. */
  close(): void {
    this.isClosed = true
    this.queue.length = 0
    this.timer?.cancel()
    this.timer = null
  }

  private readonly wake = (): void => {
    this.timer = null
    this.timerDueMs = Infinity
    this.isYielding = false
    const next = this.queue[0]
    if (next !== undefined && (next.isStopped || next.readyMs <= this.clock.nowMs())) this.runNext(next)
    this.arm()
  }

  /** One tick of one room, then the others get their turn, however far this one is behind. */
  private runNext(pace: Pace): void {
    this.queue.shift()
    if (pace.isStopped) return
    const nowMs = this.clock.nowMs()
    const dropped = pace.dropBeyond(nowMs)
    if (dropped > 0) this.onDrop(dropped, nowMs)
    try {
      pace.runTick()
    } catch (error) {
      this.onFault(error)
    }
    if (!pace.isStopped) this.push(pace, Math.max(pace.dueMs, this.clock.nowMs()))
  }

  /** Keeps the queue in the order of ready times; equal ones in the order they came. */
  private push(pace: Pace, readyMs: number): void {
    if (this.isClosed) return
    pace.readyMs = readyMs
    let [from, to] = [0, this.queue.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.queue[middle]!.readyMs <= readyMs) from = middle + 1
      else to = middle
    }
    this.queue.splice(from, 0, pace)
  }

  private arm(): void {
    const next = this.queue[0]
    if (next === undefined || this.isYielding || this.isClosed) return
    const waitMs = next.readyMs - this.clock.nowMs()
    if (waitMs <= 0) {
      this.isYielding = true
      this.timer?.cancel()
      this.yieldToIo(this.wake)
    } else if (next.readyMs < this.timerDueMs) {
      this.timer?.cancel()
      this.timerDueMs = next.readyMs
      this.timer = this.clock.setTimer(this.wake, waitMs)
    }
  }
}

/** What a room needs of whoever drives it. */
export type RoomScheduler = Pick<Scheduler, 'add'>

/** One room's time: tick t is due at start + t * interval. */
export class Pace {
  /** Counts the rooms of a scheduler; rooms derive their snapshot phase from it. */
  readonly ordinal: number
  readonly intervalMs: number
  /** When it is next in line; later than `dueMs` while it catches up, so that other rooms go first. */
  readyMs = 0
  private readonly run: (tick: number) => void
  private startMs: number
  private lastTick = 0
  private dropped = 0
  private stopped = false

  constructor(ordinal: number, intervalMs: number, startMs: number, run: (tick: number) => void) {
    this.ordinal = ordinal
    this.intervalMs = intervalMs
    this.startMs = startMs
    this.run = run
  }

  /** The tick that ran last; 0 is the room as it was made. */
  get tick(): number {
    return this.lastTick
  }

  /** Ticks that were not run because the process was too far behind. */
  get droppedTicks(): number {
    return this.dropped
  }

  get dueMs(): number {
    return this.startMs + (this.lastTick + 1) * this.intervalMs
  }

  get isStopped(): boolean {
    return this.stopped
  }

  stop(): void {
    this.stopped = true
  }

  /** Room time in ticks: t when tick t is due. */
  timeAt(nowMs: number): number {
    return Math.max(0, (nowMs - this.startMs) / this.intervalMs)
  }

  runTick(): void {
    this.lastTick++
    this.run(this.lastTick)
  }

  /** @returns how many ticks were dropped */
  dropBeyond(nowMs: number): number {
    const behind = Math.floor(this.timeAt(nowMs)) - this.lastTick
    const excess = Math.max(0, behind - LIMITS.maxCatchUpTicks)
    this.dropped += excess
    this.startMs += excess * this.intervalMs
    return excess
  }
}
