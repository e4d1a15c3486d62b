import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** The least that any server on `ws` must do: send a ready-made message to everybody, and receive their inputs. */
export class RawServer {
  readonly url: string
  received = 0
  sent = 0
  private readonly http = createServer()
  private readonly sockets: WebSocketServer
  private readonly message: Buffer

  private constructor(http: ReturnType<typeof createServer>, messageBytes: number) {
    this.http = http
    this.sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
    this.sockets.on('connection', (socket) => socket.on('message', () => this.received++))
    this.message = Buffer.alloc(messageBytes, 7)
    this.url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  }

  static async start(messageBytes: number): Promise<RawServer> {
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return new RawServer(http, messageBytes)
  }

  sendAll(): void {
    for (const socket of this.sockets.clients) socket.send(this.message)
    this.sent += this.sockets.clients.size
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate()
    await new Promise((resolve) => this.http.close(resolve))
  }
}
