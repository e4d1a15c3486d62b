import { SlackFeedback } from './slack.ts'

/** What the pacer must know of the network at one moment. */
export interface Timing {
  /** The room's time on the server, in ticks with fraction. */
  readonly serverTicks: number
  readonly rttMs: number
  readonly jitterMs: number
}

/** How early an input should arrive, beyond what the network's jitter takes. */
const TARGET_SLACK_MS = 6
/** A tick is made in the first frame after it is due, so up to a frame later: a wait that is allowed for, up to this. */
const MAX_FRAME_TICKS = 4
const FRAME_GAIN = 1 / 16
/** Before the server has said how early inputs come: mean deviations of the round trip that are added to its half. */
const INITIAL_JITTERS = 4
/** Nobody notices a game that runs so much faster or slower. */
const MAX_SPEED_CHANGE = 0.05
/** Speed change per tick of error: full speed from one tick on. */
const GAIN = 0.05
/** So much too early, walking takes too long. */
const JUMP_TICKS = 10
/** Too late costs inputs, so patience ends sooner. */
const LATE_JUMP_TICKS = 3
/** The server's time may run so much faster or slower than this end's clock. */
const MAX_CLOCK_RATIO = 0.2
/** No frame for so long: the page was hidden or the machine slept, and the ticks between are past at the server. */
const HIDDEN_MS = 500
/** A display of 5 frames per second still runs every tick. */
const MAX_CATCH_UP_MS = 250

/**
 * Decides how far the simulation has to be: ahead of the server by the way up and a margin, so that each input arrives
 * just before its tick. It runs with the server's time, changes speed by at most 5 % to follow the feedback, and jumps
 * only when far off.
 */
export class Pacer {
  /** The newest tick that was due; -1 before the first. */
  tick = -1
  private readonly ticksPerMs: number
  private readonly packetTicks: number
  private readonly maxDueTicks: number
  private readonly feedback = new SlackFeedback()
  private position = 0
  private alpha = 0
  private lastMs: number | null = null
  private lastServerTicks = 0
  /** What the way up takes of a lead, by the server's word; null until it is known. */
  private wayTicks: number | null = null
  /** Ticks per frame, smoothed. */
  private frameTicks = 1

  /** @param ticksPerPacket inputs of the older ticks in a packet wait for the newest one */
  constructor(tickRateHz: number, ticksPerPacket: number) {
    this.ticksPerMs = tickRateHz / 1000
    this.packetTicks = ticksPerPacket - 1
    this.maxDueTicks = Math.max(4, Math.ceil(MAX_CATCH_UP_MS * this.ticksPerMs))
  }

  /** How far from the last tick to the next one, 0 to 1. */
  get fraction(): number {
    return this.alpha
  }

  /** How far ahead of the server's time, in ticks. */
  get leadTicks(): number {
    return this.position - this.lastServerTicks
  }

  /** Moves on to `nowMs` and says how many ticks are due: those up to and including `tick`. */
  advance(nowMs: number, timing: Timing): number {
    const { serverTicks } = timing
    const elapsedMs = this.lastMs === null ? Number.POSITIVE_INFINITY : nowMs - this.lastMs
    const served = this.servedTicks(elapsedMs, serverTicks)
    this.absorbLeap(serverTicks - this.lastServerTicks - served)
    const target = serverTicks + this.leadFor(timing)
    // The target moves with the server's time, and so do we: only the rest is an error.
    const error = target - this.position - served
    const isFarOff = error >= LATE_JUMP_TICKS || error <= -JUMP_TICKS
    if (elapsedMs > HIDDEN_MS || isFarOff) this.jumpTo(target)
    else this.position += served * (1 + clamp(GAIN * error, MAX_SPEED_CHANGE))
    if (elapsedMs <= HIDDEN_MS) this.frameTicks += FRAME_GAIN * (served - this.frameTicks)
    this.lastMs = nowMs
    this.lastServerTicks = serverTicks
    return this.takeDue()
  }

  /** What a snapshot header says: the least slack of the inputs up to `tick`, or null if none came. */
  addSlack(tick: number, slackTicks: number | null, nowMs: number): void {
    if (slackTicks === null) return
    this.feedback.addSlack(tick, slackTicks, nowMs)
    const excess = this.feedback.excessTicks
    if (excess !== null) this.wayTicks = -excess
  }

  /** A new connection: the way up is unknown again, and how long the gap was too. */
  reset(): void {
    this.feedback.reset()
    this.wayTicks = null
    this.lastMs = null
  }

  private leadFor({ rttMs, jitterMs }: Timing): number {
    const guessed = (rttMs / 2 + INITIAL_JITTERS * jitterMs) * this.ticksPerMs + this.packetTicks
    return (this.wayTicks ?? guessed) + TARGET_SLACK_MS * this.ticksPerMs + Math.min(this.frameTicks, MAX_FRAME_TICKS)
  }

  /** A leap of the estimate is no reason to leap: what the server says of the inputs stands, counted from the new time. */
  private absorbLeap(leapTicks: number): void {
    if (leapTicks === 0 || this.lastMs === null) return
    this.feedback.clockLeapt(leapTicks)
    if (this.wayTicks !== null) this.wayTicks -= leapTicks
  }

  /** The ticks that are jumped over are past at the server: inputs for them would only arrive late. */
  private jumpTo(position: number): void {
    this.position = position
    this.tick = Math.max(this.tick, Math.floor(position) - 1)
  }

  /** The server's time since the last call, without the leaps that its estimate may make. */
  private servedTicks(elapsedMs: number, serverTicks: number): number {
    const nominal = elapsedMs * this.ticksPerMs
    return nominal + clamp(serverTicks - this.lastServerTicks - nominal, nominal * MAX_CLOCK_RATIO)
  }

  private takeDue(): number {
    const newest = Math.floor(this.position)
    const fraction = this.position - newest
    if (newest > this.tick) this.alpha = fraction
    // After a jump back the picture holds until time has caught up.
    else if (newest === this.tick) this.alpha = Math.max(this.alpha, fraction)
    const due = Math.max(0, newest - this.tick)
    const count = Math.min(due, this.maxDueTicks)
    // Not the position, which is up to a frame further: what the server will hear of is the tick.
    for (let tick = newest - count + 1; tick <= newest; tick++)
      this.feedback.noteLead(tick, tick - this.lastServerTicks)
    this.tick = Math.max(this.tick, newest)
    return count
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value))
}
