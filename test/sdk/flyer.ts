import { cos, defineGame, defineSimulation, entity, field, sin } from '@tickwire/protocol'
import type { SimEntity, SimWorld, TypesOf } from '@tickwire/protocol'

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 32 })
const speed = field.fixed({ min: -512, max: 512, precision: 1 / 32 })
const body = { x: place, y: place, vx: speed, vy: speed, angle: field.angle({ bits: 10 }) }
const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' } as const

/** A game with something of everything that prediction has to get right, all of it inside the simulation. */
export const flyerSchema = defineGame({
  name: 'flyer',
  tickRateHz: 60,
  snapshotRateHz: 20,
  state: { phase: field.oneOf('warmup', 'playing') },
  player: {
    name: field.text({ maxBytes: 24 }),
    score: field.uint({ max: 99 }),
    purse: field.uint({ max: 9 }).to('owner'),
  },
  entities: {
    ship: entity(
      {
        ...body,
        hp: field.uint({ max: 100 }),
        heat: field.uint({ max: 1000 }).to('owner'),
        cargo: field.list(field.uint({ max: 9 }), { maxItems: 4 }),
      },
      moving,
    ),
    bullet: entity({ ...body, diesAt: field.tick() }, moving),
    rock: entity(
      { x: place, y: place, size: field.uint({ max: 9 }), secret: field.uint({ max: 9 }).to('revealed') },
      { position: ['x', 'y'] },
    ),
  },
  input: {
    thrust: field.bool(),
    turn: field.int({ min: -1, max: 1 }),
    fire: field.press(),
    blink: field.press(),
    load: field.press(),
  },
  events: { shot: { x: place, y: place }, boom: { x: place } },
  messages: {
    chat: { toServer: { text: field.text({ maxBytes: 20 }) }, toClient: { text: field.text({ maxBytes: 20 }) } },
    aim: { toServer: { x: place } },
  },
  requests: { refill: { ask: { kind: field.oneOf('ammo', 'shield') }, reply: { ammo: field.uint({ max: 30 }) } } },
})
export interface Flyer extends TypesOf<typeof flyerSchema> {}
type Ship = SimEntity<Flyer, 'ship'>

const BULLET_TICKS = 30

export const flyer = defineSimulation<Flyer>(flyerSchema, (world) => {
  for (const ship of world.all('ship')) {
    steer(ship, world)
    const { fire, blink, load } = world.inputOf(ship)
    if (fire) shoot(ship, world)
    if (load) ship.cargo = [...ship.cargo, world.tick % 10].slice(-4)
    if (!blink) continue
    ship.x = 1023 - ship.x
    world.teleport(ship)
  }
  for (const bullet of world.all('bullet')) {
    bullet.x += bullet.vx * world.dt
    bullet.y += bullet.vy * world.dt
    const isOut = bullet.x < 0 || bullet.x > 1023 || bullet.y < 0 || bullet.y > 1023
    const rock = world.near('rock', bullet, 20)[0]
    if (rock) world.despawn(rock)
    if (rock || isOut || world.tick >= bullet.diesAt) world.despawn(bullet)
  }
})

function steer(ship: Ship, world: SimWorld<Flyer>): void {
  const input = world.inputOf(ship)
  ship.angle += input.turn * 3 * world.dt
  ship.heat = Math.max(0, ship.heat - 1)
  if (input.thrust) {
    ship.vx += cos(ship.angle) * 240 * world.dt
    ship.vy += sin(ship.angle) * 240 * world.dt
  }
  ship.x += ship.vx * world.dt
  ship.y += ship.vy * world.dt
  if (ship.x < 0 || ship.x > 1023) ship.vx = -ship.vx
  if (ship.y < 0 || ship.y > 1023) ship.vy = -ship.vy
  ship.x = Math.min(1023, Math.max(0, ship.x))
  ship.y = Math.min(1023, Math.max(0, ship.y))
}

function shoot(ship: Ship, world: SimWorld<Flyer>): void {
  const spread = (world.random(ship) - 0.5) * 0.2
  const angle = ship.angle + spread
  const [vx, vy] = [cos(angle) * 300, sin(angle) * 300]
  ship.heat += 40
  world.spawn(
    'bullet',
    { x: ship.x, y: ship.y, vx, vy, angle, diesAt: world.tick + BULLET_TICKS },
    { owner: ship.owner },
  )
  world.emit('shot', ship, { at: ship })
}
