import { ConfigError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { attributeType, ROOM_ATTRIBUTES } from '../lobby/attributes.ts'
import type { EntityOptions, GameSchema } from './define.ts'
import type { FieldMap } from './field.ts'
import { isBlob } from './spec.ts'
import type { FieldKind } from './spec.ts'

/**
 * What a declaration must hold beyond its types, for games in plain JavaScript and for what no type can say. Each check
 * throws a `ConfigError` that names the option by its path: `entities.ship.rates.x`.
 */

export function checkName(option: string, name: string): void {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]*$/.test(name) || name.length > LIMITS.maxNameBytes) {
    throw new ConfigError(option, `a word of at most ${LIMITS.maxNameBytes} letters, digits, - and _`, name)
  }
  // Every object has a `constructor`, `toString` and so on: where one is left out, that would be taken for a value.
  if (name in {}) throw new ConfigError(option, 'another name: every object has one of this name', name)
}

const MAX_PRIORITY = 1000
const MAX_EVERY_SNAPSHOTS = 64

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

/** An input is one row of integers per tick; what has no fixed size goes into messages and requests. */
function checkInput(fields: FieldMap): void {
  checkPlain('input', fields)
  for (const [name, { spec }] of Object.entries(fields)) {
    if (isBlob(spec))
      throw new ConfigError(`input.${name}`, 'a field of fixed size; send others as messages', spec.kind)
  }
}

/** What every room has in lists, where the game's own fields stand beside it. */
const ATTRIBUTES: readonly string[] = Object.keys(ROOM_ATTRIBUTES)

function checkPlain(section: string, fields: FieldMap, reserved: readonly string[] = []): void {
  checkFields(section, fields, reserved)
  checkNoAudience(section, fields)
}

/** Holds every section against the rules. */
export function checkSections(schema: GameSchema): void {
  checkPlain('join', schema.join)
  checkPlain('state', schema.state)
  checkInput(schema.input)
  checkFields('player', schema.player, ['id', 'mine', 'connected', 'profile'])
  checkAudiences('player', schema.player)
  checkPlain('options', schema.options, ATTRIBUTES)
  checkPlain('metadata', schema.metadata, [...ATTRIBUTES, ...Object.keys(schema.options)])
  checkPlain('profile', schema.profile)
  for (const [kind, declared] of Object.entries(schema.entities)) {
    checkName(`entities.${kind}`, kind)
    if (declared?.fields === undefined) throw new ConfigError(`entities.${kind}`, 'an entity() declaration', declared)
    checkFields(`entities.${kind}`, declared.fields, RESERVED)
    checkAudiences(`entities.${kind}`, declared.fields)
    checkEntityOptions(kind, declared.fields, declared.options)
  }
  for (const [name, fields] of Object.entries(schema.events)) {
    checkName(`events.${name}`, name)
    checkPlain(`events.${name}`, fields)
  }
  for (const [name, { toServer, toClient }] of Object.entries(schema.messages)) {
    checkName(`messages.${name}`, name)
    checkPlain(`messages.${name}.toServer`, toServer ?? {})
    checkPlain(`messages.${name}.toClient`, toClient ?? {})
  }
  for (const [name, { ask, reply, to }] of Object.entries(schema.requests)) {
    checkName(`requests.${name}`, name)
    if (to !== undefined && to !== 'server' && to !== 'client') {
      throw new ConfigError(`requests.${name}.to`, "'server' or 'client'", to)
    }
    checkPlain(`requests.${name}.ask`, ask)
    checkPlain(`requests.${name}.reply`, reply)
  }
  for (const [name, fields] of Object.entries(schema.queues)) checkQueue(name, fields)
}

/** Rules of queues compare values. */
function checkQueue(name: string, fields: FieldMap): void {
  const at = `queues.${name}`
  checkName(at, name)
  checkPlain(at, fields)
  for (const [field, { spec }] of Object.entries(fields)) {
    const { kind } = spec.kind === 'list' ? spec.of : spec
    if (attributeType(kind) === undefined)
      throw new ConfigError(`${at}.${field}`, 'words, numbers, or lists of them', kind)
  }
}

/** Both travel in one track: either a kind's secrets are its team's, or the room names who may see them. */
function checkAudiences(at: string, fields: FieldMap): void {
  const first = (audience: string): string | undefined =>
    Object.keys(fields).find((name) => fields[name]?.audience === audience)
  const [team, revealed] = [first('team'), first('revealed')]
  if (team === undefined || revealed === undefined) return
  const expected = "fields to 'team' or to 'revealed', not both"
  throw new ConfigError(
    at,
    expected,
    `${team} and ${revealed}`,
    'reveal fields to a team with world.reveal(entity, { team })',
  )
}

