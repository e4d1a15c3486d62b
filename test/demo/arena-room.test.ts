import type { JoinedRoom } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { arenaRoom } from '../../demo/server/arena-room.ts'
import { WINNING_SCORE } from '../../demo/server/rounds.ts'
import { FULL_HP, FULL_TURN } from '../../demo/shared/schema.ts'
import type { Arena } from '../../demo/shared/schema.ts'
import { arena } from '../../demo/shared/simulate.ts'
import { useStepper } from '../scenarios/seams.ts'

const startStepper = useStepper()
const start = (latencyMs = 0, ships = 0): ReturnType<typeof startStepper<Arena>> =>
  startStepper<Arena>({ rooms: [arenaRoom({ ships })], impair: { latencyMs } })

type Input = Partial<Arena['input']>

/** Flies wildly, through all that the arena has, and fires. */
function wander({ tick }: JoinedRoom<Arena>, index: number): Input {
  const step = Math.floor(tick / 20) + index * 7
  return { thrust: step % 4 !== 0, turn: ((step * 5) % 17) - FULL_TURN, firing: step % 3 === 0 }
}

/** Nobody is in sight: round the middle of the arena somebody will be. */
function seek(me: { readonly x: number; readonly y: number; readonly angle: number }): Input {
  const wish = Math.atan2(520 - me.y, 1024 - me.x) - me.angle
  const turn = Math.atan2(Math.sin(wish), Math.cos(wish))
  return { turn: Math.sign(turn) * Math.min(FULL_TURN, Math.ceil(Math.abs(turn) * 4)), thrust: Math.abs(turn) < 0.5 }
}

/** Turns to the other ship, flies to it, now and then round what is between, and fires. */
function hunt(room: JoinedRoom<Arena>): Input {
  const me = room.mine('ship')
  const foe = [...room.view('ship')].find((ship) => !ship.mine)
  if (!me) return {}
  if (!foe) return seek(me)
  const detour = Math.floor(room.tick / 90) % 3 === 2 ? 1.2 : 0
  const wish = Math.atan2(foe.y - me.y, foe.x - me.x) + detour - me.angle
  const turn = Math.atan2(Math.sin(wish), Math.cos(wish))
  const speed = Math.hypot(me.vx, me.vy)
  const steer = Math.round(Math.min(Math.max(turn / 0.3, -1), 1) * FULL_TURN)
  return { turn: steer, thrust: speed < 150 && Math.abs(turn) < 0.5, firing: Math.abs(turn) < 0.15 }
}

const MIDDLE = { x: 1024, y: 520, angle: 0 }
const scoreOf = (room: JoinedRoom<Arena>): number | undefined => room.players.get(room.seat)?.score

