/** Section 7 of docs/protocol.md: sparse tracks, and the deltas that lead over long ways. */
import { malformed } from './bits.ts'
import type { BitSource } from './bits.ts'
import { modulo, valid } from './columns.ts'
import type { RowColumn, Track } from './kinds.ts'
import { fresh } from './motion.ts'
import type { Anchor } from './motion.ts'
import { bool, uintMax, unzigzag, varuint } from './parts.ts'
import { advance, deltaOf, full, golomb, moversOf, slots } from './tracks.ts'
import type { Entity, ReadChange, TrackReading } from './tracks.ts'

const generations = varuint(2, 65_535)
const FARTHEST = 15

/** Reads a sparse track into a world, which the caller throws away if anything is wrong. */
export function readSparseTrack(reading: TrackReading): void {
  const { from, world, tick, kinds, met } = reading
  for (const slot of named(reading)) {
    met.add('sparse removal')
    world.delete(slot)
  }
  const models = new Map<Entity['kind'], Anchor>()
  const keep = (slot: number, entity: Entity, all: Anchor, form: string): void => {
    met.add(`sparse ${form}`)
    models.set(entity.kind, all)
    world.set(slot, { ...entity, anchors: { ...entity.anchors, all } })
  }
  for (const slot of named(reading)) {
    const entity = world.get(slot)!
    const track = entity.kind.tracks.all
    const old = entity.anchors.all!
    if (old.tick > tick) malformed('an anchor from before the held one')
    if (bool.read(from)) keep(slot, entity, full(from, track, tick), 'full')
    else keep(slot, entity, led(from, track, old, tick), 'led')
  }
  for (const slot of slots(from, 1 + Math.max(-1, ...world.keys()))) {
    const kind = kinds[uintMax(kinds.length - 1).read(from)]!
    const generation = generations.read(from)
    const held = world.get(slot)
    const entity = held?.kind === kind && held.generation === generation ? held : { kind, generation, anchors: {} }
    const track = kind.tracks.all
    const model = models.get(kind)
    if (model === undefined || !bool.read(from)) keep(slot, entity, full(from, track, tick), 'newcomer')
    else {
      const like = { ...model, ...fresh(track), row: withoutTexts(track, model.row), blobs: new Map() }
      keep(slot, entity, { ...led(from, track, like, tick), ...fresh(track) }, 'newcomer like another')
    }
  }
}

/** The slots that a list names by their places among all that are held when it begins. */
function* named({ from, world }: TrackReading): Generator<number> {
  const held = [...world.keys()].toSorted((a, b) => a - b)
  for (const place of slots(from, held.length)) yield held[place] ?? malformed(`place ${place} of ${held.length}`)
}

function withoutTexts(track: Track, row: readonly number[]): number[] {
  return row.map((value, i) => (track.columns[i]!.blob === null ? value : track.columns[i]!.neutral))
}

function led(from: BitSource, track: Track, old: Anchor, tick: number): Anchor {
  const ticks = tick - old.tick
  return advance(track, old, tick, changesOf(from, track, old, ticks), (row) => moveAlong(track, old, ticks, row))
}

/** What is moved went evenly from its old velocity to the new one. */
function moveAlong(track: Track, old: Anchor, ticks: number, row: number[]): void {
  if (ticks < 2) return
  const bulge = bulgeOf(track, old.row, row) * (1 - 1 / (ticks * ticks))
  for (const [i, { moved, mover, num, den }] of track.rates.entries()) {
    const [before, now] = [old.row[mover]!, row[mover]!]
    const arc = track.velocity.includes(mover) ? (before + now) * ticks * bulge : 0
    const by = Math.floor((num * (before * (ticks - 1) + now * (ticks + 1) + arc)) / 2)
    const { min, max, isCircular } = track.columns[moved]!
    const at = Math.floor((old.row[moved]! * den + old.carries[i]! + by) / den)
    row[moved] = isCircular ? modulo(at, max + 1) : Math.min(max, Math.max(min, at))
  }
}

function bulgeOf({ velocity }: Track, old: readonly number[], now: readonly number[]): number {
  const sum = (product: (i: number) => number): number => velocity.reduce((total, i) => total + product(i), 0)
  const [oo, nn, on] = [sum((i) => old[i]! ** 2), sum((i) => now[i]! ** 2), sum((i) => old[i]! * now[i]!)]
  if (on <= 0 || nn > 4 * oo || oo > 4 * nn) return 0
  const r = Math.sqrt(oo * nn)
  return (r - on) / (r + on) / 3
}

/** The columns of a led delta, one after the other. */
function changesOf(from: BitSource, track: Track, old: Anchor, ticks: number): ReadChange {
  const doublings = ticks === 0 ? FARTHEST : Math.min(FARTHEST, Math.floor(Math.log2(ticks)))
  const turning = track.velocity.toSorted((a, b) => a - b)
  const areCoded = turning.every((i) => widthOf(track, track.columns[i]!, i, 0) > 0)
  const last = turning.length > 1 && areCoded ? turning.at(-1) : undefined
  const told = new Map<number, number>()
  let hasTurned = false
  let k = 0
  const read = deltaOf(from, track, (of, expected) => readMissed(from, of, expected, k))
  return (of, i, expected, known) => {
    k = widthOf(track, of, i, doublings)
    const isKept = i === last && hasTurned && bool.read(from)
    if (isKept) k = 1
    const likely = isKept ? keptSpeed(old.row, turning, told) * (bool.read(from) ? -1 : 1) : expected
    const change = read(of, i, likely, known)
    if (!turning.includes(i)) return change
    const value = typeof change === 'number' ? change : likely
    told.set(i, value)
    hasTurned ||= value !== expected
    return value
  }
}

/** What is left for the last component of a velocity that is as long as the old one. */
function keptSpeed(old: readonly number[], turning: readonly number[], told: ReadonlyMap<number, number>): number {
  const was = turning.reduce((total, i) => total + old[i]! ** 2, 0)
  const others = [...told.values()].reduce((total, value) => total + value ** 2, 0)
  return Math.floor(Math.sqrt(Math.max(0, was - others)))
}

/** The k of a column's code; 0: it is as in any other delta. */
function widthOf(track: Track, { near, bits: b }: RowColumn, i: number, doublings: number): number {
  if (near === 0 || b > 24) return 0
  if (moversOf(track).has(i)) return Math.min(1 + 3 * doublings, b - 3)
  if (track.rates.some(({ moved }) => moved === i)) return Math.min(1 + Math.floor((3 * doublings) / 2), b - 4)
  return track.trends.includes(i) ? Math.min(1 + doublings, b - 2) : 4
}

function readMissed(from: BitSource, of: RowColumn, expected: number, k: number): number | null {
  if (k === 0) return null
  const value = expected + unzigzag(golomb(from, k, 26) + 1)
  return valid(of, of.isCircular ? modulo(value, of.max + 1) : value)
}
