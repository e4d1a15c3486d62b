import { createGameServer, hmacTickets } from '@tickwire/server'
import type { GameServerStats } from '@tickwire/server'
import { faultsRoom, newLedger } from './game.ts'
import { SECRET, wallClockMs } from './hostile-frames.ts'
import { TickWatch } from './watch.ts'

/** A server in a process of its own, with a room that plays, for the attacks of the other one. */
export interface VictimReport {
  readonly url: string
  readonly tickP99Ms: number
  readonly seats: number
  readonly stats: GameServerStats
}

const TICK_MS = 50

const ledger = newLedger()
const watch = new TickWatch(TICK_MS)
ledger.onTick = () => watch.tick()
const server = await createGameServer({
  port: 0,
  host: '127.0.0.1',
  rooms: [faultsRoom(ledger, { maxPlayers: 16 })],
  authenticate: hmacTickets({ secret: SECRET, game: 'faults', wallClockMs }),
  limits: { handshakeTimeoutMs: 2000 },
  signals: false,
  log: 'silent',
})

process.on('message', () => {
  const seats = ledger.room?.players.size ?? 0
  process.send!({ url: server.url, tickP99Ms: watch.takeP99(), seats, stats: server.stats } satisfies VictimReport)
})
process.on('disconnect', () => process.exit(0))
process.send!({ url: server.url, tickP99Ms: 0, seats: 0, stats: server.stats } satisfies VictimReport)
