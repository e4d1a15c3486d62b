import type { Random } from '@tickwire/protocol'
import type { Client, TokenStorage, Impairment } from '@tickwire/sdk'
import { webSocketConnect, createClientWith, impairConnect, loadWhole, openJoinedRoom } from '@tickwire/sdk/internal'
import type { Connect, Transport, TransportHandlers, ImpairmentControls } from '@tickwire/sdk/internal'
import { createLogger } from '@tickwire/server'
import type { Authenticate, Directory, HostedQueue, ServerLimits } from '@tickwire/server'
import { composeServer, serverLimits, createRoomMaker, attachWebSockets } from '@tickwire/server/internal'
import type { Composition, AnyRoomType, Accept, Listener } from '@tickwire/server/internal'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { quickScrypt } from './quick-scrypt.ts'
import { createDuplexNetwork } from './duplex-pair.ts'
import type { FakeClock } from './fake-clock.ts'
import { createMemoryConnect } from './memory-transport.ts'

export type Seam = 'transport' | 'datagram' | 'ws'

/** What a server is started with, as `createGameServer` takes it. */
export interface ServerParts {
  readonly rooms: readonly AnyRoomType[]
  readonly queues?: readonly HostedQueue[]
  readonly directory?: Directory
  readonly authenticate?: Authenticate
  readonly limits?: Partial<ServerLimits>
}

export interface EndsOptions {
  readonly seam: Seam
  readonly clock: FakeClock
  readonly random: Random
}

export interface ClientOptions {
  readonly storage: TokenStorage
  readonly impairment: Impairment
  readonly onSend: (packet: Uint8Array) => void
  readonly onReceive: (packet: Uint8Array) => void
  readonly ticket?: string
  readonly through?: (connect: Connect) => Connect
  /** How fast its clock runs against the server's. */
  readonly clockRate?: number
  /** Timers fire only at multiples of this, as in a tab that nobody looks at; 0: when they are due. */
  readonly timerGridMs?: () => number
}

type ClientClock = Pick<FakeClock, 'nowMs' | 'setTimer'>

/** A server at an address that only this process knows. */
interface Host {
  readonly accept: Accept
  readonly http: Server
  readonly listener: Listener
  readonly composition: Composition
}

const PATH = '/tickwire'

/** Puts real servers and real clients together at one of the two seams, on one clock. */
export class Ends {
  /** What servers logged and clients reported, a line each. */
  readonly log: string[] = []
  private readonly options: EndsOptions
  private readonly hosts = new Map<string, Host>()
  private clients = 0

  constructor(options: EndsOptions) {
    loadWhole()
    this.options = options
  }

  /** Starts a server and returns its address. */
  startServer({ rooms, queues = [], directory, authenticate, limits }: ServerParts): string {
    const { clock } = this.options
    const random = this.options.random.fork(`server ${this.hosts.size}`)
    const composition = composeServer({
      rooms,
      queues,
      createRoomMaker,
      directory: directory ?? null,
      authenticate: authenticate ?? null,
      limits: serverLimits(limits),
      clock,
      random: () => random.next(),
      randomBytes: bytesOf(random.fork('bytes')),
      scrypt: quickScrypt,
      log: createLogger('info', (line) => this.note(line)),
    })
    const url = `ws://server-${this.hosts.size + 1}.test${PATH}`
    const http = createServer()
    const listener = attachWebSockets({
      httpServer: http,
      path: PATH,
      allowedOrigins: [],
      accept: composition.accept,
      maxClientMessageBytes: serverLimits(limits).maxClientMessageBytes,
    })
    this.hosts.set(url, { accept: composition.accept, http, listener, composition })
    return url
  }

  /** A client of the first server, with a network of its own. */
  connectClient(options: ClientOptions): { readonly client: Client; readonly network: ImpairmentControls } {
    const random = this.options.random.fork(`client ${this.clients++}`)
    const { connect, network } = this.networkFor(options.impairment, random)
    const clock = throttled(runningAt(this.options.clock, options.clockRate ?? 1), options.timerGridMs)
    const [url] = this.hosts.keys()
    const client = createClientWith(url!, options, {
      connect: tapped(options.through?.(connect) ?? connect, options),
      clock,
      random: () => random.next(),
      randomBytes: bytesOf(random.fork('bytes')),
      schedule: queueMicrotask,
      storage: options.storage,
      page: null,
      pageUrl: null,
      report: (message, error) => this.note(`client: ${message} ${describe(error)}`.trim()),
      openRoom: openJoinedRoom,
    })
    return { client, network }
  }

