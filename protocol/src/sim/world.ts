import type { AllFields, EntityTypes, EventOf, GameTypes, KindOf, Show, SimEntity } from '../schema/types.ts'

/** A place in two dimensions; three-dimensional games measure nearness on x and y. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** Whose an entity is: a seat number, a player, or nobody. */
export type Owner = number | { readonly id: number } | null | undefined

export interface SpawnOptions {
  readonly owner?: Owner
}

export interface EmitOptions {
  /** Where it happens: only clients that see this place are told. Without it everybody is. */
  readonly at?: Place
}

/** The fields of a spawn; those left out start at their default (0, false, '', null, the first word). */
export type SpawnFields<E extends EntityTypes> = Partial<AllFields<E>>

/**
 * What one step of a simulation may read and change. The server's world holds everything; a client's predicted world
 * simulates what its player owns, and shows the rest, read-only, where it is drawn.
 */
export interface SimWorld<G extends GameTypes> {
  /** The number of the tick being run. */
  readonly tick: number
  /** Seconds per tick. */
  readonly dt: number
  /** True while a client runs an old tick again after a misprediction. */
  readonly isReplay: boolean
  /** True on the server: what is never predicted (damage, score) is guarded by it. */
  readonly authority: boolean
  /** The room's own fields; on a client as last received, read-only. */
  readonly state: Readonly<G['state']>
  /** What the creator of the room chose: the same on both ends, from the first tick on. */
  readonly options: Readonly<G['options']>

  /** The entities of a kind that this world simulates: all on the server, the predicted ones on a client. In id order. */
  all<K extends KindOf<G>>(kind: K): Iterable<SimEntity<G, K>>
  /** The entity with this id that the world can see, or undefined. */
  get<K extends KindOf<G>>(kind: K, id: number | null): SimEntity<G, K> | undefined
  /** The visible entities of a kind within `radius` of a place, nearest first. */
  near<K extends KindOf<G>>(kind: K, at: Place, radius: number): SimEntity<G, K>[]
  /** Adds an entity. On a client it is shown at once and becomes the server's when that arrives. */
  spawn<K extends KindOf<G>>(kind: K, fields: SpawnFields<G['entities'][K]>, options?: SpawnOptions): SimEntity<G, K>
  /** Removes an entity. On a client it is hidden until the server agrees. */
  despawn(entity: { readonly id: number }): void
  /** Tells of a one-off thing; fired once at each client, however often its tick is replayed. */
  emit<E extends EventOf<G>>(event: E, payload: Show<G['events'][E]>, options?: EmitOptions): void
  /** The input of an entity's owner, or of a seat, for this tick; the idle input if there is none. */
  inputOf(of: { readonly owner: number | null } | number): Readonly<G['input']>
  /** Marks a jump on purpose: it is neither interpolated nor smoothed. */
  teleport(entity: { readonly id: number }): void
  /** A number in [0, 1), the same on both ends for the same room, tick, owner and order of calls. */
  random(entity?: { readonly owner: number | null }): number
}
