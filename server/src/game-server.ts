import { createServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { composeServer } from './composition.ts'
import type { Composition, GameServerStats } from './composition.ts'
import { listenError } from './errors.ts'
import { checkOptions } from './options.ts'
import type { CheckedOptions, GameServerOptions } from './options.ts'
import { realClock, realRandom, realRandomBytes, realYieldToIo } from './real-clock.ts'
import { createRoomMaker } from './room/room-maker.ts'
import { stopOnSignal } from './signals.ts'
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
  /** Stops gracefully: tells clients, ends links and rooms, closes the port. Resolves when all is over; may be called twice. */
  close(): Promise<void>
}

/**
 * Starts a server for the given rooms, on a port of its own or on an existing HTTP server.
 *
 * @example const server = await createGameServer({ port: 2567, rooms: [arenaRoom] })
 * @throws ConfigError at once, when an option cannot work; as a rejection, when the port is taken
 */
export function createGameServer(options: GameServerOptions): Promise<GameServer> {
  const checked = checkOptions(options)
  const composition = composeServer({
    rooms: options.rooms,
    createRoomMaker,
    directory: options.directory ?? null,
    authenticate: options.authenticate ?? null,
    limits: checked.limits,
    clock: options.clock ?? realClock,
    random: options.random ?? realRandom,
    randomBytes: options.randomBytes ?? realRandomBytes,
    log: checked.log,
    // A test's clock would wait for ever for what happens outside of it.
    ...(options.clock === undefined && { yieldToIo: realYieldToIo }),
  })
  return start(options, checked, composition)
}

async function start(
  options: GameServerOptions,
  { port, path, allowedOrigins, limits, log }: CheckedOptions,
  composition: Composition,
): Promise<GameServer> {
  const own = options.httpServer === undefined ? createServer(refuseRequest) : null
  const httpServer = own ?? options.httpServer!
  const { maxClientMessageBytes } = limits
  const { accept } = composition
  const listener = attachWebSockets({ httpServer, path, allowedOrigins, accept, maxClientMessageBytes })
  if (own !== null) {
    try {
      await listen(own, port, options.host)
    } catch (error) {
      await composition.close()
      throw error
    }
  }
  // A port of our own is known for good; a server of the caller's may begin to listen later.
  const bound = own === null ? null : addressOf(own)
  const address = (): AddressInfo | null => bound ?? addressOf(httpServer)
  const isSecure = options.httpServer !== undefined && 'setSecureContext' in options.httpServer
  const url = (): string => urlOf(address(), isSecure, options.host, path)
  const close = once(async () => {
    stopListening()
    await listener.close()
    await composition.close()
    if (own !== null) await closeHttp(own)
    log.info('server stopped')
  })
  const mayHandleSignals = options.signals ?? (own !== null && isMainThread)
  const stopListening = mayHandleSignals ? stopOnSignal(process, close) : () => {}
  log.info(`server ready at ${url()}`)
  return {
    get url() {
      return url()
    },
    get port() {
      return address()?.port ?? 0
    },
    get rooms() {
      return composition.stats.rooms
    },
    get stats() {
      return composition.stats
    },
    close,
  }
}

/** On a port of our own there is nothing to see: it takes WebSockets only. */
const refuseRequest: Parameters<typeof createServer>[1] = (_request, response) => {
  response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' }).end('This is a game server.\n')
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

async function closeHttp(httpServer: HttpServer): Promise<void> {
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

function once(fn: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= fn())
}