  /** A connection to the first server without a client, for bytes that none of ours would send. */
  connectBare(handlers: TransportHandlers): Transport {
    const memory = createMemoryConnect({
      clock: this.options.clock,
      find: (url) => this.hosts.get(url)?.accept ?? null,
    })
    const [url] = this.hosts.keys()
    return memory(url!, handlers)
  }

  /** Lets promises and streams go on until nothing moves without time. */
  async settle(): Promise<void> {
    // One turn of the event loop runs all promises and `nextTick`s, however long their chains.
    await nextTurn()
    if (this.options.seam === 'ws') await nextTurn()
  }

  /** The first server's front door, for connections that no client makes. */
  get front(): Pick<Composition, 'accept' | 'stats'> {
    const [host] = this.hosts.values()
    return host!.composition
  }

  /** Drains the first server and closes it, as a deploy does. */
  async drain(graceMs: number): Promise<void> {
    const [host] = this.hosts.values()
    await host!.composition.drain(graceMs, '')
    await host!.composition.close()
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.hosts.values()].map(async ({ composition, listener }) => {
        await composition.close()
        await listener.close()
      }),
    )
  }

  private networkFor(impairment: Impairment, random: Random): { connect: Connect; network: ImpairmentControls } {
    const { clock, seam } = this.options
    const draw = (): number => random.next()
    if (seam === 'ws') {
      const find = (url: string): Server | null => this.hosts.get(url)?.http ?? null
      const network = createDuplexNetwork({ clock, random: draw, find, impairment })
      return { connect: webSocketConnect(network.WebSocket), network }
    }
    const find = (url: string): Accept | null => this.hosts.get(url)?.accept ?? null
    const memory = createMemoryConnect({ clock, find, isDatagram: seam === 'datagram' })
    const connect = impairConnect(memory, impairment, clock, draw)
    return { connect, network: connect }
  }

  private note(line: string): void {
    this.log.push(`${this.options.clock.nowMs().toFixed(1)} ${line}`)
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : ''
}

function bytesOf(random: Random): (length: number) => Uint8Array {
  return (length) => Uint8Array.from({ length }, () => random.int(0, 255))
}

/** The same moments on a clock that runs faster or slower. */
function runningAt(clock: FakeClock, rate: number): ClientClock {
  if (rate === 1) return clock
  return {
    nowMs: () => clock.nowMs() * rate,
    setTimer: (fn, delayMs) => clock.setTimer(fn, delayMs / rate),
  }
}

/** The same clock, whose timers may have to wait for the next time that the browser looks at them. */
function throttled(clock: ClientClock, gridMs: () => number = () => 0): ClientClock {
  return {
    nowMs: () => clock.nowMs(),
    setTimer(fn, delayMs) {
      const grid = gridMs()
      if (grid === 0) return clock.setTimer(fn, delayMs)
      const dueMs = Math.ceil((clock.nowMs() + delayMs) / grid) * grid
      return clock.setTimer(fn, dueMs - clock.nowMs())
    },
  }
}

function tapped(connect: Connect, { onSend, onReceive }: Pick<ClientOptions, 'onSend' | 'onReceive'>): Connect {
  return (url, handlers) => {
    const transport = connect(url, {
      onOpen: () => handlers.onOpen(),
      onReceive: (bytes) => {
        onReceive(bytes.slice())
        handlers.onReceive(bytes)
      },
      onClose: (code, reason) => handlers.onClose(code, reason),
    })
    return {
      // Known only once it is open.
      get losesInputs() {
        return transport.losesInputs === true
      },
      get bufferedBytes() {
        return transport.bufferedBytes
      },
      send: (bytes) => {
        onSend(bytes.slice())
        transport.send(bytes)
      },
      close: (code, reason) => transport.close(code, reason),
    }
  }
}
