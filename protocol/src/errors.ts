/**
 * Every error of Tickwire. Three failures take three roads: bytes of a peer end in a `DecodeError` and a close code,
 * a caller's mistake throws a `ConfigError` at once, the network only changes states.
 */

/** The base of all errors of Tickwire: `catch (error) { if (error instanceof TickwireError) report(error.code) }`. */
export class TickwireError extends Error {
  // Written out, not `constructor.name`: a minifier renames classes and the logs of a production page would say `e`.
  override readonly name: string = 'TickwireError'
  /** Stable and made for programs, lower case with hyphens; the message is for people and may change. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Why bytes were refused.
 * - `truncated`: they end before the value does
 * - `out-of-range`: a number outside its declared bounds
 * - `trailing`: something follows the end of the message
 * - `malformed`: no writer produces these bits (bad UTF-8, overlong number, set padding)
 * - `unexpected`: well formed, but not now or not from this end
 * - `limit`: larger or more than `LIMITS` or a schema allows
 */
export type DecodeReason = 'truncated' | 'out-of-range' | 'trailing' | 'malformed' | 'unexpected' | 'limit'

/** What a `DecodeError` tells: the texts complete the sentence "`what`: expected `expected`, got `got`". */
export interface DecodeFault {
  /** The value that was being read, in the words of the protocol: `'input count'`. */
  readonly what: string
  readonly expected: string
  readonly got: string
  /** Where that value starts, in bits from the first bit of the message. */
  readonly offset: number
}

/** Bytes of a peer that break the protocol. Only the two `receive` functions catch it; the connection is closed. */
export class DecodeError extends TickwireError {
  override readonly name: string = 'DecodeError'
  readonly reason: DecodeReason
  /** Bits from the start of the message to the value at fault. */
  readonly offset: number
  /** The value at fault. */
  readonly what: string

  constructor(reason: DecodeReason, fault: DecodeFault) {
    const place = `at bit ${fault.offset} (byte ${Math.floor(fault.offset / 8)})`
    super(`decode-${reason}`, `${fault.what}: expected ${fault.expected}, got ${fault.got} ${place}`)
    this.reason = reason
    this.offset = fault.offset
    this.what = fault.what
  }
}

const REFUSAL_CODE = /^[a-z0-9-]{1,64}$/

/**
 * Thrown by game code in `onJoin` or `onRequest` to say no: the client's promise rejects with the same code.
 * Any other exception there is a bug, is reported to `onError` and reaches the client without its text.
 * @throws RangeError when `code` is not 1 to 64 characters of a-z, 0-9 and hyphen
 */
export class RefusedError extends TickwireError {
  override readonly name: string = 'RefusedError'

  constructor(code: string, message: string = `refused: ${code}`) {
    // The code crosses the wire and ends in logs and in players' branches: free text there would be an injection.
    if (!REFUSAL_CODE.test(code)) {
      throw new RangeError(`RefusedError code: expected 1 to 64 of a-z, 0-9 and "-", got ${describeValue(code)}`)
    }
    super(code, message)
  }
}

/** Which part of two game declarations differs. */
export interface SchemaMismatch {
  /** Name of the game, as in `defineGame({ name })`. */
  readonly game: string
  /** The section of `defineGame`: `'entities'`, `'input'`, ... */
  readonly section: string
  /** The first field that differs, `'ship.hp'`; null when only the hashes of the section are known. */
  readonly path: string | null
}

/** The page and the server were built from different declarations of the game. */
export class SchemaMismatchError extends TickwireError {
  override readonly name: string = 'SchemaMismatchError'
  readonly game: string
  readonly section: string
  readonly path: string | null

  constructor({ game, section, path }: SchemaMismatch) {
    const part = path === null ? `section "${section}"` : `${path} (in "${section}")`
    const advice =
      'restart the server after an edit and reload the page; if that does not help, build both from one version'
    super('schema-mismatch', `game "${game}": ${part} differs between this page and the server; ${advice}`)
    this.game = game
    this.section = section
    this.path = path
  }
}

/** A caller's mistake: an option or argument that cannot work. Thrown at once, where it was passed. */
export class ConfigError extends TickwireError {
  override readonly name: string = 'ConfigError'
  /** The option's name as the caller wrote it: `'maxPlayers'`, `'ship.hp max'`. */
  readonly option: string
  readonly expected: string

  /** `hint`, when given, ends the message: what to do about it. */
  constructor(option: string, expected: string, got: unknown, hint?: string) {
    const advice = hint === undefined ? '' : `; ${hint}`
    super('config', `${option}: expected ${expected}, got ${describeValue(got)}${advice}`)
    this.option = option
    this.expected = expected
  }
}

const DESCRIPTION_CHARACTERS = 60

/** A value as an error message shows it: one line, short, never throwing, without the contents of objects. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    const isLong = value.length > DESCRIPTION_CHARACTERS
    return isLong ? `${JSON.stringify(value.slice(0, DESCRIPTION_CHARACTERS))}...` : JSON.stringify(value)
  }
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** The `default` of an exhaustive switch: a case somebody adds later is a type error here. */
export function assertNever(value: never): never {
  throw new TickwireError('unreachable', `a case that no type allows: ${describeValue(value)}`)
}
