import { setTimeout as pause } from 'node:timers/promises'
import { defineGame, defineSimulation } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { createGameServer, defineRoom } from '@tickwire/server'
import { LightClient } from './net/light-client.ts'
import { median, most, p99 } from './numbers.ts'
import type { Bench } from './report.ts'

const ROOMS = 100
const TICK_RATE_HZ = 60
const SECONDS = 20

const schema = defineGame({ name: 'bench-ticks', tickRateHz: TICK_RATE_HZ })
type Ticks = TypesOf<typeof schema>

/** When the ticks of 100 idle rooms start, against the line of their own rate. */
export const ticks: Bench = {
  name: 'ticks',
  about: `${ROOMS} idle rooms at ${TICK_RATE_HZ} Hz: when their ticks start, and their rate`,
  run: async () => {
    const starts = new Map<string, number[]>()
    const game = defineSimulation<Ticks>(schema, () => undefined)
    const type = defineRoom(game, {
      // A room each.
      maxPlayers: 1,
      onTick: (room) => {
        const seen = starts.get(room.id)
        if (seen === undefined) starts.set(room.id, [performance.now()])
        else seen.push(performance.now())
      },
    })
    const server = await createGameServer({ port: 0, host: '127.0.0.1', rooms: [type], signals: false, log: 'silent' })
    const clients = Array.from({ length: ROOMS }, () => new LightClient(server.url, schema, ''))
    await Promise.all(clients.map((client) => client.joined()))
    // Joins, and what the engine compiles of the tick, are not what is asked for.
    await pause(5000)
    starts.clear()
    await pause(SECONDS * 1000)
    const rooms = [...starts.values()]
    for (const client of clients) client.close()
    await server.close()
    const errors = rooms.flatMap(errorsOf)
    const rates = rooms.map((times) => ((times.length - 1) * 1000) / (times.at(-1)! - times[0]!))
    const worstRate = most(rates.map((rate) => Math.abs(rate / TICK_RATE_HZ - 1) * 100))
    return [
      // One that stands still has no starts, and no errors either.
      { name: 'ticks.rooms', value: rooms.length, unit: 'rooms', must: `= ${ROOMS}` },
      { name: 'ticks.startErrorP50Ms', value: median(errors), unit: 'ms', must: '' },
      { name: 'ticks.startErrorP99Ms', value: p99(errors), unit: 'ms', must: '<= 2' },
      { name: 'ticks.rateErrorPercent', value: worstRate, unit: '%', must: '<= 0.01' },
    ]
  },
}

/** How far each start is from the line through the room's own ticks that fits best. */
function errorsOf(times: readonly number[]): number[] {
  const interval = 1000 / TICK_RATE_HZ
  const offsets = times.map((time, i) => time - i * interval)
  const middle = median(offsets)
  return offsets.map((offset) => Math.abs(offset - middle))
}
