import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createGameServer } from 'tickwire/server'
import type { Authenticate, GameServer } from 'tickwire/server'
import { kickRoom } from '../kick/room.ts'

interface Place {
  readonly port: number
  readonly authenticate: Authenticate
}

/** Behind a proxy on the same machine. */
export async function serveBehindProxy({ port, authenticate }: Place): Promise<GameServer> {
  const server = await createGameServer({
    port,
    // Nobody comes past the proxy.
    host: '127.0.0.1',
    rooms: [kickRoom],
    // What the proxy says of a client's address is believed, and limits per address count the clients behind it.
    trustedProxies: ['127.0.0.1', '::1'],
    // Pages of other origins than the server's own.
    allowedOrigins: ['https://www.play.example'],
    authenticate,
    log: 'silent',
  })
  return server
}

/** With a certificate of its own. */
export async function serveTls(folder: string, port: number): Promise<Server> {
  const httpServer = createTlsServer({
    cert: readFileSync(`${folder}/fullchain.pem`),
    key: readFileSync(`${folder}/privkey.pem`),
  })
  const server = await createGameServer({ httpServer, rooms: [kickRoom], log: 'warn' })
  httpServer.on('request', (request, response) => server.http(request, response, () => response.writeHead(404).end()))
  httpServer.listen(port)
  return httpServer
}

/** On a server of one's own the signals are one's own, too. */
export async function serveUntilTerm(exit: (code: number) => void): Promise<Server> {
  const httpServer = createServer()
  const server = await createGameServer({ httpServer, rooms: [kickRoom], log: 'silent' })
  process.once('SIGTERM', () => {
    void server.drain({ graceMs: 60_000, comeBackTo: 'wss://next.play.example' }).then(() => exit(0))
  })
  return httpServer
}
