import { defineGame, entity, field, Random } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import type { Fields } from '@tickwire/protocol/internal'

/**
 * The arena workload: 100 ships and about 100 bullets, all moving, 20 Hz. Half of the ships turn in a given tick, hp and
 * score change in 0.5 and 0.2 % of ticks, 2.5 bullets appear and vanish per tick.
 */
const place = field.fixed({ min: 0, max: 4096, precision: 1 / 16 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const body = { x: place, y: place, vx: speed, vy: speed, angle: field.angle({ bits: 8 }) }
const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } } as const

export const arenaSchema = defineGame({
  name: 'bench-arena',
  tickRateHz: 20,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }) },
  input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }) },
  entities: {
    ship: entity(
      { ...body, hp: field.uint({ max: 100 }), score: field.uint({ max: 9999 }) },
      { ...moving, trend: ['angle', 'vx', 'vy'] },
    ),
    bullet: entity(body, moving),
  },
})

const DT = 1 / 20
const SHIPS = 100
const BULLETS_PER_TICK = 2.5
const BULLET_LIFE_TICKS = 40
const TURN_PER_SECOND = 3
const SHIP_SPEED = 150
const BULLET_SPEED = 500

export interface BenchArena extends TypesOf<typeof arenaSchema> {}

export interface Body extends Fields {
  x: number
  y: number
  vx: number
  vy: number
  angle: number
}
export interface Ship extends Body {
  hp: number
  score: number
}

/** Where the entities live: the codec's test world, or a room. */
export interface ArenaHost {
  /** Returns what the world moves from then on. */
  spawn(kind: 'ship' | 'bullet', fields: Body): Body
  despawn(body: Body): void
}

/** Moves the world of the workload on its host, one tick per call. */
export class ArenaWorld {
  private readonly random: Random
  private readonly host: ArenaHost
  private readonly ships: { readonly fields: Ship; turn: number }[] = []
  private readonly bullets: { readonly fields: Body; readonly diesAt: number }[] = []
  private tick = 0
  private owedBullets = 0

  constructor(host: ArenaHost, seed: number) {
    this.host = host
    this.random = new Random(seed)
    for (let i = 0; i < SHIPS; i++) {
      const flying = this.flying(this.random.next() * 4096, this.random.next() * 4096, SHIP_SPEED)
      const fields = host.spawn('ship', { ...flying, hp: 100, score: 0 }) as Ship
      this.ships.push({ fields, turn: 0 })
    }
  }

  get updatesPerTick(): number {
    return this.ships.length + this.bullets.length
  }

  step(): void {
    this.tick++
    for (const ship of this.ships) this.steer(ship)
    for (const { fields } of this.bullets) drift(fields)
    for (this.owedBullets += BULLETS_PER_TICK; this.owedBullets >= 1; this.owedBullets--) this.shoot()
    while (this.bullets[0] !== undefined && this.bullets[0].diesAt <= this.tick) {
      this.host.despawn(this.bullets.shift()!.fields)
    }
  }

  /** A ship turns for some ticks, then flies straight for some: half of them turn at any time. */
  private steer(ship: { readonly fields: Ship; turn: number }): void {
    const { fields } = ship
    if (this.random.next() < 0.1) ship.turn = this.random.next() < 0.5 ? 0 : this.random.next() < 0.5 ? -1 : 1
    if (ship.turn !== 0) {
      fields.angle += ship.turn * TURN_PER_SECOND * DT
      fields.vx = Math.cos(fields.angle) * SHIP_SPEED
      fields.vy = Math.sin(fields.angle) * SHIP_SPEED
    }
    drift(fields)
    if (this.random.next() < 0.005) fields.hp = this.random.int(0, 100)
    if (this.random.next() < 0.002) fields.score++
  }

  private shoot(): void {
    const ship = this.random.pick(this.ships).fields
    const fields = this.host.spawn('bullet', this.flying(ship.x, ship.y, BULLET_SPEED))
    this.bullets.push({ fields, diesAt: this.tick + BULLET_LIFE_TICKS })
  }

  private flying(x: number, y: number, velocity: number): Body {
    const angle = this.random.next() * Math.PI * 2
    return { x, y, vx: Math.cos(angle) * velocity, vy: Math.sin(angle) * velocity, angle }
  }
}

/** Positions wrap round the edges, like in the oldest arena of all. */
function drift(fields: Body): void {
  fields.x = (fields.x + fields.vx * DT + 4096) % 4096
  fields.y = (fields.y + fields.vy * DT + 4096) % 4096
}
