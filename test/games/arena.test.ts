import type { JoinedRoom } from '@tickwire/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowSlowMachines } from '../scenarios/seams.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { arena } from './arena/arena.ts'
import type { Arena } from './arena/arena.ts'
import { arenaRoom } from './arena/room.ts'
import { hunt } from './pilots.ts'

allowSlowMachines()

let stepper: Stepper<Arena>
let ada: JoinedRoom<Arena>
let bob: JoinedRoom<Arena>

beforeEach(async () => {
  stepper = createStepper<Arena>({ rooms: [arenaRoom], impair: { latencyMs: 30, jitterMs: 10 }, seed: 7 })
  ada = await stepper.join(arena, { name: 'Ada' })
  bob = await stepper.join(arena, { name: 'Bob' })
  await stepper.run(1)
})

afterEach(async () => {
  await stepper.close()
})

/** Where a ship is: the own one is known more finely than the wire's 1/32. */
const positions = (room: JoinedRoom<Arena>): object =>
  Object.fromEntries([...room.view('ship')].map(({ owner, x, y }) => [owner, [Math.round(x * 16), Math.round(y * 16)]]))

/** Ada hunts until Bob has died; returns what both saw and heard. */
async function untilKill(): Promise<{ shots: number[]; explosions: number[] }> {
  const [shots, explosions] = [
    [0, 0],
    [0, 0],
  ]
  for (const [i, room] of [ada, bob].entries()) {
    room.onEvent('shot', () => shots[i]!++)
    room.onEvent('explosion', () => explosions[i]!++)
  }
  const over = (): boolean => explosions[0]! > 0 && explosions[1]! > 0
  await stepper.runUntil(over, 120, { input: (room) => (room === ada ? hunt(room) : {}) })
  return { shots, explosions }
}

describe('the arena, played by two', () => {
  it('shows each the other, at the same place once both stand still', () => {
    expect(ada.players.get(bob.seat)).toMatchObject({ name: 'Bob', score: 0, mine: false, connected: true })
    expect(bob.players.get(ada.seat)).toMatchObject({ name: 'Ada', mine: false })
    expect(Object.keys(positions(ada))).toHaveLength(2)
    expect(positions(ada)).toEqual(positions(bob))
    expect(ada.mine('ship')).toMatchObject({ mine: true, owner: ada.seat, hp: 100, ammo: 30 })
    expect([...ada.view('ship')].find(({ mine }) => !mine)?.ammo).toBeUndefined()
  })

  it('a hunt ends in a kill that both see alike: shots, explosion, score, and a respawn after two seconds', async () => {
    const { shots, explosions } = await untilKill()
    await stepper.run(0.5)
    expect(explosions).toEqual([1, 1])
    expect(bob.mine('ship')).toBeUndefined()
    for (const room of [ada, bob]) expect(room.players.get(ada.seat)?.score).toBe(1)
    await stepper.run(2)
    expect(bob.mine('ship')).toMatchObject({ hp: 100 })
    const fired = 30 - (ada.mine('ship')?.ammo ?? 0)
    expect(fired).toBeGreaterThanOrEqual(4)
    expect(shots).toEqual([fired, fired])
  })

  it('answers a refill request, and its ammo comes with the state too', async () => {
    await stepper.run(2, { each: (room) => room.press('fire') })
    await stepper.run(0.5)
    const before = ada.mine('ship')!.ammo
    expect(before).toBeLessThan(30)
    const reply = await stepper.until(ada.request('refill', { kind: 'ammo' }))
    expect(reply).toEqual({ ammo: 30 })
    await stepper.run(0.5)
    expect(ada.mine('ship')!.ammo).toBe(30)
  })

  it('refuses a refill without a ship with the code that game code chose', async () => {
    await untilKill()
    await stepper.run(0.5)
    await expect(stepper.until(bob.request('refill', { kind: 'ammo' }))).rejects.toMatchObject({ code: 'no-ship' })
  })

  it('delivers chat to all, also to who wrote it, once and in order', async () => {
    const heard: [string[], string[]] = [[], []]
    ada.onMessage('chat', ({ from, text }) => heard[0].push(`${from}: ${text}`))
    bob.onMessage('chat', ({ from, text }) => heard[1].push(`${from}: ${text}`))
    ada.send('chat', { text: 'hello' })
    ada.send('chat', { text: 'is anybody here?' })
    await stepper.run(0.5)
    bob.send('chat', { text: 'yes' })
    await stepper.run(0.5)
    const all = [`${ada.seat}: hello`, `${ada.seat}: is anybody here?`, `${bob.seat}: yes`]
    expect(heard).toEqual([all, all])
  })

  it('draws sprites as ships come, move and go', async () => {
    const log: string[] = []
    ada.draw('ship', {
      enter: (ship) => `ship of ${ship.owner}`,
      leave: (_ship, drawn) => log.push(`${drawn} left`),
    })
    let drawn = 0
    bob.draw('ship', { enter: () => ({ x: 0 }), update: (ship, sprite) => ((sprite.x = ship.x), drawn++) })
    await stepper.run(0.5)
    expect(drawn).toBeGreaterThanOrEqual(2 * 29)
    await stepper.until(bob.leave())
    await stepper.run(0.5)
    expect(log).toEqual([`ship of ${bob.seat} left`])
    expect(ada.players.has(bob.seat)).toBe(false)
  })
})
