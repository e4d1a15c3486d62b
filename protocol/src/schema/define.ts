import { ConfigError } from '../errors.ts'
import { checkName, checkSections } from './check.ts'
import type { FieldMap } from './field.ts'
import type { EntityTypesOf, GameTypes, Values } from './types.ts'
import type { SimWorld } from '../sim/world.ts'

/** How entities of one kind are placed, moved and predicted. */
export interface EntityOptions<F extends FieldMap> {
  /** The fields that say where it is: two `fixed` fields, or one `vec2` or `vec3`. Needed by `near`, interest and rewind. */
  readonly position?: readonly [keyof F & string, keyof F & string] | readonly [keyof F & string]
  /** `{ x: 'vx' }`: x changes by vx per second; both ends extrapolate it, so steady motion costs no bytes. */
  readonly rates?: { readonly [K in keyof F & string]?: keyof F & string }
  /**
   * Fields that go on changing as they did: steered velocities, things that tumble without a velocity of their own. If all that
   * moves the position by `rates` is named, it is expected to go on turning, too.
   */
  readonly trend?: readonly (keyof F & string)[]
  /** `'owner'`: the owner's client runs the simulation for it; else it is only shown. */
  readonly predict?: 'owner' | 'never'
  /** Bits below the wire's precision that a predicted kind is simulated with (default 8). */
  readonly ownerBits?: number
  /** Compared only after `world.touch(entity)`: for pellets, walls, scenery. */
  readonly static?: boolean
  /** `'always'`: sent wherever the player's `view` is; default `'near'`: where the view reaches. */
  readonly relevant?: 'near' | 'always'
  /** How much it counts against other kinds when a player's byte budget does not suffice, above 0 (default 1). */
  readonly priority?: number
  /** What is farther than `beyond` from the middle of the player's `view` is updated in every n-th snapshot only. */
  readonly far?: FarOptions
}

export interface FarOptions {
  /** In units of the position, 0 or more. */
  readonly beyond: number
  /** 2 to 64. */
  readonly everySnapshots: number
}

export interface EntityDef<F extends FieldMap = FieldMap> {
  readonly fields: F
  /** Of any names: with this kind's own, TypeScript 5 would not take it for one of `defineGame`'s entities. */
  readonly options: EntityOptions<FieldMap>
}

/** Declares one kind of entity: its fields, and how it is placed, moved and predicted. */
export function entity<const F extends FieldMap>(fields: F, options: EntityOptions<F> = {}): EntityDef<F> {
  return { fields, options }
}

export type EntityMap = { readonly [kind: string]: EntityDef }

export interface MessageDef {
  readonly toServer?: FieldMap
  readonly toClient?: FieldMap
}
export type MessageMap = { readonly [name: string]: MessageDef }

export interface RequestDef {
  readonly ask: FieldMap
  readonly reply: FieldMap
  /** Who answers: the server (default), or the client of a player. */
  readonly to?: 'server' | 'client'
}
export type RequestMap = { readonly [name: string]: RequestDef }
export type EventMap = { readonly [name: string]: FieldMap }
export type QueueMap = { readonly [name: string]: FieldMap }

/** What a game is made of. Sections left out are empty. */
export interface GameDefinition<
  J extends FieldMap,
  S extends FieldMap,
  P extends FieldMap,
  E extends EntityMap,
  I extends FieldMap,
  V extends EventMap,
  M extends MessageMap,
  R extends RequestMap,
  O extends FieldMap,
  L extends FieldMap,
  F extends FieldMap,
  Q extends QueueMap,
