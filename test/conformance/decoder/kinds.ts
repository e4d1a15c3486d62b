/** Section 7 of docs/protocol.md: which columns a kind of entity has, in three tracks, and how they move. */
import type { GameSchema } from '../../../protocol/src/schema/define.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import type { Audience, FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { column, columnsOf } from './columns.ts'
import type { Column } from './columns.ts'
import type { AnyField } from './values.ts'

export const TRACKS = ['all', 'owner', 'revealed'] as const
export type TrackName = (typeof TRACKS)[number]

export interface RowColumn extends Column {
  /** The field whose bytes stand here instead of an integer. */
  readonly blob: AnyField | null
  readonly isHot: boolean
  readonly near: number
  readonly far: number
}

/** `row[moved] * den + carry` increases by `row[mover] * num` per tick. */
export interface Rate {
  readonly moved: number
  readonly mover: number
  readonly num: number
  readonly den: number
}

export interface Track {
  readonly columns: readonly RowColumn[]
  readonly rates: readonly Rate[]
  /** The columns that have a trend. */
  readonly trends: readonly number[]
  /** The columns of the velocity. */
  readonly velocity: readonly number[]
  /** Where each quaternion begins: the column of its largest component. */
  readonly quaternions: readonly number[]
}

export interface Kind {
  readonly name: string
  readonly tracks: Readonly<Record<TrackName, Track>>
}

interface Options {
  readonly position?: readonly string[]
  readonly rates?: Readonly<Record<string, string>>
  readonly trend?: readonly string[]
  readonly predict?: 'owner' | 'never'
  readonly ownerBits?: number
}

/** A column and the field that it is a part of. */
interface Part {
  readonly field: string
  readonly of: Column
  readonly blob: AnyField | null
  readonly isHot: boolean
}

const HOT: readonly string[] = ['fixed', 'angle', 'vec2', 'vec3', 'quaternion', 'f32']
const BOOL: FieldSpec = { kind: 'bool' }
const SEAT: FieldSpec = { kind: 'seat' }
const TICK: FieldSpec = { kind: 'tick' }
const INVITE: FieldSpec = { kind: 'text', maxBytes: 64 }
const DEFAULT_OWNER_BITS = 8

/** Kind 0 is the room, kind 1 a player, then the schema's. */
export function kindsOf(schema: GameSchema): Kind[] {
  const room = {
    ...fieldsOf({ '#owner': SEAT, '#locked': BOOL, '#revision': TICK, '#invite': INVITE }),
    ...schema.state,
    ...under('options', schema.options),
    ...under('metadata', schema.metadata),
  }
  const player = { ...fieldsOf({ connected: BOOL }), ...schema.player, ...under('profile', schema.profile) }
  return [
    kindOf('#room', room, {}, schema.tickRateHz),
    kindOf('#player', player, {}, schema.tickRateHz),
    ...Object.entries(schema.entities).map(([name, { fields, options }]) =>
      kindOf(name, fields, options as Options, schema.tickRateHz),
    ),
  ]
}

const fieldsOf = (specs: Readonly<Record<string, FieldSpec>>): FieldMap =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { spec, audience: 'all' }])) as never

const under = (section: string, fields: FieldMap): FieldMap =>
  Object.fromEntries(Object.entries(fields).map(([name, declared]) => [`${section}.${name}`, declared]))

function kindOf(name: string, fields: FieldMap, options: Options, tickRateHz: number): Kind {
  const shared = partsOf(fields, 'all', 0)
  const movers = new Set(Object.values(options.rates ?? {}))
  const hot = shared.filter(({ isHot }) => isHot)
  const ownerBits = options.predict === 'owner' ? (options.ownerBits ?? DEFAULT_OWNER_BITS) : 0
  const moversFirst = [
    ...hot.filter(({ field }) => movers.has(field)),
    ...hot.filter(({ field }) => !movers.has(field)),
  ]
  const all = [...moversFirst, plain('owner', 1023), plain('jumps', 3), ...shared.filter(({ isHot }) => !isHot)]
  const owned = partsOf(fields, 'owner', ownerBits)
  const owner = [...lowBits(moversFirst, ownerBits), ...hotFirst(owned)]
  const revealed = hotFirst(partsOf(fields, 'revealed', 0))
  const track = (parts: readonly Part[]): Track => trackOf(parts, options, tickRateHz)
  return { name, tracks: { all: track(all), owner: track(owner), revealed: track(revealed) } }
}

function plain(name: string, max: number): Part {
  return { field: name, of: column(name, 0, max), blob: null, isHot: false }
}

function hotFirst(parts: readonly Part[]): Part[] {
  return [...parts.filter(({ isHot }) => isHot), ...parts.filter(({ isHot }) => !isHot)]
}

