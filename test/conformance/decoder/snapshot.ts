/** Section 7 of docs/protocol.md: snapshots of one room, one after the other. */
import type { GameSchema } from '../../../protocol/src/schema/define.ts'
import { malformed } from './bits.ts'
import type { BitSource } from './bits.ts'
import { Tables } from './coded.ts'
import { kindsOf, TRACKS } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { bits, bool, uintMax, varuint } from './parts.ts'
import { readSparseTrack } from './sparse.ts'
import { counted, MAX_SLOT, readCodedTrack, readTrack, tickBefore } from './tracks.ts'
import type { TrackReading, World } from './tracks.ts'
import { valuesOf } from './values.ts'
import type { Values } from './values.ts'

export interface SpawnKey {
  readonly slot: number
  readonly tick: number
  readonly n: number
}

export interface GameEvent {
  /** The index of its name. */
  readonly event: number
  readonly tick: number
  /** Null: not keyed. */
  readonly n: number | null
  readonly payload: Values
}

export interface Snapshot {
  readonly seq: number
  readonly tick: number
  readonly isPartial: boolean
  readonly isSparse: boolean
  /** Null: not told. */
  readonly slackTicks: number | null
  readonly starvedTicks: number
  readonly spawnKeys: readonly SpawnKey[]
  readonly events: readonly GameEvent[]
}

/** What stands ahead of a snapshot that may be lost. */
interface Loose {
  readonly back: number
  readonly firstEvent: number
}

const [u8, u16, age] = [bits(8), bits(16), varuint(4)]
const slotOf = uintMax(MAX_SLOT)
const MAX_EVENTS = 1024
const MAX_BACK = 32
const looseBack = varuint(4, MAX_BACK)
const [keys, events, nth] = [counted(2), counted(2, MAX_EVENTS), varuint(2, 0xffff)]

/** What a client of one room holds. */
export class SnapshotReader {
  readonly kinds: readonly Kind[]
  world: World = new Map()
  tick: number
  seq = 0
  readonly tables: Tables
  /** Which records were read so far. */
  readonly met: Set<string> = new Set<string>()
  private readonly schema: GameSchema
  /** What was held after each loose snapshot that can still be named, by its number. */
  private readonly bases = new Map<number, World>()
  private heardEvent = 0

  /** `joinTick` is that of the `joined`: what the first tick is widened against. */
  constructor(schema: GameSchema, joinTick: number) {
    this.schema = schema
    this.kinds = kindsOf(schema)
    this.tables = new Tables(this.kinds)
    this.tick = joinTick
  }

  /** Reads what follows the channel; nothing of it is kept if anything is wrong. */
  read(from: BitSource): Snapshot {
    const head = this.readHead(from, true)
    if (head.seq <= this.seq || head.tick < this.tick) malformed('a snapshot out of order')
    return this.readOn(from, head, this.world)
  }

  /** Reads what follows the channel of a loose one: null if it came late. Its events are those that were not heard before. */
  readLoose(from: BitSource): (Snapshot & { readonly loose: Loose }) | null {
    const loose = { back: looseBack.read(from), firstEvent: u16.read(from) }
    const head = this.readHead(from, false)
    if (head.seq <= this.seq || head.tick < this.tick) {
      from.rest()
      return null
    }
    const baseSeq = head.seq - loose.back
    const base = loose.back === 0 ? (new Map() as World) : (this.bases.get(baseSeq) ?? malformed('an unknown base'))
    const snapshot = this.readOn(from, head, base)
    for (const seq of this.bases.keys()) if (loose.back > 0 && seq < baseSeq) this.bases.delete(seq)
    this.bases.set(head.seq, this.world)
    if (snapshot.events.length === 0) return { ...snapshot, loose }
    const first = widened(loose.firstEvent, this.heardEvent)
    const fresh = snapshot.events.filter((_, i) => first + i > this.heardEvent)
    this.heardEvent = Math.max(this.heardEvent, first + snapshot.events.length - 1)
    return { ...snapshot, loose, events: fresh }
  }

  private readOn(from: BitSource, head: Omit<Snapshot, 'spawnKeys' | 'events'>, base: World): Snapshot {
    const world: World = new Map(base)
    for (const name of TRACKS) {
      const reading = { from, name, world, kinds: this.kinds, tick: head.tick, met: this.met }
      if (name === 'all' && head.isSparse) readSparseTrack(reading)
      else this.readTrack(reading)
      if (name === 'all' && !head.isSparse) from.align()
    }
    const snapshot = { ...head, spawnKeys: readSpawnKeys(from, head.tick), events: this.readEvents(from, head.tick) }
    from.expectEnd()
    this.world = world
    this.tick = head.tick
    this.seq = head.seq
    return snapshot
  }

  private readTrack(reading: TrackReading): void {
    const { compression, ticksPerSnapshot } = this.schema
    if (reading.name !== 'all' || compression === 'packed') readTrack(reading)
    else readCodedTrack({ ...reading, tables: this.tables, ticksPerSnapshot })
  }

  private readHead(from: BitSource, mayFollow: boolean): Omit<Snapshot, 'spawnKeys' | 'events'> {
    const follows = bool.read(from)
    if (follows && !mayFollow) malformed('a loose snapshot that follows')
    const seq = follows ? this.seq + 1 : widened(u16.read(from), this.seq)
    const tick = follows ? this.tick + this.schema.ticksPerSnapshot : widened(u16.read(from), this.tick)
    const [isPartial, isSparse] = bool.read(from) ? [bool.read(from), bool.read(from)] : [false, false]
    const [hasSlack, hasStarved] = [bool.read(from), bool.read(from)]
    const slackTicks = hasSlack ? signed16(u16.read(from)) / 256 : null
    const starvedTicks = hasStarved ? u8.read(from) : 0
    if (!isSparse) from.align()
    return { seq, tick, isPartial, isSparse, slackTicks, starvedTicks }
  }

  private readEvents(from: BitSource, tick: number): GameEvent[] {
    const kinds = Object.values(this.schema.events)
    return Array.from({ length: events.read(from) }, () => {
      const event = uintMax(Math.max(0, kinds.length - 1)).read(from)
      const fields = kinds[event] ?? malformed('an event of no kind')
      const isKeyed = bool.read(from)
      const eventTick = tickBefore(tick, age.read(from))
      const n = isKeyed ? nth.read(from) : null
      return { event, tick: eventTick, n, payload: valuesOf(fields).read(from) }
    })
  }
}

function readSpawnKeys(from: BitSource, tick: number): SpawnKey[] {
  return Array.from({ length: keys.read(from) }, () => ({
    slot: slotOf.read(from),
    tick: tickBefore(tick, age.read(from)),
    n: nth.read(from),
  }))
}

/** The number nearest to another one that ends in these 16 bits. */
export function widened(low: number, near: number): number {
  const candidate = near - (near % 65_536) + low
  if (candidate - near >= 32_768 && candidate >= 65_536) return candidate - 65_536
  return near - candidate > 32_768 ? candidate + 65_536 : candidate
}

function signed16(value: number): number {
  return value < 32_768 ? value : value - 65_536
}
