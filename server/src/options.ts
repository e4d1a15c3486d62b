import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { ConfigError, LIMITS } from '@tickwire/protocol'
import { LOBBY } from '@tickwire/protocol/internal'
import type { Logger as Pino } from 'pino'
import type { Clock } from './clock.ts'
import type { Directory } from './directory/directory.ts'
import type { HttpOptions } from './http/mount.ts'
import { serverLimits } from './limits.ts'
import type { ServerLimits } from './limits.ts'
import type { Authenticate } from './link/handshake.ts'
import type { HostedQueue } from './lobby/hosted-queue.ts'
import { SAME_USER } from './link/links.ts'
import type { SameUser } from './link/links.ts'
import { createLogger, LOG_LEVELS } from './log.ts'
import type { Logger, LogLevel } from './log.ts'
import { createPinoLogger, fromPino, isPino } from './pino-log.ts'
import type { AnyRoomType } from './room/ports.ts'
import type { RandomBytes } from './secrets.ts'
import { trustedProxies } from './transport/client-address.ts'
import type { IsTrusted } from './transport/client-address.ts'

/** What `createGameServer` takes. Only `rooms` is needed. */
export interface GameServerOptions {
  /** What can be played here: room types made with `defineRoom`, one per game. */
  readonly rooms: readonly AnyRoomType[]
  /** Where players queue for matches: made with `hostQueue`. */
  readonly queues?: readonly HostedQueue[]
  /** 0 to 65535, 0 for any free one (default 2567). Not with `httpServer`. */
  readonly port?: number
  /** The address to listen on (default: all of this machine). Not with `httpServer`. */
  readonly host?: string
  /** Attaches to this server instead of opening a port; it stays the caller's, and is not closed. */
  readonly httpServer?: HttpServer | HttpsServer
  /** Where on the HTTP server (default `/tickwire`). */
  readonly path?: string
  /** Origins whose pages may connect, besides the server's own: `['https://game.example']`, or `['*']` for all. */
  readonly allowedOrigins?: readonly string[]
  /**
   * Proxies in front of this server, as addresses and networks (`['10.0.0.0/8']`, default none): of them `X-Forwarded-For` is
   * believed, and limits per address count the clients behind them.
   */
  readonly trustedProxies?: readonly string[]
  /**
   * How often a player may send each message or request, per second and by name: `{ chat: 2 }`. Default for the others:
   * `limits.messagesPerSecondPerKind`.
   */
  readonly messageRates?: Readonly<Record<string, number>>
  /** Who a client is (default: everybody is anonymous). */
  readonly authenticate?: Authenticate
  /**
   * What becomes of a user who connects a second time, say in another tab: both play (`'allow'`, the default), the first link ends as
   * `replaced`, or the second one is refused as `auth-failed` while the first is online. A tab that comes back by its
   * resume token is not a second one. Only users that `authenticate` names can be told apart.
   */
  readonly sameUser?: SameUser
  /** Where rooms are found (default: in this process). */
  readonly directory?: Directory
  /** Changes to the limits; see `ServerLimits`. */
  readonly limits?: Partial<ServerLimits>
  /**
   * How much is logged (default `'info'`): as text to a terminal, else as lines of JSON by pino. Or who logs it: a pino of yours, or
   * anything with the four methods.
   */
  readonly log?: LogLevel | Logger | Pino
  /**
   * Stop gracefully at SIGTERM and SIGINT. Default: true where the server has its own port and runs in the main thread; with an
   * `httpServer` the process is the caller's, and so are its signals.
   */
  readonly signals?: boolean
  /**
   * How long SIGTERM lets seats go on before it ends them, in ms (default 5000; 0 under `node --watch`, which sends one at every
   * edit); SIGINT does not wait. See `drain`.
   */
  readonly drainGraceMs?: number
  /** Who may use the HTTP API, and from where. */
  readonly http?: HttpOptions
  /** For tests: time, and both kinds of randomness. */
  readonly clock?: Clock
  readonly random?: () => number
  readonly randomBytes?: RandomBytes
}

/** The options with their defaults, as far as they do not depend on the platform. */
export interface CheckedOptions {
  readonly port: number
  readonly path: string
  readonly allowedOrigins: readonly string[]
  readonly isTrustedProxy: IsTrusted
  readonly messageRates: Readonly<Record<string, number>>
  readonly drainGraceMs: number
  readonly limits: ServerLimits
  readonly log: Logger
}

const NAMES: readonly string[] = [
  'rooms',
  'queues',
  'port',
  'host',
  'httpServer',
  'path',
  'allowedOrigins',
  'trustedProxies',
  'messageRates',
  'authenticate',
  'sameUser',
  'directory',
  'limits',
  'log',
  'signals',
  'drainGraceMs',
  'http',
  'clock',
  'random',
  'randomBytes',
]
const DEFAULT_PORT = 2567
const DEFAULT_PATH = '/tickwire'
/** Shorter than what process managers wait before they kill: 30 s in Kubernetes, 10 s in Docker are for all of the stop. */
export const DEFAULT_GRACE_MS = 5000

