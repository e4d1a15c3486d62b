import { createGameServer } from '@tickwire/server'
import { arenaRoom } from '../../../demo/server/arena-room.ts'
import { collectGarbage } from '../garbage.ts'
import { busiest, profile } from './busiest.ts'
import type { Busy } from './busiest.ts'

/**
 * The demo's server in a process of its own; tells its parent where it is, and what it is asked for: the CPU time that it has
 * used, in us; its memory without garbage, in bytes; which functions it is in. Collecting and looking take CPU time too, so
 * each is asked for by itself.
 */
export interface Answers {
  readonly cpu: number
  readonly memory: number
  readonly busiest: readonly Busy[]
}

const PROFILE_MS = 3000

const answers: { readonly [Q in keyof Answers]: () => Answers[Q] | Promise<Answers[Q]> } = {
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  memory: () => {
    collectGarbage()
    return process.memoryUsage().rss
  },
  busiest: async () => busiest(await profile(PROFILE_MS), 5),
}

const server = await createGameServer({
  port: 0,
  host: '127.0.0.1',
  rooms: [arenaRoom({ ships: 0 })],
  signals: false,
  log: 'error',
})
process.send!({ url: server.url })

process.on('message', (question: keyof Answers) => void answer(question))
process.on('disconnect', () => process.exit(0))

async function answer(question: keyof Answers): Promise<void> {
  process.send!(await answers[question]())
}
