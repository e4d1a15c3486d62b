import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import type { Stepper, StepperClient } from 'tickwire/testing'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Diary, Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()
const PLAYERS = 6
const SECONDS = 60
/** Notes of the n-th client carry n times this. */
const SERIES = 10_000

/** One player in the storm: what it sent, and what it heard. */
interface Survivor {
  readonly client: StepperClient<Drift>
  readonly heard: number[]
  readonly series: number
  sent: number
}

async function enter(stepper: Stepper<Drift>, series: number): Promise<Survivor> {
  const client = stepper.addClient()
  const room = await stepper.join(drift, { name: `P${series}`, vx: series - 3 }, { client })
  const survivor: Survivor = { client, heard: [], series, sent: 0 }
  room.onMessage('note', ({ n }) => survivor.heard.push(n))
  return survivor
}

/** What may happen to a network in one frame. */
function shake({ network }: StepperClient<Drift>, random: Random): void {
  const dice = random.int(0, 999)
  if (dice < 3) network.cut()
  else if (dice < 6) network.stall(random.int(50, 1500))
  else if (dice < 8)
    network.set({ latencyMs: random.int(0, 120), jitterMs: random.int(0, 60), lossPercent: random.int(0, 5) })
  else if (dice < 9) network.set({ latencyMs: 30, throttleKbps: random.int(40, 400) })
}

interface Picture {
  readonly things: { id: number; owner: number | null; x: number; y: number }[]
  readonly players: { id: number; name: string; score: number; connected: boolean }[]
}
const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id

/** Everything that a client shows. */
function shown({ client }: Survivor): Picture {
  const room = client.room!
  const things = [...room.view('thing')].map(({ id, owner, x, y }) => ({ id, owner, x, y }))
  const players = [...room.players.values()].map(({ id, name, score, connected }) => ({ id, name, score, connected }))
  return { things: things.toSorted(byId), players: players.toSorted(byId) }
}

/** The same as the server has it; places as near as the wire says them. */
function truth({ room }: Diary): object {
  const near = (value: number): number => expect.closeTo(value, 1) as number
  const things = [...room!.world.all('thing')].map(({ id, owner, x, y }) => ({ id, owner, x: near(x), y: near(y) }))
  const players = [...room!.players.values()].map(({ id, state, connected }) => ({ id, ...state, connected }))
  return { things, players: players.toSorted(byId) }
}

/** On a perfect network again, nobody is far ahead, waits long or looks into the past. */
const healthy = {
  leadTicks: expect.toSatisfy((ticks: number) => ticks < 10) as number,
  inputQueueTicks: expect.toSatisfy((ticks: number) => ticks < 6) as number,
  snapshotAgeMs: expect.toSatisfy((ms: number) => ms < 100) as number,
}

const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

describe.each(SEAMS)('a minute of cuts, stalls, losses, jams and players who come and go, at the %s seam', (seam) => {
  it.each([1, 2])('ends with all clients in the same world, and every note delivered once (seed %i)', async (seed) => {
    const diary = newDiary()
    const stepper = start<Drift>({
      rooms: [driftRoom(diary, { maxPlayers: 16 })],
      seam,
      seed,
      impair: { latencyMs: 30 },
    })
    const random = new Random(seed)
    const survivors: Survivor[] = []
    for (let i = 0; i < PLAYERS; i++) survivors.push(await enter(stepper, i))
    let spoken = 0
    const storm = {
      input: () => ({ x: random.int(-1, 1) }),
      each: (_room: unknown, index: number) => {
        const survivor = survivors.find(({ client }) => client === stepper.clients[index])!
        shake(survivor.client, random)
        const { room } = survivor.client
        if (random.next() < 0.1 && room!.send('note', { n: survivor.series * SERIES + survivor.sent })) survivor.sent++
        if (random.next() < 0.02) diary.room!.broadcast('note', { n: spoken++ })
        if (random.next() < 0.01) room!.send('score', { points: 1 })
      },
    }
    for (let second = 0; second < SECONDS; second += 10) {
      await stepper.run(10, storm)
      survivors.push(await enter(stepper, survivors.length))
    }
    for (const { network } of stepper.clients) {
      network.heal()
      network.set({})
    }
    await stepper.run(15, { input: () => ({ brake: true }) })

    expect(stepper.log.filter((line) => / error |protocol/.test(line))).toEqual([])
    expect(diary.left).toEqual([])
    const world = truth(diary)
    for (const survivor of survivors) {
      expect(survivor.client.client.connection.phase).toBe('online')
      expect(shown(survivor)).toEqual(world)
      const { leadTicks, inputQueueTicks, snapshotAgeMs } = survivor.client.room!.stats
      expect({ leadTicks, inputQueueTicks, snapshotAgeMs }).toEqual(healthy)
      const mine = diary.notes.filter((n) => Math.floor(n / SERIES) === survivor.series)
      expect(mine).toEqual(upTo(survivor.series * SERIES, survivor.sent))
      expect(survivor.heard).toEqual(upTo(spoken - survivor.heard.length, survivor.heard.length))
    }
    expect(survivors[0]!.heard.length).toBe(spoken)
  })
})
