import type { Clock, WebSocketConstructor, Impairment } from '@tickwire/sdk'
import { ImpairedNetwork, ImpairedPath } from '@tickwire/sdk/internal'
import type { Impaired, ImpairedLink, ImpairmentControls } from '@tickwire/sdk/internal'
import type { Server } from 'node:http'
import { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

export interface DuplexOptions {
  readonly clock: Clock
  /** Draws from [0, 1). */
  readonly random: () => number
  /** The server behind an address, which need not listen; null: nobody, the connection is refused. */
  readonly find: (url: string) => Server | null
  readonly impairment?: Impairment
  /** What the server takes for the client's address (default 127.0.0.1). */
  readonly remoteAddress?: string
}

/** One client's network at the second seam. */
export interface DuplexNetwork extends ImpairmentControls {
  /** A `WebSocket` constructor for `createClient`: that of ws, on a stream in memory. */
  readonly WebSocket: WebSocketConstructor
  readonly openCount: number
}

/**
 * Real `ws` on both ends, on streams in memory: handshake, frames, masks, pings and closing are those of production, only
 * the kernel is left out. The network is impaired below all of that, by bytes, so that a black hole swallows pongs too.
 */
export function createDuplexNetwork(options: DuplexOptions): DuplexNetwork {
  const network = new ImpairedNetwork<DuplexPair>(options.clock, options.impairment ?? {})
  const dial = (url: string): Duplex => {
    const pair = new DuplexPair(options, () => network.delete(pair))
    network.add(pair)
    pair.connect(options.find(url))
    return pair.client
  }
  return {
    WebSocket: socketsOver(dial),
    get openCount() {
      return network.open.size
    },
    set: (next) => network.set(next),
    stall: (forMs) => network.stall(forMs),
    heal: () => network.heal(),
    cut: () => network.cut(),
  }
}

function socketsOver(dial: (url: string) => Duplex): WebSocketConstructor {
  return class MemoryWebSocket extends WebSocket {
    constructor(url: string) {
      super(url, { createConnection: () => dial(url), perMessageDeflate: false })
    }
  }
}

class DuplexPair implements Impaired {
  readonly path: ImpairedPath
  readonly client: DuplexEnd
  private readonly server: DuplexEnd
  private readonly onOver: () => void

  constructor({ clock, random, remoteAddress = '127.0.0.1' }: DuplexOptions, onOver: () => void) {
    this.onOver = onOver
    this.path = new ImpairedPath(clock, random, () => this.cut())
    this.client = new DuplexEnd(this.path.up, '127.0.0.1')
    this.server = new DuplexEnd(this.path.down, remoteAddress)
    this.client.other = this.server
    this.server.other = this.client
    for (const end of [this.client, this.server]) end.on('close', () => this.ended())
    this.path.opened()
  }

  /** TCP's round trip; what the client writes before its end waits. */
  connect(server: Server | null): void {
    const { up, down } = this.path
    this.client.cork()
    up.send(0, () => {
      server?.emit('connection', this.server)
      down.send(0, () => {
        if (server === null) this.client.destroy(new Error('connect ECONNREFUSED (in memory)'))
        else this.client.uncork()
      })
    })
  }

  cut(): void {
    this.path.clear()
    for (const end of [this.client, this.server]) end.destroy()
  }

  private ended(): void {
    if (!this.client.destroyed || !this.server.destroyed) return
    this.path.closing()
    this.onOver()
  }
}

/** One end; what is written to it comes out of the other. */
class DuplexEnd extends Duplex {
  /** What `http` and `ws` ask a socket for. */
  readonly remoteAddress: string
  readonly localAddress = '127.0.0.1'
  other: DuplexEnd | null = null
  private readonly link: ImpairedLink

  constructor(link: ImpairedLink, remoteAddress: string) {
    super()
    this.link = link
    this.remoteAddress = remoteAddress
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.link.send(chunk.length, () => this.other?.receive(chunk))
    done()
  }

  override _final(done: () => void): void {
    this.link.send(0, () => this.other?.receive(null))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const isGraceful = this.writableFinished && this.readableEnded
    // Only an end that breaks off resets the other; one that has said all must leave it the time to read.
    if (!isGraceful) this.link.send(0, () => this.other?.destroy())
    done(error)
  }

  private receive(chunk: Buffer | null): void {
    if (!this.destroyed) this.push(chunk)
  }
}
