import { setTimeout as pause } from 'node:timers/promises'
import { collectGarbage } from '../garbage.ts'
import { median, most } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { WORLDS } from '../worlds/index.ts'
import type { WorldName } from '../worlds/index.ts'
import { BenchServer } from './bench-server.ts'
import { ClientProcess } from './client-process.ts'
import { RawServer } from './raw-server.ts'

const ROUNDS = 5
/** Long enough for the engine to have compiled what runs in every tick: servers run for days. */
const WARM_UP_MS = 4000
const ROUND_MS = 4000
/** Whoever is behind catches up within a second or two of a quiet machine. */
const MOST_LOOKS = 40

/** Bounds of a workload's figures, as `Figure.must`. */
export interface Bounds {
  readonly bytesPerUpdate: string
  readonly cpuRatio: string
}

interface Round {
  readonly cpuUs: number
  readonly bytesPerSnapshot: number
  readonly bytesPerUpdate: number
  /** Which part of the snapshots that were due was sent: whoever sends fewer has less to do. */
  readonly sentShare: number
  readonly faults: number
}

/**
 * Our server and a raw one that sends as many bytes as often, by turns, so that a slow moment of the machine hits both. The
 * clients are in another process; they decode and acknowledge.
 */
export async function besideRaw(name: WorldName, must: Bounds, say: (line: string) => void): Promise<Figure[]> {
  const tier = WORLDS[name].schema.compression
  const ours: Round[] = []
  const rawUs: number[] = []
  // Not counted: the engine is still compiling, and ours is more code than raw's.
  await rawRound(name, Math.round((await oursRound(name)).bytesPerSnapshot))
  for (let i = 0; i < ROUNDS; i++) {
    const one = await oursRound(name)
    const raw = await rawRound(name, Math.round(one.bytesPerSnapshot))
    ours.push(one)
    rawUs.push(raw)
    const bytes = one.bytesPerSnapshot.toFixed(0)
    say(`round ${i + 1}: ours ${one.cpuUs.toFixed(1)} us, raw ${raw.toFixed(1)} us, ${bytes} B, ${one.faults} faults`)
  }
  const of = (pick: (round: Round, i: number) => number): number => median(ours.map(pick))
  return [
    { name: `${tier}.bytesPerUpdate`, value: of((one) => one.bytesPerUpdate), unit: 'B', must: must.bytesPerUpdate },
    { name: `${tier}.bytesPerSnapshot`, value: of((one) => one.bytesPerSnapshot), unit: 'B', must: '' },
    { name: `${tier}.cpuUsPerSnapshot`, value: of((one) => one.cpuUs), unit: 'us', must: '' },
    { name: `${tier}.rawCpuUsPerSnapshot`, value: median(rawUs), unit: 'us', must: '' },
    { name: `${tier}.cpuRatio`, value: of((one, i) => one.cpuUs / rawUs[i]!), unit: 'x', must: must.cpuRatio },
    { name: `${tier}.sentShare`, value: of((one) => one.sentShare), unit: '', must: '>= 0.98' },
    { name: `${tier}.wrongEntities`, value: most(ours.map(({ faults }) => faults)), unit: '', must: '= 0' },
  ]
}

async function oursRound(name: WorldName): Promise<Round> {
  const world = WORLDS[name]
  collectGarbage()
  const server = await BenchServer.start(world)
  const clients = new ClientProcess()
  await clients.ask({ type: 'join', url: server.url, clients: world.clients, world: name })
  await pause(WARM_UP_MS)
  const before = await clients.ask({ type: 'totals' })
  const [start, sentBefore, startMs] = [{ ...server.done }, server.snapshots, performance.now()]
  const cpu = process.cpuUsage()
  await pause(ROUND_MS)
  const used = process.cpuUsage(cpu)
  // In the same moment: a report of the clients may be late.
  const sent = server.snapshots - sentBefore
  const due = (world.clients * world.schema.snapshotRateHz * (performance.now() - startMs)) / 1000
  const after = await clients.ask({ type: 'totals' })
  const ticks = server.done.ticks - start.ticks
  const cpuUs = used.user + used.system - (server.done.simulationUs - start.simulationUs)
  const snapshots = after.snapshots - before.snapshots
  const bytes = after.snapshotBytes - before.snapshotBytes
  const updates = ((after.shown - before.shown) * (server.done.movedShare - start.movedShare)) / ticks
  const faults = await faultsOf(server, clients, world.clients)
  clients.stop()
  await server.close()
  return {
    cpuUs: cpuUs / sent,
    bytesPerSnapshot: bytes / snapshots,
    bytesPerUpdate: bytes / updates,
    sentShare: sent / due,
    faults,
  }
}

/**
 * What all clients show, held against what is true, each in a moment when nothing is kept from it; one that has no such moment
 * counts as a fault.
 */
async function faultsOf({ truth }: BenchServer, clients: ClientProcess, count: number): Promise<number> {
  truth.isRecording = true
  const judged = new Set<number>()
  let faults = 0
  for (let looks = MOST_LOOKS; looks > 0 && judged.size < count; looks--) {
    await pause(500)
    const { views } = await clients.ask({ type: 'views' })
    for (const view of views) {
      const found = judged.has(view.seat) ? null : truth.faultsOf(view)
      if (found === null) continue
      judged.add(view.seat)
      faults += found
    }
  }
  return faults + count - judged.size
}

async function rawRound(name: WorldName, messageBytes: number): Promise<number> {
  const { clients: count, schema } = WORLDS[name]
  // What our server left is not the raw one's to collect.
  collectGarbage()
  const intervalMs = 1000 / schema.snapshotRateHz
  const server = await RawServer.start(messageBytes)
  const clients = new ClientProcess()
  await clients.ask({ type: 'raw', url: server.url, clients: count })
  const timer = setInterval(() => server.sendAll(), intervalMs)
  await pause(WARM_UP_MS)
  const [sent, cpu] = [server.sent, process.cpuUsage()]
  await pause(ROUND_MS)
  const used = process.cpuUsage(cpu)
  const messages = server.sent - sent
  clearInterval(timer)
  clients.stop()
  await server.close()
  return (used.user + used.system) / messages
}
