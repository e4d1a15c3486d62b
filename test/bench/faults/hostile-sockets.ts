import { createClient } from '@tickwire/sdk'
import type { Client, JoinedRoom } from '@tickwire/sdk'
import type { GameServerStats } from '@tickwire/server'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { median } from '../numbers.ts'
import type { Figure } from '../report.ts'
import * as attacks from './attacks.ts'
import { faultsGame } from './game.ts'
import type { Faults } from './game.ts'
import { ticketOf } from './hostile-frames.ts'
import type { VictimReport } from './hostile-main.ts'

const PLAYERS = 4
/** Quiet and attack take turns: what else the machine does falls on both. */
const ROUNDS = 4
const ROUND_SECONDS = 5
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
    const before = await ask()
    const [quietMs, attackedMs]: [number[], number[]] = [[], []]
    let frames = 0
    for (let i = 0; i < ROUNDS; i++) {
      await pause(ROUND_SECONDS * 1000)
      quietMs.push((await ask()).tickP99Ms)
      frames += await attacks.frames(url, ROUND_SECONDS, CONNECTIONS_PER_SECOND, tickets[0]!)
      attackedMs.push((await ask()).tickP99Ms)
    }
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
      { name: 'hostile.sockets.tickP99Before', value: median(quietMs), unit: 'ms', must: '' },
      {
        name: 'hostile.sockets.tickP99Moved',
        value: median(attackedMs) - median(quietMs),
        unit: 'ms, by frames',
        must: '< 1',
      },
      { name: 'hostile.sockets.tickP99Others', value: after.tickP99Ms, unit: 'ms, by the other attacks', must: '' },
      { name: 'hostile.sockets.seatsTaken', value: after.seats - PLAYERS, unit: 'seats', must: '= 0' },
      { name: 'hostile.sockets.playersGone', value: PLAYERS - online, unit: 'players', must: '= 0' },
      { name: 'hostile.sockets.serverErrors', value: after.stats.counters.serverErrors, unit: 'errors', must: '= 0' },
      ...EXPECTED.map(([counter, least, of]) => ({
        name: `hostile.sockets.${counter}`,
        // Each case by itself: what the frames before it have caused is not its doing.
        value: after.stats.counters[counter] - (counter === 'protocolErrors' ? before : during).stats.counters[counter],
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
