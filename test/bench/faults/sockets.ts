import { createClient } from '@tickwire/sdk'
import type { Client, JoinedRoom } from '@tickwire/sdk'
import { createProxy } from '@tickwire/sdk/testing'
import type { Impairment, Proxy } from '@tickwire/sdk/testing'
import { createGameServer } from '@tickwire/server'
import type { GameServer, GameServerOptions } from '@tickwire/server'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Faults } from './game.ts'

const FRAME_MS = 50

/** One client on real sockets, with a network of its own. */
export interface SocketClient {
  readonly client: Client
  readonly proxy: Proxy
  /** Called when a connection is open: its hello leaves now. */
  onGreet: () => void
  room: JoinedRoom<Faults> | null
}

/** A server on a port, clients that reach it through impairing proxies, and the frames that they draw. */
export class SocketScene {
  readonly server: GameServer
  readonly clients: SocketClient[] = []
  private readonly timer = setInterval(() => this.draw(), FRAME_MS)

  private constructor(server: GameServer) {
    this.server = server
  }

  static async start(options: GameServerOptions): Promise<SocketScene> {
    const own = { port: 0, host: '127.0.0.1', signals: false, log: 'silent' } as const
    return new SocketScene(await createGameServer({ ...own, ...options }))
  }

  async addClient(impair: Impairment, ticket: string = ''): Promise<SocketClient> {
    const proxy = await createProxy({ target: this.server.url, impair })
    class Socket extends WebSocket {
      constructor(url: string) {
        super(url, { perMessageDeflate: false })
        this.on('open', () => one.onGreet())
      }
    }
    const client = createClient(proxy.url, { WebSocket: Socket, storage: null, ticket })
    const one: SocketClient = { client, proxy, onGreet: () => {}, room: null }
    this.clients.push(one)
    return one
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    await Promise.all(this.clients.map(({ client }) => client.close()))
    await pause(100)
    await Promise.all(this.clients.map(({ proxy }) => proxy.close()))
    await this.server.close()
  }

  private draw(): void {
    for (const { room } of this.clients) room?.advance(() => ({}))
  }
}

/** Waits until something holds. False: it does not. */
export async function until(holds: () => boolean, seconds: number): Promise<boolean> {
  for (let ms = 0; ms < seconds * 1000 && !holds(); ms += 10) await pause(10)
  return holds()
}
