import { RefusedError, TickwireError } from '@tickwire/protocol'

/** What went wrong, as RFC 9457 says it: `application/problem+json`. */
export interface Problem {
  /** The code, as clients of the game see it too: `room-not-found`. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
}

/** Codes that are not simply "the request makes no sense". */
const STATUS: Readonly<Record<string, number>> = {
  'not-found': 404,
  'room-not-found': 404,
  'player-not-found': 404,
  'unknown-game': 404,
  unauthorized: 401,
  forbidden: 403,
  'room-full': 409,
  'room-locked': 409,
  'key-taken': 409,
  'server-full': 503,
  'server-draining': 503,
  'server-busy': 503,
  'length-required': 411,
  'too-large': 413,
  'rate-limited': 429,
  'server-error': 500,
}

/** An answer that ends a request with a problem. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly code: string

  constructor(code: string, detail: string) {
    super(detail)
    this.code = code
  }
}

/** The problem that an exception is; of what is nobody's fault but ours only that, never its text. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError || error instanceof RefusedError || error instanceof TickwireError) {
    return problem(error.code, error.message)
  }
  // What the codec throws for values that do not fit their field names the field.
  if (error instanceof RangeError) return problem('bad-request', error.message)
  return problem('server-error', 'the server failed; its log says why')
}

export function problem(code: string, detail: string): Problem {
  return { type: code, title: code.replaceAll('-', ' '), status: STATUS[code] ?? 400, detail }
}
