/** Section 7 of docs/protocol.md: the records of a track. */
import { malformed } from './bits.ts'
import type { BitSource } from './bits.ts'
import type { Change, CodedBody, Tables } from './coded.ts'
import { modulo, valid, whole } from './columns.ts'
import type { Kind, RowColumn, Track, TrackName } from './kinds.ts'
import { columnKnownOf, knownOf } from './known.ts'
import type { ColumnKnown } from './known.ts'
import { derived, fresh, movedOn, reexpressed, turned, withRates } from './motion.ts'
import type { Anchor, Trend } from './motion.ts'
import { bits, bool, sized, uintMax, unzigzag, varint, varuint } from './parts.ts'
import type { Part } from './parts.ts'
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
/** `any: 1`, and if so one less than the count. */
export function counted(group: number, max: number = 0xffff): Part<number> {
  const rest = varuint(group, max - 1)
  return {
    read: (from) => (bool.read(from) ? 1 + rest.read(from) : 0),
    write: (to, value) => {
      bool.write(to, value > 0)
      if (value > 0) rest.write(to, value - 1)
    },
  }
}
const count = counted(4)
const fewer = counted(2)
const age = varuint(4)
const generations = varuint(7, 65_535)

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
  readCoded(reading, reading.tables.open(number, sized(MAX_BODY_BYTES).read(from), from))
  for (const slot of slots(from)) if (update(reading, slot) !== 'full') malformed(`slot ${slot} is no arrival`)
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
    const known = knownOf(kind.tracks.all, old, tick, ticksPerSnapshot)
    if (!body.isMentioned(kind, known)) continue
    const all = advance(kind.tracks.all, old, tick, body.columns(kind, known))
    world.set(at, { ...entity, anchors: { ...anchors, all } })
  }
}

const MAX_GAP_BITS = 17
const RECENT = 8

/**
 * The slots of a list: each is read when the one before it is done with.
 * @param all of a sparse track: of how many the list names some
 */
export function* slots(from: BitSource, all: number | null = null): Generator<number> {
  const length = all === null ? count.read(from) : fewer.read(from)
  let [slot, c, s] = [-1, 1, all === null ? 8 : Math.max(1, Math.floor(all / length))]
  for (let left = length; left > 0; left--) {
    const gap = readGap(from, c, s)
    slot += gap + 1
    if (slot > MAX_SLOT) malformed(`slot ${slot}`)
    yield slot
    ;[c, s] = [c + 1, s + gap]
    if (c === RECENT) [c, s] = [RECENT / 2, Math.floor(s / 2)]
  }
}

function readGap(from: BitSource, c: number, s: number): number {
  let k = 0
  while (2 * c * 2 ** k < s) k++
  return golomb(from, k, MAX_GAP_BITS)
}

/** "g + 2^k in n + 1 bits", of at most so many. */
export function golomb(from: BitSource, k: number, most: number): number {
  let n = k
  while (bool.read(from)) if (++n > most) malformed(`a number of more than ${most} bits`)
  return 2 ** n + bits(n).read(from) - 2 ** k
}

function remove({ name, world, met }: TrackReading, slot: number): void {
  met.add(`${name} removal`)
  const entity = world.get(slot)
  if (entity === undefined) return
  if (name === 'all') world.delete(slot)
  else world.set(slot, { ...entity, anchors: { ...entity.anchors, [name]: undefined } })
}

