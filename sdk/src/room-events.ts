import { LIMITS } from '@tickwire/protocol'
import type { EventFrame, GameCodec } from '@tickwire/protocol/internal'
import type { Listeners } from './listeners.ts'
import type { PredictedEvent } from './prediction/predicted-world.ts'
import type { EventInfo } from './room-api.ts'

/** Takes back what a listener did about a predicted event. */
export type Undo = () => void

/** What a listener is told. */
export interface FiredEvent {
  readonly payload: Readonly<Record<string, unknown>>
  readonly about: EventInfo
  /** Where a listener leaves what is to be done if it turns out that this did not happen; null: it did. */
  readonly undos: Undo[] | null
}

/** An own event that was fired. */
interface Fired {
  readonly event: number
  readonly tick: number
  /** Null: the server has confirmed it, or it was taken back. */
  undos: Undo[] | null
}

/**
 * So long after the server has run its tick a predicted event is waited for. It comes with that tick's snapshot if it happened
 * then; the rest is for an input that came late, and whose press the server took in a later tick: the same shot, not another.
 */
const CONFIRMATION_MS = 250
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
  private readonly confirmationTicks: number
  private waiting: EventFrame[] = []
  private due: { readonly name: string; readonly event: FiredEvent }[] = []
  /** The own events that were fired, by their keys. */
  private readonly fired: Map<string, Fired> = new Map()

  constructor(codec: GameCodec, listeners: Listeners<FiredEvent>) {
    this.codec = codec
    this.listeners = listeners
    this.retentionTicks = Math.ceil((LIMITS.eventRetentionMs * codec.schema.tickRateHz) / 1000)
    this.confirmationTicks = Math.ceil((CONFIRMATION_MS * codec.schema.tickRateHz) / 1000)
  }

  /** An emit of the predicted world, also in a replay: then it was heard already, unless the replay took another turn. */
  predict({ event, tick, n, payload }: PredictedEvent): void {
    const key = keyOf(event, tick, n)
    if (this.fired.has(key)) return
    const undos: Undo[] = []
    this.fired.set(key, { event, tick, undos })
    this.schedule(event, tick, payload, undos)
  }

  /** Events that came with a snapshot. */
  receive(events: readonly EventFrame[]): void {
    for (const event of events) {
      if (event.n === null) this.waiting.push(event)
      // An own one that was not predicted is late already: its place is in the past of the predicted picture.
      else if (!this.confirm(event.event, event.tick, event.n)) {
        this.schedule(event.event, event.tick, event.payload, null)
      }
    }
    if (this.waiting.length > MAX_WAITING) this.waiting = this.waiting.slice(-MAX_WAITING)
  }

  /** Fires what is due at a frame that draws the others at `tick`. */
  fire(tick: number): void {
    const later: EventFrame[] = []
    for (const event of this.waiting) {
      if (event.tick > tick) later.push(event)
      // The picture jumped over it, as after a hidden page: now it would be noise.
      else if (event.tick >= tick - this.retentionTicks) this.schedule(event.event, event.tick, event.payload, null)
    }
    this.waiting = later
    const due = this.due
    this.due = []
    for (const { name, event } of due) this.listeners.emit(name, event)
  }

  /** The server has run `tick` and told what happened: takes back what did not, and forgets what is settled. */
  settle(tick: number): void {
    for (const [key, fired] of this.fired) {
      if (fired.tick < tick - this.confirmationTicks) this.takeBack(fired)
      if (fired.tick < tick - this.retentionTicks) this.fired.delete(key)
    }
  }

  /** True if the event was heard already: by its key, or as one whose input the server took somewhat later. */
  private confirm(event: number, tick: number, n: number): boolean {
    const key = keyOf(event, tick, n)
    const fired = this.fired.get(key) ?? this.slipped(event, tick)
    if (fired !== undefined) fired.undos = null
    this.fired.set(key, fired ?? { event, tick, undos: null })
    return fired !== undefined
  }

  private slipped(event: number, tick: number): Fired | undefined {
    for (const fired of this.fired.values()) {
      const isNear = fired.tick < tick && fired.tick >= tick - this.confirmationTicks
      if (fired.event === event && fired.undos !== null && isNear) return fired
    }
    return undefined
  }

  private takeBack(fired: Fired): void {
    const { undos, event } = fired
    fired.undos = null
    if (undos === null) return
    const name = this.codec.nameAt(this.codec.eventNames, event, 'event index')
    for (const undo of undos) this.listeners.run(name, undo)
  }

  private schedule(event: number, tick: number, payload: FiredEvent['payload'], undos: Undo[] | null): void {
    const name = this.codec.nameAt(this.codec.eventNames, event, 'event index')
    this.due.push({ name, event: { payload, about: { tick, predicted: undos !== null }, undos } })
  }
}

function keyOf(event: number, tick: number, n: number): string {
  return `${event} ${tick} ${n}`
}