function checkEntityOptions(kind: string, fields: FieldMap, options: EntityOptions<FieldMap>): void {
  const at = `entities.${kind}`
  checkPosition(`${at}.position`, fields, options.position)
  checkRates(`${at}.rates`, fields, options.rates ?? {})
  checkTrend(`${at}.trend`, fields, options)
  const { predict, ownerBits } = options
  if (predict !== undefined && predict !== 'owner' && predict !== 'never') {
    throw new ConfigError(`${at}.predict`, "'owner' or 'never'", predict)
  }
  if (ownerBits !== undefined && (!Number.isInteger(ownerBits) || ownerBits < 0 || ownerBits > 8)) {
    throw new ConfigError(`${at}.ownerBits`, 'an integer from 0 to 8', ownerBits)
  }
  checkRelevance(at, options)
}

function checkRelevance(at: string, { relevant, priority, far, position }: EntityOptions<FieldMap>): void {
  if (relevant !== undefined && relevant !== 'near' && relevant !== 'always') {
    throw new ConfigError(`${at}.relevant`, "'near' or 'always'", relevant)
  }
  if (priority !== undefined && !(priority > 0 && priority <= MAX_PRIORITY)) {
    throw new ConfigError(`${at}.priority`, `a number above 0, at most ${MAX_PRIORITY}`, priority)
  }
  if (far === undefined) return
  if (position === undefined) throw new ConfigError(`${at}.far`, 'a kind with a position', far)
  if (!(far.beyond >= 0)) throw new ConfigError(`${at}.far.beyond`, 'a number from 0 on', far.beyond)
  const { everySnapshots } = far
  if (!(Number.isInteger(everySnapshots) && everySnapshots >= 2 && everySnapshots <= MAX_EVERY_SNAPSHOTS)) {
    throw new ConfigError(`${at}.far.everySnapshots`, `an integer from 2 to ${MAX_EVERY_SNAPSHOTS}`, everySnapshots)
  }
}

function checkPosition(at: string, fields: FieldMap, position: readonly string[] | undefined): void {
  if (position === undefined) return
  const wanted = position.length === 2 ? ['fixed'] : ['vec2', 'vec3']
  if (position.length !== 1 && position.length !== 2) throw new ConfigError(at, 'one or two names of fields', position)
  for (const name of position) {
    const found = fields[name]
    if (found === undefined || !wanted.includes(found.spec.kind)) {
      throw new ConfigError(at, `fields of kind ${wanted.join(' or ')}`, `${name}: ${found?.spec.kind}`)
    }
    if (found.audience !== 'all') throw new ConfigError(at, 'fields that all may see', `${name}.to(...)`)
  }
}

type Rates = NonNullable<EntityOptions<FieldMap>['rates']>

function checkRates(at: string, fields: FieldMap, rates: Rates): void {
  for (const [target, source] of Object.entries(rates)) {
    const [to, from] = [fields[target], fields[source ?? '']]
    if (!isRate(to?.spec.kind, from?.spec.kind)) {
      const expected = 'two fields of one kind (fixed, vec2, vec3), or an angle by a fixed'
      throw new ConfigError(`${at}.${target}`, expected, `${to?.spec.kind} by ${from?.spec.kind}`)
    }
    if (to?.audience !== 'all' || from?.audience !== 'all') {
      throw new ConfigError(`${at}.${target}`, 'fields that all may see', 'a field with an audience')
    }
    if (rates[source ?? ''] !== undefined)
      throw new ConfigError(`${at}.${target}`, 'a rate that has no rate itself', source)
  }
}

/** An angle has no sign, so it is no rate: turning back would be turning on by nearly a whole turn. */
function isRate(to: FieldKind | undefined, from: FieldKind | undefined): boolean {
  if (to === 'angle') return from === 'fixed'
  return to === from && (to === 'fixed' || to === 'vec2' || to === 'vec3')
}

const TRENDING: readonly FieldKind[] = ['fixed', 'vec2', 'vec3', 'angle', 'quaternion']

function checkTrend(at: string, fields: FieldMap, { trend, rates }: EntityOptions<FieldMap>): void {
  for (const name of trend ?? []) {
    const found = fields[name]
    if (found === undefined || !TRENDING.includes(found.spec.kind) || found.audience !== 'all') {
      const expected = `fields of kind ${TRENDING.join(', ')} that all may see`
      throw new ConfigError(at, expected, `${name}: ${found?.spec.kind}`)
    }
    if (rates?.[name] !== undefined) throw new ConfigError(at, 'fields that no rate moves', name)
  }
}
