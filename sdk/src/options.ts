import { ConfigError, LIMITS } from '@tickwire/protocol'
import type { ClientOptions } from './client-api.ts'

/** In bytes of UTF-8, which is what travels. */
const fitsText = (value: unknown, maxBytes: number): boolean =>
  typeof value === 'string' && new TextEncoder().encode(value).length <= maxBytes

export const isTicket = (value: unknown): boolean => fitsText(value, LIMITS.maxTicketBytes)

interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const hasMethods = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => isFunction((value as Record<string, unknown>)[name]))

const RULES: { readonly [K in keyof Required<ClientOptions>]: Rule } = {
  ticket: {
    expected: `a string of at most ${LIMITS.maxTicketBytes} bytes, or a function that gives one`,
    accepts: (value) => isFunction(value) || isTicket(value),
  },
  clock: { expected: 'an object with nowMs and setTimer', accepts: (value) => hasMethods(value, 'nowMs', 'setTimer') },
  storage: {
    expected: 'null or an object with getItem, setItem and removeItem',
    accepts: (value) => value === null || hasMethods(value, 'getItem', 'setItem', 'removeItem'),
  },
  WebSocket: { expected: 'a WebSocket constructor', accepts: isFunction },
  // Its parts are checked by whoever uses them.
  impair: { expected: 'an object such as { latencyMs: 100 }', accepts: (value) => hasMethods(value) },
  random: { expected: 'a function that draws in [0, 1)', accepts: isFunction },
}

/** @throws ConfigError for an option that does not exist or cannot be */
export function checkOptions(options: ClientOptions): void {
  if (typeof options !== 'object' || options === null) throw new ConfigError('options', 'an object', options)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new ConfigError(name, `one of ${Object.keys(RULES).join(', ')}`, name, 'createClient has no such option')
    }
    const { expected, accepts } = RULES[name as keyof ClientOptions]
    if (value !== undefined && !accepts(value)) throw new ConfigError(name, expected, value)
  }
}

/** @throws ConfigError for a password that no room can have */
export function checkPassword(password: string): void {
  if (password === '' || !fitsText(password, LIMITS.maxPasswordBytes))
    throw new ConfigError('password', `a text of 1 to ${LIMITS.maxPasswordBytes} bytes`, '(not shown)')
}

/** @throws ConfigError for a key or room id that cannot name a room */
export function checkRoomName(option: string, name: string): void {
  if (name === '' || !fitsText(name, LIMITS.maxNameBytes))
    throw new ConfigError(option, `a text of 1 to ${LIMITS.maxNameBytes} bytes`, name)
}
