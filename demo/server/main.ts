import type { Server } from 'node:http'
import { ConfigError } from 'tickwire'
import { createGameServer } from 'tickwire/server'
import type { GameServer } from 'tickwire/server'
import { arenaRoom } from './arena-room.ts'
import type { ArenaOptions } from './arena-room.ts'

/** Starts the game on a port of its own, or on the HTTP server that serves the page. */
export async function startServer(options: { port?: number; httpServer?: Server } = {}): Promise<GameServer> {
  return createGameServer({ ...options, rooms: [arenaRoom(shipsFrom(process.env['SHIPS']))] })
}

/** `SHIPS=0` switches the bots off, `SHIPS=12` brings more. */
function shipsFrom(text: string | undefined): ArenaOptions {
  if (text === undefined || text === '') return {}
  const ships = Number(text)
  if (Number.isInteger(ships) && ships >= 0 && ships <= 32) return { ships }
  throw new ConfigError('SHIPS', 'a whole number from 0 to 32', text)
}
