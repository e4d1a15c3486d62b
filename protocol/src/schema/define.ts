import { ConfigError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { FieldMap } from './field.ts'
import type { EntityTypesOf, GameTypes, Values } from './types.ts'
import type { SimWorld } from '../sim/world.ts'

/** How entities of one kind are placed, moved and predicted. */
export interface EntityOptions<F extends FieldMap> {
  /** The fields that say where it is: two `fixed` fields, or one `vec2` or `vec3`. Needed by `near`, interest and rewind. */
  readonly position?: readonly [keyof F & string, keyof F & string] | readonly [keyof F & string]
  /** `{ x: 'vx' }`: x changes by vx per second; both ends extrapolate it, so steady motion costs no bytes. */
  readonly rates?: { readonly [K in keyof F & string]?: keyof F & string }
  /** Fields that go on changing as they did: steered velocities, things that tumble without a velocity of their own. */
  readonly trend?: readonly (keyof F & string)[]
  /** `'owner'`: the owner's client runs the simulation for it; else it is only shown. */
  readonly predict?: 'owner' | 'never'
  /** Bits below the wire's precision that a predicted kind is simulated with (default 8). */
  readonly ownerBits?: number
  /** Compared only after `world.touch(entity)`: for pellets, walls, scenery. */
  readonly static?: boolean
}

export interface EntityDef<F extends FieldMap = FieldMap> {
  readonly fields: F
  readonly options: EntityOptions<F>
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
}
export type RequestMap = { readonly [name: string]: RequestDef }
export type EventMap = { readonly [name: string]: FieldMap }

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
> {
  /** Names the game in joins, logs and listings. */
  readonly name: string
  /** Simulation steps per second, 1 to 240. */
  readonly tickRateHz: number
  /** Snapshots per second; must divide the tick rate. Default: the divisor of the tick rate nearest to 20. */
  readonly snapshotRateHz?: number
  readonly join?: J
  readonly state?: S
  readonly player?: P
  readonly entities?: E
  readonly input?: I
  readonly events?: V
  readonly messages?: M
  readonly requests?: R
}

/** A checked and frozen schema, as the codec and both ends read it. */
export interface GameSchema {
  readonly name: string
  readonly tickRateHz: number
  readonly snapshotRateHz: number
  /** Ticks from one snapshot to the next. */
  readonly ticksPerSnapshot: number
  readonly join: FieldMap
  readonly state: FieldMap
  readonly player: FieldMap
  readonly entities: EntityMap
  readonly input: FieldMap
  readonly events: EventMap
  readonly messages: MessageMap
  readonly requests: RequestMap
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
> {
  readonly join: Values<J>
  readonly state: Values<S>
  readonly player: EntityTypesOf<P>
  readonly entities: { readonly [K in keyof E]: EntityTypesOf<E[K]['fields']> }
  readonly input: Values<I>
  readonly events: { readonly [K in keyof V]: Values<V[K]> }
  readonly messages: { readonly [K in keyof M]: { readonly [D in keyof M[K]]: Values<M[K][D]> } }
  readonly requests: { readonly [K in keyof R]: { readonly [D in keyof R[K]]: Values<R[K][D]> } }
}

/** No field has any name. */
type NoFields = { readonly [name in never]: never }

/**
 * Declares a game: rates, and one section each for joining, room state, players, entities, inputs, events, messages and
 * requests. Throws a `ConfigError` that names what is wrong.
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
>(definition: GameDefinition<J, S, P, E, I, V, M, R>): TypedSchema<GameTypesOf<J, S, P, E, I, V, M, R>> {
  const { name, tickRateHz } = definition
  const snapshotRateHz = definition.snapshotRateHz ?? defaultSnapshotRateHz(tickRateHz)
  checkHead(name, tickRateHz, snapshotRateHz)
  const schema = {
    name,
    tickRateHz,
    snapshotRateHz,
    ticksPerSnapshot: tickRateHz / snapshotRateHz,
    join: definition.join ?? ({} as J),
    state: definition.state ?? ({} as S),
    player: definition.player ?? ({} as P),
    entities: definition.entities ?? ({} as E),
    input: definition.input ?? ({} as I),
    events: definition.events ?? ({} as V),
    messages: definition.messages ?? ({} as M),
    requests: definition.requests ?? ({} as R),
  }
  checkSections(schema)
  return Object.freeze(schema)
}

/** One game: its schema and its simulation. Both ends import the same value. */
export interface Game<G extends GameTypes> {
  readonly schema: GameSchema
  readonly simulate: (world: SimWorld<G>) => void
}

/**
 * Ties the simulation to the schema. `simulate` runs one tick: on the server for everything, on a client for what it
 * predicts, again and again when it replays. It reads only its world and constants, and all that it remembers is a field.
 */
export function defineSimulation<G extends GameTypes>(
  schema: TypedSchema<G>,
  simulate: (world: SimWorld<G>) => void,
): Game<G> {
  if (typeof simulate !== 'function') throw new ConfigError('defineSimulation', 'a function (world) => void', simulate)
  return Object.freeze({ schema, simulate })
}

function defaultSnapshotRateHz(tickRateHz: number): number {
  let best = 1
  for (let rate = 1; rate <= tickRateHz; rate++) {
    if (tickRateHz % rate === 0 && Math.abs(rate - 20) < Math.abs(best - 20)) best = rate
  }
  return best
}

function checkHead(name: string, tickRateHz: number, snapshotRateHz: number): void {
  checkName('defineGame.name', name)
  if (!Number.isInteger(tickRateHz) || tickRateHz < 1 || tickRateHz > 240) {
    throw new ConfigError('defineGame.tickRateHz', 'an integer from 1 to 240', tickRateHz)
  }
  if (!Number.isInteger(snapshotRateHz) || snapshotRateHz < 1 || tickRateHz % snapshotRateHz !== 0) {
    throw new ConfigError('defineGame.snapshotRateHz', `a divisor of tickRateHz (${tickRateHz})`, snapshotRateHz)
  }
}

function checkName(option: string, name: string): void {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]*$/.test(name) || name.length > LIMITS.maxNameBytes) {
    throw new ConfigError(option, `a word of at most ${LIMITS.maxNameBytes} letters, digits, - and _`, name)
  }
}

