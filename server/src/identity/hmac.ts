import { createHmac, timingSafeEqual } from 'node:crypto'
import { ConfigError, RefusedError } from '@tickwire/protocol'
import type { Authenticate, User } from '../link/handshake.ts'
import { realRandomBytes, realWallClockMs } from '../real-clock.ts'
import { hex } from '../secrets.ts'
import type { RandomBytes } from '../secrets.ts'
import { MemoryReplayGuard } from './replay.ts'
import type { ReplayGuard } from './replay.ts'
import { decodeClaims, encodeClaims, fromText, NONCE_BYTES, toText } from './ticket.ts'
import type { TicketClaims } from './ticket.ts'

/**
 * Tickets that a backend signs and a game server checks: HMAC-SHA256 with a secret that both know and no browser ever sees.
 *
 *     backend:  createTicket({ secret, game: 'arena', user: session.userId })  ->  the page  ->  createClient(url, { ticket })
 *     server:   createGameServer({ rooms, authenticate: hmacTickets({ secret, game: 'arena' }) })
 */

/** At least 32 bytes that nobody can guess; a text counts as its UTF-8. */
export type TicketSecret = string | Uint8Array

export interface TicketOptions {
  readonly secret: TicketSecret
  /** The game that may be played: its name, 1 to 64 bytes. */
  readonly game: string
  /** Who it is for: 1 to 64 bytes. */
  readonly user: string
  /** The id or key of the only room that it opens (default: any). */
  readonly room?: string
  /** How long it may be used, in seconds (1 and up, default 60): as long as a page takes from asking for it to connecting. */
  readonly lifetimeSeconds?: number
  /** For tests: milliseconds since 1970, and randomness. */
  readonly wallClockMs?: () => number
  readonly randomBytes?: RandomBytes
}

export interface HmacTicketOptions {
  /** Or several, while one replaces another: each of them is accepted. */
  readonly secret: TicketSecret | readonly TicketSecret[]
  /** The games whose tickets are accepted: those of this server. */
  readonly game: string | readonly string[]
  /** Tickets that would live longer are refused, in seconds (default 3600): it bounds what has to be remembered. */
  readonly maxLifetimeSeconds?: number
  /** Remembers used tickets (default: in this process). */
  readonly replayGuard?: ReplayGuard
  /** For tests: milliseconds since 1970. */
  readonly wallClockMs?: () => number
}

const MIN_SECRET_BYTES = 32
const MAC_BYTES = 32
const DEFAULT_LIFETIME_SECONDS = 60
const DEFAULT_MAX_LIFETIME_SECONDS = 3600
/** Keeps these signatures apart from all others that somebody makes with the same secret. */
const PURPOSE = 'tickwire ticket 1\0'

/**
 * A ticket for one handshake of one user; for backends.
 * @throws ConfigError for a secret that is too short, or names that a ticket cannot carry
 */
export function createTicket(options: TicketOptions): string {
  const { secret, game, user, room = null, lifetimeSeconds = DEFAULT_LIFETIME_SECONDS } = options
  const { wallClockMs = realWallClockMs, randomBytes = realRandomBytes } = options
  if (!(lifetimeSeconds >= 1)) throw new ConfigError('lifetimeSeconds', 'a number from 1 up', lifetimeSeconds)
  const exp = Math.floor(wallClockMs() / 1000 + lifetimeSeconds)
  const body = encodeClaims({ game, user, room, exp, nonce: randomBytes(NONCE_BYTES) })
  return toText(Buffer.concat([body, sign(keyOf(secret), body)]))
}

/**
 * Gives each link the user of its ticket, who may only join the ticket's game and room. A ticket opens one link, once; a link
 * that comes back proves itself by its resume token and needs none.
 *
 * Refuses as `ticket-missing`, `ticket-invalid`, `ticket-wrong-game`, `ticket-expired`, `ticket-too-long` or `ticket-replayed`.
 * @throws ConfigError for a secret that is too short
 */
export function hmacTickets(options: HmacTicketOptions): Authenticate {
  const { maxLifetimeSeconds = DEFAULT_MAX_LIFETIME_SECONDS, wallClockMs = realWallClockMs } = options
  const keys = listOf(options.secret).map(keyOf)
  if (keys.length === 0) throw new ConfigError('secret', 'at least one secret', options.secret)
  const games = typeof options.game === 'string' ? [options.game] : options.game
  const guard = options.replayGuard ?? new MemoryReplayGuard({ wallClockMs })
  return async (ticket): Promise<User> => {
    const { game, user, room, exp, nonce } = open(ticket, keys)
    const nowMs = wallClockMs()
    const leftMs = exp * 1000 - nowMs
    if (!games.includes(game)) throw new RefusedError('ticket-wrong-game', 'the ticket is for another game')
    if (leftMs <= 0) throw new RefusedError('ticket-expired', 'the ticket has expired; get a new one')
    if (leftMs > maxLifetimeSeconds * 1000) {
      throw new RefusedError('ticket-too-long', `tickets may be valid for at most ${maxLifetimeSeconds} s`)
    }
    // Last, so that tickets which open nothing are not remembered.
    const isFirst = await guard.claim(hex(nonce), exp * 1000)
    if (!isFirst) throw new RefusedError('ticket-replayed', 'the ticket was used before; get a new one')
    return { id: user, game, ...(room !== null && { room }) }
  }
}

/** The claims of a ticket that one of the keys has signed. Forged, truncated and garbled look alike. */
function open(ticket: string, keys: readonly Buffer[]): TicketClaims {
  if (ticket === '')
    throw new RefusedError('ticket-missing', 'this server asks for a ticket: createClient(url, { ticket })')
  const bytes = fromText(ticket)
  if (bytes !== null && bytes.length > MAC_BYTES) {
    const body = bytes.subarray(0, -MAC_BYTES)
    const mac = bytes.subarray(-MAC_BYTES)
    // All keys, whichever fits, so that the time does not tell which one it was.
    const fitting = keys.filter((key) => timingSafeEqual(sign(key, body), mac))
    const claims = fitting.length > 0 ? decodeClaims(body) : null
    if (claims !== null) return claims
  }
  throw new RefusedError('ticket-invalid', 'this is no ticket of this server')
}

function sign(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update(PURPOSE).update(body).digest()
}

function keyOf(secret: TicketSecret): Buffer {
  const isSecret = typeof secret === 'string' || secret instanceof Uint8Array
  const key = isSecret ? Buffer.from(secret as string) : Buffer.alloc(0)
  // Without the value: errors end in logs.
  if (key.length < MIN_SECRET_BYTES) throw new ConfigError('secret', `at least ${MIN_SECRET_BYTES} bytes`, key.length)
  return key
}

const listOf = (secret: TicketSecret | readonly TicketSecret[]): readonly TicketSecret[] =>
  typeof secret === 'string' || secret instanceof Uint8Array ? [secret] : (secret ?? [])
