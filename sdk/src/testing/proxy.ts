import { ConfigError } from '@tickwire/protocol'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { ImpairedNetwork } from '../impair/impaired-network.ts'
import { checkImpairment } from '../impair/impairment.ts'
import type { Impairment } from '../impair/impairment.ts'
import { realClock, realRandom } from '../real-clock.ts'
import { ProxiedConnection } from './proxied-connection.ts'

export interface ProxyOptions {
  /** The server behind: `'ws://localhost:2567'`, `'http://…'`, or `'tcp://host:port'` for anything else on TCP. */
  readonly target: string
  /** Where the proxy listens, on 127.0.0.1; default 0: any free port. */
  readonly port?: number
  /** The network at the start; default a perfect one. `reorder` is for datagrams: TCP never reorders. */
  readonly impair?: Impairment
  /** Bytes that may wait for bandwidth per connection and direction (default 65 536); then the sender has to wait. */
  readonly maxQueueBytes?: number
  readonly clock?: Clock
  /** Draws from [0, 1); a seeded one draws the same jitter and losses again. */
  readonly random?: () => number
}

/** One client's connection through the proxy. */
export interface ProxyConnection {
  /** Bytes that reached the server. */
  readonly bytesUp: number
  /** Bytes that reached the client. */
  readonly bytesDown: number
  /** Resets both ends at once, as a lost network does; what was under way is lost. */
  cut(): void
}

/** Sums over all connections since the start, those that ended too. */
export interface ProxyCounts {
  readonly opened: number
  /** Of these, how many are open now. */
  readonly open: number
  /** Connections that came while `accepting` was false. */
  readonly refused: number
  readonly cut: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** Packets that came late because the network lost them first. */
  readonly lostPackets: number
}

export interface Proxy {
  /** The target's address with the proxy's host and port: what the client is given. */
  readonly url: string
  readonly port: number
  readonly counts: ProxyCounts
  /** Those that are open, the oldest first. */
  readonly connections: readonly ProxyConnection[]
  /** While false, new connections are reset at once: the server looks dead. Those that are open stay. */
  accepting: boolean
  /** Changes the network for open connections and later ones. @throws ConfigError that says which part is wrong */
  impair(impairment: Impairment): void
  /** Nothing arrives either way for `forMs` from now, then all at once. `Infinity`: a black hole until `heal`. */
  stall(forMs: number): void
  /** Ends what `stall` began. */
  heal(): void
  cutAll(): void
  /** Cuts one open connection by lot; false if there was none. */
  cutRandom(): boolean
  /** Cuts everything and stops listening. */
  close(): Promise<void>
}

/**
 * A TCP proxy that makes the network between any client and any server as bad as you ask, also while it is used: browsers,
 * bots and whatever else speaks TCP or WebSocket. Bytes arrive in order and whole, only later.
 *
 *     const proxy = await createProxy({ target: 'ws://localhost:2567', impair: { latencyMs: 75, jitterMs: 30 } })
 *     const client = createClient(proxy.url)
 *     proxy.cutAll()
 *
 * @throws ConfigError for an option that cannot be, and for a port that is taken
 */
export async function createProxy(options: ProxyOptions): Promise<Proxy> {
  const proxy = new TcpProxy(options)
  await proxy.listen(options.port ?? 0)
  return proxy
}

const DEFAULT_QUEUE_BYTES = 65_536
const DEFAULT_PORTS: Readonly<Record<string, number | null>> = {
  'ws:': 80,
  'http:': 80,
  'wss:': 443,
  'https:': 443,
  'tcp:': null,
}
const HOST = '127.0.0.1'

class TcpProxy implements Proxy {
  accepting = true
  url = ''
  port = 0
  private readonly options: ProxyOptions
  private readonly target: URL
  private readonly targetPort: number
  private readonly server: Server
  private readonly network: ImpairedNetwork<ProxiedConnection>
  private readonly clock: Clock
  private readonly ended = { opened: 0, refused: 0, cut: 0, bytesUp: 0, bytesDown: 0, lostPackets: 0 }

  constructor(options: ProxyOptions) {
    this.options = options
    this.clock = options.clock ?? realClock
    this.network = new ImpairedNetwork(this.clock, checkedForTcp(options.impair ?? {}))
    const { maxQueueBytes = DEFAULT_QUEUE_BYTES } = options
    if (!(maxQueueBytes >= 1)) throw new ConfigError('maxQueueBytes', 'a number >= 1', maxQueueBytes)
    ;({ url: this.target, port: this.targetPort } = parseTarget(options.target))
    this.server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (near) =>
      this.accept(near),
    )
  }

  get connections(): readonly ProxyConnection[] {
    return [...this.network.open]
  }

  get counts(): ProxyCounts {
    const { open } = this.network
    const counts = { ...this.ended, open: open.size }
    for (const connection of open) addTraffic(counts, connection)
    return counts
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', ({ message }) => reject(new ConfigError('port', 'a free port', port, message)))
      this.server.listen(port, HOST, () => {
        this.port = (this.server.address() as AddressInfo).port
        const { protocol, pathname, search } = this.target
        this.url = `${protocol}//${HOST}:${this.port}${pathname}${search}`
        resolve()
      })
    })
  }

  impair(impairment: Impairment): void {
    this.network.set(checkedForTcp(impairment))
  }

  stall(forMs: number): void {
    this.network.stall(forMs)
  }

  heal(): void {
    this.network.heal()
  }

  cutAll(): void {
    this.network.cut()
  }

  cutRandom(): boolean {
    const { random = realRandom } = this.options
    const { open } = this.network
    const chosen = [...open][Math.floor(random() * open.size)]
    chosen?.cut()
    return chosen !== undefined
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      for (const connection of this.network.open) connection.destroy()
    })
  }

  private accept(near: Socket): void {
    if (!this.accepting) {
      this.ended.refused++
      near.resetAndDestroy()
      return
    }
    this.ended.opened++
    const { random = realRandom, maxQueueBytes = DEFAULT_QUEUE_BYTES } = this.options
    const opened = new ProxiedConnection({
      near,
      target: { host: this.target.hostname.replace(/^\[|\]$/g, ''), port: this.targetPort },
      maxQueueBytes,
      clock: this.clock,
      random,
      onCut: () => this.ended.cut++,
      onClosed: (connection) => {
        this.network.delete(connection)
        addTraffic(this.ended, connection)
      },
    })
    this.network.add(opened)
    opened.open()
  }
}

type Traffic = Pick<ProxyCounts, 'bytesUp' | 'bytesDown' | 'lostPackets'>

function addTraffic(
  sums: { -readonly [K in keyof Traffic]: number },
  { bytesUp, bytesDown, lostPackets }: Traffic,
): void {
  sums.bytesUp += bytesUp
  sums.bytesDown += bytesDown
  sums.lostPackets += lostPackets
}

function checkedForTcp(impairment: Impairment): Impairment {
  checkImpairment('impair', impairment)
  if (impairment.reorder === true) {
    throw new ConfigError('impair.reorder', 'false: TCP delivers in order, so nothing behind it sees any other', true)
  }
  return impairment
}

function parseTarget(target: string): { url: URL; port: number } {
  const url = URL.canParse(target) ? new URL(target) : null
  const defaultPort = url === null ? undefined : DEFAULT_PORTS[url.protocol]
  const port = url?.port === '' ? defaultPort : Number(url?.port)
  if (url === null || defaultPort === undefined || port === null || port === undefined) {
    throw new ConfigError('target', "an address such as 'ws://localhost:2567' or 'tcp://localhost:5432'", target)
  }
  return { url, port }
}
