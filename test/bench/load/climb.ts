import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Fleet } from '../../../tickwire/src/bots/fleet.ts'
import { tickPercentileMs } from '../../../tickwire/src/cli/tick-metrics.ts'
import type { Busy } from './busiest.ts'
import type { DemoServer } from './demo-server.ts'

/** What the server took with so many players. */
export interface Step {
  readonly players: number
  /** How many were to be there. */
  readonly asked: number
  readonly tickP99Ms: number
  /** Of one core. */
  readonly coreShare: number
  readonly bytesPerPlayerPerSecond: number
  readonly memoryPerPlayerBytes: number
  /** The bots' own processes were late or busy: what they measured of the server may be too good. */
  readonly isBotLimited: boolean
}

const GAME = fileURLToPath(new URL('../../../demo/shared/simulate.ts', import.meta.url))
const PER_ROOM = 32
const SETTLE_SECONDS = 3
const MEASURE_SECONDS = 6
const JOINS_PER_SECOND = 80

/** Brings more and more players until the server's ticks take too long, and tells of each step. */
export async function climb(
  server: DemoServer,
  { by, most, maxTickMs }: { readonly by: number; readonly most: number; readonly maxTickMs: number },
  onStep: (step: Step) => void,
): Promise<Step[]> {
  const emptyBytes = await server.memory()
  const fleets: Fleet[] = []
  const steps: Step[] = []
  try {
    for (let players = by; players <= most; players += by) {
      await bring(server, by, fleets)
      const step = await measure(server, fleets, players, emptyBytes)
      steps.push(step)
      onStep(step)
      if (step.tickP99Ms > maxTickMs || isMissing(step)) break
    }
  } finally {
    for (const fleet of fleets) fleet.close()
  }
  return steps
}

/** The functions that a server is in for most of the time with so many players, who come as they do in a climb. */
export async function lookInto(
  server: DemoServer,
  { by, players }: { readonly by: number; readonly players: number },
): Promise<readonly Busy[]> {
  const fleets: Fleet[] = []
  try {
    for (let there = by; there <= players; there += by) await bring(server, by, fleets)
    return await server.busiest()
  } finally {
    for (const fleet of fleets) fleet.close()
  }
}

async function bring(server: DemoServer, count: number, fleets: Fleet[]): Promise<void> {
  const fleet = newFleet(server.url, count, fleets.length)
  fleets.push(fleet)
  await fleet.ready
  await pause((count / JOINS_PER_SECOND + SETTLE_SECONDS) * 1000)
}

function newFleet(url: string, count: number, number: number): Fleet {
  return new Fleet({
    url,
    game: GAME,
    behaviour: null,
    join: {},
    mode: 'light',
    impair: {},
    count,
    rampSeconds: count / JOINS_PER_SECOND,
    room: `load-${number}`,
    perRoom: PER_ROOM,
    processes: 1,
  })
}

/** Some of the players are not there. */
export const isMissing = ({ players, asked }: Step): boolean => players < asked * 0.98

async function measure(server: DemoServer, fleets: readonly Fleet[], asked: number, emptyBytes: number): Promise<Step> {
  // What joining left behind is not what playing costs.
  await server.memory()
  for (const fleet of fleets) fleet.reset()
  const ticks = await server.ticks()
  const [cpu, startMs] = [await server.cpu(), performance.now()]
  await pause(MEASURE_SECONDS * 1000)
  const [newCpu, endMs] = [await server.cpu(), performance.now()]
  const newTicks = await server.ticks()
  const reports = fleets.map(({ report }) => report)
  // Last: it stops the server for a while, which is nobody's tick.
  const bytesHeld = await server.memory()
  const players = reports.reduce((sum, { open }) => sum + open, 0)
  const bytes = reports.reduce((sum, { bytesInPerSecond }) => sum + bytesInPerSecond, 0)
  return {
    players,
    asked,
    tickP99Ms: tickPercentileMs(ticks, newTicks, 0.99),
    coreShare: (newCpu - cpu) / 1000 / (endMs - startMs),
    bytesPerPlayerPerSecond: bytes / players,
    memoryPerPlayerBytes: (bytesHeld - emptyBytes) / players,
    isBotLimited: reports.some(({ clients }) => clients.isLimit),
  }
}
