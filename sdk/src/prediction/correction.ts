import { wrapAngle } from '@tickwire/protocol'
import type { Quaternion, Vec3 } from '@tickwire/protocol'
import type { FieldLayout, Fields, KindLayout } from '@tickwire/protocol/internal'
import { isSmooth, normalised, slerp } from '../interpolation/blend.ts'

type Spec = FieldLayout['spec']

/** After so long half of an error is gone. Shorter is seen as a jerk, longer as swimming. */
const HALF_LIFE_MS = 120
/** An error of this part of a field's range, or of a turn, is no slip but another place: it is shown at once. */
const SNAP_PART = 1 / 16
const SNAP_RADIANS = Math.PI / 2
/** Below this part of a field's precision nobody sees it, and it ends. */
const DONE_PART = 1 / 16

/**
 * Hides the jump when an entity turns out to be elsewhere than it was drawn: the difference is kept as an error, added to
 * what is drawn, and decays. Only the picture is wrong meanwhile; the simulation has the truth at once.
 */
export class Correction {
  private readonly errors: Map<string, unknown> = new Map()

  /** What is left to be added to fields, by name. */
  get left(): ReadonlyMap<string, unknown> {
    return this.errors
  }

  get isActive(): boolean {
    return this.errors.size > 0
  }

  /**
   * From now on the entity is shown where `drawn` says instead of where `truth` does. `drawn` contains older errors.
   * @returns whether that is new: an error that is no rest of an older one, of a step of its field or more
   */
  absorb(kind: KindLayout, drawn: Fields, truth: Fields): boolean {
    let isNew = false
    for (const { name, spec } of kind.fields) {
      if (!isSmooth(spec)) continue
      if (drawn[name] === undefined || truth[name] === undefined) continue
      const error = difference(spec, drawn[name], truth[name])
      const size = sizeOf(spec, error)
      const older = this.errors.get(name)
      const added = older === undefined ? size : sizeOf(spec, difference(spec, error, older))
      isNew ||= added >= limitOf(spec, 1)
      if (size > limitOf(spec, DONE_PART) && size < snapSize(spec)) this.errors.set(name, error)
      else this.errors.delete(name)
    }
    return isNew
  }

  /** Adds what is left of the errors, after `elapsedMs` more. */
  apply(kind: KindLayout, shown: Fields, elapsedMs: number): void {
    if (this.errors.size === 0) return
    const keep = 0.5 ** (elapsedMs / HALF_LIFE_MS)
    for (const { name, spec } of kind.fields) {
      const error = this.errors.get(name)
      if (error === undefined) continue
      const left = scaled(spec, error, keep)
      if (sizeOf(spec, left) > limitOf(spec, DONE_PART)) this.errors.set(name, left)
      else this.errors.delete(name)
      shown[name] = offset(spec, shown[name], left)
    }
  }

  clear(): void {
    this.errors.clear()
  }
}

/** What must be added to `truth` to get `drawn`. */
function difference(spec: Spec, drawn: unknown, truth: unknown): unknown {
  if (spec.kind === 'quaternion') return times(drawn as Quaternion, inverse(truth as Quaternion))
  if (spec.kind === 'angle') return wrapAngle((drawn as number) - (truth as number))
  if (spec.kind === 'vec2' || spec.kind === 'vec3') return combine(drawn as Vec3, truth as Vec3, -1)
  return (drawn as number) - (truth as number)
}

function offset(spec: Spec, value: unknown, error: unknown): unknown {
  if (value === undefined) return undefined
  if (spec.kind === 'quaternion') return normalised(times(error as Quaternion, value as Quaternion))
  if (spec.kind === 'angle') return wrapAngle((value as number) + (error as number))
  if (spec.kind === 'vec2' || spec.kind === 'vec3') return combine(value as Vec3, error as Vec3, 1)
  return (value as number) + (error as number)
}

const NO_TURN: Quaternion = { x: 0, y: 0, z: 0, w: 1 }

function scaled(spec: Spec, error: unknown, factor: number): unknown {
  if (spec.kind === 'quaternion') return slerp(NO_TURN, error as Quaternion, factor)
  if (spec.kind === 'vec2' || spec.kind === 'vec3') return combine({ x: 0, y: 0, z: 0 }, error as Vec3, factor)
  return (error as number) * factor
}

function combine(a: Vec3, b: Partial<Vec3>, factor: number): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const [axis, part] of Object.entries(b) as [keyof Vec3, number][]) sum[axis] = a[axis] + part * factor
  return sum
}

function sizeOf(spec: Spec, error: unknown): number {
  if (spec.kind === 'quaternion') return 2 * Math.acos(Math.min(1, Math.abs((error as Quaternion).w)))
  if (spec.kind === 'vec2' || spec.kind === 'vec3') return Math.hypot(...Object.values(error as Vec3))
  return Math.abs(error as number)
}

/** Floats have no step; an error of theirs has to end somewhere. */
const FLOAT_STEP = 1 / 64

/** A part of one step of the field. */
function limitOf(spec: Spec, part: number): number {
  if ('precision' in spec) return spec.precision * part
  if (spec.kind === 'angle' || spec.kind === 'quaternion') return ((2 * Math.PI) / 2 ** spec.bits) * part
  return FLOAT_STEP * part
}

function snapSize(spec: Spec): number {
  if ('precision' in spec) return (spec.max - spec.min) * SNAP_PART
  return spec.kind === 'angle' || spec.kind === 'quaternion' ? SNAP_RADIANS : Number.POSITIVE_INFINITY
}

function inverse({ x, y, z, w }: Quaternion): Quaternion {
  return { x: -x, y: -y, z: -z, w }
}

function times(a: Quaternion, b: Quaternion): Quaternion {
  return {
    x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
    y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
    z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
    w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
  }
}
