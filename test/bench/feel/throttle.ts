import type { Figure } from '../report.ts'
import type { LabMaker, Runner } from './lab.ts'
import { p99, ServerSide } from './measures.ts'
import { TICK_MS } from './track.ts'

const DRONES = 150
const PART_OF_DEMAND = 0.6
const SECONDS = 30
const HEAL_SECONDS = 1
const LATENCY_MS = 20

/** A link that carries 60 % of what the room would send: the state on it is late by a bounded time, and soon well again. */
export async function throttle(makeLab: LabMaker): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await makeLab({ seed: 5, drones: DRONES, onServerInput: server.onServerInput })
  const player = await lab.join({ impair: { latencyMs: LATENCY_MS } })
  const ages = new Ages(server, player)
  await lab.run(5)
  ages.clear()
  const demand: number[] = []
  for (let second = 0; second < 5; second++) {
    await lab.run(1)
    demand.push(player.room.stats.bytesInPerSecond)
  }
  const before = ages.take()
  const bytesPerSecond = demand.reduce((sum, one) => sum + one, 0) / demand.length
  player.network.set({ latencyMs: LATENCY_MS, throttleKbps: (PART_OF_DEMAND * bytesPerSecond * 8) / 1000 })
  await lab.run(SECONDS)
  const during = ages.take()
  const carried = player.room.stats.bytesInPerSecond
  player.network.set({ latencyMs: LATENCY_MS })
  await lab.run(HEAL_SECONDS)
  ages.clear()
  await lab.run(3)
  const after = ages.take()
  await lab.close()
  const name = `throttle.${lab.kind}`
  return [
    { name: `${name}.demand`, value: bytesPerSecond / 1000, unit: 'kB/s', must: '>= 4' },
    { name: `${name}.carried`, value: (100 * carried) / bytesPerSecond, unit: '% of it', must: '<= 65' },
    { name: `${name}.ageP99Before`, value: p99(before), unit: 'ms', must: '' },
    { name: `${name}.ageP99`, value: p99(during), unit: 'ms', must: '<= 500' },
    { name: `${name}.ageP99Rise1sAfter`, value: p99(after) - p99(before), unit: 'ms', must: '<= 50' },
  ]
}

/** How old the newest state that the player has is, at every frame. */
class Ages {
  private ages: number[] = []

  constructor(server: ServerSide, player: Runner) {
    player.onFrame = () => this.ages.push((server.ticksNow - player.room.tick) * TICK_MS)
  }

  clear(): void {
    this.ages = []
  }

  take(): readonly number[] {
    const taken = this.ages
    this.ages = []
    return taken
  }
}
