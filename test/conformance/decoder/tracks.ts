/** Section 7 of docs/protocol.md: the records of a track. */
import { malformed } from './bits.ts'
import type { BitSource } from './bits.ts'
import type { Change, CodedBody, Tables } from './coded.ts'
import { modulo, valid, whole } from './columns.ts'
import type { Kind, RowColumn, Track, TrackName } from './kinds.ts'
import { derived, withRates, fresh, movedOn } from './motion.ts'
import type { Anchor } from './motion.ts'
import { bits, bool, sized, uintMax, unzigzag, varint, varuint } from './parts.ts'
import { fromBlob, maxBlobBytes } from './values.ts'
import type { AnyField } from './values.ts'

/** What a reader holds of one entity. */
export interface Entity {
  readonly kind: Kind
  readonly generation: number
  readonly anchors: Readonly<Partial<Record<TrackName, Anchor>>>
}
export type World = Map<number, Entity>

/** Reads one track of a snapshot into a world, which the caller throws away if anything is wrong. */
export interface TrackReading {
  readonly from: BitSource
  readonly name: TrackName
  readonly world: World
  readonly kinds: readonly Kind[]
  readonly tick: number
  /** Collects which layouts were met, as `track form`: a corpus without one of them proves nothing about it. */
  readonly met: Set<string>
}

/** What a coded body needs besides. */
export interface CodedReading extends TrackReading {
  readonly tables: Tables
  readonly ticksPerSnapshot: number
}

/** `maxEntitySlots - 1`. */
export const MAX_SLOT = 65_534
/** `maxServerMessageBytes`. */
const MAX_BODY_BYTES = 1_048_576
const count = varuint(4)
const age = varuint(4)
const [further, u16] = [varuint(3), bits(16)]

export function readTrack(reading: TrackReading): void {
  for (const slot of slots(reading.from)) remove(reading, slot)
  for (const slot of slots(reading.from)) update(reading, slot)
}

/** Track "all" of a game with coded bodies. */
export function readCodedTrack(reading: CodedReading): void {
  const { from } = reading
  const number = bits(8).read(from)
  if (number === 0) return readTrack(reading)
  reading.met.add('all coded')
  readCoded(reading, reading.tables.open(number, sized(MAX_BODY_BYTES).read(from)))
  for (const slot of slots(from)) update(reading, slot)
}

function readCoded({ world, tick, ticksPerSnapshot }: CodedReading, body: CodedBody): void {
  const removals = body.removals()
  if (removals > world.size) malformed('more removals than entities')
  for (let left = removals, slot = -1; left > 0; left--) {
    slot += body.gap() + 1
    if (slot > MAX_SLOT) malformed(`slot ${slot}`)
    world.delete(slot)
  }
  for (const [at, entity] of [...world].toSorted(([a], [b]) => a - b)) {
    const { kind, anchors } = entity
    const old = anchors.all!
    if (old.tick >= tick) malformed('a coded body that is not news')
    const snapshots = Math.floor((tick - old.tick) / ticksPerSnapshot)
    if (!body.isMentioned(kind, snapshots)) continue
    const read = body.columns(kind, snapshots)
    const change = (i: number): number => old.trends[kind.tracks.all.trends.indexOf(i)]?.change ?? 0
    const all = advance(kind.tracks.all, old, tick, (of, i, expected) => read(of, i, change(i), expected))
    world.set(at, { ...entity, anchors: { ...anchors, all } })
  }
}

/** The slots of a list: each is read when the one before it is done with. */
function* slots(from: BitSource): Generator<number> {
  let slot = -1
  for (let left = count.read(from); left > 0; left--) {
    slot += bool.read(from) ? further.read(from) + 2 : 1
    if (slot > MAX_SLOT) malformed(`slot ${slot}`)
    yield slot
  }
}

function remove({ name, world, met }: TrackReading, slot: number): void {
  met.add(`${name} removal`)
  const entity = world.get(slot)
  if (entity === undefined) return
  if (name === 'all') world.delete(slot)
  else world.set(slot, { ...entity, anchors: { ...entity.anchors, [name]: undefined } })
}

function update(reading: TrackReading, slot: number): void {
  const { from, name, tick, met } = reading
  const form = !bool.read(from) ? 'delta' : bool.read(from) ? 'full' : 'catch-up'
  met.add(`${name} ${form}`)
  const anchorTick = form === 'delta' ? tick : tickBefore(tick, age.read(from))
  if (form === 'full') arrive(reading, slot, anchorTick)
  else store(reading, slot, held(reading, slot), delta(reading, slot, anchorTick, form === 'catch-up'))
}

/** The tick that is so many before another one. */
export function tickBefore(tick: number, ticks: number): number {
  return ticks > tick ? malformed('a tick before the first one') : tick - ticks
}

/** A full record. */
function arrive(reading: TrackReading, slot: number, tick: number): void {
  const { from, name } = reading
  const entity = name === 'all' ? entityOf(reading, slot) : held(reading, slot)
  store(reading, slot, entity, full(from, trackOf(entity, name), tick))
}

