import { describe, expect, it } from 'vitest'
import { BULLET_SPEED, LASER_REACH } from '../../demo/shared/guns.ts'
import {
  BLOCKS,
  BULLET_RADIUS,
  distanceToWall,
  HEIGHT,
  PICK_UP_SPOTS,
  SHIP_RADIUS,
  SPAWNS,
  WIDTH,
} from '../../demo/shared/map.ts'
import { FULL_TURN } from '../../demo/shared/schema.ts'
import type { Ship } from '../../demo/shared/schema.ts'
import { MAX_SHIP_SPEED } from '../../demo/shared/simulate.ts'
import { FakeWorld } from './fake-world.ts'

const ADA = 1
const BOB = 2
/** A place with nothing around it for a second of flight. */
const OPEN = { x: 500, y: 560 }

function withShip(fields: Partial<Ship> = {}): { world: FakeWorld; ship: Ship } {
  const world = new FakeWorld()
  const ship = world.spawn('ship', { ...OPEN, hp: 100, ...fields }, { owner: ADA })
  return { world, ship }
}

const namesOf = (world: FakeWorld): string[] => world.events.map((event) => event.name)

describe('a ship', () => {
  it('keeps its place and its angle without input', () => {
    const { world, ship } = withShip({ angle: 1 })
    world.run(60)
    expect(ship).toMatchObject({ ...OPEN, vx: 0, vy: 0, angle: 1, thrusting: false })
  })

  it('thrusts to where it points and glides on when the thrust ends', () => {
    const { world, ship } = withShip({ angle: Math.PI / 2 })
    world.inputs.set(ADA, { thrust: true })
    world.run(10)
    expect(ship.thrusting).toBe(true)
    expect(Math.abs(ship.vx)).toBeLessThan(1e-9)
    const { y, vy } = ship
    expect(vy).toBeGreaterThan(50)
    world.inputs.clear()
    world.run(10)
    expect(ship.y).toBeGreaterThan(y + 5)
    expect(ship.vy).toBeLessThan(vy)
  })

  it('turns as far as the input says, and its angle stays within one turn', () => {
    const [full, half] = [FULL_TURN, FULL_TURN / 2].map((turn) => {
      const { world, ship } = withShip()
      world.inputs.set(ADA, { turn })
      world.run(10)
      return ship.angle
    })
    expect(full).toBeCloseTo(2 * half!)
    const { world, ship } = withShip({ angle: 3.1 })
    world.inputs.set(ADA, { turn: FULL_TURN })
    world.run(10)
    expect(ship.angle).toBeLessThan(0)
    expect(ship.angle).toBeGreaterThanOrEqual(-Math.PI)
  })

  it('never flies faster than the maximum', () => {
    const { world, ship } = withShip({ x: 150, y: 150 })
    world.inputs.set(ADA, { thrust: true })
    for (let tick = 0; tick < 180; tick++) {
      world.run(1)
      expect(Math.hypot(ship.vx, ship.vy)).toBeLessThanOrEqual(MAX_SHIP_SPEED * 1.0001)
    }
  })

  it.each([
    ['left', { x: 30, y: 500, vx: -300, vy: 0 }],
    ['right', { x: WIDTH - 30, y: 500, vx: 300, vy: 0 }],
    ['upper', { x: 700, y: 30, vx: 0, vy: -300 }],
    ['lower', { x: 700, y: HEIGHT - 30, vx: 0, vy: 300 }],
  ])('bounces off the %s border, slower than it came', (_side, start) => {
    const { world, ship } = withShip(start)
    world.run(20)
    expect(ship.x).toBeGreaterThanOrEqual(SHIP_RADIUS)
    expect(ship.x).toBeLessThanOrEqual(WIDTH - SHIP_RADIUS)
    expect(ship.y).toBeGreaterThanOrEqual(SHIP_RADIUS)
    expect(ship.y).toBeLessThanOrEqual(HEIGHT - SHIP_RADIUS)
    expect(Math.sign(ship.vx + ship.vy)).toBe(-Math.sign(start.vx + start.vy))
    expect(Math.hypot(ship.vx, ship.vy)).toBeLessThan(300 * 0.61)
    expect(namesOf(world)).toEqual(['ricochet'])
  })

  it.each(BLOCKS.map((block) => [`${block.x}, ${block.y}`, block] as const))(
    'bounces off the block at %s',
    (_name, block) => {
      const { world, ship } = withShip({ x: block.x, y: block.y - block.halfHeight - block.radius - 40, vy: 300 })
      world.run(30)
      expect(ship.vy).toBeLessThan(0)
      expect(ship.y).toBeLessThan(block.y - block.halfHeight - block.radius - SHIP_RADIUS)
    },
  )

  it('glides along a wall that it touches sideways', () => {
    const { world, ship } = withShip({ x: 700, y: SHIP_RADIUS, vx: 200, vy: -20 })
    world.run(10)
    expect(ship.vx).toBeGreaterThan(175)
    expect(namesOf(world)).toEqual([])
  })
})

