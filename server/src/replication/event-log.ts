import { LIMITS } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import { defaultValue, fromInts, scalarsOf, toInts } from '@tickwire/protocol/internal'
import type { EventFrame, GameCodec } from '@tickwire/protocol/internal'
import type { Interest } from './interest.ts'
import { hidden, mentions } from './references.ts'
import type { Holds } from './references.ts'

const parts = new Int32Array(4)

const NONE: readonly EventFrame[] = []

/** An event as it waits for those who have not been told yet. */
interface Logged {
  /** Counts the events of a room. */
  readonly seq: number
  readonly frame: EventFrame
  /** The same without its key: for all but its emitter. */
  readonly keyless: EventFrame
  readonly emitter: number | null
  readonly at: Place | null
}

export interface EmitParts {
  readonly event: number
  readonly tick: number
  readonly payload: object
  readonly emitter: number | null
  /** Its number among the emitter's own in that tick, or null: made outside the simulation. */
  readonly n: number | null
  readonly at: Place | null
}

/** The events of a room, kept until every client was told of them or `eventRetentionMs` are over. */
export class EventLog {
  /** Events that were not told to somebody because a snapshot had too many. */
  dropped = 0
  private readonly codec: GameCodec
  private readonly retentionTicks: number
  private logged: Logged[] = []
  /** Used again for each client. */
  private readonly frames: EventFrame[] = []
  private lastSeq = 0

  constructor(codec: GameCodec) {
    this.codec = codec
    this.retentionTicks = (LIMITS.eventRetentionMs * codec.schema.tickRateHz) / 1000
  }

  /** Where somebody stands who knows all events so far. */
  get end(): number {
    return this.lastSeq
  }

  /**
   * Takes an event with its payload as it is now: game code may pass an entity, which changes. Values beyond their range
   * are clamped as those of entities are.
   * @throws RangeError naming the field of a value that cannot travel
   */
  push({ event, tick, payload, emitter, n, at }: EmitParts): void {
    const eventName = this.codec.eventNames[event]!
    const fields = this.codec.schema.events[eventName]!
    const values: Record<string, unknown> = {}
    for (const [name, { spec }] of Object.entries(fields)) {
      const value = (payload as Record<string, unknown>)[name]
      values[name] =
        scalarsOf(spec).length > 0
          ? settled(`${eventName}.${name}`, spec, value ?? defaultValue(spec))
          : structuredClone(value)
    }
    this.codec.encodePayload(fields, values, eventName)
    const keyless: EventFrame = { event, tick, n: null, payload: values }
    const frame = n === null ? keyless : { ...keyless, n }
    this.lastSeq++
    this.logged.push({ seq: this.lastSeq, frame, keyless, emitter, at: at === null ? null : { x: at.x, y: at.y } })
  }

  /**
   * What a client that knows all up to `cursor` is told, oldest first. `holds` says what it may read the id of; null: of
   * everything. The list is the log's own, until it is asked again.
   */
  since(cursor: number, seat: number, interest: Interest | null, holds: Holds | null): readonly EventFrame[] {
    if (cursor === this.lastSeq) return NONE
    const { frames } = this
    let count = 0
    for (const { seq, frame, keyless, emitter, at } of this.logged) {
      const isOwn = emitter === seat
      if (seq <= cursor || (!isOwn && at !== null && interest !== null && !interest.covers(at))) continue
      const seen = isOwn ? frame : keyless
      frames[count++] = holds === null ? seen : this.without(seen, holds)
    }
    frames.length = count
    const excess = frames.length - LIMITS.maxEventsPerSnapshot
    if (excess <= 0) return frames
    this.dropped += excess
    return frames.slice(excess)
  }

  /** An event without the ids of what its receiver does not hold. */
  private without(frame: EventFrame, holds: Holds): EventFrame {
    const fields = Object.entries(this.codec.schema.events[this.codec.eventNames[frame.event]!]!)
    if (!fields.some(([, { spec }]) => mentions(spec))) return frame
    const payload = Object.fromEntries(
      fields.map(([name, { spec }]) => [name, hidden(spec, frame.payload[name], holds)]),
    )
    return { ...frame, payload }
  }

  /** Forgets what is too old to be worth telling. */
  prune(tick: number): void {
    const oldest = tick - this.retentionTicks
    if (this.logged.length > 0 && this.logged[0]!.frame.tick < oldest) {
      this.logged = this.logged.filter(({ frame }) => frame.tick >= oldest)
    }
  }
}

function settled(name: string, spec: Parameters<typeof toInts>[0], value: unknown): unknown {
  try {
    toInts(spec, value, parts, 0)
    return fromInts(spec, parts, 0)
  } catch (error) {
    throw new RangeError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