/** The entity of a full record in track "all": the one that is held, or another one. */
function entityOf({ from, kinds, world }: TrackReading, slot: number): Entity {
  const kind = kinds[varuint(4).read(from)] ?? malformed('an unknown kind')
  const generation = u16.read(from)
  const entity = world.get(slot)
  return entity?.kind === kind && entity.generation === generation ? entity : { kind, generation, anchors: {} }
}

function held({ world, name }: TrackReading, slot: number): Entity {
  return world.get(slot) ?? malformed(`slot ${slot} is not held in ${name}`)
}

function trackOf({ kind }: Entity, name: TrackName): Track {
  const track = kind.tracks[name]
  return track.columns.length === 0 ? malformed(`${kind.name} has nothing for ${name}`) : track
}

function store({ world, name }: TrackReading, slot: number, entity: Entity, anchor: Anchor): void {
  const before = entity.anchors[name]
  if (before !== undefined && anchor.tick < before.tick) malformed('an anchor from before the held one')
  world.set(slot, { ...entity, anchors: { ...entity.anchors, [name]: anchor } })
}

function full(from: BitSource, track: Track, tick: number): Anchor {
  const [row, blobs]: [number[], Map<number, Uint8Array>] = [[], new Map()]
  for (const [i, of] of track.columns.entries()) {
    row.push(of.neutral)
    if (!bool.read(from)) continue
    if (of.blob === null) row[i] = whole(of).read(from)
    else blobs.set(i, readBlob(from, of.blob))
  }
  const isFresh = !hasHidden(track) || bool.read(from)
  return { tick, row, blobs, ...(isFresh ? fresh(track) : readHidden(from, track)) }
}

function hasHidden({ rates, trends }: Track): boolean {
  return rates.length + trends.length > 0
}

function readHidden(from: BitSource, { rates, trends }: Track): Pick<Anchor, 'carries' | 'trends'> {
  return {
    carries: rates.map(({ den }) => uintMax(den - 1).read(from)),
    trends: trends.map(() => ({ change: bounded(varint(4).read(from)), carry: bits(4).read(from) })),
  }
}

/** A column changes by its whole range in a tick at most. */
const MAX_CHANGE = 2 ** 28

function bounded(change: number): number {
  return Math.abs(change) > MAX_CHANGE ? malformed(`a change of ${change}`) : change
}

function delta(reading: TrackReading, slot: number, tick: number, withHidden: boolean): Anchor {
  const { from, name } = reading
  const entity = held(reading, slot)
  const track = trackOf(entity, name)
  const old = entity.anchors[name] ?? malformed(`slot ${slot} has nothing for ${name} yet`)
  if (tick < old.tick) malformed('an anchor from before the held one')
  let isAnyCold: boolean | null = null
  const next = advance(track, old, tick, (of, _, expected) => {
    if (!of.isHot) isAnyCold ??= bool.read(from)
    if (isAnyCold === false || !bool.read(from)) return null
    return of.blob === null ? readColumn(from, of, expected) : readBlob(from, of.blob)
  })
  return withHidden ? { ...next, ...readHidden(from, track) } : next
}

/** How one column of a record differs from what was expected. */
export type ReadChange = (of: RowColumn, index: number, expected: number) => Change

/** Leads from a held anchor to one of another tick, with the hidden columns that both ends derive. */
export function advance(track: Track, old: Anchor, tick: number, read: ReadChange): Anchor {
  const moved = movedOn(track, old, tick)
  const [row, blobs] = [[...moved.row], new Map(moved.blobs)]
  const movers = new Set(track.rates.map(({ mover }) => mover))
  let expected: Anchor | null = null
  // Columns that move others stand first: with them is known where the moved ones are expected.
  for (const [i, of] of track.columns.entries()) {
    if (!movers.has(i)) expected ??= expectMoved(track, old, moved, row)
    const change = read(of, i, row[i]!)
    if (typeof change === 'number') row[i] = change
    else if (change !== null) blobs.set(i, change)
  }
  return { tick, row, blobs, ...derived(track, old, expected ?? moved, row, tick) }
}

/** Where the new velocities lead; written into the row that is being read, too. */
function expectMoved(track: Track, old: Anchor, moved: Anchor, row: number[]): Anchor {
  const next = withRates(track, old, row, moved.tick)
  const expected = [...moved.row]
  for (const { moved: at } of track.rates) expected[at] = row[at] = next.row[at]!
  return { ...moved, row: expected, carries: next.carries }
}

function readColumn(from: BitSource, of: RowColumn, expected: number): number {
  if (of.near === 0) return whole(of).read(from)
  const width = !bool.read(from) ? of.near : !bool.read(from) ? of.far : null
  if (width === null) return whole(of).read(from)
  const value = expected + unzigzag(bits(width).read(from) + 1)
  return valid(of, of.isCircular ? modulo(value, of.max + 1) : value)
}

/** The bytes of a field of variable length, after a look at what they say. */
function readBlob(from: BitSource, declared: AnyField): Uint8Array {
  const bytes = sized(maxBlobBytes(declared)).read(from)
  fromBlob(declared, bytes)
  return bytes
}
