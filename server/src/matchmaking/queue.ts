import { ConfigError } from '@tickwire/protocol'
import { checkWidening } from './widening.ts'
import type { Widening } from './widening.ts'

/** What `defineQueue` takes. Either `teams` or `freeForAll` is needed. */
export interface QueueOptions {
  /** How players name it: 1 to 64 characters. */
  readonly name: string
  /** `count` teams (2 and more) of `min` to `max` players each. */
  readonly teams?: { readonly count: number; readonly min: number; readonly max: number }
  /** Everybody against everybody, or all together against the game: `min` to `max` players, parties among them. */
  readonly freeForAll?: { readonly min: number; readonly max: number }
  /** How long the one who has waited longest holds out for a full match before one of at least `min` will do, in ms (default 0). */
  readonly fullForMs?: number
  /** How far the skill of others in a match may be from a ticket's own. */
  readonly skill?: SkillRule
  /** Matches are played in a region that is near enough for all of them. */
  readonly latency?: LatencyRule
  /** What the tickets of a match must have in common, by the attribute's name. */
  readonly attributes?: Readonly<Record<string, AttributeRule>>
  /** Everybody must accept the match in this time, or it does not come about. Without it there is nothing to accept. */
  readonly accept?: { readonly timeoutMs: number }
}

export interface SkillRule {
  /**
   * The distance that a ticket accepts after a time of waiting, in units of `mu` and in steps of 0.001; on the line between two
   * points, constant after the last. A match needs the consent of both sides: of two tickets the narrower window counts.
   */
  readonly window: readonly { readonly afterMs: number; readonly width: number }[]
  /** What each unit of a rating's `sigma` adds to the width (default 0): of whom little is known, little can be asked. */
  readonly perSigma?: number
}

export interface LatencyRule {
  /** Where rooms can be, 1 to 64 names. */
  readonly regions: readonly string[]
  /** The round trip that a ticket accepts after a time of waiting, in whole ms. */
  readonly limit: readonly { readonly afterMs: number; readonly maxMs: number }[]
}

/**
 * `equal`: all tickets have the same value. `differ`: no two have the same. `intersect`: each ticket has a list, and at least one
 * value is in all of them.
 */
export type AttributeRule = 'equal' | 'differ' | 'intersect'

/** A queue's rules, checked, in whole numbers: made by `defineQueue`. */
export interface Queue {
  readonly name: string
  /** A free-for-all is one team. */
  readonly teams: { readonly count: number; readonly min: number; readonly max: number }
  readonly fullForMs: number
  /** Widths in thousandths. */
  readonly skill: { readonly window: Widening; readonly perSigma: number } | null
  readonly latency: { readonly regions: readonly string[]; readonly limit: Widening } | null
  readonly attributes: { readonly [Rule in AttributeRule]: readonly string[] }
  readonly acceptMs: number | null
}

/** Ratings and widths are compared in these steps: integers make `<=` mean the same to everybody. */
export const SKILL_STEPS = 1000

const NAMES: readonly string[] = [
  'name',
  'teams',
  'freeForAll',
  'fullForMs',
  'skill',
  'latency',
  'attributes',
  'accept',
]
const RULES: readonly AttributeRule[] = ['equal', 'differ', 'intersect']
const MAX_NAME_CHARACTERS = 64
const MAX_PLAYERS = 1000
const MAX_REGIONS = 64
const MAX_WIDTH = 1e6

/**
 * Declares by which rules tickets become matches.
 *
 *     const duel = defineQueue({
 *       name: 'duel',
 *       teams: { count: 2, min: 1, max: 1 },
 *       skill: { window: [{ afterMs: 0, width: 2 }, { afterMs: 30_000, width: 8 }] },
 *     })
 *
 * @throws ConfigError naming the option that cannot work
 */
