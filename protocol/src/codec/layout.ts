import { bitWidth } from '../bits/width.ts'
import type { EntityDef, GameSchema } from '../schema/define.ts'
import { field } from '../schema/field.ts'
import type { Field, FieldMap } from '../schema/field.ts'
import { isBlob } from '../schema/spec.ts'
import type { Audience, FieldSpec } from '../schema/spec.ts'
import { defaultValue, isFine, scalarsOf, SEAT, toInts } from './scalars.ts'
import type { Scalar } from './scalars.ts'

/**
 * How an entity becomes integers. Its fields are laid out in one flat row, grouped into tracks by who may see them:
 *
 *     | all: owner, hot columns, cold columns | owner: low bits, owner's fields | revealed: ... |
 *
 * Each track has anchors and records of its own, so that what a client may not see is not even in its deltas. Room state
 * and players are entities of the two built-in kinds, so that they travel by the same code.
 */
export const TRACKS = ['all', 'owner', 'revealed'] as const
export type TrackName = (typeof TRACKS)[number]

export interface Column extends Scalar {
  readonly name: string
  /** Index of the blob that this column holds the revision of, or -1. */
  readonly blob: number
  /** The most bytes that this blob may have. */
  readonly blobMaxBytes: number
  /** Low bits of a moving value: no guess of them is better than another. */
  readonly isNoise: boolean
}

/** One column of a track that another one moves: `target += source * num / den` per tick. */
export interface Rate {
  readonly target: number
  readonly source: number
  readonly num: number
  readonly den: number
  /** Where the fraction of a step that was already travelled is kept, in 1/den: a hidden column behind the others. */
  readonly carry: number
}

/** One column that goes on changing as it did between the last two anchors. */
export interface Trend {
  readonly target: number
  /** Its change per tick, in 1/16 step; a hidden column. */
  readonly change: number
  /** The fraction of a step, in 1/16; a hidden column. */
  readonly carry: number
}

/** A group of columns with anchors and records of its own. All indices are relative to it. */
export interface Track {
  readonly name: TrackName
  /** Where its columns start in the flat row. */
  readonly start: number
  readonly columns: readonly Column[]
  /** Columns before this one are flagged by a bit each when they change; the others share one bit before theirs. */
  readonly hotEnd: number
  /** Columns before this one move others; a reader learns them first. */
  readonly sourcesEnd: number
  readonly rates: readonly Rate[]
  readonly trends: readonly Trend[]
  /** Whether an anchor has columns that nobody sees: carries and trends. */
  readonly hasHidden: boolean
  /** What the columns hold in an entity that was not touched yet. */
  readonly defaults: Int32Array
  /** Integers of an anchor: its columns and its hidden columns. */
  readonly size: number
}

export interface FieldLayout {
  readonly name: string
  readonly declared: Field<unknown, Audience>
  readonly spec: FieldSpec
  readonly audience: Audience
  /** First column in the flat row, or -1 (blobs have `blobColumn`; `nobody` has neither). */
  readonly column: number
  readonly parts: number
  /** Bits below the wire's precision at which it is simulated. */
  readonly fineBits: number
  /** First column of the low bits in the owner's track, or -1. */
  readonly lowColumn: number
  /** Column of the blob's revision, or -1. */
  readonly blobColumn: number
  readonly blob: number
}

export interface KindLayout {
  readonly name: string
  readonly index: number
  readonly fields: readonly FieldLayout[]
  readonly columns: readonly Column[]
  readonly blobs: readonly FieldLayout[]
  readonly tracks: Readonly<Record<TrackName, Track>>
  readonly predicted: boolean
  readonly isStatic: boolean
  /** The column that holds the owner's seat; the one behind it counts its teleports. */
  readonly ownerColumn: number
  /** The fields of its position, or none. */
  readonly position: readonly string[]
}

export const ROOM_KIND = '#room'
export const PLAYER_KIND = '#player'

/** Teleports, counted modulo 4: a change says that the way between two rows was not travelled. */
const JUMPS: Scalar = { min: 0, max: 3, bits: 2, wrap: false }

const PLAIN = { blob: -1, blobMaxBytes: 0, isNoise: false } as const

interface Draft {
  readonly columns: Column[]
  readonly fields: FieldLayout[]
  readonly blobs: FieldLayout[]
}

const byAudience = (fields: FieldMap, audience: Audience, hot: boolean, first: ReadonlySet<string>): string[] =>
  Object.keys(fields)
    .filter((name) => fields[name]?.audience === audience && isHot(fields[name]?.spec) === hot)
    .toSorted((a, b) => Number(first.has(b)) - Number(first.has(a)))

/** Motion changes nearly always, the rest nearly never; the mask is cheap for both. */
function isHot(spec: FieldSpec | undefined): boolean {
  return spec !== undefined && (isFine(spec) || spec.kind === 'quaternion' || spec.kind === 'f32')
}

