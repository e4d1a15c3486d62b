import { LIMITS } from '@tickwire/protocol'
import { Anchors, TRACKS } from '@tickwire/protocol/internal'
import type { GameLayout, KindLayout, TrackName } from '@tickwire/protocol/internal'
import type { EntityRecord, EntityTable } from './entity-table.ts'
import { LastSeen } from './last-seen.ts'
import type { Quantiser } from './quantiser.ts'
import { SlotList } from './slot-list.ts'

/** An entity that some clients may still hold. */
export interface Departure {
  readonly slot: number
  readonly id: number
  /** The first snapshot tick that it was part of, and the first that it was not. */
  readonly bornTick: number
  readonly goneTick: number
}

const NONE: readonly EntityRecord[] = []

/** While the world is being taken in, the first `count` records are this tick's. */
interface OwnedRecords {
  readonly records: EntityRecord[]
  count: number
}

/** Which columns of a kind say where an entity stands, and what one step of them is. */
interface PlaceColumns {
  readonly x: number
  readonly y: number
  readonly xStep: number
  readonly yStep: number
}

/**
 * What all clients of a room share at one snapshot tick: the anchors of every entity, which of them are new, what is gone
 * and where everything stands.
 */
export class Replication {
  readonly table: EntityTable
  readonly anchors: Readonly<Record<TrackName, Anchors>>
  /** The newest snapshot tick, or -1. */
  tick = -1
  /** The newest snapshot tick before `tick` at which anything public changed: who knows that, knows all up to then. */
  priorNewsTick = -1
  /** Departures after this tick are all remembered. */
  loggedFromTick = -1
  /** Slots with a new public anchor at `tick`, rising. */
  readonly dirty: SlotList = new SlotList()
  readonly departures: Departure[] = []
  /** Something moves on its own between snapshots, so that silence would look like standing still. */
  isMoving = false
  /** Living entities with fields to reveal, in the order of slots. */
  readonly secretive: EntityRecord[] = []
  /** Where each slot's entity stands for those who see it, quantised; NaN if its kind has no position. */
  xs: Float64Array = new Float64Array(0)
  ys: Float64Array = new Float64Array(0)
  private readonly layout: GameLayout
  private readonly quantiser: Quantiser
  private readonly logTicks: number
  private readonly places: readonly (PlaceColumns | null)[]
  private readonly row: Int32Array
  private readonly seen: LastSeen
  /** Per slot: its newest anchors lead nowhere, so that as long as it looks the same it is silent. */
  private isStill: Uint8Array = new Uint8Array(0)
  private newsTick = -1
  private secretiveCount = 0
  /** By seat: what it owned at the newest snapshot tick. */
  private readonly owned: OwnedRecords[] = []

  constructor(layout: GameLayout, table: EntityTable, quantiser: Quantiser) {
    this.layout = layout
    this.table = table
    this.quantiser = quantiser
    this.logTicks = LIMITS.snapshotHistorySnapshots * layout.schema.ticksPerSnapshot
    this.row = new Int32Array(layout.maxColumns)
    this.seen = new LastSeen(layout)
    this.places = layout.kinds.map(placeColumns)
    this.anchors = {
      all: new Anchors(layout.kinds, 'all'),
      owner: new Anchors(layout.kinds, 'owner'),
      revealed: new Anchors(layout.kinds, 'revealed'),
    }
  }

  /** Takes in the world as it is at the end of `tick`. */
  advance(tick: number): void {
    this.tick = tick
    this.priorNewsTick = this.newsTick
    this.reserve(this.table.slots)
    const left = this.logDepartures(tick)
    this.dirty.clear()
    this.secretiveCount = 0
    this.isMoving = false
    // By index, here and below: what runs once per tick is slow to be compiled, and until then an iterator makes an object
    // per step.
    for (let seat = 0; seat < this.owned.length; seat++) this.owned[seat]!.count = 0
    for (let slot = 0; slot < this.table.slots; slot++) {
      const record = this.table.at(slot)
      if (record !== undefined) this.advanceOne(record, tick)
    }
    this.trimLists()
    if (this.dirty.count > 0 || left > 0) this.newsTick = tick
  }

  /** Whether any kind has columns of a track. */
  hasTrack(name: TrackName): boolean {
    return this.layout.kinds.some(({ tracks }) => tracks[name].columns.length > 0)
  }

  /** Whether a kind is the room's or the players' own. */
  isBuiltIn(kind: KindLayout): boolean {
    return kind === this.layout.room || kind === this.layout.player
  }

  /** The entities of a seat, in the order of slots. */
  ownedBy(seat: number): readonly EntityRecord[] {
    return this.owned[seat]?.records ?? NONE
  }

