import type { Figure } from '../report.ts'
import { createStepper } from 'tickwire/testing'
import type { Arena } from '../../../demo/shared/schema.ts'
import { demo, fightRoom, Hardship, pilot } from './demo-room.ts'
import { virtualLab } from './lab.ts'
import type { Lab, Runner } from './lab.ts'
import { ServerSide } from './measures.ts'
import { watchMisses } from './reconciliations.ts'

const RTTS_MS = [20, 80, 150, 300]
const JITTERS_MS = [0, 10, 30]
const SETTLE_SECONDS = 5
const SECONDS = 30

/** What others do to a ship, and what it picks up. */
const DECIDED_BY_SERVER: ReadonlySet<string> = new Set(['ship.hp', 'ship.shield', 'ship.safeUntil', 'ship.spreadUntil'])

/** Turns now and then, so that a wrong or missing input is seen. */
export function weave(lab: Lab, everyMs = 700): () => -1 | 0 | 1 {
  const turns = [1, 0, -1, 1, -1, 0] as const
  return () => turns[Math.floor(lab.nowMs() / everyMs) % turns.length]!
}

export async function clean(): Promise<Figure[]> {
  return [...(await tenMinutes()), ...(await networks())]
}

/** Round trips from near to far, with jitter on each way. */
export async function networks(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rttMs of RTTS_MS) for (const jitterMs of JITTERS_MS) figures.push(...(await network(rttMs, jitterMs)))
  return figures
}

/**
 * Two players among the demo's fighting bots, on a perfect network: both ends compute the same bits, and what others do to a
 * player is no correction. The two do not shoot: whom a bullet hits depends on where others are, which nobody can predict.
 */
async function tenMinutes(): Promise<Figure[]> {
  const stepper = createStepper<Arena>({ rooms: [fightRoom()], seed: 19 })
  const rooms = [await stepper.join(demo, { name: 'Ada' }), await stepper.join(demo, { name: 'Bob' })]
  const misses = rooms.map((room) => watchMisses(room))
  const [pilots, hardships] = [[pilot(1, 0), pilot(2, 0)], rooms.map(() => new Hardship())]
  await stepper.run(600, { input: (_, i) => pilots[i]!(), each: (room, i) => hardships[i]!.look(room) })
  const corrections = rooms.reduce((sum, { stats }) => sum + stats.corrections, 0)
  const hits = hardships.reduce((sum, one) => sum + one.hits, 0)
  const mispredictions = misses.flat().filter((miss) => !DECIDED_BY_SERVER.has(miss)).length
  await stepper.close()
  return [
    { name: 'clean.tenMinutes.corrections', value: corrections, unit: '', must: '= 0' },
    { name: 'clean.tenMinutes.mispredictions', value: mispredictions, unit: '', must: '= 0' },
    { name: 'clean.tenMinutes.hitsTaken', value: hits, unit: '', must: '>= 50' },
  ]
}

async function network(rttMs: number, jitterMs: number): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await virtualLab({ seed: rttMs + jitterMs, onServerInput: server.onServerInput })
  const latencyMs = Math.max(0, (rttMs - jitterMs) / 2)
  const runner = await lab.join({ impair: { latencyMs, jitterMs } })
  runner.hold = weave(lab)
  await lab.run(SETTLE_SECONDS)
  const { corrections, starvedTicks } = runner.room.stats
  const fromMs = lab.nowMs()
  await lab.run(SECONDS)
  const after = { ...runner.room.stats }
  const queue = server.queueTicks(runner.room.seat, fromMs, lab.nowMs(), latencyMs + jitterMs / 2)
  const name = `clean.rtt${rttMs}jitter${jitterMs}`
  const response = await framesUntilMotion(lab, runner)
  await lab.close()
  return [
    { name: `${name}.framesToOwnMotion`, value: response, unit: 'frames', must: '<= 1' },
    { name: `${name}.inputQueue`, value: queue, unit: 'ticks', must: '<= 2' },
    {
      name: `${name}.starved`,
      value: (100 * (after.starvedTicks - starvedTicks)) / (SECONDS * 60),
      unit: '%',
      must: '< 1',
    },
    {
      name: `${name}.corrections`,
      value: ((after.corrections - corrections) * 10) / SECONDS,
      unit: '/10 s',
      must: '< 1',
    },
  ]
}

/** The most frames from the one that a key was held in until the own thing has moved, over twenty keys; 0: in that frame. */
async function framesUntilMotion(lab: Lab, runner: Runner): Promise<number> {
  let most = 0
  for (let key = 0; key < 20; key++) {
    runner.hold = () => 0
    await lab.run(1.5 + key / 100)
    const before = runner.room.mine('runner')!.x
    runner.hold = () => 1
    let frames = -1
    while (runner.room.mine('runner')!.x === before) {
      await lab.run(1 / 60)
      frames++
    }
    most = Math.max(most, frames)
  }
  return most
}
