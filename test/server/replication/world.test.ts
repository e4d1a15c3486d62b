import { LIMITS } from '@tickwire/protocol'
import { drawRandom, entityId, GameCodec } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from '../../../server/src/replication/entity-list.ts'
import { EventLog } from '../../../server/src/replication/event-log.ts'
import { World } from '../../../server/src/replication/world.ts'
import { smallSchema } from '../room/small-game.ts'

const SEED = 77
const codec = new GameCodec(smallSchema)

function createWorld(): World {
  const host = {
    maxPlayers: 4,
    simulationSeed: SEED,
    inputOf: (seat: number) => ({ seat }),
    recordOf: () => undefined,
    hasLeft: (player: object) => 'left' in player,
  }
  return new World(codec, host, new EventLog(codec))
}
const ids = (entities: Iterable<Entity>): number[] => [...entities].map(({ id }) => id)

describe('an entity', () => {
  it('is a plain object with id, kind, owner and all its fields in one order, defaults filled in', () => {
    const world = createWorld()
    const [bare, full] = [world.spawn('ball', {}), world.spawn('ball', { tag: 'x', vx: 3, y: 2, x: 1 }, { owner: 2 })]
    expect(bare).toEqual({ id: 1, kind: 'ball', owner: null, x: 0, y: 0, vx: 0, tag: '' })
    expect(full).toEqual({ id: 2, kind: 'ball', owner: 2, x: 1, y: 2, vx: 3, tag: 'x' })
    expect(Object.keys(full)).toEqual(Object.keys(bare))
    expect(Object.getPrototypeOf(full)).toBe(Object.prototype)
  })

  it('keeps its id and kind, whatever game code assigns to it', () => {
    const ball = createWorld().spawn('ball', {})
    expect(() => Object.assign(ball, { x: 4, id: 9 })).toThrow(TypeError)
    expect(() => Object.assign(ball, { kind: 'card' })).toThrow(TypeError)
    expect(ball).toMatchObject({ id: 1, kind: 'ball', x: 4 })
  })

  it('takes no fields that its kind does not have, and shares no vector with what it was made from', () => {
    const world = createWorld()
    const first = world.spawn('card', { spot: { x: 1, y: 2 } })
    const second = world.spawn('card', { ...first, extra: 1 })
    expect(second).toEqual({ ...first, id: second.id })
    ;(second['spot'] as { x: number }).x = 9
    expect(first['spot']).toEqual({ x: 1, y: 2 })
    const [third, fourth] = [world.spawn('card', {}), world.spawn('card', {})]
    expect(third['spot']).not.toBe(fourth['spot'])
  })

  it('belongs to a player, a seat or nobody; other owners are refused', () => {
    const world = createWorld()
    expect(world.spawn('ball', {}, { owner: { id: 3 } }).owner).toBe(3)
    expect(world.spawn('ball', {}, { owner: null }).owner).toBeNull()
    const ball = world.spawn('ball', {}, { owner: 1 })
    for (const owner of [4, -1, 0.5, Number.NaN]) {
      expect(() => world.spawn('ball', {}, { owner })).toThrow(
        /spawn owner: expected a player or a seat number below 4/,
      )
    }
    expect(() => world.spawn('ball', {}, { owner: ball })).toThrow(/pass its `owner`/)
    const former = { id: 1, left: true }
    expect(() => world.spawn('ball', {}, { owner: former })).toThrow(/got an object|has left/)
  })

  it('of an unknown kind, or of a built-in one, is refused by name', () => {
    const world = createWorld()
    for (const kind of ['bal', '#room', '#player', 'constructor']) {
      expect(() => world.spawn(kind, {})).toThrow(/entity kind: expected one of ball, coin, card/)
      expect(() => world.all(kind)).toThrow(/entity kind/)
    }
  })
})

describe('world.all', () => {
  it('goes in the order of ids over what was there when it began; despawned ones are skipped', () => {
    const world = createWorld()
    for (let i = 0; i < 6; i++) world.spawn('ball', { x: i })
    world.despawn({ id: 2 })
    world.table.takeRemoved()
    const reused = world.spawn('ball', {})
    expect(reused.id).toBe(entityId(2, 1))
    expect(ids(world.all('ball'))).toEqual([1, 3, 4, 5, 6, entityId(2, 1)])
    const visited: number[] = []
    for (const ball of world.all('ball')) {
      visited.push(ball.id)
      if (ball.id === 1) world.spawn('ball', {})
      if (ball.id === 3) {
        world.despawn(ball)
        world.despawn({ id: 4 })
      }
    }
    expect(visited).toEqual([1, 3, 5, 6, entityId(2, 1)])
    expect(ids(world.all('ball'))).toEqual([1, 5, 6, 7, entityId(2, 1)])
  })

  it('may be nested and abandoned', () => {
    const world = createWorld()
    for (let i = 0; i < 4; i++) world.spawn('ball', {})
    let pairs = 0
    for (const a of world.all('ball')) {
      for (const b of world.all('ball')) {
        if (b.id === 3) world.despawn(b)
        if (a !== b) pairs++
        if (b.id === 2) break
      }
    }
    expect(pairs).toBe(6)
    expect([...world.all('ball')]).toHaveLength(4)
  })
})

describe('world.get', () => {
  it('finds the living entity with an id, of that kind only', () => {
    const world = createWorld()
    const ball = world.spawn('ball', {})
    expect(world.get('ball', ball.id)).toBe(ball)
    expect(world.get('coin', ball.id)).toBeUndefined()
    expect(world.get('ball', null)).toBeUndefined()
    expect(world.get('ball', -3)).toBeUndefined()
    expect(world.get('ball', entityId(1, 1))).toBeUndefined()
    world.despawn(ball)
    world.despawn(ball)
    expect(world.get('ball', ball.id)).toBeUndefined()
  })
})