> {
  /** Names the game in joins, logs and listings. */
  readonly name: string
  /** Simulation steps per second, 1 to 240. */
  readonly tickRateHz: number
  /** Snapshots per second; must divide the tick rate. Default: the divisor of the tick rate nearest to 20. */
  readonly snapshotRateHz?: number
  /**
   * How snapshots are packed: `'packed'` (default) into bits, `'entropy'` by models of the game's traffic: fewer bytes
   * where all see all, at one more coding per room and snapshot and some decoding time.
   */
  readonly compression?: 'packed' | 'entropy'
  readonly join?: J
  readonly state?: S
  readonly player?: P
  readonly entities?: E
  readonly input?: I
  readonly events?: V
  readonly messages?: M
  readonly requests?: R
  /** What whoever makes a room may choose: fixed from then on, known to all in it and to lists. */
  readonly options?: O
  /** What lists show of a room besides its options, and may change. */
  readonly metadata?: L
  /** What a player shows of itself, and may change itself. */
  readonly profile?: F
  /** Queues for a match, and what somebody who queues says of the match that it wants: single values, or lists of them. */
  readonly queues?: Q
}

/** A checked and frozen schema, as the codec and both ends read it. */
export interface GameSchema {
  readonly name: string
  readonly tickRateHz: number
  readonly snapshotRateHz: number
  /** Ticks from one snapshot to the next. */
  readonly ticksPerSnapshot: number
  readonly compression: 'packed' | 'entropy'
  readonly join: FieldMap
  readonly state: FieldMap
  readonly player: FieldMap
  readonly entities: EntityMap
  readonly input: FieldMap
  readonly events: EventMap
  readonly messages: MessageMap
  readonly requests: RequestMap
  readonly options: FieldMap
  readonly metadata: FieldMap
  readonly profile: FieldMap
  readonly queues: QueueMap
}

declare const TYPES: unique symbol

/** A schema that knows its game's types; at run time it is a `GameSchema` and nothing else. */
export interface TypedSchema<G extends GameTypes> extends GameSchema {
  readonly [TYPES]?: G
}

/** The types of a schema; see `GameTypes`. */
export type TypesOf<S> = S extends TypedSchema<infer G> ? G : never

export interface GameTypesOf<
  J extends FieldMap,
  S extends FieldMap,
  P extends FieldMap,
  E extends EntityMap,
  I extends FieldMap,
  V extends EventMap,
  M extends MessageMap,
  R extends RequestMap,
  O extends FieldMap,
  L extends FieldMap,
  F extends FieldMap,
  Q extends QueueMap,
> {
  readonly join: Values<J>
  readonly state: Values<S>
  readonly player: EntityTypesOf<P>
  readonly entities: { readonly [K in keyof E]: EntityTypesOf<E[K]['fields']> }
  readonly input: Values<I>
  readonly events: { readonly [K in keyof V]: Values<V[K]> }
  readonly messages: { readonly [K in keyof M]: { readonly [D in keyof M[K]]: Values<M[K][D]> } }
  readonly requests: { readonly [K in keyof R]: RequestTypesOf<R[K]> }
  readonly options: Values<O>
  readonly metadata: Values<L>
  readonly profile: Values<F>
  readonly queues: { readonly [K in keyof Q]: Values<Q[K]> }
}

interface RequestTypesOf<D extends RequestDef> {
  readonly ask: Values<D['ask']>
  readonly reply: Values<D['reply']>
  readonly to: D extends { readonly to: 'client' } ? 'client' : 'server'
}

/** No field has any name. */
type NoFields = { readonly [name in never]: never }

/**
 * Declares a game: rates, and one section each for joining, room state, players, entities, inputs, events, messages,
 * requests, what a lobby shows, and queues. Throws a `ConfigError` that names what is wrong.
 */
export function defineGame<
  const J extends FieldMap = NoFields,
  const S extends FieldMap = NoFields,
  const P extends FieldMap = NoFields,
  const E extends EntityMap = NoFields,
  const I extends FieldMap = NoFields,
  const V extends EventMap = NoFields,
  const M extends MessageMap = NoFields,
  const R extends RequestMap = NoFields,
  const O extends FieldMap = NoFields,
  const L extends FieldMap = NoFields,
  const F extends FieldMap = NoFields,
  const Q extends QueueMap = NoFields,
