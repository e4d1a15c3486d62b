import type { Figure } from '../report.ts'
import type { Lab, LabMaker, Runner } from './lab.ts'
import { ServerSide } from './measures.ts'
import { LEGAL_SPEED } from './track.ts'

const RATES = [1.05, 0.95]
const LATENCY_MS = 20
const LATER_SECONDS = { virtual: 60, sockets: 10 }
const WINDOW_SECONDS = 5

/** A client whose clock runs 5 % fast, and one whose clock runs 5 % slow. */
export async function skew(makeLab: LabMaker): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await makeLab({ seed: 7, onServerInput: server.onServerInput })
  const runners: Runner[] = []
  for (const clockRate of RATES) runners.push(await lab.join({ impair: { latencyMs: LATENCY_MS }, clockRate }))
  for (const runner of runners) runner.hold = () => 1
  await lab.run(10)
  const early = await measure(lab, server, runners)
  await lab.run(LATER_SECONDS[lab.kind])
  const late = await measure(lab, server, runners)
  await lab.close()
  return runners.flatMap((_, i) => figuresOf(`skew.${lab.kind}.rate${RATES[i]}`, lab.kind, early[i]!, late[i]!))
}

interface Measured {
  readonly queue: number
  readonly serverSpeed: number
  /** How far the speed of the own picture is off the legal one. */
  readonly pictureOff: number
}

function figuresOf(head: string, kind: Lab['kind'], early: Measured, late: Measured): Figure[] {
  return [
    { name: `${head}.queue`, value: late.queue, unit: 'ticks', must: kind === 'virtual' ? '<= 2' : '' },
    {
      name: `${head}.queueGrowth`,
      value: late.queue - early.queue,
      unit: 'ticks',
      must: kind === 'virtual' ? '<= 1' : '<= 2',
    },
    { name: `${head}.ownSpeedOff`, value: 100 * late.pictureOff, unit: '%', must: '<= 1' },
    { name: `${head}.serverSpeed`, value: 100 * late.serverSpeed, unit: '% of the legal', must: '<= 100.01' },
  ]
}

async function measure(lab: Lab, server: ServerSide, runners: readonly Runner[]): Promise<Measured[]> {
  const ownX = ({ room }: Runner): number => room.mine('runner')!.x
  const [fromMs, fromX] = [lab.nowMs(), runners.map(ownX)]
  await lab.run(WINDOW_SECONDS)
  const toMs = lab.nowMs()
  return runners.map((runner, i) => {
    const { seat } = runner.room
    const picture = (ownX(runner) - fromX[i]!) / (((toMs - fromMs) / 1000) * LEGAL_SPEED)
    return {
      queue: server.queueTicks(seat, fromMs, toMs, LATENCY_MS),
      serverSpeed: server.distancePart(seat, fromMs, toMs),
      pictureOff: Math.abs(picture - 1),
    }
  })
}
