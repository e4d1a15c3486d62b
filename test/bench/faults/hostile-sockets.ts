import { createClient } from '@tickwire/sdk'
import type { Client, JoinedRoom } from '@tickwire/sdk'
import type { GameServerStats } from '@tickwire/server'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import type { Figure } from '../report.ts'
import * as attacks from './attacks.ts'
import { faultsGame } from './game.ts'
import type { Faults } from './game.ts'
import { ticketOf } from './hostile-frames.ts'
import type { VictimReport } from './hostile-main.ts'

const PLAYERS = 4
const SECONDS = 20
/** What two processors bear beside a server that plays: a flood that takes them whole would delay any timer. */
const CONNECTIONS_PER_SECOND = 150

type Counter = keyof GameServerStats['counters']
const EXPECTED: readonly (readonly [Counter, number, string])[] = [
  ['protocolErrors', 1, 'random, mutated and truncated frames'],
  ['handshakeTimeouts', attacks.SILENT, 'sockets that say nothing'],
  ['fragmentFloods', attacks.SPLINTERED, 'messages in fragments of one byte'],
  ['messagesTooBig', attacks.HUGE, 'frames that declare 2^40 bytes'],
  ['rateLimited', attacks.FLOODS, 'floods of messages'],
  ['authFailures', attacks.REPLAYS, 'replayed tickets'],
  ['resumesRefused', attacks.STOLEN, 'stolen old tokens'],
  ['originRefused', attacks.FOREIGN, 'pages of another origin'],
]

/** Every attack over real sockets against a server in a process of its own, in which four people play. */
export async function hostileOverSockets(): Promise<readonly Figure[]> {
  const child = fork(fileURLToPath(new URL('hostile-main.ts', import.meta.url)), { execArgv: process.execArgv })
  const next = async (): Promise<VictimReport> => ((await once(child, 'message')) as [VictimReport])[0]
  const ask = (): Promise<VictimReport> => {
    const answer = next()
    child.send('report')
    return answer
  }
  const { url } = await next()
  const tickets = Array.from({ length: PLAYERS }, (_, i) => ticketOf(`player ${i}`))
  const clients: Client[] = tickets.map((ticket) => createClient(url, { WebSocket, storage: null, ticket }))
  const rooms: JoinedRoom<Faults>[] = []
  for (const [series, client] of clients.entries()) rooms.push(await client.joinOrCreate(faultsGame, { series }))
  const timer = setInterval(() => rooms.forEach((room) => room.advance(() => ({ x: 1 }))), 50)
  try {
    await pause(3000)
    await ask()
    await pause(SECONDS * 1000)
    const before = await ask()
    const frames = await attacks.frames(url, SECONDS, CONNECTIONS_PER_SECOND, tickets[0]!)
    const during = await ask()
    await attacks.slow(url)
    await attacks.malformed(url)
    await attacks.floods(url)
    await attacks.strangers(url, tickets[0]!)
    await pause(500)
    const after = await ask()
    const online = clients.filter(({ connection }) => connection.phase === 'online').length
    return [
      { name: 'hostile.sockets.frames', value: frames, unit: 'frames', must: '' },
      { name: 'hostile.sockets.tickP99Before', value: before.tickP99Ms, unit: 'ms', must: '' },
      {
        name: 'hostile.sockets.tickP99Moved',
        value: Math.max(during.tickP99Ms, after.tickP99Ms) - before.tickP99Ms,
        unit: 'ms',
        must: '< 1',
      },
      { name: 'hostile.sockets.seatsTaken', value: after.seats - PLAYERS, unit: 'seats', must: '= 0' },
      { name: 'hostile.sockets.playersGone', value: PLAYERS - online, unit: 'players', must: '= 0' },
      { name: 'hostile.sockets.serverErrors', value: after.stats.counters.serverErrors, unit: 'errors', must: '= 0' },
      ...EXPECTED.map(([counter, least, of]) => ({
        name: `hostile.sockets.${counter}`,
        value: after.stats.counters[counter],
        unit: of,
        must: `>= ${least}`,
      })),
    ]
  } finally {
    clearInterval(timer)
    await Promise.all(clients.map((client) => client.close()))
    child.disconnect()
  }
}
