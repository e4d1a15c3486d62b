import type { Server } from 'node:http'
import { createGameServer } from 'tickwire/server'
import { arenaRoom } from './arena-room.ts'

export interface RunningServer {
  /** Where clients connect. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Starts the game on a port of its own, or on the HTTP server that serves the page. */
export async function startServer(options: { port?: number; httpServer?: Server } = {}): Promise<RunningServer> {
  return createGameServer({ ...options, rooms: [arenaRoom] })
}
