import type { KeyObject } from 'node:crypto'
import { ConfigError, RefusedError } from '@tickwire/protocol'
import type { Authenticate, User } from '../link/handshake.ts'
import { realWallClockMs } from '../real-clock.ts'

/** The claims of a checked token. */
export type JwtClaims = Readonly<Record<string, unknown>>

export interface JwtTicketOptions {
  /** The shared secret, the public key, or the address of a key set (JWKS) that is fetched and kept. */
  readonly key: Uint8Array | KeyObject | URL
  /**
   * The signatures that are accepted, such as `['RS256']`. There is no default: a server that lets the token choose can be
   * talked into checking with the wrong kind of key.
   */
  readonly algorithms: readonly string[]
  /** Who the token must be for (`aud`): one that was made for another service must not open this one. */
  readonly audience: string
  /** Who must have made it (`iss`). */
  readonly issuer?: string
  /** The user behind the claims (default: `sub`, and `game` and `room` where they are texts). Throw `RefusedError` for nobody. */
  readonly user?: (claims: JwtClaims) => User | Promise<User>
  /** For tests: milliseconds since 1970. */
  readonly wallClockMs?: () => number
}

/** The part of the package `jose` that is used; written out, so that nobody needs its types to compile. */
export interface Jose {
  jwtVerify(token: string, key: never, options: object): Promise<{ readonly payload: JwtClaims }>
  createRemoteJWKSet(url: URL): unknown
}

/**
 * Gives each link the user of its JSON Web Token, which must have `exp`, `sub` and the right `aud`. Needs the package `jose`, which is
 * only loaded here. A token may be used again until it expires: keep it short-lived, or use `hmacTickets`.
 *
 * Refuses as `ticket-missing`, `ticket-expired` or `ticket-invalid`.
 * @throws ConfigError for options that cannot work; at the first handshake when `jose` is not installed
 */
export function jwtTickets(options: JwtTicketOptions): Authenticate {
  return jwtTicketsWith(options, () => import('jose'))
}

/** The same with jose handed in: for tests. */
export function jwtTicketsWith(options: JwtTicketOptions, load: () => Promise<Jose>): Authenticate {
  checkOptions(options)
  const { algorithms, audience, issuer, user = defaultUser, wallClockMs = realWallClockMs } = options
  const rules = { algorithms, audience, requiredClaims: ['exp', 'sub'], ...(issuer !== undefined && { issuer }) }
  let ready: Promise<{ jose: Jose; key: unknown }> | null = null
  return async (ticket): Promise<User> => {
    if (ticket === '')
      throw new RefusedError('ticket-missing', 'this server asks for a ticket: createClient(url, { ticket })')
    ready ??= prepare(options.key, load)
    const { jose, key } = await ready
    try {
      const { payload } = await jose.jwtVerify(ticket, key as never, { ...rules, currentDate: new Date(wallClockMs()) })
      return await user(payload)
    } catch (error) {
      throw refusalOf(error)
    }
  }
}

async function prepare(key: JwtTicketOptions['key'], load: () => Promise<Jose>): Promise<{ jose: Jose; key: unknown }> {
  let jose: Jose
  try {
    jose = await load()
  } catch (error) {
    const hint = `npm install jose (${error instanceof Error ? error.message : String(error)})`
    throw new ConfigError('jwtTickets', 'the package jose', undefined, hint)
  }
  // The set keeps its keys and fetches new ones when a token names one that it does not know.
  return { jose, key: key instanceof URL ? jose.createRemoteJWKSet(key) : key }
}

/** Faults of the token; anything else is a fault of ours or of the key server, and is for the log. */
const INVALID =
  /^ERR_(JWT_|JWS_|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/

function refusalOf(error: unknown): unknown {
  const code = (error as { code?: unknown })?.code
  if (error instanceof RefusedError || typeof code !== 'string' || !INVALID.test(code)) return error
  if (code === 'ERR_JWT_EXPIRED') return new RefusedError('ticket-expired', 'the ticket has expired; get a new one')
  // Which check it failed is in nobody's interest but a forger's.
  return new RefusedError('ticket-invalid', 'this is no ticket of this server')
}

function defaultUser({ sub, game, room }: JwtClaims): User {
  return { id: sub as string, ...textOf('game', game), ...textOf('room', room) }
}

const textOf = (name: 'game' | 'room', value: unknown): object => (typeof value === 'string' ? { [name]: value } : {})

function checkOptions({ key, algorithms, audience }: JwtTicketOptions): void {
  const isKey = typeof key === 'object' && key !== null
  if (!isKey)
    throw new ConfigError('key', 'bytes, a KeyObject or the URL of a key set', key === undefined ? key : typeof key)
  if (!Array.isArray(algorithms) || algorithms.length === 0 || algorithms.includes('none')) {
    throw new ConfigError('algorithms', "signatures such as ['RS256']", algorithms)
  }
  if (typeof audience !== 'string' || audience === '') throw new ConfigError('audience', 'a text', audience)
}
