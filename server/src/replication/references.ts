import { decodeBlob, encodeBlob, hash32, slotOf } from '@tickwire/protocol/internal'
import type { FieldLayout, FieldSpec, GameLayout, KindLayout, Packer, TrackName } from '@tickwire/protocol/internal'
import type { EntityRecord } from './entity-table.ts'
import type { Replication } from './replication.ts'

/** Whether a client holds the entity with this id once the snapshot that is being written has arrived. */
export type Holds = (id: number) => boolean

/** Columns beyond this one are counted with the lists. */
const FLAGGED_COLUMNS = 24
const FLAGS = 1 << FLAGGED_COLUMNS
const LIST_HASHES = 1 << 28

/** Where one track of a kind refers to other entities. */
interface TrackReferences {
  /** Columns with an id, as their places in the track. */
  readonly columns: readonly number[]
  /** Lists that hold ids. */
  readonly lists: readonly FieldLayout[]
}

/**
 * The references that one client must not read: an id of something that it does not hold would tell it that this exists,
 * so it is sent as "no entity" to that client.
 *
 * A **mask** says which references of a track are hidden from a client: a bit per column, and above those a hash of what is
 * hidden in lists. 0: the client reads the row as it is. What a client holds is the anchor of a tick under a mask.
 */
export class References {
  private readonly replication: Replication
  private readonly packer: Packer
  /** Whether any public track of the game can refer to another entity. */
  readonly hasAny: boolean
  private readonly byKind: readonly Readonly<Record<TrackName, TrackReferences | null>>[]

  constructor(layout: GameLayout, replication: Replication, packer: Packer) {
    this.replication = replication
    this.packer = packer
    this.byKind = layout.kinds.map((kind) => ({
      all: referencesOf(kind, 'all'),
      owner: referencesOf(kind, 'owner'),
      revealed: referencesOf(kind, 'revealed'),
    }))
    this.hasAny = this.byKind.some(({ all }) => all !== null)
  }

  /** Whether anything in this track of a kind can refer to another entity. */
  has(kind: KindLayout, track: TrackName): boolean {
    return this.byKind[kind.index]![track] !== null
  }

  /** Whether the texts of this track can: their older states are not kept. */
  hasLists(kind: KindLayout, track: TrackName): boolean {
    return (this.byKind[kind.index]![track]?.lists.length ?? 0) > 0
  }

  /** What must be hidden of the newest anchor from a client that holds what `holds` says. */
  maskOf(record: EntityRecord, track: TrackName, holds: Holds): number {
    const references = this.byKind[record.kind.index]![track]
    if (references === null) return 0
    const anchors = this.replication.anchors[track]
    const mask = this.maskIn(record.kind, track, anchors.rows, anchors.newestAt(record.slot), holds)
    let hash = 0
    for (const [n, list] of references.lists.entries()) hash = this.hiddenIn(record, list, n, hash, holds)
    return mask + FLAGS * hash
  }

  /** The same of the columns of any row. */
  maskIn(kind: KindLayout, track: TrackName, rows: Int32Array, at: number, holds: Holds): number {
    let mask = 0
    for (const [i, column] of this.byKind[kind.index]![track]!.columns.entries()) {
      const int = rows[at + column]!
      if (int !== 0 && !holds((int >>> 0) - 1)) mask |= 1 << i
    }
    return mask
  }

  /** Takes what a mask hides out of a row. */
  hide(kind: KindLayout, track: TrackName, mask: number, row: Int32Array, at: number): void {
    const { columns } = this.byKind[kind.index]![track]!
    for (const [i, column] of columns.entries()) if (((mask % FLAGS) & (1 << i)) !== 0) row[at + column] = 0
  }

  /** The bytes of a text or list without the ids that the client must not read. */
  bytesFor(record: EntityRecord, blob: number, holds: Holds): Uint8Array {
    const bytes = record.blobs.bytes(blob)
    const layout = record.kind.blobs[blob]!
    if (!mentions(layout.spec)) return bytes
    const value = hidden(layout.spec, decodeBlob(layout.name, layout.declared, bytes, this.packer), holds)
    return encodeBlob(layout.name, layout.declared, value, this.packer)
  }

  private hiddenIn(record: EntityRecord, list: FieldLayout, n: number, before: number, holds: Holds): number {
    const bytes = record.blobs.bytes(list.blob)
    if (bytes.length === 0) return before
    const ids = idsIn(decodeBlob(list.name, list.declared, bytes, this.packer))
    let hash = before
    for (const [i, id] of ids.entries()) {
      if (id !== null && !holds(id)) hash = 1 + (hash32(hash, n, i) % (LIST_HASHES - 1))
    }
    return hash
  }
}

/** Whether a mask hides anything in a list, which no delta can express. */
export function hidesInLists(mask: number): boolean {
  return mask >= FLAGS
}

/** Whether a field is a reference, or a list of some. */
export function mentions(spec: FieldSpec): boolean {
  return spec.kind === 'entity' || (spec.kind === 'list' && mentions(spec.of))
}

/** A value without the ids of what the client does not hold. */
export function hidden(spec: FieldSpec, value: unknown, holds: Holds): unknown {
  if (spec.kind === 'list') return (value as readonly unknown[]).map((item) => hidden(spec.of, item, holds))
  return spec.kind === 'entity' && value !== null && !holds(value as number) ? null : value
}

/** Whether somebody is in the world whom a client holds by this id. */
export function holdsIn(own: { idAt(slot: number): number }): Holds {
  return (id) => own.idAt(slotOf(id)) === id
}

function idsIn(value: unknown): (number | null)[] {
  return Array.isArray(value) ? value.flatMap(idsIn) : [value as number | null]
}

function referencesOf(kind: KindLayout, track: TrackName): TrackReferences | null {
  const fields = kind.fields.filter(({ spec, audience }) => audience === track && mentions(spec))
  const { start } = kind.tracks[track]
  const columns = fields.filter(({ column }) => column >= 0).map(({ column }) => column - start)
  const lists = fields.filter(({ blob }) => blob >= 0)
  if (columns.length > FLAGGED_COLUMNS) {
    throw new RangeError(`${kind.name}: expected at most ${FLAGGED_COLUMNS} references, got ${columns.length}`)
  }
  return columns.length + lists.length === 0 ? null : { columns, lists }
}
