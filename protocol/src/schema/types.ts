import type { Field, FieldMap, ValueOf } from './field.ts'
import type { Audience } from './spec.ts'

/** Flattens an intersection so that hovers and errors print one object. */
export type Show<T> = { [K in keyof T]: T[K] } & {}

/** The values of a section: what game code reads and writes. */
export type Values<S> = S extends FieldMap ? { -readonly [K in keyof S]: ValueOf<S[K]> } : never

type FieldsFor<F extends FieldMap, A extends Audience> = {
  -readonly [K in keyof F as F[K] extends Field<unknown, infer B> ? (B extends A ? K : never) : never]: ValueOf<F[K]>
}

/** The fields of one kind of entity, by who may see them. */
export interface EntityTypes {
  readonly all: object
  readonly owner: object
  /** Also those to the team: a client has them, or has not. */
  readonly revealed: object
  readonly nobody: object
}

export type EntityTypesOf<F extends FieldMap> = {
  readonly all: FieldsFor<F, 'all'>
  readonly owner: FieldsFor<F, 'owner'>
  readonly revealed: FieldsFor<F, 'revealed' | 'team'>
  readonly nobody: FieldsFor<F, 'nobody'>
}

/** What a message declares per direction; a direction that is absent cannot be sent. */
export interface MessageTypes {
  readonly toServer?: object
  readonly toClient?: object
}

export interface RequestTypes {
  readonly ask: object
  readonly reply: object
  readonly to?: 'server' | 'client'
}

/**
 * The types of one game. Give them a name (`interface Arena extends TypesOf<typeof schema> {}`), then errors and hovers
 * say `Arena` instead of printing the schema.
 */
export interface GameTypes {
  readonly join: object
  readonly state: object
  readonly player: EntityTypes
  readonly entities: { readonly [kind: string]: EntityTypes }
  readonly input: object
  readonly events: { readonly [name: string]: object }
  readonly messages: { readonly [name: string]: MessageTypes }
  readonly requests: { readonly [name: string]: RequestTypes }
  readonly options: object
  readonly metadata: object
  readonly profile: object
  readonly queues: { readonly [name: string]: object }
}

/** The requests that one end answers. */
export type RequestsTo<G extends GameTypes, To extends 'server' | 'client'> = {
  readonly [R in keyof G['requests'] as AnswererOf<G['requests'][R]> extends To ? R : never]: G['requests'][R]
}
type AnswererOf<R extends RequestTypes> = R extends { readonly to: 'client' } ? 'client' : 'server'

export type KindOf<G extends GameTypes> = keyof G['entities'] & string
export type EventOf<G extends GameTypes> = keyof G['events'] & string

/** All fields of a kind, as the simulation and the server read and write them. */
export type AllFields<E extends EntityTypes> = Show<E['all'] & E['owner'] & E['revealed'] & E['nobody']>

/** What every entity carries besides its fields. */
export interface EntityHead<K extends string = string> {
  /** Unique in its room while the entity lives. A predicted spawn has a negative id until the server's arrives. */
  readonly id: number
  readonly kind: K
  /** The seat that owns it, or null. */
  owner: number | null
}

/** An entity as the simulation sees it: a plain, mutable object. */
export type SimEntity<G extends GameTypes, K extends KindOf<G>> = EntityHead<K> & AllFields<G['entities'][K]>

/**
 * An entity as a client may see it: read-only; what is not for this player is `undefined`, what belongs to the owner is
 * sure after `if (ship.mine)`.
 */
export type EntityView<G extends GameTypes, K extends KindOf<G>> = ViewOf<G['entities'][K], K>

export type ViewOf<E extends EntityTypes, K extends string> = Readonly<EntityHead<K>> &
  Readonly<E['all']> &
  Readonly<Partial<E['revealed']>> &
  (
    | ({ readonly mine: true } & Readonly<E['owner']>)
    | ({ readonly mine: false } & { readonly [P in keyof E['owner']]?: undefined })
  )

/** A seat's fields as clients see them. */
export type PlayerFields<G extends GameTypes> = G['player']['all'] &
  Partial<G['player']['owner']> &
  Partial<G['player']['revealed']>

type Directed<G extends GameTypes, D extends 'toServer' | 'toClient'> = {
  [M in keyof G['messages'] as G['messages'][M] extends { readonly [P in D]: object } ? M : never]: Exclude<
    G['messages'][M][D],
    undefined
  >
}
/** Messages that a client may send to its room, by name. */
export type ToServer<G extends GameTypes> = Directed<G, 'toServer'>
/** Messages that a room may send to its clients, by name. */
export type ToClient<G extends GameTypes> = Directed<G, 'toClient'>
