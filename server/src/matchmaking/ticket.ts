import { ConfigError, RefusedError } from '@tickwire/protocol'
import { SKILL_STEPS } from './queue.ts'
import type { Queue } from './queue.ts'
import { limitAfter } from './widening.ts'

/** How good a player is: a mean, and how sure that is. */
export interface Rating {
  /** -1e6 to 1e6. */
  readonly mu: number
  /** 0 to 1e6. */
  readonly sigma: number
}

export interface TicketPlayer {
  readonly userId: string
  /** Needed where the queue has a skill rule. */
  readonly rating?: Rating
  /** Round trips to the queue's regions in ms, by region; a region that is not named is out of reach. */
  readonly latencyMs?: Readonly<Record<string, number>>
}

export type AttributeValue = string | number | boolean

/** What somebody asks of a queue. */
export interface TicketRequest {
  /** One player, or a party that will sit in one team of one match. */
  readonly players: readonly TicketPlayer[]
  /** A value for each attribute of the queue's rules; a list where the rule is `intersect`, best liked first. */
  readonly attributes?: TicketAttributes
}

export type TicketAttributes = Readonly<Record<string, AttributeValue | readonly AttributeValue[]>>

/** A place in the queue: a request that was checked against its rules. Made by `checkTicket`. */
export interface MatchTicket {
  /** In the order of asking. */
  readonly id: number
  readonly players: readonly TicketPlayer[]
  readonly attributes: TicketAttributes
  readonly sinceMs: number
  /** Goes before all others: its players accepted a match that others let fail. */
  readonly isFront: boolean
  /** The mean of the party's `mu`, in steps; 0 without a skill rule. */
  readonly skill: number
  /** What the party's mean `sigma` adds to its window, in steps. */
  readonly skillSlack: number
  /** The queue's regions by number, nearest first. */
  readonly regions: readonly number[]
  /** The round trip of the party's farthest member to each of them. */
  readonly latenciesMs: readonly number[]
  /** One key per choice of values that it can meet others with, best liked first: tickets with a common key go together. */
  readonly keys: readonly string[]
  /** What no other ticket of its match may have. */
  readonly unique: readonly string[]
}

/** Keys of one ticket: more lists of values than these would make it the queue's main work. */
const MAX_KEYS = 64
const MAX_RATING = 1e6
const NO_LIMIT = Number.MAX_SAFE_INTEGER / 4

/**
 * Checks a request against a queue's rules.
 * @throws RefusedError `bad-ticket` for what a client may have sent: party size, attributes, latencies
 * @throws ConfigError for what the server says of its users: ids and ratings
 */
export function checkTicket(queue: Queue, request: TicketRequest, id: number, sinceMs: number): MatchTicket {
  const { players, attributes = {} } = request
  if (players.length === 0 || players.length > queue.teams.max) {
    throw new RefusedError('bad-ticket', `a ticket is for 1 to ${queue.teams.max} players, not ${players.length}`)
  }
  if (new Set(players.map(({ userId }) => userId)).size < players.length) {
    throw new ConfigError('players', 'different users', players)
  }
  return {
    id,
    players,
    attributes,
    sinceMs,
    isFront: false,
    ...skillOf(queue, players),
    ...regionsOf(queue, players),
    ...choices(queue.attributes, attributes),
  }
}

function skillOf({ skill }: Queue, players: readonly TicketPlayer[]): { skill: number; skillSlack: number } {
  if (skill === null) return { skill: 0, skillSlack: 0 }
  let [mu, sigma] = [0, 0]
  for (const { userId, rating } of players) {
    const isRating = rating !== undefined && Math.abs(rating.mu) <= MAX_RATING && rating.sigma >= 0
    if (!isRating || rating.sigma > MAX_RATING) throw new ConfigError(`rating of ${userId}`, '{ mu, sigma }', rating)
    mu += rating.mu
    sigma += rating.sigma
  }
  const steps = (sum: number): number => Math.round((sum * SKILL_STEPS) / players.length)
  return { skill: steps(mu), skillSlack: Math.round(steps(sigma) * skill.perSigma) }
}

