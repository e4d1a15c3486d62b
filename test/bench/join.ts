import { BenchServer } from './net/bench-server.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { median } from './numbers.ts'
import { LightClient } from './net/light-client.ts'
import type { Bench, Figure } from './report.ts'
import { WORLDS } from './worlds/index.ts'
import type { WorldName } from './worlds/index.ts'

const ROUNDS = 5
const PAUSES_MS = [300, 2000, 5000] as const
const SETTLE_MS = 3000
const ACK_EVERY_MS = 33

export const join: Bench = {
  name: 'join',
  about: 'the full state for who comes, and what is missing for who comes back after 0.3, 2 and 5 s; arena and idle',
  run: async (say) => [...(await ofWorld('arena', say)), ...(await ofWorld('idle', say))],
}

interface Entrance {
  readonly bytes: number
  readonly ms: number
}

async function ofWorld(name: WorldName, say: (line: string) => void): Promise<Figure[]> {
  const server = await BenchServer.start(WORLDS[name])
  const entrances = new Map<string, Entrance[]>()
  // Somebody keeps the room going between the rounds.
  const resident = new LightClient(server.url, WORLDS[name].schema, 'resident')
  const acks = setInterval(() => resident.sendInputs(), ACK_EVERY_MS)
  await resident.joined()
  await pause(SETTLE_MS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [key, entrance] of await oneClient(server, name)) {
      entrances.set(key, [...(entrances.get(key) ?? []), entrance])
    }
    say(`${name}: round ${round + 1} of ${ROUNDS}`)
  }
  clearInterval(acks)
  resident.close()
  await server.close()
  return figuresOf(name, entrances)
}

/** Joins, is cut off three times for longer and longer, and comes back each time. */
async function oneClient(server: BenchServer, name: WorldName): Promise<[string, Entrance][]> {
  let client: LightClient | null = null
  const entrances: [string, Entrance][] = []
  const enter = async (key: string, begin: () => Promise<void>): Promise<void> => {
    const [start, bytes] = [performance.now(), client?.totals.packetBytes ?? 0]
    await begin()
    entrances.push([key, { ms: performance.now() - start, bytes: client!.totals.packetBytes - bytes }])
  }
  await enter('join', () => (client = new LightClient(server.url, WORLDS[name].schema, 'guest')).joined())
  for (const pauseMs of PAUSES_MS) {
    const acks = setInterval(() => client!.sendInputs(), ACK_EVERY_MS)
    await pause(500)
    clearInterval(acks)
    client!.close()
    await pause(pauseMs)
    await enter(`resume${pauseMs}`, () => client!.resume())
    if (!client!.isSeatResumed) throw new Error(`${name}: the seat was gone after ${pauseMs} ms`)
  }
  client!.close()
  return entrances
}

function figuresOf(name: WorldName, entrances: ReadonlyMap<string, readonly Entrance[]>): Figure[] {
  const bytesOf = (key: string): number => median(entrances.get(key)!.map(({ bytes }) => bytes))
  const figures: Figure[] = []
  for (const [key, of] of entrances) {
    figures.push({ name: `${name}.${key}.bytes`, value: bytesOf(key), unit: 'B', must: '' })
    figures.push({ name: `${name}.${key}.ms`, value: median(of.map(({ ms }) => ms)), unit: 'ms', must: '' })
    if (key === 'join') continue
    // Nobody resumes for more than a join costs; in a world that mostly rests, after 5 s, for less than a fifth of it.
    const must = name === 'idle' && key === 'resume5000' ? '< 20' : '<= 100'
    const percent = (100 * bytesOf(key)) / bytesOf('join')
    figures.push({ name: `${name}.${key}.percentOfJoin`, value: percent, unit: '%', must })
  }
  return figures
}
