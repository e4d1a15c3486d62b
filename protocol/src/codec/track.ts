import type { FarOptions } from '../schema/define.ts'
import type { Field } from '../schema/field.ts'
import type { Audience, FieldSpec } from '../schema/spec.ts'
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
  /** Says which component of a rotation is the largest; the other three stand behind it. */
  readonly isLargest: boolean
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
  /** Of a part of a rotation: the column that says in which terms it is; else -1. */
  readonly largest: number
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
  /** Columns that nothing moves. */
  readonly resting: Int32Array
  readonly rates: readonly Rate[]
  readonly trends: readonly Trend[]
  /** Those of the velocity, a trend per dimension, if it has any: it turns on. */
  readonly velocity: readonly Trend[]
  /** Whether an anchor has columns that nobody sees: carries and trends. */
  readonly hasHidden: boolean
  /** What the columns hold in an entity that was not touched yet. */
  readonly defaults: Int32Array
  /** Integers of an anchor: its columns and its hidden columns. */
  readonly size: number
}

export type Told = Exclude<Audience, 'team'>

export interface FieldLayout {
  readonly name: string
  readonly declared: Field<unknown, Audience>
  readonly spec: FieldSpec
  /** Who is told of it; what is for a team is told like what is revealed. */
  readonly audience: Told
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
  /** Whether its track "revealed" is shown to the owner's team. */
  readonly isTeams: boolean
  /** The column that holds the owner's seat; the one behind it counts its teleports. */
  readonly ownerColumn: number
  /** The fields of its position, or none. */
  readonly position: readonly string[]
  /** Sent wherever its receiver looks. */
  readonly isAlwaysRelevant: boolean
  /** How much it counts against others when not all can be sent. */
  readonly priority: number
  /** From how far on it is sent less often, or null. */
  readonly far: FarOptions | null
}