describe('the arena', () => {
  it('gives each pilot a whole ship and a name that can be read', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: '  Ada\n Lovelace, Countess ' })
    const nameless = await stepper.join(arena, { name: ' \t ' })
    await stepper.run(0.5)
    expect(ada.players.get(ada.seat)?.name).toBe('Ada Lovelace, Co')
    expect(ada.players.get(nameless.seat)?.name).toBe(`Pilot ${nameless.seat + 1}`)
    expect(ada.mine('ship')?.hp).toBe(FULL_HP)
    expect(nameless.mine('ship')?.hp).toBe(FULL_HP)
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

  it('puts two who meet into different teams, each on its side', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    await stepper.run(0.5)
    expect(ada.players.get(ada.seat)?.team).toBe('azure')
    expect(ada.players.get(bob.seat)?.team).toBe('amber')
    expect(ada.mine('ship')!.x).toBeLessThan(1024)
    expect(bob.mine('ship')!.x).toBeGreaterThan(1024)
  })

  it('gives the point to who hit last and to its team, and a new ship a moment later to who was hit', async () => {
    const stepper = start(20)
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    const ends: { seat: number | null; by: number | null; tick: number }[] = []
    ada.onEvent('destroyed', ({ seat, by }, { tick }) => ends.push({ seat, by, tick }))
    const input = (room: JoinedRoom<Arena>): Input => (room === ada ? hunt(room) : seek(room.mine('ship') ?? MIDDLE))
    await stepper.runUntil(() => scoreOf(ada) === 1, 240, { input })
    await stepper.runUntil(() => bob.mine('ship') === undefined, 1)
    expect(scoreOf(bob)).toBe(0)
    expect(bob.players.get(bob.seat)?.deaths).toBe(1)
    expect(ada.state).toMatchObject({ azure: 1, amber: 0 })
    await stepper.runUntil(() => bob.mine('ship') !== undefined, 4)
    expect(bob.mine('ship')).toMatchObject({ hp: FULL_HP })
    expect(ends).toEqual([{ seat: bob.seat, by: ada.seat, tick: expect.any(Number) }])
    const respawnTicks = bob.tick - ends[0]!.tick
    expect(respawnTicks).toBeGreaterThanOrEqual(150)
    expect(respawnTicks).toBeLessThan(160)
  })

  it('hits with the laser what the shooter saw, where the shooter saw it', async () => {
    const stepper = start(100)
    const ada = await stepper.join(arena, { name: 'Ada' })
    const bob = await stepper.join(arena, { name: 'Bob' })
    let hits = 0
    ada.onEvent('hit', () => hits++)
    // Only the laser, and only at what is in front: Bob flies across.
    const input = (room: JoinedRoom<Arena>): Input => {
      if (room === bob) return { thrust: true, turn: 2 }
      const { firing, ...flight } = hunt(room)
      return { ...flight, laser: firing === true }
    }
    await stepper.runUntil(() => hits > 0, 240, { input })
    expect(bob.mine('ship')!.hp).toBeLessThan(FULL_HP)
  })

  it('ends a round when a team has won, and begins the next one with nothing', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: 'Ada' })
    await stepper.join(arena, { name: 'Bob' })
    const input = (room: JoinedRoom<Arena>): Input => (room === ada ? hunt(room) : {})
    await stepper.runUntil(() => ada.state.phase === 'over', 600, { input })
    const { azure, winner } = ada.state
    expect(winner).toBe(azure === WINNING_SCORE || azure > ada.state.amber ? 'azure' : 'nobody')
    await stepper.runUntil(() => ada.state.phase === 'playing', 12)
    await stepper.run(0.5)
    expect(ada.state).toMatchObject({ azure: 0, amber: 0, winner: 'nobody' })
    expect(scoreOf(ada)).toBe(0)
    expect(ada.mine('ship')).toMatchObject({ hp: FULL_HP })
  })

  it('is filled with bots that fight, and they go when people come', async () => {
    const stepper = start(0, 4)
    const ada = await stepper.join(arena, { name: 'Ada' })
    await stepper.run(1)
    const bots = (): number => [...ada.players.values()].filter(({ isBot }) => isBot).length
    expect(bots()).toBe(3)
    expect([...ada.players.values()].filter(({ team }) => team === 'amber')).toHaveLength(2)
    await stepper.join(arena, { name: 'Bob' })
    await stepper.run(1)
    expect(bots()).toBe(2)
    await stepper.runUntil(() => ada.state.azure + ada.state.amber > 0, 120)
  })

  it('has as many bots as its creator wished, and tells lists who flies and how the round stands', async () => {
    const stepper = start(0, 4)
    const ada = await stepper.join(arena, { name: 'Ada' }, { options: { ships: 2 } })
    await stepper.run(2)
    expect(ada.players.size).toBe(2)
    expect(ada.metadata).toEqual({
      title: expect.stringMatching(/^[A-Z][a-z]+ \d+$/),
      people: 1,
      round: 1,
      phase: 'playing',
      azure: 0,
      amber: 0,
      secondsLeft: 300,
    })
    await stepper.runUntil(() => ada.metadata.secondsLeft === 290, 12)
  })

  it('has things to take, of which each helps once and comes back later', async () => {
    const stepper = start()
    const ada = await stepper.join(arena, { name: 'Ada' })
    await stepper.run(0.5)
    const picked: string[] = []
    ada.onEvent('picked', ({ what }) => picked.push(what))
    const toNearest = (room: JoinedRoom<Arena>): Input => {
      const me = room.mine('ship')
      const [item] = [...room.view('pickUp')].filter(({ what }) => what !== 'repair')
      if (!me || !item) return { thrust: true }
      const wish = Math.atan2(item.y - me.y, item.x - me.x) - me.angle
      const turn = Math.atan2(Math.sin(wish), Math.cos(wish))
      const steer = Math.round(Math.min(Math.max(turn / 0.3, -1), 1) * FULL_TURN)
      return { turn: steer, thrust: Math.hypot(me.vx, me.vy) < 120 && Math.abs(turn) < 0.4 }
    }
    await stepper.runUntil(() => picked.length > 0, 120, { input: toNearest })
    const me = ada.mine('ship')!
    expect(picked[0] === 'shield' ? me.shield : me.spreadUntil).toBeGreaterThan(0)
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
    expect(bob.mine('ship')?.hp).toBe(FULL_HP)
    await stepper.until(bob.leave())
    await stepper.run(0.5)
    expect(ada.players.size).toBe(1)
    expect(said).toEqual(['Bob lost the connection', 'Bob is back', 'Bob left'])
  })
})
