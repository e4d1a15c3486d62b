import { createGameServer } from '@tickwire/server'
import { arenaRoom } from '../../../demo/server/arena-room.ts'

/** The demo's server in a process of its own; tells its parent where it is, and how much it uses when it is asked. */
export interface ServerUse {
  readonly cpuMicroseconds: number
  readonly rssBytes: number
  readonly heapBytes: number
}

const server = await createGameServer({
  port: 0,
  host: '127.0.0.1',
  rooms: [arenaRoom({ ships: 0 })],
  signals: false,
  log: 'error',
})
process.send!({ url: server.url })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send!({
    cpuMicroseconds: user + system,
    rssBytes: rss,
    heapBytes: heapUsed + external,
  } satisfies ServerUse)
})
process.on('disconnect', () => process.exit(0))
