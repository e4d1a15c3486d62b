import { bitWidth } from '../bits/width.ts'
import type { EntityDef } from '../schema/define.ts'
import type { Field, FieldMap } from '../schema/field.ts'
import { isBlob } from '../schema/spec.ts'
import type { Audience, FieldSpec } from '../schema/spec.ts'
import { motionOf, RESTING } from './motion.ts'
import type { Motion } from './motion.ts'
import { defaultValue } from './default-value.ts'
import { isFine, PATTERN, scalarsOf, SEAT, toInts } from './scalars.ts'
import type { Scalar } from './scalars.ts'
import type { Column, FieldLayout, KindLayout, Told, Track, TrackName } from './track.ts'

/** Gives each field of a kind its columns, in the order that `track.ts` draws. */

/** Teleports, counted modulo 4: a change says that the way between two rows was not travelled. */
const JUMPS: Scalar = { min: 0, max: 3, bits: 2, wrap: false }

/** A column that is not a blob's. */
const columnOf = (name: string, one: Scalar, isNoise = false): Column => ({
  name,
  ...one,
  blob: -1,
  blobMaxBytes: 0,
  isNoise,
  isLargest: false,
})

type AnyField = Field<unknown, Audience>

/** A kind while its fields find their places. */
interface Draft {
  readonly columns: Column[]
  readonly fields: FieldLayout[]
  readonly blobs: FieldLayout[]
}

/** The fields of one audience, hot or cold, those named in `first` before the others. */
function fieldsOf(fields: FieldMap, audience: Told, hot: boolean, first: ReadonlySet<string>): [string, AnyField][] {
  return Object.entries(fields)
    .filter(([, declared]) => tracked(declared.audience) === audience && isHot(declared.spec) === hot)
    .toSorted(([a], [b]) => Number(first.has(b)) - Number(first.has(a)))
}

/** What is for a team travels in the track "revealed": who is shown that is another matter. */
const tracked = (audience: Audience): Told => (audience === 'team' ? 'revealed' : audience)

/** Motion changes nearly always, the rest nearly never; the mask is cheap for both. */
function isHot(spec: FieldSpec): boolean {
  return isFine(spec) || spec.kind === 'quaternion' || spec.kind === 'f32'
}

const DEFAULT_OWNER_BITS = 8
const NOWHERE = { column: -1, parts: 0, lowColumn: -1, blobColumn: -1, blob: -1 } as const

function addField(draft: Draft, name: string, declared: AnyField, fineBits: number): void {
  const { spec } = declared
  const audience = tracked(declared.audience)
  const laid = { name, declared, spec, audience, fineBits, ...NOWHERE }
  if (audience === 'nobody') draft.fields.push(laid)
  else if (isBlob(spec)) addBlob(draft, laid)
  else {
    const scalars = scalarsOf(spec)
    draft.fields.push({ ...laid, column: draft.columns.length, parts: scalars.length })
    // The owner's own fields travel at full simulation precision; public ones leave their low bits to the owner's track.
    const wireFine = audience === 'owner' ? fineBits : 0
    for (const [part, one] of scalars.entries()) {
      const isLargest = spec.kind === 'quaternion' && part === 0
      draft.columns.push({ ...columnOf(name, refine(one, wireFine)), isLargest })
    }
  }
}

/** A field of variable length has one column, for its revision. */
function addBlob(draft: Draft, nowhere: FieldLayout): void {
  const { name, spec } = nowhere
  const blob = draft.blobs.length
  const laid = { ...nowhere, fineBits: 0, blobColumn: draft.columns.length, blob }
  draft.columns.push({ ...columnOf(name, PATTERN), blob, blobMaxBytes: blobMaxBytes(spec) })
  draft.blobs.push(laid)
  draft.fields.push(laid)
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
    const low: Scalar = { min: -half, max: half - 1, bits: laid.fineBits, wrap: false }
    for (let part = 0; part < laid.parts; part++) draft.columns.push(columnOf(laid.name, low, true))
  }
}