function regionsOf({ latency }: Queue, players: readonly TicketPlayer[]): Pick<MatchTicket, 'regions' | 'latenciesMs'> {
  if (latency === null) return { regions: [0], latenciesMs: [0] }
  const reached = latency.regions.flatMap((name, region) => {
    const times = players.map(({ latencyMs }) => latencyMs?.[name])
    return times.every((ms) => ms !== undefined) ? [{ region, ms: worst(name, times) }] : []
  })
  if (reached.length === 0) throw new RefusedError('bad-ticket', 'no region with a round trip of every player')
  const sorted = reached.toSorted((a, b) => a.ms - b.ms || a.region - b.region)
  return { regions: sorted.map(({ region }) => region), latenciesMs: sorted.map(({ ms }) => ms) }
}

function worst(region: string, times: readonly number[]): number {
  for (const ms of times) if (!(ms >= 0)) throw new RefusedError('bad-ticket', `latency to ${region}: ${ms} ms`)
  return Math.ceil(Math.max(...times))
}

function choices(rules: Queue['attributes'], attributes: TicketAttributes): Pick<MatchTicket, 'keys' | 'unique'> {
  for (const name of [...rules.equal, ...rules.differ]) {
    if (!isValue(attributes[name])) throw new RefusedError('bad-ticket', `${name}: one value is needed`)
  }
  let keys = 1
  for (const name of rules.intersect) {
    const list = attributes[name]
    const isList = Array.isArray(list) && list.length > 0 && list.every(isValue)
    if (!isList) throw new RefusedError('bad-ticket', `${name}: a list of values is needed`)
    keys *= list.length
    if (keys > MAX_KEYS) throw new RefusedError('bad-ticket', `${name}: too many values`)
  }
  return { keys: keysOf(rules, attributes), unique: uniqueOf(rules, attributes) }
}

/** The values that must be equal, with every choice of one value from each list; none if one is missing. */
export function keysOf(rules: Queue['attributes'], attributes: TicketAttributes): string[] {
  let keys: AttributeValue[][] = [rules.equal.flatMap((name) => valuesOf(attributes, name).slice(0, 1))]
  if (keys[0]!.length < rules.equal.length) return []
  for (const name of rules.intersect) {
    const values = [...new Set(valuesOf(attributes, name))]
    keys = keys.flatMap((key) => values.map((value) => [...key, value]))
  }
  return keys.map((key) => JSON.stringify(key))
}

export function uniqueOf(rules: Queue['attributes'], attributes: TicketAttributes): string[] {
  return rules.differ.flatMap((name) => valuesOf(attributes, name).map((value) => JSON.stringify([name, value])))
}

/** One value or many, as a list. */
export function valuesOf(attributes: TicketAttributes, name: string): readonly AttributeValue[] {
  const value = attributes[name]
  if (value === undefined) return []
  return typeof value === 'object' ? value : [value]
}

// A number that JSON writes as null would be equal to any other such.
const isValue = (value: unknown): value is AttributeValue =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** How far the skill of others may be from the ticket's now, in steps. */
export function windowAt(queue: Queue, { sinceMs, skillSlack }: MatchTicket, nowMs: number): number {
  return queue.skill === null ? NO_LIMIT : limitAfter(queue.skill.window, waitedMs(sinceMs, nowMs)) + skillSlack
}

/** The round trip that a ticket accepts now, in ms. */
export function latencyLimitAt(queue: Queue, { sinceMs }: MatchTicket, nowMs: number): number {
  return queue.latency === null ? NO_LIMIT : limitAfter(queue.latency.limit, waitedMs(sinceMs, nowMs))
}

/** Whole, and never negative: a clock may have been set. */
export const waitedMs = (sinceMs: number, nowMs: number): number => Math.max(0, Math.floor(nowMs - sinceMs))

/** Who goes first: by waiting, then by asking. */
export function byWaiting(a: MatchTicket, b: MatchTicket): number {
  if (a.isFront !== b.isFront) return a.isFront ? -1 : 1
  return a.sinceMs - b.sinceMs || a.id - b.id
}
