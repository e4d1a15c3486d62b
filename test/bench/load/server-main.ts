import { createGameServer } from '@tickwire/server'
import { arenaRoom } from '../../../demo/server/arena-room.ts'
import { collectGarbage } from '../garbage.ts'

/**
 * The demo's server in a process of its own; tells its parent where it is, and what it is asked for: the CPU time that it has
 * used, in us, or its memory without garbage, in bytes. Collecting that takes CPU time too, so it is asked for by itself.
 */
export type Question = 'cpu' | 'memory'

const ANSWERS: Readonly<Record<Question, () => number>> = {
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  memory: () => {
    collectGarbage()
    return process.memoryUsage().rss
  },
}

const server = await createGameServer({
  port: 0,
  host: '127.0.0.1',
  rooms: [arenaRoom({ ships: 0 })],
  signals: false,
  log: 'error',
})
process.send!({ url: server.url })

process.on('message', (question: Question) => void process.send!(ANSWERS[question]()))
process.on('disconnect', () => process.exit(0))
