import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { readPacket, SERVER_MESSAGE } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'
import type { JoinedRoom } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { SEAMS, useStepper } from './seams.ts'

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 32 })
const schema = defineGame({
  name: 'crowd',
  tickRateHz: 20,
  snapshotRateHz: 20,
  entities: { bug: entity({ x: place, y: place }, { position: ['x', 'y'] }) },
  input: { x: field.int({ min: -1, max: 1 }) },
})
interface Crowd extends TypesOf<typeof schema> {}
const crowd = defineSimulation<Crowd>(schema, () => undefined)

const BUGS = 60
const TICK_MS = 50

/** Bugs that nobody can extrapolate: each tells two coordinates in every snapshot. */
class Swarm {
  room: Room<Crowd> | null = null
  readonly type = defineRoom(crowd, {
    onCreate: (room) => {
      this.room = room
      for (let i = 0; i < BUGS; i++) room.world.spawn('bug', { x: 8 * i, y: 500 })
    },
    onTick: (room) => {
      for (const bug of room.world.all('bug')) {
        bug.x = (bug.x + 20 * room.random()) % 1000
        bug.y = 400 + 200 * room.random()
      }
    },
  })

  /** How old what the client knows is, in ms. */
  ageOf(client: JoinedRoom<Crowd>): number {
    return (this.room!.world.tick - client.tick) * TICK_MS
  }
}

const start = useStepper()

function percentile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)]!
}

describe.each(SEAMS)('congestion, at the %s seam', (seam) => {
  async function enter(impair: { latencyMs: number; jitterMs?: number }) {
    const swarm = new Swarm()
    const stepper = start<Crowd>({ rooms: [swarm.type], seam, impair })
    const ada = await stepper.join(crowd, {})
    await stepper.run(5)
    const client = stepper.clients[0]!
    /** Ages and snapshots per second over a while. */
    const watch = async (seconds: number) => {
      const ages: number[] = []
      let [snapshots, bytes] = [0, 0]
      client.onReceive = (packet) => {
        bytes += packet.length
        readPacket(packet, (id) => (snapshots += id === SERVER_MESSAGE.snapshot ? 1 : 0))
      }
      const each = (): void => void ages.push(swarm.ageOf(ada))
      await stepper.run(seconds, { each })
      return {
        p99: percentile(ages, 0.99),
        median: percentile(ages, 0.5),
        perSecond: snapshots / seconds,
        bytes: bytes / seconds,
      }
    }
    return { ada, network: client.network, watch }
  }

  it('[SNP5] by a link that carries 60 % of what is sent keeps the state young for as long as it lasts', async () => {
    const { ada, network, watch } = await enter({ latencyMs: 40 })
    const bytesPerSecond = 0.6 * ada.stats.bytesInPerSecond
    const kbps = (8 * bytesPerSecond) / 1000
    network.set({ latencyMs: 40, throttleKbps: kbps })
    const first = await watch(30)
    const second = await watch(30)
    const seen = JSON.stringify([first, second])
    for (const { p99, bytes } of [first, second]) {
      expect(p99, seen).toBeLessThanOrEqual(500)
      // What there is of the link is used.
      expect(bytes / bytesPerSecond, seen).toBeGreaterThan(0.8)
    }
    network.set({ latencyMs: 40 })
    await watch(2)
    expect((await watch(5)).perSecond).toBeGreaterThan(19)
  })

  it('[SNP5] is not seen in a way that is long and steady: nothing is skipped', async () => {
    const { watch } = await enter({ latencyMs: 90, jitterMs: 10 })
    expect((await watch(20)).perSecond).toBeGreaterThan(19.5)
  })

  it('[SNP5] is told from a way that has become longer, within five seconds', async () => {
    const { network, watch } = await enter({ latencyMs: 20 })
    network.set({ latencyMs: 150 })
    await watch(5)
    expect((await watch(10)).perSecond).toBeGreaterThan(19.5)
    network.set({ latencyMs: 20 })
    await watch(1)
    expect(await watch(10)).toMatchObject({ median: 50 })
  })

  it('[SNP5] is not seen in a jitter of 40 ms each way', async () => {
    const { watch } = await enter({ latencyMs: 120, jitterMs: 40 })
    expect((await watch(20)).perSecond).toBeGreaterThan(19)
  })
})
