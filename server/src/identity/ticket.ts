import { ConfigError, LIMITS } from '@tickwire/protocol'

/** What a ticket says: this user may play this game, perhaps only in this room, until then, and once. */
export interface TicketClaims {
  /** The game's name, as in `defineGame({ name })`: 1 to 64 bytes of UTF-8. */
  readonly game: string
  /** Who it is for: 1 to 64 bytes of UTF-8. */
  readonly user: string
  /** The id or key of the only room that it opens, or null for any. */
  readonly room: string | null
  /** When it ends, in seconds since 1970. */
  readonly exp: number
  /** Makes the ticket one of a kind: 16 random bytes. */
  readonly nonce: Uint8Array
}

export const NONCE_BYTES = 16
const VERSION = 1
/** Version, exp and nonce. */
const HEAD_BYTES = 1 + 6 + NONCE_BYTES
const MAX_EXP = 2 ** 48 - 1

/**
 * The claims as the only bytes that say them:
 *
 *     version: 1 byte | exp: 6, big-endian | nonce: 16 | game | user | room
 *
 * Names have their length in front, in one byte; no room is an empty one. There is no delimiter that a name could hold, so
 * no two sets of claims share their bytes: `ada` in room `b` is never `adab` in any.
 * @throws ConfigError for claims that no ticket can carry
 */
export function encodeClaims({ game, user, room, exp, nonce }: TicketClaims): Buffer {
  if (!Number.isInteger(exp) || exp < 0 || exp > MAX_EXP) throw new ConfigError('exp', 'seconds since 1970', exp)
  if (nonce.length !== NONCE_BYTES) throw new ConfigError('nonce', `${NONCE_BYTES} bytes`, nonce.length)
  if (room === '') throw new ConfigError('room', 'a room, or null for any', room)
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = VERSION
  head.writeUIntBE(exp, 1, 6)
  head.set(nonce, 7)
  return Buffer.concat([head, encodeName('game', game), encodeName('user', user), encodeName('room', room ?? '')])
}

function encodeName(what: string, name: string): Buffer {
  // Half a surrogate pair would become another character on its way through UTF-8.
  const isName = typeof name === 'string' && (name !== '' || what === 'room') && !/\p{Surrogate}/u.test(name)
  const bytes = Buffer.from(isName ? name : '')
  if (isName && bytes.length <= LIMITS.maxNameBytes) return Buffer.concat([Buffer.of(bytes.length), bytes])
  throw new ConfigError(what, `1 to ${LIMITS.maxNameBytes} bytes of UTF-8`, name)
}

/** The claims that these bytes say, or null when they are not exactly what `encodeClaims` writes. */
export function decodeClaims(bytes: Buffer): TicketClaims | null {
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return null
  const names: string[] = []
  let at = HEAD_BYTES
  for (let i = 0; i < 3; i++) {
    const name = nameAt(bytes, at)
    if (name === null) return null
    names.push(name)
    at += 1 + bytes[at]!
  }
  const [game, user, room] = names as [string, string, string]
  if (at !== bytes.length || game === '' || user === '') return null
  const nonce = new Uint8Array(bytes.subarray(7, HEAD_BYTES))
  return { game, user, room: room === '' ? null : room, exp: bytes.readUIntBE(1, 6), nonce }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function nameAt(bytes: Buffer, at: number): string | null {
  const length = bytes[at]
  if (length === undefined || length > LIMITS.maxNameBytes || at + 1 + length > bytes.length) return null
  try {
    return strictUtf8.decode(bytes.subarray(at + 1, at + 1 + length))
  } catch {
    return null
  }
}

/** Bytes as text that needs no escaping anywhere. */
export const toText = (bytes: Buffer): string => bytes.toString('base64url')

/** The bytes of a text, or null: Node reads over what does not belong there, and two texts would be one ticket. */
export function fromText(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return toText(bytes) === text ? bytes : null
}
