import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createGameServer } from 'tickwire/server'
import type { GameServer } from 'tickwire/server'
import { arenaRoom } from '../../games/arena/room.ts'

export function yourOwnPages(_request: IncomingMessage, response: ServerResponse): void {
  response.end('the page')
}

export async function start(token: string): Promise<{ httpServer: Server; server: GameServer }> {
  const httpServer = createServer()
  const server = await createGameServer({ httpServer, rooms: [arenaRoom], http: { token, secret: 's3cret' } })
  httpServer.on('request', (request, response) => {
    server.http(request, response, () => yourOwnPages(request, response))
  })
  return { httpServer, server }
}