const NOWHERE = { column: -1, parts: 0, lowColumn: -1, blobColumn: -1, blob: -1 } as const

function addField(draft: Draft, name: string, declared: Field<unknown, Audience>, fineBits: number): void {
  const { spec, audience } = declared
  const column = draft.columns.length
  const nowhere = { name, declared, spec, audience, fineBits, ...NOWHERE }
  if (audience === 'nobody') {
    draft.fields.push(nowhere)
    return
  }
  if (isBlob(spec)) {
    const blob = draft.blobs.length
    const laid = { ...nowhere, fineBits: 0, blobColumn: column, blob }
    draft.columns.push({
      name,
      min: 0,
      max: 0xffff_ffff,
      bits: 32,
      wrap: false,
      blob,
      blobMaxBytes: blobMaxBytes(spec),
      isNoise: false,
    })
    draft.blobs.push(laid)
    draft.fields.push(laid)
    return
  }
  // The owner's own fields travel at full simulation precision; public ones leave their low bits to the owner's track.
  const wireFine = audience === 'owner' ? fineBits : 0
  const scalars = scalarsOf(spec)
  for (const one of scalars) draft.columns.push({ name, ...refine(one, wireFine), ...PLAIN })
  const parts = scalars.length
  draft.fields.push({ ...nowhere, column, parts })
}

function refine(one: Scalar, fineBits: number): Scalar {
  if (fineBits === 0) return one
  const fine = 1 << fineBits
  const [min, max] = one.wrap
    ? [0, (one.max + 1) * fine - 1]
    : [one.min * fine - fine / 2, one.max * fine + fine / 2 - 1]
  return { min, max, bits: bitWidth(max - min), wrap: one.wrap }
}

function addLowBits(draft: Draft): void {
  for (const [index, laid] of draft.fields.entries()) {
    if (laid.audience !== 'all' || laid.fineBits === 0) continue
    draft.fields[index] = { ...laid, lowColumn: draft.columns.length }
    const half = 1 << (laid.fineBits - 1)
    for (let part = 0; part < laid.parts; part++) {
      draft.columns.push({
        name: laid.name,
        min: -half,
        max: half - 1,
        bits: laid.fineBits,
        wrap: false,
        ...PLAIN,
        isNoise: true,
      })
    }
  }
}

function layKind(name: string, index: number, def: EntityDef, tickRateHz: number): KindLayout {
  const { fields, options } = def
  const draft: Draft = { columns: [], fields: [], blobs: [] }
  const predicted = options.predict === 'owner'
  const fineOf = (spec: FieldSpec): number => (predicted && isFine(spec) ? (options.ownerBits ?? 8) : 0)
  // What moves others is written first: a target is predicted with the velocity that the reader just learnt.
  const sources = new Set(Object.values(options.rates ?? {}).filter((source) => source !== undefined))
  const ends: Record<TrackName, Extent> = {
    all: { start: 0, hotEnd: 0, end: 0 },
    owner: { start: 0, hotEnd: 0, end: 0 },
    revealed: { start: 0, hotEnd: 0, end: 0 },
  }
  const add = (audience: Audience, hot: boolean): void => {
    for (const key of byAudience(fields, audience, hot, sources)) {
      const declared = fields[key]
      if (declared !== undefined) addField(draft, key, declared, audience === 'revealed' ? 0 : fineOf(declared.spec))
    }
  }
  for (const track of TRACKS) {
    ends[track].start = draft.columns.length
    if (track === 'owner') addLowBits(draft)
    add(track, true)
    ends[track].hotEnd = draft.columns.length
    if (track === 'all') draft.columns.push({ name: 'owner', ...SEAT, ...PLAIN }, { name: 'jumps', ...JUMPS, ...PLAIN })
    add(track, false)
    ends[track].end = draft.columns.length
  }
  add('nobody', true)
  add('nobody', false)
  return {
    name,
    index,
    fields: draft.fields,
    columns: draft.columns,
    blobs: draft.blobs,
    predicted,
    isStatic: options.static === true,
    ownerColumn: ends.all.hotEnd,
    position: options.position ?? [],
    tracks: {
      all: layTrack('all', draft, ends.all, ...motionOf(draft, def, tickRateHz, ends.all.end)),
      owner: layTrack('owner', draft, ends.owner, [], []),
      revealed: layTrack('revealed', draft, ends.revealed, [], []),
    },
  }
}

interface Extent {
  start: number
  hotEnd: number
  end: number
}

