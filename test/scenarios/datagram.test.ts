import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'
import type { JoinedRoom } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { useStepper } from './seams.ts'

const start = useStepper()

const place = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const schema = defineGame({
  name: 'flak',
  tickRateHz: 60,
  snapshotRateHz: 30,
  state: { title: field.text({ maxBytes: 16 }) },
  entities: {
    gun: entity(
      { x: place, vx: place, shells: field.uint({ max: 99 }).to('owner') },
      { rates: { x: 'vx' }, predict: 'owner' },
    ),
    shell: entity({ x: place, vx: place, n: field.uint({ max: 0xffff }) }, { rates: { x: 'vx' } }),
  },
  input: { push: field.int({ min: -1, max: 1 }) },
  events: { boom: { n: field.uint({ max: 0xffff }) } },
  messages: { note: { toServer: { n: field.uint({ max: 0xffff }) }, toClient: { n: field.uint({ max: 0xffff }) } } },
})
interface Flak extends TypesOf<typeof schema> {}

const flak = defineSimulation<Flak>(schema, (world) => {
  for (const gun of world.all('gun')) {
    gun.vx = 60 * world.inputOf(gun).push
    gun.x = Math.max(-1000, Math.min(1000, gun.x + gun.vx * world.dt))
  }
})

/** A shell is born every 3 ticks, in slots that others have just left, turns, and ends with a boom. */
function flakRoom(seen: { room: Room<Flak> | null; shells: number; notes: number[] }) {
  return defineRoom(flak, {
    maxPlayers: 4,
    onCreate: (room) => void (seen.room = room),
    onJoin: (room, player) => void room.world.spawn('gun', { x: 100 * player.id }, { owner: player }),
    onTick(room) {
      room.state.title = `round ${Math.floor(room.tick / 90)}`
      if (room.tick % 3 === 0) room.world.spawn('shell', { x: 0, vx: 30, n: seen.shells++ & 0xffff })
      for (const shell of Array.from(room.world.all('shell'))) {
        shell.x += shell.vx / 60
        if ((room.tick + shell.n) % 20 === 0) shell.vx = -shell.vx
        if (shell.n + 40 > seen.shells) continue
        room.emit('boom', { n: shell.n })
        room.world.despawn(shell)
      }
    },
    onMessage: {
      note: (_room, player, { n }) => {
        seen.notes.push(n)
        player.send('note', { n })
      },
    },
  })
}

const BAD = { latencyMs: 40, jitterMs: 60, lossPercent: 15, reorder: true }
const wave = (room: JoinedRoom<Flak>): Partial<Flak['input']> => ({ push: room.tick % 120 < 60 ? 1 : -1 })

describe('a datagram link that loses 15 % and lets packets overtake each other', () => {
  const begin = async () => {
    const seen = { room: null as Room<Flak> | null, shells: 0, notes: [] as number[] }
    const stepper = start<Flak>({ rooms: [flakRoom(seen)], seam: 'datagram', impair: BAD, seed: 5 })
    const ada = await stepper.join(flak, {})
    const bob = await stepper.join(flak, {})
    return { seen, stepper, ada, bob }
  }
  const shellsOf = (room: JoinedRoom<Flak>): number[] =>
    [...room.view('shell')].map(({ n }) => n).toSorted((a, b) => a - b)

  it('[LSE4] [EVT3] every event is heard once, in order', async () => {
    const { seen, stepper, ada } = await begin()
    const heard: number[] = []
    ada.onEvent('boom', ({ n }) => void heard.push(n))
    await stepper.run(20, { input: wave })
    expect(heard.length).toBeGreaterThan(300)
    expect(heard).toEqual(heard.map((_, i) => heard[0]! + i))
    expect(heard.at(-1)).toBeGreaterThan(seen.shells - 60)
  })

  it('[LSE5] [REL1] what must arrive does, once and in order, beside what may be lost', async () => {
    const { seen, stepper, ada } = await begin()
    const back: number[] = []
    ada.onMessage('note', ({ n }) => void back.push(n))
    let n = 0
    await stepper.run(5, {
      input: wave,
      each: (room) => void (room === ada && n < 100 && ada.send('note', { n: n++ })),
    })
    await stepper.run(5)
    expect(seen.notes).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(back).toEqual(seen.notes)
  })

  it('[LSE1] what is drawn is what the server has, also behind cuts, stalls and a reload', async () => {
    const { seen, stepper, ada, bob } = await begin()
    await stepper.run(3, { input: wave })
    stepper.clients[0]!.network.stall(1500)
    await stepper.run(3, { input: wave })
    stepper.clients[0]!.network.cut()
    await stepper.run(3, { input: wave })
    expect(ada.stats.resumes).toBe(1)
    const page = stepper.addClient({ storage: stepper.clients[1]!.storage })
    stepper.clients[1]!.room = null
    stepper.clients[1]!.network.cut()
    stepper.clients[1]!.network.stall(Infinity)
    const again = (await stepper.until(page.client.resume(flak)))!
    page.room = again
    await stepper.run(3, { input: wave })
    for (const room of [ada, again]) {
      expect(room.state.title).toMatch(/^round \d+$/)
      const alive = shellsOf(room)
      expect(alive.length).toBeGreaterThan(30)
      expect(alive).toEqual(alive.map((_, i) => alive[0]! + i))
      expect(alive.at(-1)).toBeGreaterThan(seen.shells - 15)
      expect([...room.view('gun')]).toHaveLength(2)
    }
    expect(again.seat).toBe(bob.seat)
    await stepper.run(2)
    const [mine] = [...seen.room!.world.all('gun')].filter(({ owner }) => owner === ada.seat)
    expect(ada.mine('gun')!.x).toBeCloseTo(mine!.x, 5)
  })

  it('starves few ticks, and the own motion is hardly ever corrected', async () => {
    const { stepper, ada } = await begin()
    await stepper.run(5, { input: wave })
    const before = { ...ada.stats }
    await stepper.run(20, { input: wave })
    expect(ada.stats.starvedTicks - before.starvedTicks).toBeLessThan(0.02 * 20 * 60)
    expect(ada.stats.corrections - before.corrections).toBeLessThan(20)
    expect(ada.connection.phase).toBe('online')
    expect(ada.stats.resumes).toBe(0)
  })
})
