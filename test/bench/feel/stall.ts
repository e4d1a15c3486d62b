import type { Figure } from '../report.ts'
import { weave } from './clean.ts'
import type { Lab, LabMaker } from './lab.ts'
import { Motion, ServerSide } from './measures.ts'

const STALLS_MS = { virtual: [100, 200, 300, 500, 800], sockets: [300, 800] }
const NETWORK = { latencyMs: 35, jitterMs: 10 }
const UP_MS = 40
const HEAL_SECONDS = 2
/** A stall of so long is not seen in the others; after a longer one they slide to where they are. */
const HIDDEN_MS = 300
const WINDOW_SECONDS = 2

/** Nothing arrives for a while, then all at once, as when TCP loses a packet or a phone changes its cell. */
export async function stall(makeLab: LabMaker): Promise<Figure[]> {
  const figures: Figure[] = []
  const server = new ServerSide(() => lab.nowMs())
  const lab = await makeLab({ seed: 3, onServerInput: server.onServerInput })
  const mover = await lab.join({ impair: { latencyMs: 10 } })
  const player = await lab.join({ impair: NETWORK })
  mover.hold = () => 1
  player.hold = weave(lab)
  await lab.run(6)
  const motion = new Motion(lab, player, mover.room.seat)
  const queue = (fromMs: number): number => server.queueTicks(player.room.seat, fromMs, lab.nowMs(), UP_MS)
  for (const stallMs of STALLS_MS[lab.kind]) {
    const before = await timed(lab, WINDOW_SECONDS, queue)
    motion.clear()
    player.network.stall(stallMs)
    await lab.run(stallMs / 1000 + HEAL_SECONDS)
    const after = await timed(lab, WINDOW_SECONDS, queue)
    const name = `stall.${lab.kind}.${stallMs}ms`
    figures.push(
      {
        name: `${name}.queueRise`,
        value: after - before,
        unit: 'ticks',
        must: lab.kind === 'virtual' ? '<= 1' : '<= 2',
      },
      { name: `${name}.othersLeastSpeed`, value: motion.least, unit: 'x', must: '>= 0' },
      { name: `${name}.othersMostSpeed`, value: motion.most, unit: 'x', must: stallMs <= HIDDEN_MS ? '<= 2' : '<= 6' },
    )
  }
  await lab.close()
  return figures
}

async function timed(lab: Lab, seconds: number, measure: (fromMs: number) => number): Promise<number> {
  const fromMs = lab.nowMs()
  await lab.run(seconds)
  return measure(fromMs)
}
