import { LIMITS } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import { entityId } from '@tickwire/protocol/internal'
import type { Fields, GameLayout, KindLayout, PredictionKey } from '@tickwire/protocol/internal'
import { withinReachOf } from './compiled/within-reach.ts'
import { EntityBlobs } from './entity-blobs.ts'
import { EntityList } from './entity-list.ts'
import type { Entity } from './entity-list.ts'
import { nearest } from './near.ts'
import { iterateDense } from '../iterate-dense.ts'
import { Reveals } from './reveals.ts'
import { StaticGrid } from './static-grid.ts'

const GENERATIONS = 0x1_0000

const NO_BLOBS = new EntityBlobs({ blobs: [], columns: [] })

/** Tells the owner of a predicted spawn which one it is. */
export interface SpawnOrigin extends PredictionKey {
  readonly seat: number
}

/** All that the server knows of one entity besides its values. */
export interface EntityRecord {
  readonly id: number
  readonly slot: number
  readonly generation: number
  readonly kind: KindLayout
  /** The values that travel; of an entity of the game, the entity itself. */
  readonly fields: Fields
  /** Whose it is. Players and the room may have a field called `owner`, so theirs is kept apart. */
  readonly head: { owner: number | null }
  readonly origin: SpawnOrigin | null
  readonly blobs: EntityBlobs
  readonly reveals: Reveals
  /** Jumps on purpose, modulo 4. */
  jumps: number
  /** A static entity is compared only when this is set. */
  isTouched: boolean
  /** The first snapshot tick that it was part of, or -1. */
  bornTick: number
}

/** What a new entity is made of, once its id is known. */
export interface EntityParts {
  readonly fields: Fields
  readonly head: { owner: number | null }
}

/**
 * Entities by slot. Slots are small and dense, since they travel, and are taken again; the generation tells their occupants
 * apart. A slot rests until the next snapshot was taken, so that in one snapshot it means one entity, or its end.
 */
export class EntityTable {
  private readonly layout: GameLayout
  private readonly records: (EntityRecord | undefined)[] = []
  private readonly nextGenerations: number[] = []
  private readonly lists: readonly EntityList[]
  private readonly grids: readonly (StaticGrid | null)[]
  private readonly free: number[] = []
  private resting: EntityRecord[] = []

  constructor(layout: GameLayout) {
    this.layout = layout
    this.lists = layout.kinds.map(() => new EntityList())
    this.grids = layout.kinds.map((kind) => (kind.isStatic && kind.position.length > 0 ? new StaticGrid(kind) : null))
  }

  /** One more than the highest slot that was ever taken. */
  get slots(): number {
    return this.records.length
  }

  at(slot: number): EntityRecord | undefined {
    return this.records[slot]
  }

  /** The record of the living entity with this id. */
  find(id: number): EntityRecord | undefined {
    const record = this.records[id % GENERATIONS]
    return record?.id === id ? record : undefined
  }

  /** The living entities of one of the game's kinds. */
  list(kind: KindLayout): EntityList {
    return this.lists[kind.index]!
  }

  /** @throws Error when all slots are taken */
  add(kind: KindLayout, origin: SpawnOrigin | null, make: (id: number) => EntityParts): EntityRecord {
    const slot = this.free.pop() ?? this.records.length
    if (slot >= LIMITS.maxEntitySlots) {
      throw new Error(`a room holds at most ${LIMITS.maxEntitySlots} entities (maxEntitySlots); despawn some first`)
    }
    const generation = this.nextGenerations[slot] ?? 0
    this.nextGenerations[slot] = (generation + 1) % GENERATIONS
    const id = entityId(slot, generation)
    const { fields, head } = make(id)
    const record: EntityRecord = {
      id,
      slot,
      generation,
      kind,
      fields,
      head,
      origin,
      blobs: kind.blobs.length === 0 ? NO_BLOBS : new EntityBlobs(kind),
      reveals: new Reveals(),
      jumps: 0,
      isTouched: true,
      bornTick: -1,
    }
    this.records[slot] = record
    if (this.isOfGame(kind)) this.list(kind).add(fields as Entity)
    this.grids[kind.index]?.add(fields as Entity)
    return record
  }

  remove(record: EntityRecord): void {
    if (this.records[record.slot] !== record) return
    this.records[record.slot] = undefined
    this.resting.push(record)
    if (this.isOfGame(record.kind)) this.list(record.kind).remove(record.fields as Entity)
    this.grids[record.kind.index]?.remove(record.fields as Entity)
  }

  /** A static entity changed. */
  touch(record: EntityRecord): void {
    record.isTouched = true
    const grid = this.grids[record.kind.index] ?? null
    grid?.remove(record.fields as Entity)
    grid?.add(record.fields as Entity)
  }

  /** The entities of a kind with a position within `radius` of a place, nearest first. */
  near(kind: KindLayout, at: Place, radius: number): Entity[] {
    const grid = this.grids[kind.index] ?? null
    const candidates = grid === null ? this.list(kind).now : grid.around(at, radius)
    return nearest(candidates, withinReachOf(kind), at, radius)
  }

  /** What was removed since the last call; their slots may be taken from now on. */
  takeRemoved(): readonly EntityRecord[] {
    const removed = this.resting
    // In most ticks nothing was, and the same empty list is good for the next one.
    if (removed.length > 0) this.resting = []
    for (let i = 0; i < removed.length; i++) this.free.push(removed[i]!.slot)
    return removed
  }

  /** All living entities in the order of slots. */
  [Symbol.iterator](): Iterator<EntityRecord> {
    return iterateDense(this.records)
  }

  /** The room and its players have no list: game code reaches them otherwise. */
  private isOfGame(kind: KindLayout): boolean {
    return kind !== this.layout.room && kind !== this.layout.player
  }
}
