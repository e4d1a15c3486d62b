import { LIMITS, Random } from '@tickwire/protocol'
import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Past, Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'
import { handlers, smallGame } from '../room/small-game.ts'
import type { Small } from '../room/small-game.ts'

/** Balls roll along x by one unit per tick: at tick t a ball that started at 0 stands at t. */
const rolling = smallGame((world) => {
  for (const ball of world.all('ball')) ball.x += 1
})

async function start(): Promise<{
  harness: RoomHarness
  shooter: Member
  room: Room<Small>
  past: <T>(fn: (past: Past<Small>) => T) => T
}> {
  const harness = new RoomHarness(defineRoom(rolling, handlers))
  const shooter = await harness.join({ name: 'a' })
  const room = harness.room.core.facade as unknown as Room<Small>
  const player = room.players.get(shooter.seat)!
  return { harness, shooter, room, past: (fn) => room.rewind(player, fn) }
}

/** Runs ticks, acknowledging each snapshot. */
function play(harness: RoomHarness, shooter: Member, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    harness.ticks(1)
    shooter.ack()
  }
}

/** Makes the next tick run with an input whose player saw `seen`, and runs it. */
function look(harness: RoomHarness, shooter: Member, seen: number): void {
  shooter.input(harness.tick + 1, {}, Math.round(seen * VIEW_STEPS_PER_TICK))
  harness.ticks(1)
}

