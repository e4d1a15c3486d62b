import { cos, defineSimulation, hypot, sin, wrapAngle } from 'tickwire'
import type { Game } from 'tickwire'
import { bounce } from './bounce.ts'
import { FULL_TURN, arenaSchema } from './schema.ts'
import type { Arena, ArenaWorld, Bullet, Ship } from './schema.ts'

export const SHIP_RADIUS = 14
export const BULLET_RADIUS = 3
const TURN_PER_SECOND = 4.2
const THRUST = 460
/** Share of its speed that a ship loses per second. */
const DRAG = 0.55
export const MAX_SHIP_SPEED = 400
export const BULLET_SPEED = 560
const BULLET_TICKS = 75
const RELOAD_TICKS = 11
const DAMAGE = 20
/** A softer touch makes no sparks. */
const LOUD_IMPACT = 80

/** One tick. The server runs it for all; a client for what it predicts, again and again when it replays. */
export const arena: Game<Arena> = defineSimulation<Arena>(arenaSchema, (world) => {
  for (const ship of world.all('ship')) {
    const input = world.inputOf(ship)
    steer(ship, input, world.dt)
    move(world, ship)
    if (input.fire || input.firing) shoot(world, ship)
  }
  for (const bullet of world.all('bullet')) fly(world, bullet)
})

function steer(ship: Ship, input: Readonly<Arena['input']>, dt: number): void {
  ship.angle = wrapAngle(ship.angle + (input.turn / FULL_TURN) * TURN_PER_SECOND * dt)
  ship.thrusting = input.thrust
  const kept = 1 - DRAG * dt
  ship.vx *= kept
  ship.vy *= kept
  if (!input.thrust) return
  ship.vx += cos(ship.angle) * THRUST * dt
  ship.vy += sin(ship.angle) * THRUST * dt
  const tooFast = hypot(ship.vx, ship.vy) / MAX_SHIP_SPEED
  if (tooFast <= 1) return
  ship.vx /= tooFast
  ship.vy /= tooFast
}

function move(world: ArenaWorld, ship: Ship): void {
  ship.x += ship.vx * world.dt
  ship.y += ship.vy * world.dt
  const impact = bounce(ship, SHIP_RADIUS, 0.6)
  if (impact > LOUD_IMPACT) world.emit('ricochet', { x: ship.x, y: ship.y }, { at: ship })
}

function shoot(world: ArenaWorld, ship: Ship): void {
  if (world.tick < ship.readyAt) return
  ship.readyAt = world.tick + RELOAD_TICKS
  const forwardX = cos(ship.angle)
  const forwardY = sin(ship.angle)
  const muzzle = { x: ship.x + forwardX * SHIP_RADIUS, y: ship.y + forwardY * SHIP_RADIUS }
  const vx = ship.vx + forwardX * BULLET_SPEED
  const vy = ship.vy + forwardY * BULLET_SPEED
  // Seen at once by who fired; it becomes the server's bullet when that arrives.
  world.spawn('bullet', { ...muzzle, vx, vy, diesAt: world.tick + BULLET_TICKS }, { owner: ship.owner })
  // `at` the ship, not the muzzle: an event of a ship is predicted by who owns that ship.
  world.emit('shot', muzzle, { at: ship })
}

function fly(world: ArenaWorld, bullet: Bullet): void {
  if (world.tick >= bullet.diesAt) {
    world.despawn(bullet)
    return
  }
  bullet.x += bullet.vx * world.dt
  bullet.y += bullet.vy * world.dt
  if (bounce(bullet, BULLET_RADIUS, 1) > 0) world.emit('ricochet', { x: bullet.x, y: bullet.y }, { at: bullet })
  // On a client the others stand where they are drawn, so a shot is aimed at what is seen.
  const target = world
    .near('ship', bullet, SHIP_RADIUS + BULLET_RADIUS)
    .find((ship) => ship.owner !== bullet.owner && ship.hp > 0)
  if (!target) return
  world.despawn(bullet)
  world.emit('hit', { x: bullet.x, y: bullet.y }, { at: bullet })
  // Damage is never predicted: a ship that explodes stays exploded.
  if (!world.authority) return
  target.hp = Math.max(0, target.hp - DAMAGE)
  target.hitBy = bullet.owner
}
