import { LIMITS } from '@tickwire/protocol'
import type { EventFrame, GameCodec } from '@tickwire/protocol/internal'
import type { Listeners } from './listeners.ts'
import type { PredictedEvent } from './prediction/predicted-world.ts'
import type { EventInfo } from './room-api.ts'

/** What a listener is told. */
export interface FiredEvent {
  readonly payload: Readonly<Record<string, unknown>>
  readonly about: EventInfo
}

/** Events that wait for the picture, at most; a page that draws no frames must not hoard them. */
const MAX_WAITING = 4 * LIMITS.maxEventsPerSnapshot

/**
 * Fires each event once: one of others when the picture has reached its tick, one of this player's own as soon as it is
 * predicted, however often its tick is replayed, and not again when the server confirms it.
 */
export class RoomEvents {
  private readonly codec: GameCodec
  private readonly listeners: Listeners<FiredEvent>
  private readonly retentionTicks: number
  private waiting: EventFrame[] = []
  private due: { readonly name: string; readonly event: FiredEvent }[] = []
  /** Keys of the own events that were fired, and their tick. */
  private readonly fired: Map<string, number> = new Map()

  constructor(codec: GameCodec, listeners: Listeners<FiredEvent>) {
    this.codec = codec
    this.listeners = listeners
    this.retentionTicks = Math.ceil((LIMITS.eventRetentionMs * codec.schema.tickRateHz) / 1000)
  }

  /** An emit of the predicted world, also in a replay: then it was heard already, unless the replay took another turn. */
  predict({ event, tick, n, payload }: PredictedEvent): void {
    if (this.claim(event, tick, n)) this.schedule(event, tick, payload, true)
  }

  /** Events that came with a snapshot. */
  receive(events: readonly EventFrame[]): void {
    for (const event of events) {
      // An own one that was not predicted is late already: its place is in the past of the predicted picture.
      if (event.n === null) this.waiting.push(event)
      else if (this.claim(event.event, event.tick, event.n))
        this.schedule(event.event, event.tick, event.payload, false)
    }
    if (this.waiting.length > MAX_WAITING) this.waiting = this.waiting.slice(-MAX_WAITING)
  }

  /** Fires what is due at a frame that draws the others at `tick`. */
  fire(tick: number): void {
    const later: EventFrame[] = []
    for (const event of this.waiting) {
      if (event.tick > tick) later.push(event)
      // The picture jumped over it, as after a hidden page: now it would be noise.
      else if (event.tick >= tick - this.retentionTicks) this.schedule(event.event, event.tick, event.payload, false)
    }
    this.waiting = later
    const due = this.due
    this.due = []
    for (const { name, event } of due) this.listeners.emit(name, event)
  }

  /** Ticks up to this one are never replayed nor confirmed again. */
  forgetBefore(tick: number): void {
    for (const [key, firedTick] of this.fired) if (firedTick < tick - this.retentionTicks) this.fired.delete(key)
  }

  /** True for the first that asks. */
  private claim(event: number, tick: number, n: number): boolean {
    const key = `${event} ${tick} ${n}`
    if (this.fired.has(key)) return false
    this.fired.set(key, tick)
    return true
  }

  private schedule(event: number, tick: number, payload: FiredEvent['payload'], predicted: boolean): void {
    const name = this.codec.nameAt(this.codec.eventNames, event, 'event index')
    this.due.push({ name, event: { payload, about: { tick, predicted } } })
  }
}
