import { DecodeError, RefusedError, SchemaMismatchError, TickwireError } from '@tickwire/protocol'
import { describeSection, firstDifference, SECTIONS } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import type { SectionName, ServerItem } from '@tickwire/protocol/internal'
import type { CloseInfo } from './room-api.ts'

/** No connection came about. A browser does not tell why, so this lists what to look at. Code `'unreachable'`. */
export class UnreachableError extends TickwireError {
  override readonly name: string = 'UnreachableError'
  readonly url: string

  constructor(url: string, detail: string = '') {
    const said = detail === '' ? '' : ` (${detail})`
    super(
      'unreachable',
      `no connection to ${url}${said}; is the server running, is this its address and path, and does every proxy between pass WebSockets?`,
    )
    this.url = url
  }
}

/**
 * The connection ended and nothing brings it back by itself. `code` is the name of the close code (`'replaced'`,
 * `'version-mismatch'`, `'origin-refused'` ...), `reason` says whether coming back makes sense.
 */
export class ConnectionClosedError extends TickwireError {
  override readonly name: string = 'ConnectionClosedError'
  readonly reason: CloseInfo

  constructor(reason: CloseInfo) {
    super(reason.name, `no longer connected: ${reason.meaning}`)
    this.reason = reason
  }
}

/** No reply came in time. The server may still have done what was asked. Code `'request-timeout'`. */
export class RequestTimeoutError extends TickwireError {
  override readonly name: string = 'RequestTimeoutError'
  readonly timeoutMs: number

  constructor(what: string, timeoutMs: number) {
    super('request-timeout', `no reply to ${what} within ${timeoutMs} ms; it may still have been carried out`)
    this.timeoutMs = timeoutMs
  }
}

/** A call that cannot work now, such as a second join while one seat is held. `code` says which. */
export class StateError extends TickwireError {
  override readonly name: string = 'StateError'
}

/** A refusal as it came from the server. @throws DecodeError for a code that no RefusedError may carry */
export function refusal(code: string, text: string): RefusedError {
  try {
    return text === '' ? new RefusedError(code) : new RefusedError(code, text)
  } catch {
    throw new DecodeError('malformed', { what: 'refusal code', expected: 'a-z, 0-9 and "-"', got: code, offset: 0 })
  }
}

/** Why a join was refused: by game code, for a full room, or because page and server have different schemas. */
export function joinRefusal(
  schema: GameSchema,
  { code, text, section, description }: Extract<ServerItem, { type: 'joinRefused' }>,
): TickwireError {
  if (code !== 'schema-mismatch') return refusal(code, text)
  return new SchemaMismatchError({ game: schema.name, section, path: differingPath(schema, section, description) })
}

function differingPath(schema: GameSchema, section: string, description: string): string | null {
  if (!(SECTIONS as readonly string[]).includes(section)) return null
  const theirs = description === '' ? [] : description.split('\n')
  return firstDifference(describeSection(schema, section as SectionName), theirs)
}