  /** The newest anchors of an entity as a flat row. */
  readonly lastRow = (record: EntityRecord, row: Int32Array): boolean => {
    if (record.bornTick < 0) return false
    for (const name of TRACKS) {
      const track = record.kind.tracks[name]
      const at = this.anchors[name].newestAt(record.slot)
      for (let i = 0; i < track.columns.length; i++) row[track.start + i] = this.anchors[name].rows[at + i]!
    }
    return true
  }

  /** Only at the end: lists that are emptied first lose their storage. */
  private trimLists(): void {
    for (let seat = 0; seat < this.owned.length; seat++) {
      const { records, count } = this.owned[seat]!
      if (records.length > count) records.length = count
    }
    if (this.secretive.length > this.secretiveCount) this.secretive.length = this.secretiveCount
  }

  private reserve(slots: number): void {
    for (let i = 0; i < TRACKS.length; i++) this.anchors[TRACKS[i]!].reserve(slots)
    this.seen.reserve(slots)
    if (slots <= this.xs.length) return
    const { xs, ys, isStill } = this
    this.xs = new Float64Array(Math.max(64, slots * 2)).fill(Number.NaN)
    this.ys = this.xs.slice()
    this.isStill = new Uint8Array(this.xs.length)
    this.xs.set(xs)
    this.ys.set(ys)
    this.isStill.set(isStill)
  }

  private logDepartures(tick: number): number {
    let left = 0
    const removed = this.table.takeRemoved()
    for (let i = 0; i < removed.length; i++) {
      const { slot, id, bornTick } = removed[i]!
      for (const name of TRACKS) this.anchors[name].clear(slot)
      if (bornTick < 0) continue
      this.departures.push({ slot, id, bornTick, goneTick: tick })
      left++
    }
    this.loggedFromTick = Math.max(this.loggedFromTick, tick - this.logTicks)
    this.forgetDepartures()
    return left
  }

  /** The oldest come first. */
  private forgetDepartures(): void {
    const { departures, loggedFromTick } = this
    let old = 0
    while (old < departures.length && departures[old]!.goneTick <= loggedFromTick) old++
    if (old > 0) departures.splice(0, old)
  }

  private advanceOne(record: EntityRecord, tick: number): void {
    const { kind, slot } = record
    if (!kind.isStatic || record.isTouched) {
      const hasChanged = this.seen.notice(record) || record.bornTick < 0
      if (hasChanged || this.isStill[slot] === 0) this.take(record, tick)
      record.isTouched = false
    }
    if (record.head.owner !== null) this.addOwned(record, record.head.owner)
    if (kind.tracks.revealed.columns.length > 0) this.secretive[this.secretiveCount++] = record
    if (this.isStill[slot] === 0) this.isMoving = true
  }

  /** Holds an entity as it is against its anchors. */
  private take(record: EntityRecord, tick: number): void {
    const { kind, slot } = record
    this.quantiser.quantise(record, this.row, this.lastRow)
    if (this.anchors.all.advance(slot, kind.index, this.row, tick)) this.dirty.push(slot)
    this.anchors.owner.advance(slot, kind.index, this.row, tick)
    this.anchors.revealed.advance(slot, kind.index, this.row, tick)
    if (record.bornTick < 0) record.bornTick = tick
    this.place(record)
    const moves = this.moves(record, 'all') || this.moves(record, 'owner') || this.moves(record, 'revealed')
    this.isStill[slot] = moves ? 0 : 1
  }

  /** Whether its newest anchor of a track leads anywhere. */
  private moves({ slot, kind }: EntityRecord, name: TrackName): boolean {
    const { rates, trends } = kind.tracks[name]
    if (rates.length + trends.length === 0) return false
    const { rows } = this.anchors[name]
    const at = this.anchors[name].newestAt(slot)
    for (const { source } of rates) if (rows[at + source] !== 0) return true
    for (const { change } of trends) if (rows[at + change] !== 0) return true
    return false
  }

  private addOwned(record: EntityRecord, seat: number): void {
    while (this.owned.length <= seat) this.owned.push({ records: [], count: 0 })
    const owned = this.owned[seat]!
    owned.records[owned.count++] = record
  }

  private place({ kind, slot }: EntityRecord): void {
    const place = this.places[kind.index]!
    this.xs[slot] = place === null ? Number.NaN : this.row[place.x]! * place.xStep
    this.ys[slot] = place === null ? Number.NaN : this.row[place.y]! * place.yStep
  }
}

function placeColumns(kind: KindLayout): PlaceColumns | null {
  const [first, second] = kind.position.map((name) => kind.fields.find((layout) => layout.name === name)!)
  if (first === undefined) return null
  const y = second ?? first
  return {
    x: first.column,
    y: second === undefined ? first.column + 1 : second.column,
    xStep: 'precision' in first.spec ? first.spec.precision : 1,
    yStep: 'precision' in y.spec ? y.spec.precision : 1,
  }
}