interface Extent {
  readonly start: number
  readonly hotEnd: number
  readonly end: number
}

/** Fills the draft with all columns, and says where each track has its own. */
function layTracks(draft: Draft, { fields, options }: EntityDef): Record<TrackName, Extent> {
  const predicted = options.predict === 'owner'
  const fineOf = (spec: FieldSpec): number =>
    predicted && isFine(spec) ? (options.ownerBits ?? DEFAULT_OWNER_BITS) : 0
  // What moves others is written first: a target is predicted with the velocity that the reader just learnt.
  const sources = new Set(Object.values(options.rates ?? {}).filter((source) => source !== undefined))
  const add = (audience: Told, hot: boolean): void => {
    for (const [name, declared] of fieldsOf(fields, audience, hot, sources)) {
      addField(draft, name, declared, audience === 'revealed' ? 0 : fineOf(declared.spec))
    }
  }
  const layOne = (track: TrackName): Extent => {
    const start = draft.columns.length
    if (track === 'owner') addLowBits(draft)
    add(track, true)
    const hotEnd = draft.columns.length
    if (track === 'all') draft.columns.push(columnOf('owner', SEAT), columnOf('jumps', JUMPS))
    add(track, false)
    return { start, hotEnd, end: draft.columns.length }
  }
  const extents = { all: layOne('all'), owner: layOne('owner'), revealed: layOne('revealed') }
  add('nobody', true)
  add('nobody', false)
  return extents
}

export function layKind(name: string, index: number, def: EntityDef, tickRateHz: number): KindLayout {
  const { options } = def
  const draft: Draft = { columns: [], fields: [], blobs: [] }
  const { all, owner, revealed } = layTracks(draft, def)
  return {
    name,
    index,
    fields: draft.fields,
    columns: draft.columns,
    blobs: draft.blobs,
    predicted: options.predict === 'owner',
    isStatic: options.static === true,
    isTeams: Object.values(def.fields).some(({ audience }) => audience === 'team'),
    ownerColumn: all.hotEnd,
    position: options.position ?? [],
    isAlwaysRelevant: options.relevant === 'always',
    priority: options.priority ?? 1,
    far: options.far ?? null,
    tracks: {
      all: layTrack('all', draft, all, motionOf(draft.fields, def, tickRateHz, all.end)),
      owner: layTrack('owner', draft, owner, RESTING),
      revealed: layTrack('revealed', draft, revealed, RESTING),
    },
  }
}

/** A list is its count and its items, each byte-aligned as a whole; text and bytes are themselves. */
function blobMaxBytes(spec: FieldSpec): number {
  if (spec.kind !== 'list') return 'maxBytes' in spec ? spec.maxBytes : 0
  const itemBits = isBlob(spec.of)
    ? (blobMaxBytes(spec.of) + 5) * 8
    : scalarsOf(spec.of).reduce((bits, one) => bits + one.bits, 0)
  return 5 + Math.ceil((spec.maxItems * itemBits) / 8)
}

function layTrack(name: TrackName, draft: Draft, { start, hotEnd, end }: Extent, motion: Motion): Track {
  const { rates, trends, velocity } = motion
  const columns = draft.columns.slice(start, end)
  const defaults = new Int32Array(columns.length)
  for (const { spec, column, parts, fineBits, audience } of draft.fields) {
    if (column < start || column >= end || parts === 0) continue
    toInts(spec, defaultValue(spec), defaults, column - start, audience === 'owner' ? fineBits : 0)
  }
  const moved = new Set([...rates, ...trends].map(({ target }) => target))
  const sourcesEnd = rates.reduce((most, { source }) => Math.max(most, source + 1), 0)
  return {
    name,
    start,
    columns,
    hotEnd: hotEnd - start,
    sourcesEnd,
    resting: Int32Array.from(columns.keys()).filter((index) => !moved.has(index)),
    rates,
    trends,
    velocity,
    hasHidden: rates.length + trends.length > 0,
    defaults,
    size: columns.length + rates.length + 2 * trends.length,
  }
}
