import type { Replica } from '@tickwire/protocol/internal'
import { p99 } from '../numbers.ts'
import type { Figure } from '../report.ts'
import type { LabMaker, Runner } from './lab.ts'
import { ServerSide } from './measures.ts'
import { TICK_MS } from './track.ts'

const DRONES = 150
const PART_OF_DEMAND = 0.6
const SECONDS = 30
const HEAL_SECONDS = 1
const LATENCY_MS = 20
/** One snapshot interval; two on a machine that has other things to do as well. */
const MOST_RISE = { virtual: '<= 50', sockets: '<= 100' }

/** A link that carries 60 % of what the room would send: the state on it is late by a bounded time, and soon well again. */
export async function throttle(makeLab: LabMaker): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const ages = new Ages()
  const lab = await makeLab({ seed: 5, drones: DRONES, onServerInput: server.onServerInput, onTurn: ages.onTurn })
  const player = await lab.join({ impair: { latencyMs: LATENCY_MS } })
  ages.watch(server, player)
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
    { name: `${name}.ageP99Rise1sAfter`, value: p99(after) - p99(before), unit: 'ms', must: MOST_RISE[lab.kind] },
  ]
}

/** The changes of drones that a player has not been told of yet, at every frame: how long ago the oldest of each was. */
class Ages {
  private ages: number[] = []
  /** Ticks at which each drone turned and that its player does not know of. */
  private readonly unknown = new Map<number, number[]>()

  readonly onTurn = (id: number, tick: number): void => {
    const ticks = this.unknown.get(id) ?? []
    ticks.push(tick)
    this.unknown.set(id, ticks)
  }

  /** Starts looking at what a player is told. */
  watch(server: ServerSide, player: Runner): void {
    const { entities } = (player.room as unknown as Internals).parts.loop.replica
    player.onFrame = () => {
      for (const { id, anchors } of entities.values()) {
        const ticks = this.unknown.get(id)
        if (ticks === undefined) continue
        while (ticks.length > 0 && ticks[0]! <= anchors.all.tick) ticks.shift()
        this.ages.push(ticks.length === 0 ? 0 : Math.max(0, server.ticksNow - ticks[0]!) * TICK_MS)
      }
    }
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

interface Internals {
  readonly parts: { readonly loop: { readonly replica: Replica } }
}