export function defineQueue(options: QueueOptions): Queue {
  if (typeof options !== 'object' || options === null) throw new ConfigError('defineQueue', 'an object', options)
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) throw new ConfigError('defineQueue', `options ${NAMES.join(', ')}`, name)
  }
  const { name, fullForMs = 0, skill, latency, attributes = {}, accept } = options
  if (!isName(name)) throw new ConfigError('name', `1 to ${MAX_NAME_CHARACTERS} characters`, name)
  if (!isWhole(fullForMs, 0)) throw new ConfigError('fullForMs', 'whole milliseconds, 0 and up', fullForMs)
  if (accept !== undefined && !isWhole(accept.timeoutMs, 1)) {
    throw new ConfigError('accept.timeoutMs', 'whole milliseconds above 0', accept.timeoutMs)
  }
  return {
    name,
    teams: checkTeams(options),
    fullForMs,
    skill: skill === undefined ? null : checkSkill(skill),
    latency: latency === undefined ? null : checkLatency(latency),
    attributes: checkAttributes(attributes),
    acceptMs: accept?.timeoutMs ?? null,
  }
}

const isWhole = (value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_CHARACTERS

function checkTeams({ teams, freeForAll }: QueueOptions): Queue['teams'] {
  if (teams === undefined && freeForAll === undefined) throw new ConfigError('teams', 'teams or freeForAll', teams)
  if (teams !== undefined && freeForAll !== undefined) {
    throw new ConfigError('freeForAll', 'not both teams and freeForAll', freeForAll)
  }
  const option = teams === undefined ? 'freeForAll' : 'teams'
  const { count, min, max } = teams ?? { count: 1, ...freeForAll! }
  if (teams !== undefined && !isWhole(count, 2, MAX_PLAYERS)) {
    throw new ConfigError('teams.count', `2 to ${MAX_PLAYERS}; for one team use freeForAll`, count)
  }
  if (!isWhole(min, 1)) throw new ConfigError(`${option}.min`, 'a whole number above 0', min)
  if (!isWhole(max, min)) throw new ConfigError(`${option}.max`, `a whole number from min (${min}) up`, max)
  if (count * max > MAX_PLAYERS) throw new ConfigError(option, `at most ${MAX_PLAYERS} players`, count * max)
  return { count, min, max }
}

function checkSkill({ window, perSigma = 0 }: SkillRule): Queue['skill'] {
  if (!Array.isArray(window)) throw new ConfigError('skill.window', 'a list of { afterMs, width }', window)
  for (const [i, { width }] of window.entries()) {
    if (!(width >= 0 && width <= MAX_WIDTH)) {
      throw new ConfigError(`skill.window[${i}].width`, `0 to ${MAX_WIDTH}`, width)
    }
  }
  if (!(perSigma >= 0 && perSigma <= 100)) throw new ConfigError('skill.perSigma', '0 to 100', perSigma)
  const steps = window.map(({ afterMs, width }) => ({ afterMs, value: Math.round(width * SKILL_STEPS) }))
  return { window: checkWidening('skill.window', steps), perSigma }
}

function checkLatency({ regions, limit }: LatencyRule): Queue['latency'] {
  const isList = Array.isArray(regions) && regions.length > 0 && regions.length <= MAX_REGIONS && regions.every(isName)
  if (!isList || new Set(regions).size < regions.length) {
    throw new ConfigError('latency.regions', `1 to ${MAX_REGIONS} different names`, regions)
  }
  if (!Array.isArray(limit)) throw new ConfigError('latency.limit', 'a list of { afterMs, maxMs }', limit)
  const points = limit.map(({ afterMs, maxMs }) => ({ afterMs, value: maxMs }))
  return { regions: [...regions], limit: checkWidening('latency.limit', points) }
}

function checkAttributes(attributes: Readonly<Record<string, AttributeRule>>): Queue['attributes'] {
  for (const [name, rule] of Object.entries(attributes)) {
    if (!RULES.includes(rule)) throw new ConfigError(`attributes.${name}`, `one of ${RULES.join(', ')}`, rule)
  }
  const named = (rule: AttributeRule): string[] => Object.keys(attributes).filter((name) => attributes[name] === rule)
  return { equal: named('equal'), differ: named('differ'), intersect: named('intersect') }
}
