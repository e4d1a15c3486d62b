import type { JoinedRoom } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { arenaRoom } from '../../demo/server/arena-room.ts'
import { FULL_HP, FULL_TURN } from '../../demo/shared/schema.ts'
import type { Arena } from '../../demo/shared/schema.ts'
import { arena } from '../../demo/shared/simulate.ts'
import { useStepper } from '../scenarios/seams.ts'

const startStepper = useStepper()
const start = (latencyMs = 0): ReturnType<typeof startStepper<Arena>> =>
  startStepper<Arena>({ rooms: [arenaRoom], impair: { latencyMs } })

type Input = Partial<Arena['input']>

/** Flies wildly, through all that the arena has, and fires. */
function wander({ tick }: JoinedRoom<Arena>, index: number): Input {
  const step = Math.floor(tick / 20) + index * 7
  return { thrust: step % 4 !== 0, turn: ((step * 5) % 17) - FULL_TURN, firing: step % 3 === 0 }
}

/** Turns to the other ship, flies to it, now and then round what is between, and fires. */
function hunt(room: JoinedRoom<Arena>): Input {
  const me = room.mine('ship')
  const foe = [...room.view('ship')].find((ship) => !ship.mine)
  if (!me || !foe) return {}
  const detour = Math.floor(room.tick / 90) % 3 === 2 ? 1.2 : 0
  const wish = Math.atan2(foe.y - me.y, foe.x - me.x) + detour - me.angle
  const turn = Math.atan2(Math.sin(wish), Math.cos(wish))
  const speed = Math.hypot(me.vx, me.vy)
  const steer = Math.round(Math.min(Math.max(turn / 0.3, -1), 1) * FULL_TURN)
  return { turn: steer, thrust: speed < 150 && Math.abs(turn) < 0.5, firing: Math.abs(turn) < 0.15 }
}

const scoreOf = (room: JoinedRoom<Arena>): number | undefined => room.players.get(room.seat)?.score

describe('the arena', () => {
  it('gives each pilot a whole ship and a name that can be read', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: '  Ada\n Lovelace, Countess ' })
    const nameless = await stepper.join(arena, { name: ' \t ' })
    await stepper.run(0.5)
    expect(ada.players.get(ada.seat)?.name).toBe('Ada Lovelace, Co')
    expect(ada.players.get(nameless.seat)?.name).toBe(`Pilot ${nameless.seat + 1}`)
    expect([...ada.view('ship')].map(({ owner, hp }) => [owner, hp])).toEqual([
      [ada.seat, FULL_HP],
      [nameless.seat, FULL_HP],
    ])
  })

  it('is predicted without a correction on a clean link, whatever its pilots fly into', async () => {
    const stepper = start(40)
    const ada = await stepper.join(arena, { name: 'Ada' })
    await stepper.run(60, { input: wander })
    expect(ada.stats.corrections).toBe(0)
    expect([...ada.view('bullet')].length).toBeGreaterThan(0)
  })

  it('passes on what is said, on one line, but not faster than it can be read', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    const said: { from: number | null; text: string }[] = []
    bob.onMessage('chat', (line) => said.push(line))
    for (const text of ['  ', 'hello\n Bob', 'hello hello hello']) ada.send('chat', { text })
    await stepper.run(1)
    ada.send('chat', { text: 'again' })
    await stepper.run(1)
    expect(said).toEqual([
      { from: ada.seat, text: 'hello Bob' },
      { from: ada.seat, text: 'again' },
    ])
  })

  it('gives the point to who hit last, and a new ship after two seconds to who was hit', async () => {
    const stepper = start(20)
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    const explosions: { seat: number | null; tick: number }[] = []
    const said: string[] = []
    ada.onEvent('explosion', ({ seat }, { tick }) => explosions.push({ seat, tick }))
    ada.onMessage('chat', ({ text }) => said.push(text))
    const input = (room: JoinedRoom<Arena>): Input => (room === ada ? hunt(room) : {})
    await stepper.runUntil(() => scoreOf(ada) === 1, 120, { input })
    await stepper.runUntil(() => bob.mine('ship') === undefined, 1)
    expect(scoreOf(bob)).toBe(0)
    expect(said).toContain('Ada destroyed Bob')
    await stepper.runUntil(() => bob.mine('ship') !== undefined, 3)
    expect(bob.mine('ship')?.hp).toBe(FULL_HP)
    expect(explosions).toHaveLength(1)
    expect(explosions[0]?.seat).toBe(bob.seat)
    const respawnTicks = bob.tick - explosions[0]!.tick
    expect(respawnTicks).toBeGreaterThanOrEqual(120)
    expect(respawnTicks).toBeLessThan(130)
  })

  it('keeps the ship of who lost the connection, and takes away that of who left', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    const said: string[] = []
    ada.onMessage('chat', ({ text }) => said.push(text))
    await stepper.run(0.5)
    stepper.clients[1]!.network.cut()
    await stepper.runUntil(() => said.includes('Bob is back'), 20)
    expect([...ada.view('ship')]).toHaveLength(2)
    await stepper.until(bob.leave())
    await stepper.run(0.5)
    expect([...ada.view('ship')]).toHaveLength(1)
    expect(said).toEqual(['Bob lost the connection', 'Bob is back', 'Bob left'])
  })
})
