import { LIMITS } from '@tickwire/protocol'
import type { FieldMap, Place } from '@tickwire/protocol'
import { defaultValue, encodeValues, fromInts, scalarsOf, toInts } from '@tickwire/protocol/internal'
import type { EncodedEvent, GameCodec } from '@tickwire/protocol/internal'
import type { Interest } from './interest.ts'
import { hidden, mentions } from './references.ts'
import type { Holds } from './references.ts'

const parts = new Int32Array(4)

const NONE: readonly EncodedEvent[] = []

/** An event as it waits for those who have not been told yet. */
interface Logged {
  /** Counts the events of a room. */
  readonly seq: number
  readonly told: EncodedEvent
  /** The same without its key: for all but its emitter. */
  readonly keyless: EncodedEvent
  /** What was encoded, if it can name entities, which not everybody may hold; else null. */
  readonly values: Readonly<Record<string, unknown>> | null
  readonly emitter: number | null
  readonly at: Place | null
}

interface EventKind {
  readonly name: string
  readonly fields: FieldMap
  /** Whether a field can hold the id of an entity. */
  readonly canName: boolean
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
  private readonly logged: Logged[] = []
  /** Used again for each client. */
  private readonly found: EncodedEvent[] = []
  private readonly kinds: readonly EventKind[]
  private lastSeq = 0

  constructor(codec: GameCodec) {
    this.codec = codec
    this.kinds = codec.eventNames.map((name) => {
      const fields = codec.schema.events[name]!
      return { name, fields, canName: Object.values(fields).some(({ spec }) => mentions(spec)) }
    })
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
    const { name, fields, canName } = this.kinds[event]!
    const values: Record<string, unknown> = {}
    for (const [field, { spec }] of Object.entries(fields)) {
      const value = (payload as Record<string, unknown>)[field]
      const isNumbers = scalarsOf(spec).length > 0
      values[field] = isNumbers ? settled(`${name}.${field}`, spec, value ?? defaultValue(spec)) : value
    }
    const encoded = encodeValues(fields, values, this.codec.packer, `${name}.`)
    const keyless: EncodedEvent = { event, tick, n: null, payload: encoded }
    this.logged.push({
      seq: ++this.lastSeq,
      told: n === null ? keyless : { ...keyless, n },
      keyless,
      values: canName ? structuredClone(values) : null,
      emitter,
      at: at === null ? null : { x: at.x, y: at.y },
    })
  }

  /**
   * What a client that knows all up to `cursor` is told, oldest first. `holds` says what it may read the id of; null: of
   * everything. The list is the log's own, until it is asked again.
   */
  since(cursor: number, seat: number, interest: Interest | null, holds: Holds | null): readonly EncodedEvent[] {
    if (cursor === this.lastSeq) return NONE
    const { found, logged } = this
    let count = 0
    for (let i = Math.max(0, cursor + 1 - this.firstSeq); i < logged.length; i++) {
      const { told, keyless, values, emitter, at } = logged[i]!
      const isOwn = emitter === seat
      if (!isOwn && at !== null && interest !== null && !interest.covers(at)) continue
      const seen = isOwn ? told : keyless
      found[count++] = holds === null || values === null ? seen : this.without(seen, values, holds)
    }
    found.length = count
    const excess = count - LIMITS.maxEventsPerSnapshot
    if (excess <= 0) return found
    this.dropped += excess
    return found.slice(excess)
  }

  /** Of what is kept; without gaps, for what is too old is the oldest. */
  private get firstSeq(): number {
    return this.lastSeq + 1 - this.logged.length
  }

  /** An event without the ids of what its receiver does not hold. */
  private without(told: EncodedEvent, values: Readonly<Record<string, unknown>>, holds: Holds): EncodedEvent {
    const { fields } = this.kinds[told.event]!
    const seen = Object.entries(fields).map(([name, { spec }]) => [name, hidden(spec, values[name], holds)] as const)
    return { ...told, payload: encodeValues(fields, Object.fromEntries(seen), this.codec.packer) }
  }

  /** Forgets what is too old to be worth telling. */
  prune(tick: number): void {
    const oldest = tick - this.retentionTicks
    let old = 0
    while (old < this.logged.length && this.logged[old]!.told.tick < oldest) old++
    if (old > 0) this.logged.splice(0, old)
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
