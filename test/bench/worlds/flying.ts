import { entity, field } from '@tickwire/protocol'
import type { Random } from '@tickwire/protocol'
import type { Fields } from '@tickwire/protocol/internal'

/** What flies in the worlds of the benchmarks: positions to 1/16 unit in 4096 x 4096, velocities to 1/32 unit per second. */
export const WORLD_SIZE = 4096
const place = field.fixed({ min: 0, max: WORLD_SIZE, precision: 1 / 16 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
export const bodyFields = { x: place, y: place, vx: speed, vy: speed, angle: field.angle({ bits: 8 }) }
export const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } } as const

export const shipKind = entity(
  { ...bodyFields, hp: field.uint({ max: 100 }), score: field.uint({ max: 9999 }) },
  { ...moving, trend: ['angle', 'vx', 'vy'] },
)

export const TICK_RATE_HZ = 20
const DT = 1 / TICK_RATE_HZ
const TURN_PER_SECOND = 3

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

export function flyingBody(random: Random, x: number, y: number, velocity: number): Body {
  const angle = random.next() * Math.PI * 2
  return { x, y, vx: Math.cos(angle) * velocity, vy: Math.sin(angle) * velocity, angle }
}

/** A ship turns for some ticks, then flies straight for some: half of them turn at any time. */
export class Pilot {
  readonly ship: Ship
  private readonly velocity: number
  private turn = 0

  constructor(ship: Ship, velocity: number) {
    this.ship = ship
    this.velocity = velocity
  }

  fly(random: Random): void {
    const { ship } = this
    if (random.next() < 0.1) this.turn = random.next() < 0.5 ? 0 : random.next() < 0.5 ? -1 : 1
    if (this.turn !== 0) {
      ship.angle += this.turn * TURN_PER_SECOND * DT
      this.setOff()
    }
    drift(ship)
  }

  /** Full speed ahead. */
  setOff(): void {
    this.ship.vx = Math.cos(this.ship.angle) * this.velocity
    this.ship.vy = Math.sin(this.ship.angle) * this.velocity
  }

  stop(): void {
    this.ship.vx = this.ship.vy = 0
  }
}

/** Positions wrap round the edges, like in the oldest arena of all. */
export function drift(body: Body): void {
  body.x = (body.x + body.vx * DT + WORLD_SIZE) % WORLD_SIZE
  body.y = (body.y + body.vy * DT + WORLD_SIZE) % WORLD_SIZE
}
