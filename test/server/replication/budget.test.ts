import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { budgetFigures, demandOf } from '../../bench/budget-figures.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'
import { handlers, smallGame } from '../room/small-game.ts'
import type { Small } from '../room/small-game.ts'

const crews = defineGame({
  name: 'crews',
  tickRateHz: 20,
  entities: {
    ship: entity({ hp: field.uint({ max: 999 }), crew: field.list(field.entity(), { maxItems: 3 }) }),
  },
})
interface Crews extends TypesOf<typeof crews> {}

const start = (options: { bytesPerSecond?: number } = {}): { harness: RoomHarness; room: Room<Small> } => {
  const harness = new RoomHarness(defineRoom(smallGame(), { ...handlers, ...options }))
  return { harness, room: harness.room.core.facade as unknown as Room<Small> }
}
const step = (harness: RoomHarness, member: Member): void => {
  harness.snapshot()
  member.ack()
}
const isPartial = (member: Member): boolean => member.link.told.at(-1)!.header.isPartial

describe('a byte budget', () => {
  it('of a quarter of the demand holds in every second, and all that waits is told in its turn', async () => {
    const { bytesPerSecond } = await demandOf(3, 5)
    const figures = await budgetFigures(3, 5, bytesPerSecond / 4)
    expect(figures.worstOverPercent).toBeLessThanOrEqual(3)
    expect(figures.worstUnderPercent).toBeLessThanOrEqual(3)
    expect(figures.maxAgeMs).toBeLessThanOrEqual(2000)
    expect(figures.nearestMaxAgeMs).toBeLessThanOrEqual(150)
  }, 30_000)

  it('[SNP7] lets the room, the players and what a player owns through at once', async () => {
    const { harness, room } = start({ bytesPerSecond: 256 })
    const ada = await harness.join()
    for (let i = 0; i < 50; i++) room.world.spawn('ball', { x: i, y: i, tag: 'abcd' })
    const own = room.world.spawn('ball', { x: 99, y: 99 }, { owner: ada.seat })
    step(harness, ada)
    expect(isPartial(ada)).toBe(true)
    expect(ada.link.shown('#player')).toHaveLength(1)
    expect(ada.link.shown('#room')).toHaveLength(1)
    expect(ada.link.shown('ball').map(({ id }) => id)).toContain(own.id)
    expect(ada.link.shown('ball').length).toBeLessThan(20)
  })

  it('[SNP7] is told what came to rest until it is exact, and then shares with the others again', async () => {
    const { harness, room } = start()
    const ada = await harness.join()
    const player = room.players.get(ada.seat)!
    player.bytesPerSecond = 500
    const balls = Array.from({ length: 60 }, (_, i) => room.world.spawn('ball', { x: i, y: 1, tag: 'abcd' }))
    for (let i = 0; i < 10; i++) {
      for (const ball of balls) ball.x = (ball.x + 7) % 90
      step(harness, ada)
    }
    expect(isPartial(ada)).toBe(true)
    for (let i = 0; i < 60 && isPartial(ada); i++) step(harness, ada)
    expect(ada.link.shown('ball').map(({ x }) => x)).toEqual(balls.map(({ x }) => x))
    player.bytesPerSecond = null
    for (const ball of balls) ball.x += 1
    step(harness, ada)
    expect(ada.link.shown('ball').map(({ x }) => x)).toEqual(balls.map(({ x }) => x))
    expect(harness.room.core.seats.at(ada.seat)!.feed.own).toBeNull()
  })

  it('lets nobody starve who changes all the time', async () => {
    const { harness, room } = start({ bytesPerSecond: 400 })
    const ada = await harness.join()
    const busy = Array.from({ length: 8 }, (_, i) => room.world.spawn('ball', { x: i, y: 1, tag: 'abcd' }))
    let told = 0
    for (let i = 0; i < 100; i++) {
      for (const ball of busy) ball.tag = `${i}`
      step(harness, ada)
      told = Math.max(told, ...busy.map((_, n) => i - Number(ada.link.shown('ball')[n]?.['tag'] ?? 0)))
    }
    expect(told).toBeLessThan(20)
  })

  it('holds for what names others in lists, too, and nobody starves behind it', async () => {
    const harness = new RoomHarness(
      defineRoom(
        defineSimulation<Crews>(crews, () => undefined),
        { bytesPerSecond: 1000 },
      ),
    )
    const { world } = harness.room.core
    const ships = Array.from({ length: 40 }, () => world.spawn('ship', {}))
    for (const [i, ship] of ships.entries()) ship['crew'] = [ships[(i + 1) % 40]!.id, ships[(i + 7) % 40]!.id]
    const ada = await harness.join({})
    for (let i = 0; i < 60; i++) {
      for (const ship of ships) ship['hp'] = (i * 37) % 1000
      step(harness, ada)
    }
    const bytes = ada.link.told.slice(-20).reduce((sum, told) => sum + told.bytes, 0)
    expect(bytes).toBeLessThan(1.1 * 1000)
    expect(ada.link.shown('ship')).toHaveLength(40)
  })

  it('refuses what is no budget', async () => {
    expect(() => start({ bytesPerSecond: 10 })).toThrow(/bytesPerSecond: expected a number from 256/)
    const { harness, room } = start()
    const ada = await harness.join()
    expect(() => {
      room.players.get(ada.seat)!.bytesPerSecond = 1
    }).toThrow(/player.bytesPerSecond: expected null or a number from 256 on/)
  })
})