describe('world.near', () => {
  it('gives what is within the radius, border included, nearest first, equally near ones by id', () => {
    const world = createWorld()
    const spots = [
      [50, 50],
      [53, 54],
      [60, 50],
      [54, 53],
      [49, 50],
    ] as const
    const coins = spots.map(([x, y]) => world.spawn('coin', { x, y }))
    const found = world.near('coin', { x: 50, y: 50 }, 5)
    expect(ids(found)).toEqual([coins[0], coins[4], coins[1], coins[3]].map((coin) => coin!.id))
  })

  it('works for a vec2 position, and refuses kinds without one', () => {
    const world = createWorld()
    const card = world.spawn('card', { spot: { x: 3, y: 4 } })
    expect(ids(world.near('card', { x: 0, y: 0 }, 5))).toEqual([card.id])
    expect(world.near('card', { x: 0, y: 0 }, 4.9)).toEqual([])
    expect(() => world.near('flag', { x: 0, y: 0 }, 5)).toThrow(/near\("flag"\): expected a kind with a position/)
  })

  it('finds the same as looking at every one, whatever spawned, moved and went', () => {
    const spot = fc.record({
      x: fc.double({ min: 0, max: 99, noNaN: true }),
      y: fc.double({ min: 0, max: 99, noNaN: true }),
    })
    const change = fc.record({ at: fc.nat(99), to: spot, isGone: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(spot, { maxLength: 80 }),
        fc.array(change),
        spot,
        fc.integer({ min: 0, max: 60 }),
        (spots, changes, at, radius) => {
          for (const kind of ['ball', 'coin']) {
            const world = createWorld()
            const all = new Set(spots.map((one) => world.spawn(kind, one)))
            world.near(kind, at, radius)
            for (const one of changes) {
              const entity = [...all][one.at]
              if (entity === undefined) continue
              Object.assign(entity, one.to)
              world.touch(entity)
              if (one.isGone) {
                world.despawn(entity)
                all.delete(entity)
              }
            }
            const distance = (one: Entity): number => (Number(one['x']) - at.x) ** 2 + (Number(one['y']) - at.y) ** 2
            const expected = [...all]
              .filter((one) => distance(one) <= radius * radius)
              .toSorted((a, b) => distance(a) - distance(b) || a.id - b.id)
            expect(ids(world.near(kind, at, radius))).toEqual(ids(expected))
          }
        },
      ),
    )
  })
})

describe('slots', () => {
  it('are dense, rest until a snapshot was taken, and come back with the next generation', () => {
    const world = createWorld()
    const first = world.spawn('ball', {})
    world.despawn(first)
    expect(world.spawn('ball', {}).id).toBe(2)
    world.table.takeRemoved()
    expect(world.spawn('ball', {}).id).toBe(entityId(1, 1))
    expect(world.table.slots).toBe(3)
  })

  it('wrap their generation after 65 536 occupants', () => {
    const world = createWorld()
    for (let i = 0; i < 65_536; i++) {
      const ball = world.spawn('ball', {})
      expect(ball.id).toBe(entityId(1, i))
      world.despawn(ball)
      world.table.takeRemoved()
    }
    expect(world.spawn('ball', {}).id).toBe(1)
  })

  it('run out with an error that says so', () => {
    const world = createWorld()
    for (let i = 1; i < LIMITS.maxEntitySlots; i++) world.spawn('coin', {})
    expect(() => world.spawn('coin', {})).toThrow(/at most 65535 entities \(maxEntitySlots\)/)
  })
})

describe('world.random', () => {
  it('is what a client draws too: by seed, tick, owner and how often that owner drew in the tick', () => {
    const world = createWorld()
    world.tick = 9
    const [mine, other] = [{ owner: 1 }, { owner: 2 }]
    let drawn: number[] = []
    world.simulate(() => {
      drawn = [
        world.random(mine),
        world.random(other),
        world.random(mine),
        world.random(),
        world.random({ owner: null }),
      ]
    })
    expect(drawn).toEqual([
      drawRandom(SEED, 9, 1, 0),
      drawRandom(SEED, 9, 2, 0),
      drawRandom(SEED, 9, 1, 1),
      drawRandom(SEED, 9, null, 0),
      drawRandom(SEED, 9, null, 1),
    ])
    world.simulate(() => expect(world.random(mine)).toBe(drawn[0]))
  })
})

describe('what the simulation reads', () => {
  it('dt, authority, inputs by seat or by entity, the room’s state', () => {
    const world = createWorld()
    expect(world).toMatchObject({ dt: 1 / 20, authority: true, isReplay: false, state: { score: 0 } })
    expect(world.inputOf(3)).toEqual({ seat: 3 })
    expect(world.inputOf({ owner: 2 })).toEqual({ seat: 2 })
    expect(world.inputOf({ owner: null })).toEqual({ seat: -1 })
  })

  it('an unknown event, and verbs about entities that are gone, throw at once', () => {
    const world = createWorld()
    const ball = world.spawn('ball', {})
    world.despawn(ball)
    expect(() => world.emit('bong', {})).toThrow(/emit: expected one of bang/)
    for (const verb of ['teleport', 'touch'] as const)
      expect(() => world[verb](ball)).toThrow(/an entity that is in the world/)
    expect(() => world.reveal(ball, 'all')).toThrow(/an entity that is in the world/)
  })

  it('despawn leaves the room and its players alone', () => {
    const world = createWorld()
    world.despawn({ id: 0 })
    expect(world.table.at(0)?.kind.name).toBe('#room')
  })
})