describe('a gun', () => {
  it('fires once per press and again only after reloading', () => {
    const { world } = withShip()
    world.inputs.set(ADA, { fire: true })
    world.run(11)
    expect(world.all('bullet')).toHaveLength(1)
    world.run(1)
    expect(world.all('bullet')).toHaveLength(2)
    expect(namesOf(world)).toEqual(['shot', 'shot'])
  })

  it('fires as long as the key is held', () => {
    const { world } = withShip()
    world.inputs.set(ADA, { firing: true })
    world.run(45)
    expect(world.all('bullet')).toHaveLength(5)
  })

  it('adds the speed of the ship to that of the bullet, in the direction of the ship', () => {
    const { world } = withShip({ angle: Math.PI / 2, vx: 100 })
    world.inputs.set(ADA, { fire: true })
    world.run(1)
    const [bullet] = world.all('bullet')
    expect(bullet).toMatchObject({ owner: ADA })
    expect(bullet!.vx).toBeCloseTo(100, -1)
    expect(bullet!.vy).toBeCloseTo(BULLET_SPEED)
  })
})

describe('a bullet', () => {
  it('disappears when its time is over, without a hit', () => {
    const { world } = withShip()
    world.inputs.set(ADA, { fire: true })
    world.run(1)
    world.inputs.clear()
    world.run(74)
    expect(world.all('bullet')).toHaveLength(1)
    world.run(1)
    expect(world.all('bullet')).toHaveLength(0)
    expect(namesOf(world)).not.toContain('hit')
  })

  it('ricochets off a wall without losing speed', () => {
    const world = new FakeWorld()
    const bullet = world.spawn('bullet', { x: 20, y: 500, vx: -BULLET_SPEED, diesAt: 99 }, { owner: ADA })
    world.run(4)
    expect(bullet.vx).toBeCloseTo(BULLET_SPEED)
    expect(bullet.x).toBeGreaterThan(BULLET_RADIUS)
    expect(namesOf(world)).toEqual(['ricochet'])
  })

  it('damages the first ship of somebody else that it meets, and that ship remembers by whom', () => {
    const { world, ship } = withShip()
    const target = world.spawn('ship', { x: OPEN.x + 60, y: OPEN.y, team: 'amber' }, { owner: BOB })
    world.inputs.set(ADA, { fire: true })
    world.run(10)
    expect(target).toMatchObject({ hp: 80, hitBy: ADA })
    expect(ship.hp).toBe(100)
    expect(world.all('bullet')).toHaveLength(0)
    expect(namesOf(world)).toEqual(['shot', 'hit'])
  })

  it('flies through the ship that fired it and through one without hit points', () => {
    const world = new FakeWorld()
    const own = world.spawn('ship', { ...OPEN, hp: 100 }, { owner: ADA })
    const wreck = world.spawn('ship', { ...OPEN, hp: 0, team: 'amber' }, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 40, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(10)
    expect([own.hp, wreck.hp]).toEqual([100, 0])
    expect(world.all('bullet')).toHaveLength(1)
  })

  it('takes no hit points where it is only predicted, but disappears and flashes', () => {
    const world = new FakeWorld({ authority: false })
    const target = world.spawn('ship', { ...OPEN, team: 'amber' }, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 30, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(5)
    expect(target).toMatchObject({ hp: 100, hitBy: null })
    expect(world.all('bullet')).toHaveLength(0)
    expect(namesOf(world)).toEqual(['hit'])
  })
})

describe('teams and shields', () => {
  it('let bullets pass through friends', () => {
    const world = new FakeWorld()
    const friend = world.spawn('ship', OPEN, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 40, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(10)
    expect(friend.hp).toBe(100)
    expect(world.all('bullet')).toHaveLength(1)
  })

  it('lose the shield first, and hit points only for what it did not hold', () => {
    const world = new FakeWorld()
    const target = world.spawn('ship', { ...OPEN, team: 'amber', shield: 15 }, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 30, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(5)
    expect(target).toMatchObject({ shield: 0, hp: 95 })
  })

  it('spare a ship that has just appeared, until it fires', () => {
    const world = new FakeWorld()
    const target = world.spawn('ship', { ...OPEN, team: 'amber', safeUntil: 60 }, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 30, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(5)
    expect(target.hp).toBe(100)
    world.inputs.set(BOB, { fire: true })
    world.run(1)
    expect(target.safeUntil).toBeLessThanOrEqual(world.tick)
  })

  it('lose nothing between two rounds', () => {
    const world = new FakeWorld()
    world.state.phase = 'over'
    const target = world.spawn('ship', { ...OPEN, team: 'amber' }, { owner: BOB })
    world.spawn('bullet', { x: OPEN.x - 30, y: OPEN.y, vx: 500, diesAt: 99 }, { owner: ADA })
    world.run(5)
    expect(target.hp).toBe(100)
  })
})

describe('a spread shot', () => {
  it('fires three bullets apart, as long as it lasts', () => {
    const { world } = withShip({ spreadUntil: 12 })
    world.inputs.set(ADA, { firing: true })
    world.run(1)
    const speeds = world.all('bullet').map(({ vy }) => Math.sign(vy))
    expect(speeds).toEqual([-1, 0, 1])
    world.run(12)
    expect(world.all('bullet')).toHaveLength(4)
  })
})

describe('a laser', () => {
  const beamOf = (world: FakeWorld): Record<string, number> =>
    world.events.find(({ name }) => name === 'laser')?.payload as Record<string, number>

  it('reaches as far as it may, once per press, and again only when it is ready', () => {
    const { world } = withShip({ x: 200, y: 560, angle: Math.PI / 2 })
    world.inputs.set(ADA, { laser: true })
    world.run(5)
    expect(namesOf(world)).toEqual(['laser'])
    const { y, toX, toY } = beamOf(world)
    expect(toX).toBeCloseTo(200)
    expect(toY! - y!).toBeCloseTo(LASER_REACH)
  })

  it('ends at the first wall', () => {
    const { world } = withShip({ x: 150, y: 480, angle: -Math.PI / 2 })
    world.inputs.set(ADA, { laser: true })
    world.run(1)
    expect(beamOf(world).toY).toBeLessThan(1)
    const { x, y, radius } = BLOCKS.find(({ x: at }) => at === 790)!
    const other = withShip({ x: x - 200, y })
    other.world.inputs.set(ADA, { laser: true })
    other.world.run(1)
    expect(Math.abs(beamOf(other.world).toX! - (x - radius))).toBeLessThan(1)
  })

  it('leaves what it hit to the authority, and marks its tick only there', () => {
    for (const authority of [true, false]) {
      const world = new FakeWorld({ authority })
      const ship = world.spawn('ship', OPEN, { owner: ADA })
      world.inputs.set(ADA, { laser: true })
      world.run(1)
      expect(ship.laserAt).toBe(authority ? 1 : 0)
    }
  })
})

describe('the map', () => {
  it('has no wall so thin that a bullet crosses it within a tick', () => {
    const stepUnits = (BULLET_SPEED + MAX_SHIP_SPEED) / 60
    for (const block of BLOCKS) expect(2 * block.radius).toBeGreaterThan(2 * stepUnits)
  })

  it('lets ships appear clear of every wall, and is the same from both sides', () => {
    for (const { x, y } of [...SPAWNS.azure, ...SPAWNS.amber, ...PICK_UP_SPOTS]) {
      expect(distanceToWall(x, y)).toBeGreaterThan(SHIP_RADIUS)
    }
    for (const { x, y } of SPAWNS.azure) expect(SPAWNS.amber).toContainEqual({ x: WIDTH - x, y: HEIGHT - y })
    for (const block of BLOCKS) {
      expect(BLOCKS).toContainEqual({ ...block, x: WIDTH - block.x, y: HEIGHT - block.y })
    }
  })
})