/** A list is its count and its items, each byte-aligned as a whole; text and bytes are themselves. */
function blobMaxBytes(spec: FieldSpec): number {
  if (spec.kind !== 'list') return 'maxBytes' in spec ? spec.maxBytes : 0
  const itemBits = isBlob(spec.of)
    ? (blobMaxBytes(spec.of) + 5) * 8
    : scalarsOf(spec.of).reduce((bits, one) => bits + one.bits, 0)
  return 5 + Math.ceil((spec.maxItems * itemBits) / 8)
}

function layTrack(
  name: TrackName,
  draft: Draft,
  { start, hotEnd, end }: Extent,
  rates: readonly Rate[],
  trends: readonly Trend[],
): Track {
  const columns = draft.columns.slice(start, end)
  const defaults = new Int32Array(columns.length)
  for (const { spec, column, parts, fineBits, audience } of draft.fields) {
    if (column < start || column >= end || parts === 0) continue
    toInts(spec, defaultValue(spec), defaults, column - start, audience === 'owner' ? fineBits : 0)
  }
  const sourcesEnd = rates.reduce((most, { source }) => Math.max(most, source + 1), 0)
  return {
    name,
    start,
    columns,
    hotEnd: hotEnd - start,
    sourcesEnd,
    rates,
    trends,
    hasHidden: rates.length + trends.length > 0,
    defaults,
    size: columns.length + rates.length + 2 * trends.length,
  }
}

/** Only public columns move by rule; their track starts at 0. Hidden columns come behind all others, from `end` on. */
function motionOf(draft: Draft, def: EntityDef, tickRateHz: number, end: number): [Rate[], Trend[]] {
  const { fields, options } = def
  const laid = (name: string | undefined): FieldLayout[] => draft.fields.filter((one) => one.name === name)
  const rates: Rate[] = []
  for (const [target, source] of Object.entries(options.rates ?? {})) {
    const [[to], [from]] = [laid(target), laid(source)]
    if (to === undefined || from === undefined) continue
    const { num, den } = ratio(stepOf(fields[from.name]?.spec) / stepOf(fields[to.name]?.spec) / tickRateHz)
    for (let part = 0; part < to.parts; part++) {
      rates.push({ target: to.column + part, source: from.column + part, num, den, carry: end + rates.length })
    }
  }
  const targets = (options.trend ?? []).flatMap(laid).flatMap(({ column, parts }) => columnsFrom(column, parts))
  const first = end + rates.length
  const trends = targets.map((target, i) => ({ target, change: first + 2 * i, carry: first + 2 * i + 1 }))
  return [rates, trends]
}

const columnsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

function stepOf(spec: FieldSpec | undefined): number {
  if (spec?.kind === 'angle') return (Math.PI * 2) / (1 << spec.bits)
  return spec !== undefined && 'precision' in spec ? spec.precision : 1
}

/** The nearest fraction with a denominator up to 2^16, by continued fractions; exact for the usual powers of two. */
function ratio(value: number): { num: number; den: number } {
  let [num, den, lastNum, lastDen] = [Math.floor(value), 1, 1, 0]
  let rest = value - Math.floor(value)
  while (rest > 1e-9 && Math.abs(num / den - value) > value * 1e-12) {
    const whole = Math.floor(1 / rest)
    const [nextNum, nextDen] = [whole * num + lastNum, whole * den + lastDen]
    if (nextDen > 0x1_0000) break
    ;[lastNum, lastDen, num, den] = [num, den, nextNum, nextDen]
    rest = 1 / rest - whole
  }
  return { num, den }
}

export interface GameLayout {
  readonly schema: GameSchema
  /** `#room`, `#player`, then the entities in the order of the schema. */
  readonly kinds: readonly KindLayout[]
  readonly kindByName: ReadonlyMap<string, KindLayout>
  readonly room: KindLayout
  readonly player: KindLayout
  readonly maxColumns: number
  readonly maxBlobs: number
}

const cache = new WeakMap<GameSchema, GameLayout>()

/** The layout of a schema; made once. */
export function layoutOf(schema: GameSchema): GameLayout {
  let layout = cache.get(schema)
  if (layout === undefined) cache.set(schema, (layout = layGame(schema)))
  return layout
}

function layGame(schema: GameSchema): GameLayout {
  const defs: [string, EntityDef][] = [
    [ROOM_KIND, { fields: schema.state, options: {} }],
    [PLAYER_KIND, { fields: { connected: field.bool(), ...schema.player }, options: {} }],
    ...Object.entries(schema.entities),
  ]
  const kinds = defs.map(([name, def], index) => layKind(name, index, def, schema.tickRateHz))
  const [room, player] = kinds as [KindLayout, KindLayout]
  return {
    schema,
    kinds,
    kindByName: new Map(kinds.map((kind) => [kind.name, kind])),
    room,
    player,
    maxColumns: Math.max(...kinds.map((kind) => kind.columns.length)),
    maxBlobs: Math.max(...kinds.map((kind) => kind.blobs.length)),
  }
}
