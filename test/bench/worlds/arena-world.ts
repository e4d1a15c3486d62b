import { defineGame, entity, field, Random } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import type { BenchWorld, MovingWorld, WorldHost } from './bench-world.ts'
import { bodyFields, drift, flyingBody, moving, Pilot, shipKind, TICK_RATE_HZ, WORLD_SIZE } from './flying.ts'
import type { Body, Ship } from './flying.ts'

/**
 * The arena workload: 100 ships and about 100 bullets, all moving, 20 Hz. Half of the ships turn in a given tick, hp and
 * score change in 0.5 and 0.2 % of ticks, 2.5 bullets appear and vanish per tick.
 */
const arenaOf = (compression: 'packed' | 'entropy') =>
  defineGame({
    name: `bench-arena-${compression}`,
    tickRateHz: TICK_RATE_HZ,
    snapshotRateHz: TICK_RATE_HZ,
    compression,
    join: { name: field.text({ maxBytes: 24 }) },
    input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }) },
    entities: { ship: shipKind, bullet: entity(bodyFields, moving) },
  })
export const arenaSchema = arenaOf('packed')
export const codedArenaSchema = arenaOf('entropy')

export interface ArenaTypes extends TypesOf<typeof arenaSchema> {}

const SHIPS = 100
const BULLETS_PER_TICK = 2.5
const BULLET_LIFE_TICKS = 40
const SHIP_SPEED = 150
const BULLET_SPEED = 500

class Arena implements MovingWorld {
  private readonly random: Random
  private readonly host: WorldHost
  private readonly pilots: Pilot[] = []
  private readonly bullets: { readonly fields: Body; readonly diesAt: number }[] = []
  private tick = 0
  private owedBullets = 0

  constructor(host: WorldHost, seed: number) {
    this.host = host
    this.random = new Random(seed)
    for (let i = 0; i < SHIPS; i++) {
      const [x, y] = [this.random.next() * WORLD_SIZE, this.random.next() * WORLD_SIZE]
      const ship = { ...flyingBody(this.random, x, y, SHIP_SPEED), hp: 100, score: 0 }
      this.pilots.push(new Pilot(host.spawn('ship', ship) as Ship, SHIP_SPEED))
    }
  }

  get count(): number {
    return this.movedCount
  }

  get movedCount(): number {
    return this.pilots.length + this.bullets.length
  }

  step(): void {
    this.tick++
    for (const pilot of this.pilots) this.play(pilot)
    for (const { fields } of this.bullets) drift(fields)
    for (this.owedBullets += BULLETS_PER_TICK; this.owedBullets >= 1; this.owedBullets--) this.shoot()
    while (this.bullets[0] !== undefined && this.bullets[0].diesAt <= this.tick) {
      this.host.despawn(this.bullets.shift()!.fields)
    }
  }

  private play(pilot: Pilot): void {
    pilot.fly(this.random)
    if (this.random.next() < 0.005) pilot.ship.hp = this.random.int(0, 100)
    if (this.random.next() < 0.002) pilot.ship.score++
  }

  private shoot(): void {
    const { x, y } = this.random.pick(this.pilots).ship
    const fields = this.host.spawn('bullet', flyingBody(this.random, x, y, BULLET_SPEED))
    this.bullets.push({ fields, diesAt: this.tick + BULLET_LIFE_TICKS })
  }
}

export const arenaWorld: BenchWorld = {
  schema: arenaSchema,
  clients: 100,
  viewOf: () => null,
  create: (host, seed) => new Arena(host, seed),
}

/** The same, coded by models. */
export const codedArenaWorld: BenchWorld = { ...arenaWorld, schema: codedArenaSchema }