function update(reading: TrackReading, slot: number): 'delta' | 'catch-up' | 'full' {
  const { from, name, tick, met } = reading
  const form = !bool.read(from) ? 'delta' : bool.read(from) ? 'full' : 'catch-up'
  met.add(`${name} ${form}`)
  const anchorTick = form === 'delta' ? tick : tickBefore(tick, age.read(from))
  if (form === 'full') arrive(reading, slot, anchorTick)
  else store(reading, slot, held(reading, slot), delta(reading, slot, anchorTick, form === 'catch-up'))
  return form
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
function entityOf({ from, kinds, world, met }: TrackReading, slot: number): Entity {
  if (bool.read(from)) {
    met.add('all known')
    return world.get(slot) ?? malformed(`slot ${slot} is not held`)
  }
  const kind = kinds[varuint(4).read(from)] ?? malformed('an unknown kind')
  const generation = generations.read(from)
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

export function full(from: BitSource, track: Track, tick: number): Anchor {
  const [row, blobs]: [number[], Map<number, Uint8Array>] = [[], new Map()]
  let isAnyCold: boolean | null = null
  for (const [i, of] of track.columns.entries()) {
    row.push(of.neutral)
    if (!of.isHot) isAnyCold ??= bool.read(from)
    if (isAnyCold === false || !bool.read(from)) continue
    if (of.blob === null) row[i] = whole(of).read(from)
    else blobs.set(i, readBlob(from, of.blob))
  }
  return { tick, row, blobs, ...readHidden(from, track) }
}

function readHidden(from: BitSource, track: Track): Pick<Anchor, 'carries' | 'trends'> {
  const { rates, trends } = track
  if (rates.length + trends.length === 0 || bool.read(from)) return fresh(track)
  return {
    carries: rates.map(({ den }) => uintMax(den - 1).read(from)),
    trends: trends.map(() => readTrend(from)),
  }
}

function readTrend(from: BitSource): Trend {
  if (bool.read(from)) return { change: 0, carry: 8 }
  const isWhole = bool.read(from)
  const change = varint(4).read(from)
  if (isWhole) return { change: bounded(16 * change), carry: 8 }
  return { change: bounded(change), carry: bits(4).read(from) }
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
  const next = advance(track, old, tick, deltaOf(from, track))
  return withHidden ? { ...next, ...readHidden(from, track) } : next
}

/**
 * The columns of a delta, one after the other.
 * @param missed reads a value that was not expected; null: it travels as ever
 */
export function deltaOf(
  from: BitSource,
  track: Track,
  missed: (of: RowColumn, expected: number) => number | null = () => null,
): ReadChange {
  const movers = moversOf(track)
  let [isAnyOther, isAnyCold]: (boolean | null)[] = [movers.size === 0 ? true : null, null]
  return (of, i, expected) => {
    if (!movers.has(i)) isAnyOther ??= bool.read(from)
    if (!of.isHot && isAnyOther !== false) isAnyCold ??= bool.read(from)
    const isLeftOut = (!movers.has(i) && isAnyOther === false) || (!of.isHot && isAnyCold === false)
    if (isLeftOut || !bool.read(from)) return null
    return of.blob === null ? (missed(of, expected) ?? readColumn(from, of, expected)) : readBlob(from, of.blob)
  }
}

/** How one column of a record differs from what was expected. */
export type ReadChange = (of: RowColumn, index: number, expected: number, known: ColumnKnown) => Change

export function moversOf({ rates }: Track): ReadonlySet<number> {
  return new Set(rates.map(({ mover }) => mover))
}

/**
 * Leads from a held anchor to one of another tick, with the hidden columns that both ends derive.
 * @param onMovers may expect something else of what they move
 */
export function advance(
  track: Track,
  old: Anchor,
  tick: number,
  read: ReadChange,
  onMovers: (row: number[]) => void = () => undefined,
): Anchor {
  const moved = movedOn(track, old, tick)
  const [row, blobs] = [[...moved.row], new Map(moved.blobs)]
  for (const [at, value] of turned(track, old, tick - old.tick)) row[at] = value
  const movers = moversOf(track)
  let expected: Anchor | null = null
  // Columns that move others stand first: with them is known where the moved ones are expected.
  for (const [i, of] of track.columns.entries()) {
    if (!movers.has(i) && expected === null) {
      expected = expectMoved(track, old, moved, row)
      onMovers(row)
    }
    const change = read(of, i, row[i]!, columnKnownOf(track, expected ?? moved, i))
    if (typeof change === 'number') row[i] = change
    else if (change !== null) blobs.set(i, change)
    const isOther = track.quaternions.includes(i) && row[i] !== moved.row[i]
    if (isOther) row.splice(i + 1, 3, ...reexpressed(track, moved.row, i, row[i]!))
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
