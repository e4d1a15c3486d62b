import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import type { TickInput } from '@tickwire/protocol/internal'
import type { InputRules } from './input-rules.ts'

/** Ticks ahead of the newest run tick that are kept; an input for later is a broken or a lying clock. */
const RING_TICKS = 64

/** What became of a tick that was run: it may still take the presses of a late input, or is done with. */
const STARVED = 0
const DONE = 1

/** The input of one tick, as the simulation gets it. */
export interface TakenInput {
  readonly columns: Int32Array
  /** The tick that the player saw others at, in 1/16, or -1. */
  readonly viewStamp: number
}

export interface InputCounters {
  /** Came after their tick was run. */
  late: number
  /** Came twice. */
  duplicate: number
  /** Named a tick beyond the ring. */
  farFuture: number
  /** Ticks that were run without an input. */
  starved: number
}

/** What the next snapshot header tells the client about its inputs. */
export interface InputFeedback {
  /** Least time in ticks by which an input came before its tick, since the last header; null: none came. */
  readonly slackTicks: number | null
  readonly starvedTicks: number
}

/**
 * The inputs of one player, by tick [INP4]: one per tick, whatever comes twice. A tick without input gets what the idle rule
 * says. An input that came too late is lost but for its presses, which go into the next tick: a tap that a bad network
 * delayed still fires, once.
 */
export class InputQueue {
  readonly counters: InputCounters = { late: 0, duplicate: 0, farFuture: 0, starved: 0 }
  private readonly rules: InputRules
  private readonly ring: (TickInput | undefined)[] = Array.from({ length: RING_TICKS })
  /** What became of the ticks that were run, by the same index. */
  private readonly fates: Uint8Array = new Uint8Array(RING_TICKS)
  private lastTick: number
  private last: TakenInput
  private missing = 0
  private presses: Int32Array | null = null
  private isActive = false
  private leastSlack: number | null = null
  private starvedSinceHeader = 0

  /** @param tick the newest tick that was run */
  constructor(rules: InputRules, tick: number) {
    this.rules = rules
    this.lastTick = tick
    this.last = { columns: rules.codec.neutral, viewStamp: -1 }
  }

  /** @param time room time in ticks at which it arrived */
  push(input: TickInput, time: number): void {
    if (input.tick > this.lastTick + RING_TICKS) {
      this.counters.farFuture++
      // Lost, but not in silence: a client that runs so far ahead hears how far it is.
      this.arrived(input, time)
      return
    }
    if (input.tick <= this.lastTick) this.pushLate(input, time)
    else if (this.ring[input.tick % RING_TICKS] === undefined) {
      this.ring[input.tick % RING_TICKS] = input
      this.arrived(input, time)
    } else this.counters.duplicate++
  }

  /** The input for the next tick, which must be one more than the last. */
  take(tick: number): TakenInput {
    this.lastTick = tick
    const index = tick % RING_TICKS
    const input = this.ring[index]
    this.ring[index] = undefined
    this.fates[index] = input === undefined ? STARVED : DONE
    this.last = input ?? this.idle()
    if (input !== undefined) this.missing = 0
    if (this.presses === null) return this.last
    const columns = this.rules.withPresses(this.last.columns, this.presses)
    this.presses = null
    return { columns, viewStamp: this.last.viewStamp }
  }

  /** What the client is told with the next header. */
  get feedback(): InputFeedback {
    return { slackTicks: this.leastSlack, starvedTicks: this.starvedSinceHeader }
  }

  /** The header left: the next one starts anew. */
  feedbackSent(): void {
    this.leastSlack = null
    this.starvedSinceHeader = 0
  }

  /** The connection dropped: nothing is held any more, and nothing counts as starved until inputs come again. */
  drop(): void {
    this.isActive = false
    this.ring.fill(undefined)
    this.presses = null
    this.last = { columns: this.rules.codec.neutral, viewStamp: -1 }
    this.feedbackSent()
  }

  private pushLate(input: TickInput, time: number): void {
    const index = input.tick % RING_TICKS
    const isRemembered = input.tick > this.lastTick - RING_TICKS
    if (isRemembered && this.fates[index] === DONE) {
      this.counters.duplicate++
      return
    }
    this.counters.late++
    this.arrived(input, time)
    // Of a tick that nobody remembers it is not known whether its presses were taken: better none than twice.
    if (!isRemembered) return
    this.fates[index] = DONE
    if (!this.rules.hasPress(input.columns)) return
    this.presses = this.presses === null ? input.columns : this.rules.withPresses(this.presses, input.columns)
  }

  private arrived(input: TickInput, time: number): void {
    this.isActive = true
    const slack = input.tick - time
    this.leastSlack = this.leastSlack === null ? slack : Math.min(this.leastSlack, slack)
  }

  private idle(): TakenInput {
    if (this.isActive) {
      this.counters.starved++
      this.starvedSinceHeader++
    }
    this.missing++
    const { columns, viewStamp } = this.last
    return {
      columns: this.rules.idle(columns, this.missing),
      viewStamp: viewStamp < 0 ? -1 : viewStamp + VIEW_STEPS_PER_TICK,
    }
  }
}