/**
 * @param isWatched whether the process starts again at every edit
 * @throws ConfigError naming the option that cannot work
 */
export function checkOptions(options: GameServerOptions, isWatched: boolean): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw new ConfigError('createGameServer', 'an object', options)
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) throw new ConfigError('createGameServer', `options ${NAMES.join(', ')}`, name)
  }
  const { httpServer, host, authenticate, signals } = options
  if (httpServer !== undefined) {
    if (options.port !== undefined) throw new ConfigError('port', 'no port beside httpServer', options.port)
    if (host !== undefined) throw new ConfigError('host', 'no host beside httpServer', host)
    if (typeof httpServer?.on !== 'function') throw new ConfigError('httpServer', 'a server of node:http', httpServer)
  }
  if (host !== undefined && typeof host !== 'string') throw new ConfigError('host', 'an address', host)
  if (authenticate !== undefined && typeof authenticate !== 'function') {
    throw new ConfigError('authenticate', 'a function (ticket, peer) => user', authenticate)
  }
  if (options.sameUser !== undefined && !SAME_USER.includes(options.sameUser)) {
    throw new ConfigError('sameUser', `one of ${SAME_USER.join(', ')}`, options.sameUser)
  }
  if (signals !== undefined && typeof signals !== 'boolean') throw new ConfigError('signals', 'true or false', signals)
  return {
    port: checkPort(options.port ?? DEFAULT_PORT),
    path: checkPath(options.path ?? DEFAULT_PATH),
    allowedOrigins: (options.allowedOrigins ?? []).map(checkOrigin),
    isTrustedProxy: trustedProxies(options.trustedProxies ?? []),
    messageRates: checkRates(options.messageRates ?? {}, options.rooms),
    drainGraceMs: checkGrace(options.drainGraceMs ?? (isWatched ? 0 : DEFAULT_GRACE_MS)),
    limits: serverLimits(options.limits),
    log: checkLog(options.log ?? 'info'),
  }
}

function checkRates(
  rates: Readonly<Record<string, number>>,
  rooms: readonly AnyRoomType[],
): Readonly<Record<string, number>> {
  for (const [name, perSecond] of Object.entries(rates)) {
    if (!(perSecond > 0)) throw new ConfigError(`messageRates.${name}`, 'a number above 0, per second', perSecond)
    const known = ratedNames(rooms)
    // Misspelt, a message would be without the rate that somebody thought it has.
    if (!known.includes(name)) throw new ConfigError('messageRates', `names of messages: ${known.join(', ')}`, name)
  }
  return rates
}

/** What clients may send: the messages and requests of all games, and the requests of the lobby. */
function ratedNames(rooms: readonly AnyRoomType[]): string[] {
  return [LOBBY, ...rooms.map(({ game }) => game.schema)].flatMap(({ messages, requests }) => [
    ...Object.keys(messages).filter((name) => messages[name]?.toServer !== undefined),
    ...Object.keys(requests).filter((name) => requests[name]?.to !== 'client'),
  ])
}

/** @throws ConfigError for a time that is none */
export function checkGrace(graceMs: number): number {
  if (Number.isFinite(graceMs) && graceMs >= 0) return graceMs
  throw new ConfigError('graceMs', 'milliseconds, 0 and up', graceMs)
}

/** @throws ConfigError for an address that no client could connect to */
export function checkComeBackTo(address: string): void {
  const isAddress = address === '' || address.startsWith('/') || /^(wss?|https?):\/\//.test(address)
  if (isAddress && Buffer.byteLength(address) <= LIMITS.maxUrlBytes) return
  throw new ConfigError('comeBackTo', "an address such as 'wss://play.example'", address)
}

function checkPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ConfigError('port', 'a whole number from 0 to 65535', port)
}

function checkPath(path: string): string {
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return path
  throw new ConfigError('path', 'a path like /tickwire', path)
}

function checkOrigin(origin: string): string {
  if (origin === '*') return origin
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin
  if (!isOrigin) throw new ConfigError('allowedOrigins', "origins like 'https://game.example', or '*'", origin)
  return origin
}

function checkLog(log: LogLevel | Logger | Pino): Logger {
  if (isLogger(log)) return isPino(log) ? fromPino(log) : log
  // People read lines, machines read JSON.
  if (LOG_LEVELS.includes(log)) {
    return process.stderr.isTTY ? createLogger(log) : createPinoLogger(log)
  }
  throw new ConfigError('log', `a logger with error, warn, info and debug, or one of ${LOG_LEVELS.join(', ')}`, log)
}

/** All of it: what is missing would be noticed when the first connection closes, and end the process. */
function isLogger(log: unknown): log is Logger | Pino {
  if (typeof log !== 'object' || log === null) return false
  return ['error', 'warn', 'info', 'debug'].every((level) => typeof Reflect.get(log, level) === 'function')
}
