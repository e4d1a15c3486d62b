import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createGameServer } from '@tickwire/server'
import type { Figure } from '../report.ts'
import { faultsRoom, newLedger } from './game.ts'
import type { Ledger } from './game.ts'
import type { ReadersOrder, ReadersReport } from './readers-main.ts'
import { TickWatch } from './watch.ts'

const CLIENTS = 200
const STALLED = 20
const BEFORE_MS = 15_000
const DURING_MS = 60_000
const SAMPLE_MS = 1000
const TICK_MS = 50
/** What the room says to everybody ten times per second: in a minute more than may wait for one client. */
const NEWS = 'n'.repeat(600)
const MOVING = 20

const MIB = 1024 * 1024

async function ask(child: ChildProcess, order: ReadersOrder): Promise<ReadersReport> {
  const answer = once(child, 'message')
  child.send(order)
  return ((await answer) as [ReadersReport])[0]
}

/** The most and the least memory over a while, in bytes. */
async function memoryOver(ms: number): Promise<{ most: number; first: number }> {
  const first = process.memoryUsage().rss
  let most = first
  for (let passed = 0; passed < ms; passed += SAMPLE_MS) {
    await pause(SAMPLE_MS)
    most = Math.max(most, process.memoryUsage().rss)
  }
  return { most, first }
}

/** Things move, for a room in which nothing does sends no snapshots; and there is news. */
function play({ room }: Ledger): void {
  if (room === null) return
  for (const stone of room.world.all('stone')) stone.x = (stone.x + 7) % 900
  if (room.world.tick % 2 === 0) room.broadcast('news', { text: NEWS })
}

/** A tenth of the players stops reading and goes on talking: memory stays flat, the others notice nothing. */
export async function stalled(): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const watch = new TickWatch(TICK_MS)
  ledger.onTick = () => {
    watch.tick()
    play(ledger)
  }
  const rooms = [faultsRoom(ledger, { maxPlayers: CLIENTS, stones: MOVING })]
  const server = await createGameServer({ port: 0, host: '127.0.0.1', rooms, signals: false, log: 'silent' })
  const child = fork(fileURLToPath(new URL('readers-main.ts', import.meta.url)), { execArgv: process.execArgv })
  try {
    await ask(child, { type: 'join', url: server.url, clients: CLIENTS })
    await pause(5000)
    watch.takeP99()
    await ask(child, { type: 'report' })
    await pause(BEFORE_MS)
    const before = { p99: watch.takeP99(), ...(await ask(child, { type: 'report' })) }
    await ask(child, { type: 'stall', clients: STALLED })
    const memory = await memoryOver(DURING_MS)
    const during = { p99: watch.takeP99(), ...(await ask(child, { type: 'report' })) }
    const rate = (snapshots: number, clients: number, ms: number): number => (snapshots * 1000) / (clients * ms)
    const { counters } = server.stats
    return [
      { name: 'stalled.memoryGrowth', value: (memory.most - memory.first) / MIB, unit: 'MiB', must: '<= 20' },
      { name: 'stalled.dropped', value: counters.slowReaders, unit: 'clients', must: `= ${STALLED}` },
      { name: 'stalled.othersGone', value: during.gone, unit: 'clients', must: '= 0' },
      { name: 'stalled.snapshotsBefore', value: rate(before.snapshots, CLIENTS, BEFORE_MS), unit: '/s', must: '' },
      {
        name: 'stalled.snapshotsDuring',
        value: rate(during.snapshots, CLIENTS - STALLED, DURING_MS),
        unit: '/s',
        must: '>= 9.8',
      },
      { name: 'stalled.tickP99Before', value: before.p99, unit: 'ms', must: '' },
      { name: 'stalled.tickP99Moved', value: during.p99 - before.p99, unit: 'ms', must: '< 1' },
    ]
  } finally {
    child.disconnect()
    await server.close()
  }
}
