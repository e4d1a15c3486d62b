import { defineSimulation } from '@tickwire/protocol'
import { createGameServer, defineRoom } from '@tickwire/server'
import { measureDecodeUs } from './arena-codec.ts'
import { ClientProcess } from './net/client-process.ts'
import { RawServer } from './net/raw-server.ts'
import type { Bench } from './report.ts'
import { arenaSchema, ArenaWorld } from './worlds/arena-world.ts'
import type { BenchArena, Body } from './worlds/arena-world.ts'

const CLIENTS = 100
const ROUNDS = 5
const ROUND_MS = 4000
const TICK_MS = 50

export const arena: Bench = {
  name: 'arena',
  about: '100 ships and 100 bullets, all moving, seen by 100 clients, 20 Hz',
  run: async (say) => {
    const packed = await rounds(say)
    return [
      { name: 'packed.bytesPerUpdate', value: packed.bytesPerUpdate, unit: 'B', must: '<= 2' },
      { name: 'packed.bytesPerSnapshot', value: packed.bytesPerSnapshot, unit: 'B', must: '' },
      { name: 'packed.cpuUsPerSnapshot', value: packed.cpuUs, unit: 'us', must: '' },
      { name: 'raw.cpuUsPerSnapshot', value: packed.rawCpuUs, unit: 'us', must: '' },
      { name: 'packed.cpuRatio', value: packed.ratio, unit: 'x', must: '<= 1.15' },
      { name: 'packed.decodeUs', value: measureDecodeUs(), unit: 'us', must: '<= 40' },
    ]
  },
}

interface Measured {
  readonly bytesPerUpdate: number
  readonly bytesPerSnapshot: number
  readonly cpuUs: number
  readonly rawCpuUs: number
  readonly ratio: number
}

/** One room of the workload; what its world costs is measured, to be taken off. */
function benchRoom(): { readonly type: ReturnType<typeof defineRoom>; simulationUs: number; updates: number } {
  const game = defineSimulation<BenchArena>(arenaSchema, () => undefined)
  const measured = {
    simulationUs: 0,
    updates: 0,
    type: defineRoom(game, {
      maxPlayers: CLIENTS,
      data: () => ({ world: null as ArenaWorld | null }),
      onCreate(room) {
        const { world } = room
        room.data.world = new ArenaWorld(
          {
            spawn: (kind, fields) => world.spawn(kind, fields) as unknown as Body,
            despawn: (body) => world.despawn(body as unknown as { id: number }),
          },
          1,
        )
      },
      onTick(room) {
        const start = performance.now()
        room.data.world!.step()
        measured.simulationUs += (performance.now() - start) * 1000
        measured.updates += room.data.world!.updatesPerTick
      },
    }),
  }
  return measured
}

/** Our server and the raw one by turns, so that a slow moment of the machine hits both. */
async function rounds(say: (line: string) => void): Promise<Measured> {
  const ours = { cpu: [] as number[], bytes: 0, snapshots: 0, updatesPerTick: 200 }
  const raw: number[] = []
  let messageBytes = 320
  for (let round = 0; round < ROUNDS; round++) {
    const one = await oursRound()
    messageBytes = Math.round(one.bytes / one.snapshots)
    const rawUs = await rawRound(messageBytes)
    say(`round ${round + 1}: ours ${one.cpuUs.toFixed(1)} us, raw ${rawUs.toFixed(1)} us, ${messageBytes} B`)
    ours.cpu.push(one.cpuUs)
    raw.push(rawUs)
    ours.bytes += one.bytes
    ours.snapshots += one.snapshots
    ours.updatesPerTick = one.updatesPerTick
  }
  const bytesPerSnapshot = ours.bytes / ours.snapshots
  return {
    bytesPerSnapshot,
    bytesPerUpdate: bytesPerSnapshot / ours.updatesPerTick,
    cpuUs: median(ours.cpu),
    rawCpuUs: median(raw),
    ratio: median(ours.cpu.map((value, i) => value / raw[i]!)),
  }
}

async function oursRound(): Promise<{ cpuUs: number; bytes: number; snapshots: number; updatesPerTick: number }> {
  const room = benchRoom()
  const server = await createGameServer({
    port: 0,
    host: '127.0.0.1',
    rooms: [room.type],
    signals: false,
    log: 'silent',
  })
  const clients = new ClientProcess()
  await clients.ask({ type: 'join', url: server.url.replace('localhost', '127.0.0.1'), clients: CLIENTS })
  await pause(1000)
  const before = await clients.ask({ type: 'totals' })
  const [simulation, updates, cpu] = [room.simulationUs, room.updates, process.cpuUsage()]
  await pause(ROUND_MS)
  const used = process.cpuUsage(cpu)
  const after = await clients.ask({ type: 'totals' })
  const snapshots = after.snapshots - before.snapshots
  const ticks = ROUND_MS / TICK_MS
  const cpuUs = (used.user + used.system - (room.simulationUs - simulation)) / (ticks * CLIENTS)
  clients.stop()
  await server.close()
  const updatesPerTick = (room.updates - updates) / ticks
  return { cpuUs, bytes: after.snapshotBytes - before.snapshotBytes, snapshots, updatesPerTick }
}

async function rawRound(messageBytes: number): Promise<number> {
  const server = await RawServer.start(messageBytes)
  const clients = new ClientProcess()
  await clients.ask({ type: 'raw', url: server.url, clients: CLIENTS })
  const timer = setInterval(() => server.sendAll(), TICK_MS)
  await pause(1000)
  const cpu = process.cpuUsage()
  await pause(ROUND_MS)
  const used = process.cpuUsage(cpu)
  clearInterval(timer)
  clients.stop()
  await server.close()
  return (used.user + used.system) / ((ROUND_MS / TICK_MS) * CLIENTS)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
