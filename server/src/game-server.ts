import { createServer } from 'node:http'
import type { Server as HttpServer, ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { composeServer } from './composition.ts'
import type { Composition, GameServerStats } from './composition.ts'
import { listenError } from './errors.ts'
import { Metrics } from './http/metrics.ts'
import { mountApi } from './http/mount.ts'
import type { HttpHandler } from './http/mount.ts'
import type { ServerLimits } from './limits.ts'
import { quote } from './log.ts'
import type { Logger } from './log.ts'
import { checkComeBackTo, checkGrace, checkOptions, DEFAULT_GRACE_MS } from './options.ts'
import type { CheckedOptions, GameServerOptions } from './options.ts'
import { realClock, realRandom, realRandomBytes, realScrypt, realWallClockMs, realYieldToIo } from './real-clock.ts'
import { createRoomMaker } from './room/room-maker.ts'
import { stopOnSignal } from './signals.ts'
import type { Listener } from './transport/transport.ts'
import { attachWebSockets } from './transport/ws.ts'

/** A running game server. */
export interface GameServer {
  /** Where clients connect: `ws://localhost:2567/tickwire`. With a server of the caller's that does not listen yet: the path. */
  readonly url: string
  /** 0 with a server of the caller's that does not listen yet. */
  readonly port: number
  /** How many rooms are open. */
  readonly rooms: number
  readonly stats: GameServerStats
  /**
   * Answers `/health`, `/ready`, `/metrics`, `/openapi.json`, `/admin` and `/api/...`; on a port of its own the server does so itself.
   * On yours: `httpServer.on('request', (request, response) => server.http(request, response, () => page(request, response)))`.
   */
  readonly http: HttpHandler
  /** Whether new players are taken, for a health endpoint: false from `drain` or `close` on. */
  readonly ready: boolean
  /**
   * Stops without cutting a round short: takes no new seats (joins are refused as `server-draining`), waits until the held ones
   * have ended, at most `graceMs` (0 and up, default 5000), and closes: whoever is left is told when and where to come back.
   * Rooms hear of it in `onDrain`.
   * @throws ConfigError for a time or an address that is none
   */
  drain(options?: DrainOptions): Promise<void>
  /** Stops gracefully: tells clients, ends links and rooms, closes the port. Resolves when all is over; may be called twice. */
  close(): Promise<void>
}

export interface DrainOptions {
  /** How long seats may go on, in ms. */
  readonly graceMs?: number
  /** Where clients go then: the address of another server, as `createClient` takes it (default: back to this one). */
  readonly comeBackTo?: string
}

/**
 * Starts a server for the given rooms, on a port of its own or on an existing HTTP server.
 *
 * @example const server = await createGameServer({ port: 2567, rooms: [arenaRoom] })
 * @throws ConfigError at once, when an option cannot work; as a rejection, when the port is taken
 */
export function createGameServer(options: GameServerOptions): Promise<GameServer> {
  const checked = checkOptions(options, isWatched())
  const metrics = new Metrics(() => composition.metricsSource)
  const composition: Composition = composeServer({
    rooms: options.rooms,
    queues: options.queues ?? [],
    createRoomMaker,
    directory: options.directory ?? null,
    authenticate: options.authenticate ?? null,
    limits: checked.limits,
    messageRates: checked.messageRates,
    ...(options.sameUser !== undefined && { sameUser: options.sameUser }),
    clock: options.clock ?? realClock,
    random: options.random ?? realRandom,
    randomBytes: options.randomBytes ?? realRandomBytes,
    scrypt: realScrypt,
    log: checked.log,
    observeTick: metrics.observeTick,
    // A test's clock would wait for ever for what happens outside of it.
    ...(options.clock === undefined && { yieldToIo: realYieldToIo }),
  })
  return start(options, checked, composition, metrics)
}

/** Node tells the processes of its watch mode by this variable. */
const isWatched = (): boolean => process.env['WATCH_REPORT_DEPENDENCIES'] !== undefined

async function start(
  options: GameServerOptions,
  { port, path, allowedOrigins, isTrustedProxy, drainGraceMs, limits, log }: CheckedOptions,
  composition: Composition,
  metrics: Metrics,
): Promise<GameServer> {
  const clock = options.clock ?? realClock
  const http = mountApi(
    options.http ?? {},
    {
      operations: composition.operations,
      metrics,
      reportError: (where, error) => log.error(where, error),
      setTimer: (fn, delayMs) => clock.setTimer(fn, delayMs),
    },
    realWallClockMs,
  )
  const own = options.httpServer === undefined ? createServer(httpLimits(limits), http) : null
  const httpServer = own ?? options.httpServer!
  const { maxClientMessageBytes } = limits
  const { accept } = composition
  const onElsewhere = (asked: string): void =>
    log.info(`connection to ${quote(asked)} refused: the game is at ${path}, where clients go by default`)
  const listener = attachWebSockets({
    httpServer,
    path,
    allowedOrigins,
    isTrustedProxy,
    accept,
    onElsewhere,
    maxClientMessageBytes,
  })
  try {
    if (own !== null) await listen(own, port, options.host)
  } catch (error) {
    await composition.close()
    throw error
  }
  const isSecure = 'setSecureContext' in httpServer
  const place = { httpServer, isOwn: own !== null, isSecure, host: options.host, path }
  const server = new RunningServer(place, composition, listener, http, log)
  if (options.signals ?? (own !== null && isMainThread)) server.stopAtSignals(drainGraceMs)
  log.info(`server ready at ${server.url}`)
  return server
}

interface Place {
  readonly httpServer: NonNullable<GameServerOptions['httpServer']>
  readonly isOwn: boolean
  readonly isSecure: boolean
  readonly host: string | undefined
  readonly path: string
}

class RunningServer implements GameServer {
  private readonly place: Place
  private readonly composition: Composition
  private readonly listener: Listener
  /** Answers requests on a server of the caller's. */
  readonly http: HttpHandler
  private readonly log: Logger
  /** Null on a server of the caller's, which may begin to listen later. */
  private readonly address: AddressInfo | null
  private closing: Promise<void> | null = null
  private stopListening: () => void = () => {}

  constructor(place: Place, composition: Composition, listener: Listener, http: HttpHandler, log: Logger) {
    this.place = place
    this.composition = composition
    this.listener = listener
    this.http = http
    this.log = log
    // Kept, because a port that was closed has no number any more.
    this.address = place.isOwn ? addressOf(place.httpServer) : null
    // A caller who closes its HTTP server would wait for ever for our timers.
    place.httpServer.on('close', this.onHttpClose)
  }

  get url(): string {
    const { isSecure, host, path } = this.place
    return urlOf(this.address ?? addressOf(this.place.httpServer), isSecure, host, path)
  }

  get port(): number {
    return (this.address ?? addressOf(this.place.httpServer))?.port ?? 0
  }

  get rooms(): number {
    return this.composition.stats.rooms
  }

  get stats(): GameServerStats {
    return this.composition.stats
  }

  get ready(): boolean {
    return this.closing === null && this.composition.isReady
  }

  stopAtSignals(graceMs: number): void {
    // A deploy says SIGTERM and waits; a person at a keyboard says SIGINT and does not.
    const stop = (signal: string): Promise<void> => (signal === 'SIGTERM' ? this.drain({ graceMs }) : this.close())
    this.stopListening = stopOnSignal(process, stop)
  }

  async drain({ graceMs = DEFAULT_GRACE_MS, comeBackTo = '' }: DrainOptions = {}): Promise<void> {
    checkGrace(graceMs)
    checkComeBackTo(comeBackTo)
    this.log.info(`server drains, for at most ${graceMs} ms`)
    await this.composition.drain(graceMs, comeBackTo)
    await this.close()
  }

  // A field, so that it can be handed out as it is.
  readonly close = (): Promise<void> => (this.closing ??= this.stop())

  private readonly onHttpClose = (): void => void this.close()

  private async stop(): Promise<void> {
    const { httpServer, isOwn } = this.place
    this.stopListening()
    httpServer.off('close', this.onHttpClose)
    await this.listener.close()
    await this.composition.close()
    if (isOwn) await closeHttp(httpServer)
    this.log.info('server stopped')
  }
}

/** Who sends its request byte by byte, or none at all, holds a socket no longer than one who does not say hello. */
function httpLimits({ handshakeTimeoutMs }: ServerLimits): ServerOptions {
  const connectionsCheckingInterval = Math.min(1000, handshakeTimeoutMs)
  return { headersTimeout: handshakeTimeoutMs, requestTimeout: handshakeTimeoutMs, connectionsCheckingInterval }
}

function listen(httpServer: HttpServer, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(listenError(error, host, port))
    httpServer.once('error', onError)
    httpServer.listen(port, host, () => {
      httpServer.off('error', onError)
      resolve()
    })
  })
}

async function closeHttp(httpServer: Place['httpServer']): Promise<void> {
  const closed = new Promise<void>((resolve) => httpServer.close(() => resolve()))
  httpServer.closeAllConnections()
  await closed
}

/** Null while it does not listen; a server on a pipe has no port, and its path is all there is to tell. */
function addressOf(server: { address(): AddressInfo | string | null }): AddressInfo | null {
  const address = server.address()
  return typeof address === 'string' ? null : address
}

/** An address that listens everywhere is shown as this machine. */
function urlOf(address: AddressInfo | null, isSecure: boolean, host: string | undefined, path: string): string {
  if (address === null) return path
  const isAnywhere = host === undefined || host === '0.0.0.0' || host === '::' || host === '127.0.0.1'
  const name = isAnywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${isSecure ? 'wss' : 'ws'}://${name}:${address.port}${path}`
}
