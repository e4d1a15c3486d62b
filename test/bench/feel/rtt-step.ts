import type { Figure } from '../report.ts'
import { weave } from './clean.ts'
import type { LabMaker } from './lab.ts'
import { Motion, ServerSide } from './measures.ts'

const STEPS = [150, 20]
const FIRST_RTT_MS = 3
const HEAL_SECONDS = 2
const REST_SECONDS = 5

/** The way to the server becomes another one: a VPN, a train, Wi-Fi to mobile and back. */
export async function rttStep(makeLab: LabMaker): Promise<Figure[]> {
  const figures: Figure[] = []
  const server = new ServerSide(() => lab.nowMs())
  const lab = await makeLab({ seed: 9, onServerInput: server.onServerInput })
  const mover = await lab.join()
  const player = await lab.join({ impair: { latencyMs: FIRST_RTT_MS / 2 } })
  mover.hold = () => 1
  player.hold = weave(lab)
  await lab.run(8)
  // Timers and the turns of an event loop take their time too.
  const extraMs = lab.kind === 'virtual' ? 0 : player.room.stats.rttMs - FIRST_RTT_MS
  const motion = new Motion(lab, player, mover.room.seat)
  for (const rttMs of STEPS) {
    player.network.set({ latencyMs: rttMs / 2 })
    await lab.run(HEAL_SECONDS)
    const { rttMs: estimate } = player.room.stats
    const fromMs = lab.nowMs()
    await lab.run(1)
    const soon = server.queueTicks(player.room.seat, fromMs, lab.nowMs(), rttMs / 2)
    await lab.run(REST_SECONDS - 1)
    const name = `rttStep.${lab.kind}.to${rttMs}ms`
    figures.push(
      {
        name: `${name}.estimateOff`,
        value: (100 * Math.abs(estimate - rttMs - extraMs)) / rttMs,
        unit: '%',
        must: '<= 20',
      },
      { name: `${name}.queue`, value: soon, unit: 'ticks', must: lab.kind === 'virtual' ? '<= 2' : '' },
    )
  }
  const backwards = motion.speeds.filter((speed) => speed < 0).length
  await lab.close()
  return [
    ...figures,
    { name: `rttStep.${lab.kind}.othersBackwards`, value: backwards, unit: 'frames', must: '= 0' },
    { name: `rttStep.${lab.kind}.othersMostSpeed`, value: motion.most, unit: 'x', must: '<= 4' },
  ]
}
