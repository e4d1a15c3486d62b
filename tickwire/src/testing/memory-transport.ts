import type { Clock } from '@tickwire/sdk'
import type { Connect, Transport as ClientTransport, TransportHandlers as ClientHandlers } from '@tickwire/sdk/internal'
import type {
  Accept,
  Peer,
  SendResult,
  Transport as ServerTransport,
  TransportHandlers as ServerHandlers,
} from '@tickwire/server/internal'
export interface MemoryConnectOptions {
  readonly clock: Clock
  /** Who listens at an address; null: nobody, and the attempt ends with 1006. */
  readonly find: (url: string) => Accept | null
  /** Packets of inputs alone, and of a snapshot alone, may be lost on what is put in front (default: all arrive). */
  readonly isDatagram?: boolean
  /** What the server is told of the client. */
  readonly peer?: Partial<Peer>
}

/** Connects to servers in the same process. */
export interface MemoryConnect extends Connect {
  /** Breaks all open connections at once, as a pulled cable does: both ends see 1006, what was on its way is lost. */
  cut(): void
  /** How many connections are not over. */
  readonly openCount: number
}

const ABNORMAL = 1006
/** What bytes turn into once their receiver has returned: whoever keeps them finds out. */
const STALE = 0xdd

/**
 * A client's way to servers in the same process, at the `Transport` seam: no sockets, no frames, no real time. Packets are
 * copied and arrive in order in a later timer of the same moment. Put `impairConnect` in front for a bad network.
 */
export function createMemoryConnect(options: MemoryConnectOptions): MemoryConnect {
  const pairs = new Set<MemoryPair>()
  const connect: Connect = (url, handlers) => {
    const pair = new MemoryPair(url, handlers, options, () => pairs.delete(pair))
    pairs.add(pair)
    return pair.client
  }
  const controls = {
    cut: (): void => {
      for (const pair of Array.from(pairs)) pair.cut()
    },
    get openCount(): number {
      return pairs.size
    },
  }
  // Not Object.assign: it would call the getter once and keep the answer.
  return Object.defineProperties(connect, Object.getOwnPropertyDescriptors(controls)) as MemoryConnect
}

type Phase = 'connecting' | 'open' | 'closing' | 'over'

class MemoryPair {
  readonly client: ClientTransport
  private readonly server: ServerTransport
  private readonly clientHandlers: ClientHandlers
  private serverHandlers: ServerHandlers | null = null
  private readonly clock: Clock
  private readonly onOver: () => void
  private phase: Phase = 'connecting'
  private isServerTold = false

  constructor(url: string, handlers: ClientHandlers, options: MemoryConnectOptions, onOver: () => void) {
    const { clock, find, peer, isDatagram = false } = options
    this.clientHandlers = handlers
    this.clock = clock
    this.onOver = onOver
    this.client = {
      losesInputs: isDatagram,
      bufferedBytes: 0,
      send: (bytes) => void this.deliver(bytes, (copy) => this.serverHandlers?.onReceive(copy)),
      close: (code, reason) => this.closeFromClient(code, reason),
    }
    this.server = {
      losesSnapshots: isDatagram,
      bufferedBytes: 0,
      send: (bytes) => this.deliver(bytes, (copy) => this.clientHandlers.onReceive(copy)),
      close: (code, reason) => this.closeFromServer(code, reason),
      terminate: () => this.cut(),
      peer: { ip: '127.0.0.1', origin: null, originAllowed: true, ...peer },
    }
    this.later(() => this.accept(find(url)))
  }

  cut(): void {
    if (this.phase === 'over') return
    this.phase = 'over'
    this.clock.setTimer(() => {
      this.tellServer(ABNORMAL, '')
      this.end(ABNORMAL, '')
    }, 0)
  }

  private accept(accept: Accept | null): void {
    if (accept === null) {
      this.cut()
      return
    }
    this.phase = 'open'
    // First: a server that refuses closes at once, and a client sees the opening before the close.
    this.later(() => this.clientHandlers.onOpen())
    this.serverHandlers = accept(this.server)
  }

  private deliver(bytes: Uint8Array, receive: (copy: Uint8Array) => void): SendResult {
    if (this.phase !== 'open') return 'closed'
    const copy = bytes.slice()
    this.later(() => {
      receive(copy)
      copy.fill(STALE)
    })
    return 'sent'
  }

  private closeFromClient(code: number, reason: string): void {
    if (this.phase === 'connecting') this.cut()
    if (this.phase !== 'open') return
    this.phase = 'closing'
    this.later(() => {
      this.tellServer(code, reason)
      this.later(() => this.end(code, reason))
    })
  }

  private closeFromServer(code: number, reason: string): void {
    if (this.phase !== 'open') return
    this.phase = 'closing'
    this.later(() => {
      this.end(code, reason)
      this.clock.setTimer(() => this.tellServer(code, reason), 0)
    })
  }

  /** A step of its own, in order, unless the connection is over by then. */
  private later(step: () => void): void {
    this.clock.setTimer(() => {
      if (this.phase !== 'over') step()
    }, 0)
  }

  private tellServer(code: number, reason: string): void {
    if (this.isServerTold) return
    this.isServerTold = true
    this.serverHandlers?.onClose(code, reason)
  }

  private end(code: number, reason: string): void {
    this.phase = 'over'
    this.onOver()
    this.clientHandlers.onClose(code, reason)
  }
}
