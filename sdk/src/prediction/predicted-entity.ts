import type { Fields, HeldEntity, KindLayout, PredictionKey } from '@tickwire/protocol/internal'
import { defaultFields } from '../fields.ts'
import type { HeldTracks } from '../fields.ts'
import type { ViewEntry } from '../view/views.ts'
import { Correction } from './correction.ts'

/** An entity as the simulation sees it. */
export type SimObject = Fields & { id: number; readonly kind: string; owner: number | null }

/** One entity that this client simulates. */
export interface PredictedEntity {
  readonly kind: KindLayout
  /** What game code reads and writes; the same object through every replay. */
  readonly object: SimObject
  readonly entry: ViewEntry
  readonly correction: Correction
  /** What the server says of it; null: only predicted so far. */
  held: HeldEntity | null
  /** Which spawn of this client it is; null: the server made it. */
  key: PredictionKey | null
  tracks: HeldTracks
  /** False: despawned by prediction, or not spawned yet in the tick being replayed. */
  isAlive: boolean
  /** Teleports, modulo 4. */
  jumps: number
  /** `jumps` as last drawn: a correction across a teleport is not smoothed. */
  drawnJumps: number
  /** The replay in which it was last spawned. */
  spawnedIn: number
}

/** For `drawnJumps`. */
export const NEVER_DRAWN = -1

/** What this client made itself it knows whole. */
export const ALL_OWN: HeldTracks = { owner: true, revealed: true }

export function newPredicted(kind: KindLayout, id: number, owner: number | null, entry: ViewEntry): PredictedEntity {
  entry.isPredicted = true
  return {
    kind,
    object: { id, kind: kind.name, owner, ...defaultFields(kind) },
    entry,
    correction: new Correction(),
    held: null,
    key: null,
    tracks: ALL_OWN,
    isAlive: true,
    jumps: 0,
    drawnJumps: NEVER_DRAWN,
    spawnedIn: 0,
  }
}

/** All entities that this client simulates, in the order in which a simulation meets them. */
export class PredictedEntities {
  private list: PredictedEntity[] = []
  private nextId = -1

  get all(): readonly PredictedEntity[] {
    return this.list
  }

  /** An id for an entity that the server does not know yet. */
  takeId(): number {
    return this.nextId--
  }

  add(entity: PredictedEntity): void {
    this.list.push(entity)
    this.sort()
  }

  remove(entity: PredictedEntity): void {
    this.list = this.list.filter((one) => one !== entity)
  }

  /** By its present id, the server's or our own. */
  byId(id: number): PredictedEntity | undefined {
    return this.list.find(({ object }) => object.id === id)
  }

  byKey({ tick, n }: PredictionKey): PredictedEntity | undefined {
    return this.list.find(({ key }) => key?.tick === tick && key.n === n)
  }

  /** The server runs entities by id. What it has not numbered yet comes behind, as it was spawned. */
  sort(): void {
    this.list.sort((a, b) => rank(a.object.id) - rank(b.object.id))
  }
}

function rank(id: number): number {
  return id >= 0 ? id : Number.MAX_SAFE_INTEGER / 2 - id
}
