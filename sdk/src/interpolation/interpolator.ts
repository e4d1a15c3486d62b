import type { Fields, HeldEntity, KindLayout, Replica } from '@tickwire/protocol/internal'
import { heldTracks, jumpsIn, readBlobs } from '../fields.ts'
import { blendRows } from './blend.ts'
import type { EntityHistory } from './history.ts'

/** A longer gap between snapshots is no missing data: nothing changed until one interval before the later one. */
const MAX_GAP_INTERVALS = 5
/** Without news the others go on by the codec's rule for so long, then they hold. */
const MAX_EXTRAPOLATION_MS = 350

/** Shows entities at any tick, from what the snapshots around it said. */
export class Interpolator {
  /** Where `aim` was last, after its bound. */
  tick = 0
  /** True if `aim` was beyond the newest snapshot. */
  isExtrapolating = false
  private readonly replica: Replica
  private readonly ticksPerSnapshot: number
  private readonly maxExtrapolationTicks: number
  private snapshotTicks: number[] = []
  private fromTick = 0
  private toTick = 0
  private fraction = 0
  private readonly from: Int32Array
  private readonly to: Int32Array

  constructor(replica: Replica, tickRateHz: number, ticksPerSnapshot: number, maxColumns: number) {
    this.replica = replica
    this.ticksPerSnapshot = ticksPerSnapshot
    this.maxExtrapolationTicks = Math.max(ticksPerSnapshot, (MAX_EXTRAPOLATION_MS * tickRateHz) / 1000)
    this.from = new Int32Array(maxColumns)
    this.to = new Int32Array(maxColumns)
  }

  get newestTick(): number {
    return this.snapshotTicks.at(-1) ?? 0
  }

  addSnapshot(tick: number): void {
    this.snapshotTicks.push(tick)
  }

  /** Forgets snapshots that are not needed to show `tick` and later; says which is the oldest one left. */
  forgetBefore(tick: number): number {
    const ticks = this.snapshotTicks
    let first = 0
    while (first + 1 < ticks.length && ticks[first + 1]! <= tick) first++
    if (first > 0) this.snapshotTicks = ticks.slice(first)
    return this.snapshotTicks[0] ?? 0
  }

  /** Sets the tick, with fraction, that `show` shows. */
  aim(tick: number): void {
    const bounded = Math.max(0, Math.min(tick, this.newestTick + this.maxExtrapolationTicks))
    this.tick = bounded
    this.isExtrapolating = bounded > this.newestTick
    const next = this.snapshotTicks.find((one) => one > bounded)
    const [from, to] = next === undefined ? around(bounded) : this.interval(bounded, next)
    this.fromTick = from
    this.toTick = to
    this.fraction = (bounded - from) / (to - from)
  }

  /** The two ticks whose rows are blended. Where nothing was sent, nothing differed from the rule. */
  private interval(tick: number, next: number): readonly [number, number] {
    const before = this.snapshotTicks.findLast((one) => one <= tick) ?? next - this.ticksPerSnapshot
    if (next - before <= this.ticksPerSnapshot * MAX_GAP_INTERVALS) return [before, next]
    const quietUntil = next - this.ticksPerSnapshot
    return tick < quietUntil ? around(tick) : [quietUntil, next]
  }

  /** Writes how the entity looks at that tick, and says how often it was teleported by then. */
  show(kind: KindLayout, history: EntityHistory, into: Fields): number {
    const before = history.at(this.fromTick)
    const tracks = heldTracks(before)
    this.replica.rowAt(before, Math.max(this.fromTick, before.anchors.all.tick), this.from)
    const to = this.rowAfter(kind, before, history.at(this.toTick))
    // The way across a teleport was not travelled: it stays until it is there.
    const isJump = jumpsIn(kind, this.from) !== jumpsIn(kind, to)
    blendRows(kind, this.from, isJump ? this.from : to, this.fraction, this.from, tracks, into)
    readBlobs(kind, before.blobs, tracks, into)
    return jumpsIn(kind, this.from)
  }

  private rowAfter(kind: KindLayout, before: HeldEntity, after: HeldEntity): Int32Array {
    // What no rule moves is the same row at both ends.
    if (before === after && !kind.tracks.all.hasHidden) return this.from
    this.replica.rowAt(after, Math.max(this.toTick, after.anchors.all.tick), this.to)
    return this.to
  }

  /** Whether the entity cannot look otherwise until a snapshot says so. */
  isSettled(kind: KindLayout, history: EntityHistory): boolean {
    return !kind.tracks.all.hasHidden && history.at(this.fromTick) === history.at(this.newestTick)
  }
}

function around(tick: number): readonly [number, number] {
  const whole = Math.floor(tick)
  return [whole, whole + 1]
}
