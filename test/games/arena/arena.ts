import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { SimEntity, TypesOf } from '@tickwire/protocol'

const place = field.fixed({ min: 0, max: 4096, precision: 1 / 32 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const body = { x: place, y: place, vx: speed, vy: speed, angle: field.angle({ bits: 10 }) }
const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' } as const

export const arenaSchema = defineGame({
  name: 'arena',
  tickRateHz: 60,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }) },
  state: { phase: field.oneOf('warmup', 'playing', 'over'), endsAt: field.tick() },
  player: { name: field.text({ maxBytes: 24 }), score: field.uint({ max: 9999 }) },
  entities: {
    ship: entity(
      {
        ...body,
        hp: field.uint({ max: 100 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        readyAt: field.tick().to('owner'),
        hitBy: field.seat().to('nobody'),
      },
      moving,
    ),
    bullet: entity({ ...body, diesAt: field.tick() }, moving),
  },
  input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }), fire: field.press() },
  events: { shot: { x: place, y: place }, explosion: { x: place, y: place } },
  messages: {
    chat: {
      toServer: { text: field.text({ maxBytes: 200 }) },
      toClient: { from: field.seat(), text: field.text({ maxBytes: 200 }) },
    },
  },
  requests: { refill: { ask: { kind: field.oneOf('ammo', 'shield') }, reply: { ammo: field.uint({ max: 30 }) } } },
})

export interface Arena extends TypesOf<typeof arenaSchema> {}
type Ship = SimEntity<Arena, 'ship'>

const TURN_PER_SECOND = 3
const THRUST = 240
const BULLET_SPEED = 500

function steer(ship: Ship, input: Readonly<Arena['input']>, dt: number): void {
  ship.angle += input.turn * TURN_PER_SECOND * dt
  if (input.thrust) {
    ship.vx += Math.cos(ship.angle) * THRUST * dt
    ship.vy += Math.sin(ship.angle) * THRUST * dt
  }
  ship.x += ship.vx * dt
  ship.y += ship.vy * dt
}

function muzzle(ship: Ship): { x: number; y: number; vx: number; vy: number; angle: number } {
  const [cos, sin] = [Math.cos(ship.angle), Math.sin(ship.angle)]
  return {
    x: ship.x + cos * 16,
    y: ship.y + sin * 16,
    vx: ship.vx + cos * BULLET_SPEED,
    vy: ship.vy + sin * BULLET_SPEED,
    angle: ship.angle,
  }
}

/** One tick. The server runs it for all; a client for what it predicts, again and again when it replays. */
export const arena = defineSimulation<Arena>(arenaSchema, (world) => {
  for (const ship of world.all('ship')) {
    const input = world.inputOf(ship)
    steer(ship, input, world.dt)
    if (!input.fire || ship.ammo === 0 || world.tick < ship.readyAt) continue
    ship.ammo--
    ship.readyAt = world.tick + 10
    world.spawn('bullet', { ...muzzle(ship), diesAt: world.tick + 90 }, { owner: ship.owner })
    world.emit('shot', ship, { at: ship })
  }
  for (const bullet of world.all('bullet')) {
    bullet.x += bullet.vx * world.dt
    bullet.y += bullet.vy * world.dt
    if (world.tick >= bullet.diesAt) {
      world.despawn(bullet)
      continue
    }
    const hit = world.near('ship', bullet, 12).find((ship) => ship.owner !== bullet.owner)
    if (!hit) continue
    world.despawn(bullet)
    if (!world.authority) continue
    hit.hp = Math.max(0, hit.hp - 25)
    hit.hitBy = bullet.owner
  }
})