function partsOf(fields: FieldMap, audience: Audience, moreBits: number): Part[] {
  return Object.entries(fields)
    .filter(([, declared]) => (declared.audience === 'team' ? 'revealed' : declared.audience) === audience)
    .flatMap(([field, declared]): Part[] => {
      const { spec } = declared
      const isHot = HOT.includes(spec.kind)
      const columns = columnsOf(field, spec)
      if (columns.length === 0) return [{ field, of: column(field, 0, 0), blob: declared, isHot }]
      return columns.map((of) => ({ field, of: finer(of, moreBits), blob: null, isHot }))
    })
}

/** The same integer at the precision of the simulation: all that rounds to one of the wire's. */
function finer(of: Column, moreBits: number): Column {
  if (of.step === null || moreBits === 0) return of
  const [scale, half] = [2 ** moreBits, 2 ** (moreBits - 1)]
  const step = of.step / scale
  if (of.isCircular) return column(of.name, 0, (of.max + 1) * scale - 1, { step, isCircular: true })
  return column(of.name, of.min * scale - half, of.max * scale + half - 1, { step })
}

/** What the owner gets below the steps of the wire, signed; only what has steps is split. */
function lowBits(hot: readonly Part[], width: number): Part[] {
  if (width === 0) return []
  const half = 2 ** (width - 1)
  return hot
    .filter(({ of }) => of.step !== null)
    .map(({ of }) => ({ field: `#low`, of: column(`${of.name}#low`, -half, half - 1), blob: null, isHot: true }))
}

function trackOf(parts: readonly Part[], options: Options, tickRateHz: number): Track {
  const indicesOf = (field: string): number[] => [...parts.keys()].filter((i) => parts[i]!.field === field)
  const rates = Object.entries(options.rates ?? {}).flatMap(([moved, mover]) => {
    const movers = indicesOf(mover)
    return indicesOf(moved).flatMap((at, i) =>
      movers[i] === undefined ? [] : [rateOf(parts, at, movers[i], tickRateHz)],
    )
  })
  const quaternions = [...parts.keys()].filter((i) => parts[i]!.of.name.endsWith('.largest'))
  const trends = (options.trend ?? []).flatMap(indicesOf).filter((at) => !quaternions.includes(at))
  const velocity = velocityOf((options.position ?? []).flatMap(indicesOf), rates, trends)
  const columns = parts.map(({ of, blob, isHot, field }, i) => {
    const isMoved = rates.some(({ moved }) => moved === i)
    const motion = isMoved ? 'moved' : velocity.includes(i) ? 'velocity' : trends.includes(i) ? 'trend' : 'none'
    return { ...of, blob, isHot, ...ladder(of.bits, motion, field === '#low') }
  })
  return { columns, rates, trends, velocity, quaternions }
}

/** The columns that move a position, if all that do have trends. */
function velocityOf(position: readonly number[], rates: readonly Rate[], trends: readonly number[]): number[] {
  const movers = rates.filter(({ moved }) => position.includes(moved)).map(({ mover }) => mover)
  const velocity = trends.filter((at) => movers.includes(at))
  return velocity.length === position.length ? velocity : []
}

type Motion = 'moved' | 'velocity' | 'trend' | 'none'

/** How many bits the near and the far differences of a column have; none where it travels whole. */
function ladder(bits: number, motion: Motion, isLow: boolean): { near: number; far: number } {
  if (bits <= 5 || bits === 32 || isLow) return { near: 0, far: 0 }
  if (motion === 'moved') return { near: 1, far: Math.floor(bits / 2) + 2 }
  if (motion === 'velocity') return { near: 1, far: Math.ceil((2 * bits) / 3) }
  if (motion === 'trend') return { near: Math.floor(bits / 2), far: Math.ceil((3 * bits) / 4) }
  return { near: 4, far: Math.ceil((2 * bits) / 3) }
}

function rateOf(parts: readonly Part[], moved: number, mover: number, tickRateHz: number): Rate {
  const ratio = parts[mover]!.of.step! / parts[moved]!.of.step! / tickRateHz
  return { moved, mover, ...fraction(ratio) }
}

const MAX_DEN = 2 ** 16
const CLOSE_ENOUGH = 1e-12

/** Of the convergents of a ratio the first that is close enough, or the last whose denominator is small enough. */
export function fraction(ratio: number): { num: number; den: number } {
  let [before, now] = [
    { num: 0, den: 1 },
    { num: 1, den: 0 },
  ]
  for (let rest = ratio; ; rest = 1 / (rest - Math.floor(rest))) {
    const term = Math.floor(rest)
    const next = { num: term * now.num + before.num, den: term * now.den + before.den }
    if (next.den > MAX_DEN) return now
    ;[before, now] = [now, next]
    if (Math.abs(now.num / now.den - ratio) <= ratio * CLOSE_ENOUGH || rest === term) return now
  }
}