>(
  definition: GameDefinition<J, S, P, E, I, V, M, R, O, L, F, Q>,
): TypedSchema<GameTypesOf<J, S, P, E, I, V, M, R, O, L, F, Q>> {
  const { name, tickRateHz } = definition
  checkName('defineGame.name', name)
  if (!Number.isInteger(tickRateHz) || tickRateHz < 1 || tickRateHz > 240) {
    throw new ConfigError('defineGame.tickRateHz', 'an integer from 1 to 240', tickRateHz)
  }
  const snapshotRateHz = definition.snapshotRateHz ?? defaultSnapshotRateHz(tickRateHz)
  if (!Number.isInteger(snapshotRateHz) || snapshotRateHz < 1 || tickRateHz % snapshotRateHz !== 0) {
    throw new ConfigError('defineGame.snapshotRateHz', `a divisor of tickRateHz (${tickRateHz})`, snapshotRateHz)
  }
  const schema = {
    name,
    tickRateHz,
    snapshotRateHz,
    ticksPerSnapshot: tickRateHz / snapshotRateHz,
    compression: definition.compression ?? ('packed' as const),
    join: definition.join ?? ({} as J),
    state: definition.state ?? ({} as S),
    player: definition.player ?? ({} as P),
    entities: definition.entities ?? ({} as E),
    input: definition.input ?? ({} as I),
    events: definition.events ?? ({} as V),
    messages: definition.messages ?? ({} as M),
    requests: definition.requests ?? ({} as R),
    options: definition.options ?? ({} as O),
    metadata: definition.metadata ?? ({} as L),
    profile: definition.profile ?? ({} as F),
    queues: definition.queues ?? ({} as Q),
  }
  checkSections(schema)
  const { compression } = schema
  if (compression !== 'packed' && compression !== 'entropy') {
    throw new ConfigError('defineGame.compression', "'packed' or 'entropy'", compression)
  }
  return Object.freeze(schema)
}

/** One game: its schema and its simulation. Both ends import the same value. */
export interface Game<G extends GameTypes> {
  readonly schema: GameSchema
  readonly simulate: (world: SimWorld<G>) => void
  readonly others: OthersStand
}

/**
 * Where a client's simulation finds the entities that others move: `'drawn'`, where its player sees them, or
 * `'extrapolated'`, where their motion has led to in the tick being run, 250 ms beyond the newest snapshot at most.
 */
export type OthersStand = 'drawn' | 'extrapolated'

export interface SimulationOptions {
  /**
   * Default `'drawn'`: what a player sees itself hit is hit, with `room.rewind` on the server. `'extrapolated'` for what bodies
   * do to each other (pushing, bouncing), where the server knows only the present.
   */
  readonly others?: OthersStand
}

/**
 * Ties the simulation to the schema. `simulate` runs one tick: on the server for everything, on a client for what it
 * predicts, again and again when it replays. It reads only its world and constants, and all that it remembers is a field.
 */
export function defineSimulation<G extends GameTypes>(
  schema: TypedSchema<G>,
  simulate: (world: SimWorld<G>) => void,
  { others = 'drawn' }: SimulationOptions = {},
): Game<G> {
  if (typeof simulate !== 'function') throw new ConfigError('defineSimulation', 'a function (world) => void', simulate)
  if (others !== 'drawn' && others !== 'extrapolated') {
    throw new ConfigError('defineSimulation others', "'drawn' or 'extrapolated'", others)
  }
  return Object.freeze({ schema, simulate, others })
}

function defaultSnapshotRateHz(tickRateHz: number): number {
  let best = 1
  for (let rate = 1; rate <= tickRateHz; rate++) {
    if (tickRateHz % rate === 0 && Math.abs(rate - 20) < Math.abs(best - 20)) best = rate
  }
  return best
}