describe('room.rewind', () => {
  it('shows others where the player saw them: between the two snapshots around its view', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    play(harness, shooter, 21)
    const seen = 16.5
    look(harness, shooter, seen)
    expect(past(({ tick }) => tick)).toBe(seen)
    const [found] = past((view) => view.circle('ball', { x: seen, y: 50 }, 0.01))
    expect(found).toMatchObject({ x: seen, y: 50 })
    expect(past((view) => view.circle('ball', { x: harness.tick, y: 50 }, 3))).toEqual([])
  })

  it('hits with a ray what it met first, at its distance along the ray', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 40 })
    room.world.spawn('ball', { x: 0, y: 60 })
    play(harness, shooter, 21)
    look(harness, shooter, 17)
    const from = { x: 17, y: 10 }
    expect(past((view) => view.ray('ball', from, { x: 17, y: 90 }))).toMatchObject({ x: 17, y: 40, distance: 29 })
    expect(past((view) => view.ray('ball', { x: 17, y: 90 }, { x: 17, y: 10 }, { radius: 5 }))).toMatchObject({
      y: 60,
      distance: 25,
    })
    expect(past((view) => view.ray('ball', from, { x: 17, y: 30 }))).toBeNull()
    expect(past((view) => view.ray('ball', from, { x: 17, y: 5 }))).toBeNull()
    expect(past((view) => view.ray('ball', { x: 20, y: 10 }, { x: 20, y: 90 }))).toBeNull()
    expect(past((view) => view.ray('ball', { x: 17, y: 40 }, { x: 17, y: 40 }))).toMatchObject({ distance: 0 })
  })

  it('does not go back further than maxRewindMs, however old the view is said to be', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    play(harness, shooter, 40)
    look(harness, shooter, 3)
    const oldest = harness.tick - (LIMITS.maxRewindMs * 20) / 1000
    expect(past(({ tick }) => tick)).toBe(oldest)
    expect(past((view) => view.circle('ball', { x: oldest, y: 50 }, 0.1))).toHaveLength(1)
  })

  it('believes no view beyond the newest snapshot that was acknowledged, nor one that runs back', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { vx: 1 })
    play(harness, shooter, 20)
    const acked = shooter.link.tick
    look(harness, shooter, harness.tick)
    expect(past(({ tick }) => tick)).toBe(acked)
    look(harness, shooter, acked - 4)
    expect(past(({ tick }) => tick)).toBe(acked)
  })

  it('does not draw a jump on purpose as a way', async () => {
    const { harness, shooter, room, past } = await start()
    const ball = room.world.spawn('ball', { x: 0, y: 10 })
    play(harness, shooter, 20)
    room.world.teleport(ball)
    ball.y = 90
    harness.snapshot()
    shooter.ack()
    const jumpedAt = shooter.link.tick
    look(harness, shooter, jumpedAt - 0.5)
    expect(past((view) => view.circle('ball', { x: jumpedAt, y: 10 }, 2.1))).toHaveLength(1)
    expect(past((view) => view.circle('ball', { x: jumpedAt, y: 50 }, 35))).toEqual([])
  })

  it('hits neither the own, nor what is gone, nor what came later than the view', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 10 }, { owner: shooter.seat })
    const gone = room.world.spawn('ball', { x: 0, y: 20 })
    play(harness, shooter, 20)
    room.world.despawn(gone)
    room.world.spawn('ball', { x: 20, y: 30 })
    look(harness, shooter, 18)
    play(harness, shooter, 2)
    expect(past((view) => view.circle('ball', { x: 18, y: 20 }, 90))).toEqual([])
  })

  it('hits nothing that the player is not sent', async () => {
    const { harness, shooter, room, past } = await start()
    room.players.get(shooter.seat)!.view = { x: 20, y: 20, radius: 30 }
    room.world.spawn('card', { spot: { x: 20, y: 20 } })
    room.world.spawn('card', { spot: { x: 90, y: 90 } })
    play(harness, shooter, 20)
    look(harness, shooter, 18)
    expect(past((view) => view.circle('card', { x: 50, y: 50 }, 100))).toMatchObject([{ x: 20, y: 20 }])
  })

  it('without a view shows the newest snapshot', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    play(harness, shooter, 20)
    const newest = shooter.link.tick
    expect(past(({ tick }) => tick)).toBe(newest)
    expect(past((view) => view.circle('ball', { x: newest, y: 50 }, 0.1))).toHaveLength(1)
  })

  it('hits with a segment all that it meets, in the order in which it does', async () => {
    const { harness, shooter, room, past } = await start()
    for (const y of [60, 40, 80]) room.world.spawn('ball', { x: 0, y })
    play(harness, shooter, 21)
    look(harness, shooter, 17)
    const met = past((view) => view.segment('ball', { x: 17, y: 10 }, { x: 17, y: 70 }, { radius: 2 }))
    expect(met.map(({ y, distance }) => [y, distance])).toEqual([
      [40, 28],
      [60, 48],
    ])
    expect(past((view) => view.segment('ball', { x: 30, y: 10 }, { x: 30, y: 70 }))).toEqual([])
  })

  it('hits with a box all that touch it, nearest to its middle first', async () => {
    const { harness, shooter, room, past } = await start()
    for (const y of [30, 50, 56, 80]) room.world.spawn('ball', { x: 0, y })
    play(harness, shooter, 21)
    look(harness, shooter, 17)
    const box = { x: 10, y: 40, width: 10, height: 15 }
    expect(past((view) => view.box('ball', box)).map(({ y }) => y)).toEqual([50])
    expect(past((view) => view.box('ball', box, { radius: 1 })).map(({ y }) => y)).toEqual([50, 56])
    expect(past((view) => view.box('ball', { ...box, x: 18.5 }, { radius: 1 }))).toEqual([])
    expect(() => past((view) => view.box('ball', { ...box, width: -1 }))).toThrow('past.box')
  })

  it('finds the same in a crowd, where it looks only at what is near, as a walk over all would', async () => {
    const { harness, shooter, room, past } = await start()
    const random = new Random(11)
    for (let i = 0; i < 300; i++) room.world.spawn('ball', { x: random.next() * 60, y: random.next() * 100 })
    play(harness, shooter, 21)
    look(harness, shooter, 17.5)
    const all = past((view) => view.circle('ball', { x: 50, y: 50 }, 1000))
    expect(all).toHaveLength(300)
    for (let i = 0; i < 50; i++) {
      const [at, radius] = [{ x: random.next() * 100, y: random.next() * 100 }, random.next() * 20]
      const near = all.filter(({ x, y }) => Math.sqrt((x - at.x) ** 2 + (y - at.y) ** 2) <= radius)
      const found = past((view) => view.circle('ball', at, radius))
      expect(new Set(found.map(({ entity }) => entity.id))).toEqual(new Set(near.map(({ entity }) => entity.id)))
      expect(past((view) => view.ray('ball', at, { x: 50, y: 50 }, { radius: 3 }))).toEqual(
        past((view) => view.segment('ball', at, { x: 50, y: 50 }, { radius: 3 }))[0] ?? null,
      )
    }
  })

  it('uses the view of the input of the tick being run: a bullet in flight is judged anew in each', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    play(harness, shooter, 21)
    for (const seen of [16.25, 17, 18.75]) {
      look(harness, shooter, seen)
      expect(past((view) => view.circle('ball', { x: seen, y: 50 }, 0.01))).toHaveLength(1)
      shooter.ack()
    }
  })

  it('gives a dropped player no past: hits count against the present', async () => {
    const { harness, shooter, room, past } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    play(harness, shooter, 21)
    look(harness, shooter, 14)
    shooter.drop()
    harness.ticks(3)
    expect(past(({ tick }) => tick)).toBe(harness.tick)
    expect(past((view) => view.circle('ball', { x: harness.tick, y: 50 }, 0.01))).toHaveLength(1)
    expect(past((view) => view.circle('ball', { x: 14, y: 50 }, 1))).toEqual([])
  })

  it('gives a bot the present, too', async () => {
    const { harness, room } = await start()
    room.world.spawn('ball', { x: 0, y: 50 })
    const bot = room.addBot({ name: 'b' }, () => ({}))
    await Promise.resolve()
    harness.ticks(21)
    const hits = room.rewind(bot, (view) => view.circle('ball', { x: harness.tick, y: 50 }, 0.01))
    expect(hits).toHaveLength(1)
  })

  it('refuses a kind that stands nowhere', async () => {
    const { past } = await start()
    expect(() => past((view) => view.circle('flag', { x: 0, y: 0 }, 1))).toThrow('past("flag")')
  })
})
