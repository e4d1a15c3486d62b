import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import type { TickInput } from '@tickwire/protocol/internal'
import type { InputRules } from './input-rules.ts'

/** Ticks ahead of the newest run tick that are kept; an input for later is a broken or a lying clock. */
const RING_TICKS = 64

/** In place of a view stamp; those are -1 or more. */
const MISSING = -2

/** What became of a tick that was run: it may still take the presses of a late input, or is done with. */
const STARVED = 0
const DONE = 1

/** The input of one tick, as the simulation gets it; the queue's own, until its next tick. */
export interface TakenInput {
  readonly columns: Int32Array
  /** The tick that the player saw others at, in 1/16, or -1. */
  readonly viewStamp: number
  /** It says something else than that of the tick before. */
  readonly hasChanged: boolean
}

/** What became of inputs, summed over players or rooms. */
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

export function newInputCounters(): InputCounters {
  return { late: 0, duplicate: 0, farFuture: 0, starved: 0 }
}

/** What the next snapshot header tells the client about its inputs. */
export interface InputFeedback {
  /** Least time in ticks by which an input came before its tick, since the last header; null: none came. */
  slackTicks: number | null
  starvedTicks: number
}

/**
 * The inputs of one player, by tick [INP4]: one per tick, whatever comes twice. A tick without input gets what the idle rule
 * says. An input that came too late is lost but for its presses, which go into the next tick: a tap that a bad network
 * delayed still fires, once.
 */
export class InputQueue {
  readonly counters: InputCounters
  /** What the client is told with the next header. */
  readonly feedback: InputFeedback = { slackTicks: null, starvedTicks: 0 }
  private readonly rules: InputRules
  private readonly width: number
  /**
   * Of the ticks to come, by tick modulo `RING_TICKS`: the view stamp of their input, or `MISSING`, and its columns. All in
   * one array: between two packets of a player its memory grows cold, and each piece of it must be fetched.
   */
  private readonly ring: Float64Array
  /** What became of the ticks that were run, by the same index. */
  private readonly fates: Uint8Array = new Uint8Array(RING_TICKS)
  private readonly taken: { columns: Int32Array; viewStamp: number; hasChanged: boolean }
  private lastTick: number
  private missing = 0
  private presses: Int32Array | null = null
  private isActive = false

  /**
   * @param tick the newest tick that was run
   * @param counters where it counts; several queues may share one
   */
  constructor(rules: InputRules, tick: number, counters: InputCounters = newInputCounters()) {
    const { neutral } = rules.codec
    this.rules = rules
    this.counters = counters
    this.width = neutral.length
    this.ring = new Float64Array(RING_TICKS * (1 + this.width)).fill(MISSING)
    this.lastTick = tick
    this.taken = { columns: neutral.slice(), viewStamp: -1, hasChanged: true }
  }

  /**
   * Takes a copy of an input.
   * @param time room time in ticks at which it arrived
   */
  push(input: TickInput, time: number): void {
    const { tick } = input
    const index = tick % RING_TICKS
    if (tick > this.lastTick + RING_TICKS) {
      this.counters.farFuture++
      // Lost, but not in silence: a client that runs so far ahead hears how far it is.
      this.arrived(tick, time)
    } else if (tick <= this.lastTick) this.pushLate(input, time)
    else if (this.ring[index * (1 + this.width)] !== MISSING) this.counters.duplicate++
    else {
      const at = index * (1 + this.width)
      this.ring[at] = input.viewStamp
      for (let i = 0; i < this.width; i++) this.ring[at + 1 + i] = input.columns[i]!
      this.arrived(tick, time)
    }
  }

  /** The input for the next tick, which must be one more than the last. */
  take(tick: number): TakenInput {
    this.lastTick = tick
    const index = tick % RING_TICKS
    const at = index * (1 + this.width)
    const isHere = this.ring[at] !== MISSING
    this.fates[index] = isHere ? DONE : STARVED
    this.taken.hasChanged = isHere ? this.takeAt(at) : this.idle()
    if (this.presses === null) return this.taken
    this.rules.addPresses(this.taken.columns, this.presses)
    this.presses = null
    this.taken.hasChanged = true
    return this.taken
  }

  /** The header left: the next one starts anew. */
  feedbackSent(): void {
    this.feedback.slackTicks = null
    this.feedback.starvedTicks = 0
  }

  /** The connection dropped: nothing is held any more, and nothing counts as starved until inputs come again. */
  drop(): void {
    this.isActive = false
    this.ring.fill(MISSING)
    this.presses = null
    // Too long ago to be repeated.
    this.missing = Infinity
    this.taken.viewStamp = -1
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
    this.arrived(input.tick, time)
    // Of a tick that nobody remembers it is not known whether its presses were taken: better none than twice.
    if (!isRemembered) return
    this.fates[index] = DONE
    if (!this.rules.hasPress(input.columns)) return
    if (this.presses === null) this.presses = input.columns.slice()
    else this.rules.addPresses(this.presses, input.columns)
  }

  private arrived(tick: number, time: number): void {
    const { feedback } = this
    const slack = tick - time
    this.isActive = true
    feedback.slackTicks = feedback.slackTicks === null ? slack : Math.min(feedback.slackTicks, slack)
  }

  /** @returns whether it differs from that of the tick before */
  private takeAt(at: number): boolean {
    const { columns } = this.taken
    this.missing = 0
    this.taken.viewStamp = this.ring[at]!
    this.ring[at] = MISSING
    let hasChanged = false
    for (let i = 0; i < this.width; i++) {
      const value = this.ring[at + 1 + i]!
      hasChanged ||= columns[i] !== value
      columns[i] = value
    }
    return hasChanged
  }

  private idle(): boolean {
    const { taken, isActive } = this
    if (isActive) {
      this.counters.starved++
      this.feedback.starvedTicks++
    }
    this.missing++
    if (taken.viewStamp >= 0) taken.viewStamp += VIEW_STEPS_PER_TICK
    return this.rules.idle(taken.columns, this.missing)
  }
}