const RESERVED: readonly string[] = ['id', 'kind', 'owner', 'mine']

function checkFields(section: string, fields: FieldMap, reserved: readonly string[] = []): void {
  for (const [name, declared] of Object.entries(fields)) {
    const at = `${section}.${name}`
    checkName(at, name)
    if (reserved.includes(name)) throw new ConfigError(at, `another name: ${name} is taken`, name)
    if (declared?.spec === undefined) throw new ConfigError(at, 'a field.*() declaration', declared)
    if (declared.spec.kind === 'press' && section !== 'input') {
      throw new ConfigError(at, 'field.press() only in input', declared.spec.kind)
    }
  }
}

/** Only entities and players have an audience; anywhere else it would promise a secrecy that nothing keeps. */
function checkNoAudience(section: string, fields: FieldMap): void {
  for (const [name, declared] of Object.entries(fields)) {
    if (declared.audience !== 'all') {
      throw new ConfigError(`${section}.${name}`, 'no audience outside of entities and player', declared.audience)
    }
  }
}

function checkPlain(section: string, fields: FieldMap): void {
  checkFields(section, fields)
  checkNoAudience(section, fields)
}

function checkSections(schema: GameSchema): void {
  checkPlain('join', schema.join)
  checkPlain('state', schema.state)
  checkPlain('input', schema.input)
  checkFields('player', schema.player, ['id', 'connected'])
  for (const [kind, { fields, options }] of Object.entries(schema.entities)) {
    checkName(`entities.${kind}`, kind)
    checkFields(`entities.${kind}`, fields, RESERVED)
    checkEntityOptions(kind, fields, options)
  }
  for (const [name, fields] of Object.entries(schema.events)) checkPlain(`events.${name}`, fields)
  for (const [name, { toServer, toClient }] of Object.entries(schema.messages)) {
    checkName(`messages.${name}`, name)
    checkPlain(`messages.${name}.toServer`, toServer ?? {})
    checkPlain(`messages.${name}.toClient`, toClient ?? {})
  }
  for (const [name, { ask, reply }] of Object.entries(schema.requests)) {
    checkName(`requests.${name}`, name)
    checkPlain(`requests.${name}.ask`, ask)
    checkPlain(`requests.${name}.reply`, reply)
  }
}

const MOVABLE: readonly string[] = ['fixed', 'vec2', 'vec3', 'angle']

function checkEntityOptions(kind: string, fields: FieldMap, options: EntityOptions<FieldMap>): void {
  const at = `entities.${kind}`
  for (const name of options.position ?? []) {
    const found = fields[name]?.spec.kind
    const wanted = options.position?.length === 2 ? ['fixed'] : ['vec2', 'vec3']
    if (found === undefined || !wanted.includes(found)) {
      throw new ConfigError(`${at}.position`, `fields of kind ${wanted.join(' or ')}`, `${name}: ${found}`)
    }
    if (fields[name]?.audience !== 'all') {
      throw new ConfigError(`${at}.position`, 'fields that all may see', `${name}.to(...)`)
    }
  }
  for (const [target, source] of Object.entries(options.rates ?? {})) {
    const [to, from] = [fields[target]?.spec.kind, source === undefined ? undefined : fields[source]?.spec.kind]
    const fits = to !== undefined && MOVABLE.includes(to) && (to === from || (to === 'angle' && from === 'fixed'))
    if (!fits)
      throw new ConfigError(`${at}.rates.${target}`, 'two fields of one kind (fixed, vec2, vec3)', `${to} by ${from}`)
    if (fields[target]?.audience !== 'all' || fields[source ?? '']?.audience !== 'all') {
      throw new ConfigError(`${at}.rates.${target}`, 'fields that all may see', 'a field with an audience')
    }
    if (options.rates?.[source ?? ''] !== undefined) {
      throw new ConfigError(`${at}.rates.${target}`, 'a rate that has no rate itself', source)
    }
  }
  for (const name of options.trend ?? []) {
    const found = fields[name]
    if (found === undefined || !MOVABLE.includes(found.spec.kind) || found.audience !== 'all') {
      throw new ConfigError(
        `${at}.trend`,
        `fields of kind ${MOVABLE.join(', ')} that all may see`,
        `${name}: ${found?.spec.kind}`,
      )
    }
    if (options.rates?.[name] !== undefined) throw new ConfigError(`${at}.trend`, 'fields that no rate moves', name)
  }
  const bits = options.ownerBits
  if (bits !== undefined && (!Number.isInteger(bits) || bits < 0 || bits > 8)) {
    throw new ConfigError(`${at}.ownerBits`, 'an integer from 0 to 8', bits)
  }
}
