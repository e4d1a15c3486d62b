import { ConfigError, LIMITS } from '@tickwire/protocol'
import { checkName } from '@tickwire/protocol/internal'
import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type { RoomDefinition, RoomType } from './definition.ts'
import { DEFAULT_MAX_PLAYERS, MIN_BYTES_PER_SECOND } from './ports.ts'

/**
 * Declares a type of room: a game and what its server does, in one object literal, so that a misspelt or missing handler
 * does not compile. `onMessage` and `onRequest` are required exactly when the schema declares something for them.
 *
 * Types are inferred from the game and from `data`; the result has forgotten them, so that rooms of several games fit one
 * list. Throws a `ConfigError` that names what is wrong.
 */
export function defineRoom<G extends GameTypes, D = unknown>(
  game: Game<G>,
  definition: RoomDefinition<G, D>,
): RoomType {
  if (typeof game?.simulate !== 'function') throw new ConfigError('defineRoom', 'a game from defineSimulation', game)
  checkDefinition(game.schema, definition as Loose)
  return Object.freeze({ game, definition: Object.freeze({ ...definition }) }) as unknown as RoomType
}

type Loose = Readonly<Record<string, unknown>>

const HANDLERS = [
  'data',
  'onCreate',
  'onJoin',
  'onDrop',
  'onResume',
  'onLeave',
  'onTick',
  'onDrain',
  'onDispose',
  'onError',
  'canSee',
  'canSpectate',
  'onOwner',
  'onProfile',
]
const NUMBERS = ['maxPlayers', 'maxSpectators', 'resumeWindowMs', 'emptyRoomMs', 'bytesPerSecond']
const OPTIONS = [
  ...NUMBERS,
  'name',
  'idleInput',
  'verify',
  'visibility',
  'owner',
  'metadataBy',
  'options',
  'metadata',
  'record',
  'keyframeSeconds',
  'onMessage',
  'onRequest',
  ...HANDLERS,
]
/** Options that are one of a few words. */
const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  idleInput: ['repeat', 'neutral'],
  visibility: ['public', 'private'],
  owner: ['creator', 'none'],
  metadataBy: ['owner', 'server'],
}
const LONGEST_MS = 24 * 3_600_000

function checkDefinition(schema: GameSchema, definition: Loose): void {
  for (const name of Object.keys(definition)) {
    if (!OPTIONS.includes(name)) throw new ConfigError(`defineRoom.${name}`, `one of ${OPTIONS.join(', ')}`, name)
  }
  for (const name of HANDLERS) checkFunction(`defineRoom.${name}`, definition[name])
  checkNumber('maxPlayers', definition['maxPlayers'], 1, LIMITS.maxSeatsPerRoom, true)
  checkNumber('resumeWindowMs', definition['resumeWindowMs'], 0, LONGEST_MS, false)
  checkNumber('emptyRoomMs', definition['emptyRoomMs'], 0, LONGEST_MS, false)
  checkNumber('bytesPerSecond', definition['bytesPerSecond'], MIN_BYTES_PER_SECOND, Number.MAX_SAFE_INTEGER, false)
  checkNumber('keyframeSeconds', definition['keyframeSeconds'], 0, LONGEST_MS / 1000, false)
  const { record, verify } = definition
  if (verify !== undefined && typeof verify !== 'boolean') throw new ConfigError('verify', 'true or false', verify)
  if (record !== undefined && typeof record !== 'boolean') checkFunction('defineRoom.record', record)
  for (const [name, [first, second]] of Object.entries(WORDS)) {
    const word = definition[name]
    if (word !== undefined && word !== first && word !== second)
      throw new ConfigError(`defineRoom.${name}`, `'${first}' or '${second}'`, word)
  }
  checkNumber('maxSpectators', definition['maxSpectators'], 0, LIMITS.maxSeatsPerRoom, true)
  const seats = Number(definition['maxPlayers'] ?? DEFAULT_MAX_PLAYERS) + Number(definition['maxSpectators'] ?? 0)
  if (seats > LIMITS.maxSeatsPerRoom) {
    throw new ConfigError('defineRoom.maxSpectators', `with maxPlayers at most ${LIMITS.maxSeatsPerRoom}`, seats)
  }
  if (definition['name'] !== undefined) checkName('defineRoom.name', definition['name'] as string)
  const received = Object.keys(schema.messages).filter((name) => schema.messages[name]?.toServer !== undefined)
  checkHandlers('onMessage', definition['onMessage'], received)
  const asked = Object.keys(schema.requests).filter((name) => schema.requests[name]?.to !== 'client')
  checkHandlers('onRequest', definition['onRequest'], asked)
}

function checkNumber(name: string, value: unknown, min: number, max: number, isWhole: boolean): void {
  if (value === undefined) return
  const fits = typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value))
  if (!fits)
    throw new ConfigError(`defineRoom.${name}`, `${isWhole ? 'an integer' : 'a number'} from ${min} to ${max}`, value)
}

function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new ConfigError(option, 'a function', value)
}

/** One handler for each name of the schema, and none for others. */
function checkHandlers(section: string, handlers: unknown, names: readonly string[]): void {
  const given = (handlers ?? {}) as Loose
  for (const name of names) {
    if (typeof given[name] !== 'function')
      throw new ConfigError(`defineRoom.${section}.${name}`, 'a function', given[name])
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const expected = names.length === 0 ? 'nothing: the schema declares none' : `one of ${names.join(', ')}`
    throw new ConfigError(`defineRoom.${section}.${name}`, expected, name)
  }
}
