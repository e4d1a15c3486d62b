import type { Fields, GameLayout, KindLayout } from '@tickwire/protocol/internal'
import type { Place } from '@tickwire/protocol'
import { NearGrid } from './near-grid.ts'
import { ReadOnlyShape } from './read-only.ts'

/** A read-only view, and what it shows. */
export interface Shown {
  readonly view: object
  /** Whoever shows the entity writes it. */
  readonly fields: Fields & { id: number; owner: number | null; mine: boolean }
}

/** One entity as the game sees it: the view is the same object until the entity leaves. */
export interface ViewEntry extends Shown {
  readonly kind: KindLayout
  /** True while this client simulates it; false: it is drawn from snapshots. */
  isPredicted: boolean
  /** False while it is away on suspicion: despawned by prediction, not yet by the server. */
  isShown: boolean
}

const HEAD = ['id', 'kind', 'owner', 'mine'] as const
const HINT = 'change it on the server, or in the simulation under `if (world.authority)`'

/** All entities that are in the picture, by kind and by id. */
export class EntityViews {
  private readonly seat: number
  private readonly shapes: readonly ReadOnlyShape[]
  private readonly byKind: ReadonlyMap<string, Set<ViewEntry>>
  /** Those of kinds with a position. */
  private readonly grids: ReadonlyMap<string, NearGrid>
  private readonly byId: Map<number, ViewEntry> = new Map()

  constructor(layout: GameLayout, seat: number) {
    this.seat = seat
    this.shapes = layout.kinds.map(
      ({ name, fields }) =>
        new ReadOnlyShape(name, [...HEAD, ...fields.filter(isVisible).map((one) => one.name)], HINT),
    )
    this.byKind = new Map(layout.kinds.map(({ name }) => [name, new Set()]))
    const positioned = layout.kinds.filter(({ position }) => position.length > 0)
    this.grids = new Map(positioned.map((kind) => [kind.name, new NearGrid(kind)]))
  }

  add(kind: KindLayout, id: number, owner: number | null): ViewEntry {
    const fields = { id, kind: kind.name, owner, mine: owner === this.seat }
    const view = this.shapes[kind.index]!.over(fields)
    const entry = { kind, view, fields, isPredicted: false, isShown: true }
    this.byKind.get(kind.name)!.add(entry)
    this.byId.set(id, entry)
    return entry
  }

  /** A view of its own, which shows the same until it is written. */
  copyOf({ kind, fields }: ViewEntry): Shown {
    const copy = { ...fields }
    return { view: this.shapes[kind.index]!.over(copy), fields: copy }
  }

  remove(entry: ViewEntry): void {
    entry.isShown = false
    this.byKind.get(entry.kind.name)!.delete(entry)
    this.grids.get(entry.kind.name)?.remove(entry)
    if (this.byId.get(entry.fields.id) === entry) this.byId.delete(entry.fields.id)
  }

  /** A predicted entity has got its id from the server. */
  rename(entry: ViewEntry, id: number): void {
    this.byId.delete(entry.fields.id)
    entry.fields.id = id
    this.byId.set(id, entry)
  }

  setOwner({ fields }: ViewEntry, owner: number | null): void {
    fields.owner = owner
    fields.mine = owner === this.seat
  }

  find(id: number): ViewEntry | undefined {
    return this.byId.get(id)
  }

  /** Whoever draws an entity of others says so after it wrote the fields: it may stand elsewhere now. */
  moved(entry: ViewEntry): void {
    this.grids.get(entry.kind.name)?.moved(entry)
  }

  /** All of a kind that may be drawn within `radius` of a place, also ones that are not shown, and some that are farther. */
  around(kind: string, at: Place, radius: number): Iterable<ViewEntry> {
    return this.grids.get(kind)?.around(this.byKind.get(kind)!, at, radius) ?? this.ofKind(kind)
  }

  /** Those of a kind, also the ones that are not shown; none for a kind that does not exist. */
  ofKind(kind: string): Iterable<ViewEntry> {
    return this.byKind.get(kind) ?? []
  }
}

/** Nobody is told of these fields. */
function isVisible({ audience }: KindLayout['fields'][number]): boolean {
  return audience !== 'nobody'
}
