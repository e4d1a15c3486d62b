import { createClient } from '@tickwire/sdk'
import type { ClientOptions, JoinedRoom, RoomStats } from '@tickwire/sdk'
import { createGameServer } from '@tickwire/server'
import { WebSocket } from 'ws'
import { arena } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import type { Bench, Figure } from './report.ts'

const SECONDS = 20
const FRAME_MS = 1000 / 60

interface Network {
  readonly name: string
  readonly impair: NonNullable<ClientOptions['impair']> | null
}

const NETWORKS: readonly Network[] = [
  { name: 'loopback', impair: null },
  { name: 'bad', impair: { latencyMs: 75, jitterMs: 30 } },
]

export const stats: Bench = {
  name: 'stats',
  about:
    '`room.stats` of a flying ship over real sockets: on loopback, and with 75 ms and up to 30 ms of jitter each way',
  run: async (say) => {
    const figures: Figure[] = []
    for (const network of NETWORKS) {
      say(`${network.name}: ${SECONDS} s`)
      figures.push(...(await measure(network)))
    }
    return figures
  },
}

async function measure({ name, impair }: Network): Promise<Figure[]> {
  const server = await createGameServer({
    port: 0,
    host: '127.0.0.1',
    rooms: [arenaRoom],
    signals: false,
    log: 'silent',
  })
  const options = { WebSocket, storage: null, ...(impair !== null && { impair }) }
  const client = createClient(server.url, options)
  const room = await client.joinOrCreate(arena, { name: 'Ada' })
  const samples = await fly(room)
  await client.close()
  await server.close()
  const last = samples.at(-1)!
  const mean = (key: keyof RoomStats): number => samples.reduce((sum, one) => sum + one[key], 0) / samples.length
  const figure = (key: keyof RoomStats, value: number, unit: string): Figure => {
    return { name: `${name}.${key}`, value, unit, must: '' }
  }
  return [
    figure('rttMs', mean('rttMs'), 'ms'),
    figure('jitterMs', mean('jitterMs'), 'ms'),
    figure('slackTicks', mean('slackTicks'), 'ticks'),
    figure('leadTicks', mean('leadTicks'), 'ticks'),
    figure('inputQueueTicks', mean('inputQueueTicks'), 'ticks'),
    figure('snapshotAgeMs', mean('snapshotAgeMs'), 'ms'),
    figure('interpolationDelayMs', mean('interpolationDelayMs'), 'ms'),
    figure('bytesInPerSecond', mean('bytesInPerSecond'), 'B/s'),
    figure('bytesOutPerSecond', mean('bytesOutPerSecond'), 'B/s'),
    figure('corrections', last.corrections, ''),
    figure('starvedTicks', last.starvedTicks, 'ticks'),
  ]
}

/** Steers in circles for a while; samples the second half, when everything has settled. */
function fly(room: JoinedRoom<Arena>): Promise<RoomStats[]> {
  const samples: RoomStats[] = []
  const frames = (SECONDS * 1000) / FRAME_MS
  let frame = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      frame++
      room.advance(() => ({ thrust: frame % 120 < 40, turn: frame % 90 < 45 ? 1 : -1 }))
      if (frame > frames / 2) samples.push({ ...room.stats })
      if (frame < frames) return
      clearInterval(timer)
      resolve(samples)
    }, FRAME_MS)
  })
}
