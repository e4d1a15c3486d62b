import { BitReader } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Sight } from '../rewind/sight.ts'
import type { SeatLink } from '../room/ports.ts'
import type { RoomCore } from '../room/room-core.ts'
import { NO_LINK } from '../room/room-seating.ts'
import type { ChangedInput, RecordedSight } from './ops.ts'
import { firstDifferingMark, readValue, StateImage } from './state-image.ts'
import type { Tape } from './tape.ts'

/** Where a replay and its recording part. */
export interface Divergence {
  /** The first tick whose state differs. */
  readonly tick: number
  /**
   * The tick in which the field below was found: that of the first keyframe from `tick` on; null if there is none any more.
   * What differed first may have changed more until then: record with `keyframeSeconds: 0` to have it at once.
   */
  readonly foundAtTick: number | null
  /** The kind and id of the entity that differs first; `#room`, `#player`: fields of the room or of a seat. */
  readonly entity: { readonly kind: string; readonly id: number } | null
  /**
   * Its field. `#id`, `#kind`, `#owner`: another entity stands there, or none. `#random`: other draws of `room.random`;
   * `#timers`: other timers of the room.
   */
  readonly field: string | null
  readonly recorded: unknown
  readonly replayed: unknown
}

/** The tape of a replay: the room is told what it was told, and looked at after each tick. */
export class Replayer implements Tape {
  divergence: Divergence | null = null
  /** What was on screen when the past was asked for, the next one first. */
  readonly sights: RecordedSight[] = []
  core: RoomCore | null = null
  private readonly image = new StateImage(true)
  private readonly inputs: Map<number, Int32Array> = new Map()
  private readonly links: Map<number, SeatLink> = new Map()
  private readonly timers: ((() => void) | null)[] = []
  private readonly gates: Map<number, () => void> = new Map()
  private tickedAt = -1

  /** Timers go off when they did. */
  readonly clock: Clock = {
    nowMs: () => 0,
    setTimer: (fn) => {
      const timer = this.timers.push(fn) - 1
      return { cancel: () => void (this.timers[timer] = null) }
    },
  }

  note(): void {}

  /** A timer goes off, by its number. */
  ring(timer: number): void {
    const fn = this.timers[timer]
    this.timers[timer] = null
    fn?.()
  }

  turn(seat: number): Promise<void> {
    return new Promise((resolve) => this.gates.set(seat, resolve))
  }

  /** Lets the `onJoin` of a seat begin. */
  admit(seat: number): void {
    this.gates.get(seat)?.()
    this.gates.delete(seat)
  }

  input(seat: number, columns: Int32Array): Int32Array {
    return this.inputs.get(seat) ?? columns
  }

  change(changed: readonly ChangedInput[]): void {
    for (const { seat, columns } of changed) this.inputs.set(seat, columns)
  }

  sight(live: Sight): Sight {
    const recorded = this.sights.shift()
    // A room that asks more often than it did has parted already; its state will say so.
    if (recorded === undefined) return live
    let next = 0
    return { ...recorded, sees: () => recorded.answers[next++] ?? false }
  }

  ticked(): void {
    this.image.take(this.core!)
    this.tickedAt = this.core!.world.tick
  }

  /** Compares the state after a tick; the first that differs is remembered. */
  compareHash(tick: number, hash: number): void {
    if (this.divergence !== null || (this.tickedAt === tick && this.image.hash === hash)) return
    const unknown = { foundAtTick: null, entity: null, field: null, recorded: undefined, replayed: undefined }
    this.divergence = { tick, ...unknown }
  }

  /** Names the field, once something differs; true if it could. */
  compareImage(recorded: Uint8Array): boolean {
    if (this.divergence === null) return false
    const { bytes, marks } = this.image
    const mark = firstDifferingMark(recorded, bytes, marks!)
    if (mark === null) return false
    const { bit, kind, id, field } = mark
    this.divergence = {
      tick: this.divergence.tick,
      foundAtTick: this.tickedAt,
      entity: kind === '' ? null : { kind, id },
      field,
      recorded: valueAt(recorded, bit),
      replayed: valueAt(bytes, bit),
    }
    return true
  }

  /** The link behind a seat. */
  linkOf(seat: number): SeatLink {
    return this.links.get(seat) ?? this.seat(seat, '')
  }

  /** A new link for somebody who wants that seat; nobody hears what it is told. */
  seat(seat: number, userId: string): SeatLink {
    const link = { ...NO_LINK, userId }
    this.links.set(seat, link)
    return link
  }
}

function valueAt(image: Uint8Array, bit: number): unknown {
  // The other image may end before this value.
  return bit < image.length * 8 ? readValue(new BitReader(image, bit)) : undefined
}
