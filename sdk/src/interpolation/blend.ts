import { wrapAngle } from '@tickwire/protocol'
import type { Quaternion, Vec3 } from '@tickwire/protocol'
import { valueOf } from '@tickwire/protocol/internal'
import type { FieldLayout, Fields, KindLayout } from '@tickwire/protocol/internal'
import { isVisible } from '../fields.ts'
import type { HeldTracks } from '../fields.ts'

type Spec = FieldLayout['spec']

const SMOOTH: ReadonlySet<string> = new Set(['fixed', 'f32', 'angle', 'vec2', 'vec3', 'quaternion'])

/** Whether values between two of this field mean something. Numbers that count (hp, ammo, ticks) step. */
export function isSmooth({ kind }: Spec): boolean {
  return SMOOTH.has(kind)
}

/** Whether a game has anything to draw between two snapshots; a game of cards has not. */
export function hasMotion(kinds: readonly KindLayout[]): boolean {
  return kinds.some(({ fields }) => fields.some(({ spec }) => isSmooth(spec)))
}

/** Shows an entity at `fraction` (0 to 1) of the way from row `a` to row `b`; what does not blend is read from `steps`. */
export function blendRows(
  kind: KindLayout,
  a: Int32Array,
  b: Int32Array,
  fraction: number,
  steps: Int32Array,
  tracks: HeldTracks,
  into: Fields,
): void {
  for (const layout of kind.fields) {
    if (layout.column < 0) continue
    if (!isVisible(layout, tracks)) into[layout.name] = undefined
    else if (!isSmooth(layout.spec)) into[layout.name] = valueOf(layout, steps, tracks.owner)
    else into[layout.name] = blendField(layout, a, b, fraction, tracks.owner)
  }
}

function blendField(layout: FieldLayout, a: Int32Array, b: Int32Array, fraction: number, isOwn: boolean): unknown {
  const from = valueOf(layout, a, isOwn)
  // Most fields of most entities do not change from one tick to the next.
  return isSame(layout, a, b) ? from : blend(layout.spec, from, valueOf(layout, b, isOwn), fraction)
}

function isSame({ column, lowColumn, parts }: FieldLayout, a: Int32Array, b: Int32Array): boolean {
  for (let part = 0; part < parts; part++) {
    if (a[column + part] !== b[column + part]) return false
    if (lowColumn >= 0 && a[lowColumn + part] !== b[lowColumn + part]) return false
  }
  return true
}

/** The value at `fraction` of the way from `a` to `b`: linear, angles and rotations the short way. */
export function blend(spec: Spec, a: unknown, b: unknown, fraction: number): unknown {
  if (fraction <= 0) return a
  if (fraction >= 1) return b
  switch (spec.kind) {
    case 'angle':
      return wrapAngle((a as number) + wrapAngle((b as number) - (a as number)) * fraction)
    case 'vec2':
    case 'vec3':
      return mixVectors(a as Vec3, b as Vec3, fraction)
    case 'quaternion':
      return slerp(a as Quaternion, b as Quaternion, fraction)
    default:
      return (a as number) + ((b as number) - (a as number)) * fraction
  }
}

/** Also for two dimensions: then neither has a z. */
function mixVectors(a: Partial<Vec3>, b: Partial<Vec3>, fraction: number): Record<string, number> {
  const mixed: Record<string, number> = {}
  for (const [axis, from] of Object.entries(a) as [keyof Vec3, number][]) {
    mixed[axis] = from + ((b[axis] ?? from) - from) * fraction
  }
  return mixed
}

/** Closer than this the arc is a line, and its sine too small to divide by. */
const NEARLY_EQUAL = 0.9995

/** Spherical interpolation (Shoemake 1985), the short way round. */
export function slerp(a: Quaternion, b: Quaternion, fraction: number): Quaternion {
  const dot = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w
  const sign = dot < 0 ? -1 : 1
  const cosine = Math.min(1, Math.abs(dot))
  const arc = Math.acos(cosine)
  const isLine = cosine > NEARLY_EQUAL
  const ofA = isLine ? 1 - fraction : Math.sin((1 - fraction) * arc) / Math.sin(arc)
  const ofB = sign * (isLine ? fraction : Math.sin(fraction * arc) / Math.sin(arc))
  return normalised({
    x: a.x * ofA + b.x * ofB,
    y: a.y * ofA + b.y * ofB,
    z: a.z * ofA + b.z * ofB,
    w: a.w * ofA + b.w * ofB,
  })
}

export function normalised({ x, y, z, w }: Quaternion): Quaternion {
  const length = Math.sqrt(x * x + y * y + z * z + w * w)
  return length === 0 ? { x: 0, y: 0, z: 0, w: 1 } : { x: x / length, y: y / length, z: z / length, w: w / length }
}
