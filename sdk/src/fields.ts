import { defaultValue, valueOf } from '@tickwire/protocol/internal'
import type { FieldLayout, Fields, HeldEntity, KindLayout } from '@tickwire/protocol/internal'

/** Which of an entity's tracks a client holds, besides the one for all. */
export interface HeldTracks {
  readonly owner: boolean
  readonly revealed: boolean
}

export function heldTracks({ anchors }: HeldEntity): HeldTracks {
  return { owner: anchors.owner.tick >= 0, revealed: anchors.revealed.tick >= 0 }
}

/** The seat that owns an entity in this row, or null. */
export function ownerIn(kind: KindLayout, row: Int32Array): number | null {
  const seat = row[kind.ownerColumn]!
  return seat === 0 ? null : seat - 1
}

/** The owner of an entity as last told. Public columns come first in a row and in its anchor alike. */
export function ownerOf({ kind, anchors }: HeldEntity): number | null {
  return ownerIn(kind, anchors.all.row)
}

/** How often it was teleported, modulo 4. */
export function jumpsIn(kind: KindLayout, row: Int32Array): number {
  return row[kind.ownerColumn + 1]!
}

/** Every field at its default. */
export function defaultFields(kind: KindLayout): Fields {
  return Object.fromEntries(kind.fields.map(({ name, spec }) => [name, defaultValue(spec)]))
}

/** Reads the fields of a flat row that the client may see; those it may not become undefined. */
export function readFields(kind: KindLayout, row: Int32Array, tracks: HeldTracks, into: Fields): void {
  for (const layout of kind.fields) {
    if (layout.column < 0) continue
    into[layout.name] = isVisible(layout, tracks) ? valueOf(layout, row, tracks.owner) : undefined
  }
}

/** Reads the fields of variable length, which are no part of a row. */
export function readBlobs(kind: KindLayout, blobs: readonly unknown[], tracks: HeldTracks, into: Fields): void {
  for (const layout of kind.blobs) into[layout.name] = isVisible(layout, tracks) ? blobValue(layout, blobs) : undefined
}

/** The value of a field of variable length; what was never told is the default. */
export function blobValue({ spec, blob }: FieldLayout, blobs: readonly unknown[]): unknown {
  return blobs[blob] === undefined ? defaultValue(spec) : blobs[blob]
}

/** Whether a client that holds these tracks knows the field. */
export function isVisible({ audience }: FieldLayout, tracks: HeldTracks): boolean {
  if (audience === 'all') return true
  return (audience === 'owner' && tracks.owner) || (audience === 'revealed' && tracks.revealed)
}

/** A copy that shares nothing with the value: lists and vectors are the game's to change. */
export function cloneValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return value.map(cloneValue)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cloneValue(part)]))
}

/** Whether two field values are the same, by content. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [ours, theirs] = [Object.entries(a), Object.entries(b)]
  return ours.length === theirs.length && ours.every(([key, part]) => sameValue(part, (b as Fields)[key]))
}
