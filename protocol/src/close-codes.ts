/**
 * Why a connection ended, as the number in the close frame. 4000 to 4999 are ours and mean the same for ever: a used
 * number is never given another meaning. A browser may send only 1000 and these; it tells nothing about a refused
 * upgrade (always 1006), so a refusal is an accepted connection that is closed with a code from here.
 */
import { utf8Length } from './bits/utf8.ts'

/** One line of the table. */
export interface CloseMeaning {
  readonly code: number
  /** May the client reconnect and resume by itself? False where the next try would end the same way. */
  readonly retry: boolean
  /** For people: what happened, and what helps. */
  readonly meaning: string
}

export const CLOSE = {
  'protocol-error': { code: 4000, retry: false, meaning: 'a message broke the protocol' },
  'version-mismatch': {
    code: 4001,
    retry: false,
    meaning: 'page and server run different versions of the protocol or of the game; reload the page',
  },
  'origin-refused': { code: 4002, retry: false, meaning: 'the server does not accept pages from this origin' },
  replaced: { code: 4003, retry: false, meaning: 'another connection, perhaps another tab, has taken over this seat' },
  // A client of ours keeps the rates, so this is a loop in game code: resuming would replay it and end here again.
  'rate-limited': { code: 4004, retry: false, meaning: 'more messages or bytes per second than the server allows' },
  'handshake-timeout': { code: 4005, retry: true, meaning: 'the handshake was not finished in time' },
  'auth-failed': { code: 4006, retry: false, meaning: 'the server did not accept the ticket; get a new one' },
  'liveness-timeout': { code: 4007, retry: true, meaning: 'nothing was heard from the other end for too long' },
  'going-away': { code: 4008, retry: true, meaning: 'the server is shutting down or handing over its rooms' },
  'slow-reader': { code: 4009, retry: true, meaning: 'the client read too slowly and too much was waiting for it' },
  'server-error': {
    code: 4010,
    retry: true,
    meaning: 'the server failed in a way that this connection did not survive',
  },
  kicked: { code: 4011, retry: false, meaning: 'the game removed this player' },
  'message-too-big': { code: 4012, retry: false, meaning: 'a message was larger than the limit' },
  left: { code: 4013, retry: false, meaning: 'the client left on purpose' },
  'too-many-links': { code: 4014, retry: true, meaning: 'too many connections from this address; one must end first' },

  normal: { code: 1000, retry: false, meaning: 'closed on purpose, without a reason of ours' },
  away: { code: 1001, retry: true, meaning: 'the page was left or the server stopped' },
  // Framing is the platform's work: faults in it (1002, 1007) come from the path, and a new path may be whole.
  'bad-frame': { code: 1002, retry: true, meaning: 'a WebSocket frame arrived damaged' },
  'no-code': { code: 1005, retry: true, meaning: 'closed without a code, as some proxies do' },
  abnormal: { code: 1006, retry: true, meaning: 'the connection broke, or never came about' },
  'bad-text': { code: 1007, retry: true, meaning: 'a text frame was not UTF-8' },
  policy: { code: 1008, retry: false, meaning: 'a rule of the server or of a proxy was broken' },
  'frame-too-big': { code: 1009, retry: false, meaning: 'a WebSocket frame was larger than the limit' },
  'internal-error': { code: 1011, retry: true, meaning: 'the server failed' },
  restart: { code: 1012, retry: true, meaning: 'the server restarts' },
  'try-later': { code: 1013, retry: true, meaning: 'the server is overloaded' },
} as const

/** The names of the table, for switches and logs. */
export type CloseName = keyof typeof CLOSE

/** What a close code says. */
export interface CloseReason {
  readonly name: CloseName | 'unknown'
  readonly retry: boolean
  readonly meaning: string
}

const BY_CODE: ReadonlyMap<number, CloseReason> = new Map(
  (Object.keys(CLOSE) as CloseName[]).map((name) => {
    const { code, retry, meaning }: CloseMeaning = CLOSE[name]
    return [code, { name, retry, meaning }]
  }),
)

/**
 * The meaning of any number. Of codes that the table does not hold, 3000 to 4999 were chosen by an application, perhaps a
 * newer version of this one, and are not retried; all others are faults of the path, and are.
 */
export function closeReason(code: number): CloseReason {
  const known = BY_CODE.get(code)
  if (known !== undefined) return known
  const isChosen = code >= 3000 && code <= 4999
  return { name: 'unknown', retry: !isChosen, meaning: `close code ${code}, which this version does not know` }
}

/** RFC 6455: a control frame carries 125 bytes, two of them the code. Above, browsers throw a SyntaxError. */
export const MAX_REASON_BYTES = 123

/** The longest beginning of `reason` that a close frame can carry, cut between characters. */
export function clipReason(reason: string): string {
  let clipped = ''
  let bytes = 0
  for (const character of reason) {
    bytes += utf8Length(character)
    if (bytes > MAX_REASON_BYTES) return clipped
    clipped += character
  }
  return clipped
}
