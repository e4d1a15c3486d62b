import type { Figure } from '../report.ts'
import type { LabMaker, Runner } from './lab.ts'
import { InputForger } from './input-forger.ts'
import { ServerSide } from './measures.ts'

const SECONDS = 8
const TIMES = 10

/** Clients that send ten inputs for each tick: for ten ticks at a time, or ten times for the same one; and for far ticks. */
const CHEATS = {
  tenTimesAsMany: (forger: InputForger, serverTick: number) => forger.sendRunning(serverTick, TIMES),
  tenForOneTick: (forger: InputForger, serverTick: number) => forger.sendRepeated(serverTick, TIMES),
  farTicks: (forger: InputForger, serverTick: number) => forger.sendFar(serverTick),
}

/** Nobody moves more than time allows, whatever it sends. */
export async function rate(makeLab: LabMaker): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await makeLab({ seed: 15, onServerInput: server.onServerInput })
  const cheats = Object.entries(CHEATS)
  const runners: Runner[] = []
  for (let i = 0; i < cheats.length; i++) runners.push(await lab.join({ impair: { latencyMs: 20 } }))
  const honest = await lab.join({ impair: { latencyMs: 20 } })
  honest.hold = () => 1
  await lab.run(1)
  for (const [i, runner] of runners.entries()) {
    const forger = new InputForger(runner.room)
    runner.isVisible = false
    runner.onDark = () => cheats[i]![1](forger, Math.floor(server.ticksNow))
  }
  await lab.run(1)
  const fromMs = lab.nowMs()
  await lab.run(SECONDS)
  const figures = [...cheats.map(([name]) => name), 'honest'].map((name, i) => {
    const { seat } = (runners[i] ?? honest).room
    const part = server.distancePart(seat, fromMs, lab.nowMs())
    return { name: `rate.${lab.kind}.${name}`, value: Number((100 * part).toFixed(6)) }
  })
  const { duplicate, farFuture, late } = lab.inputCounters
  await lab.close()
  return [
    ...figures.map((figure): Figure => ({ ...figure, unit: '% of the legal distance', must: '= 100' })),
    { name: `rate.${lab.kind}.countedDuplicate`, value: duplicate, unit: 'inputs', must: '>= 1000' },
    { name: `rate.${lab.kind}.countedFarFuture`, value: farFuture, unit: 'inputs', must: '>= 1000' },
    { name: `rate.${lab.kind}.countedLate`, value: late, unit: 'inputs', must: '>= 100' },
  ]
}
