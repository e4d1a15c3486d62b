import { cos, defineSimulation, hypot, sin, wrapAngle } from 'tickwire'
import type { Game } from 'tickwire'
import { bounce } from './bounce.ts'
import { shootGun, shootLaser } from './guns.ts'
import { damage, GUN_DAMAGE } from './damage.ts'
import { BULLET_RADIUS, SHIP_RADIUS } from './map.ts'
import { FULL_TURN, arenaSchema } from './schema.ts'
import type { Arena, ArenaInput, ArenaWorld, Bullet, Ship } from './schema.ts'

const TURN_PER_SECOND = 4.2
const THRUST = 460
/** Share of its speed that a ship loses per second. */
const DRAG = 0.55
export const MAX_SHIP_SPEED = 400
/** A softer touch makes no sparks. */
const LOUD_IMPACT = 80

/** One tick. The server runs it for all; a client for what it predicts, again and again when it replays. */
export const arena: Game<Arena> = defineSimulation<Arena>(arenaSchema, (world) => {
  for (const ship of world.all('ship')) {
    const input = world.inputOf(ship)
    steer(ship, input, world.dt)
    move(world, ship)
    if (input.fire || input.firing) shootGun(world, ship)
    if (input.laser) shootLaser(world, ship)
  }
  for (const bullet of world.all('bullet')) fly(world, bullet)
})

function steer(ship: Ship, input: Readonly<ArenaInput>, dt: number): void {
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
    .find((ship) => ship.team !== bullet.team && ship.hp > 0)
  if (!target) return
  world.despawn(bullet)
  world.emit('hit', { x: bullet.x, y: bullet.y }, { at: bullet })
  // Damage is never predicted: a ship that explodes stays exploded.
  if (world.authority && world.state.phase === 'playing') damage(target, GUN_DAMAGE, bullet.owner, world.tick)
}
