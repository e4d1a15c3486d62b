import { cos, sin } from 'tickwire'
import { distanceToWall, SHIP_RADIUS } from './map.ts'
import type { ArenaWorld, Ship } from './schema.ts'

export const BULLET_SPEED = 560
const BULLET_TICKS = 75
export const GUN_TICKS = 11
/** With the spread shot, radians between neighbours. */
const SPREAD = 0.16
export const LASER_TICKS = 90
export const LASER_REACH = 720
/** The beam stops when it is as near as this to a wall. */
const TOUCH = 0.5
/** Each step of the beam is as long as the way is surely free; so many of them bring it anywhere but along a wall. */
const MAX_STEPS = 48

export interface Beam {
  readonly x: number
  readonly y: number
  readonly toX: number
  readonly toY: number
}

/**
 * Fires a bullet, with the spread shot three. They are seen at once by who fired, and become the server's when those
 * arrive.
 */
export function shootGun(world: ArenaWorld, ship: Ship): void {
  if (world.tick < ship.gunReadyAt) return
  ship.gunReadyAt = world.tick + GUN_TICKS
  ship.safeUntil = Math.min(ship.safeUntil, world.tick)
  const isSpread = world.tick < ship.spreadUntil
  for (const aside of isSpread ? [-SPREAD, 0, SPREAD] : [0]) spawnBullet(world, ship, ship.angle + aside)
  // `at` the ship, not the muzzle: an event of a ship is predicted by who owns that ship.
  world.emit('shot', muzzleOf(ship), { at: ship })
}

function spawnBullet(world: ArenaWorld, ship: Ship, angle: number): void {
  const vx = ship.vx + cos(angle) * BULLET_SPEED
  const vy = ship.vy + sin(angle) * BULLET_SPEED
  const fields = { ...muzzleOf(ship), vx, vy, team: ship.team, diesAt: world.tick + BULLET_TICKS }
  world.spawn('bullet', fields, { owner: ship.owner })
}

/** Shows the beam at once, up to the wall. What it hit the room says, by what the shooter had on screen. */
export function shootLaser(world: ArenaWorld, ship: Ship): void {
  if (world.tick < ship.laserReadyAt) return
  ship.laserReadyAt = world.tick + LASER_TICKS
  ship.safeUntil = Math.min(ship.safeUntil, world.tick)
  if (world.authority) ship.laserAt = world.tick
  world.emit('laser', { ...beamOf(ship), team: ship.team }, { at: ship })
}

/** From the muzzle to the first wall, by steps of the distance to the nearest one ("sphere tracing", J. C. Hart 1996). */
export function beamOf(ship: Ship): Beam {
  const from = muzzleOf(ship)
  const forwardX = cos(ship.angle)
  const forwardY = sin(ship.angle)
  let length = 0
  for (let step = 0; step < MAX_STEPS && length < LASER_REACH; step++) {
    const free = distanceToWall(from.x + forwardX * length, from.y + forwardY * length)
    if (free < TOUCH) break
    length += free
  }
  length = Math.min(length, LASER_REACH)
  return { ...from, toX: from.x + forwardX * length, toY: from.y + forwardY * length }
}

function muzzleOf(ship: Ship): { x: number; y: number } {
  return { x: ship.x + cos(ship.angle) * SHIP_RADIUS, y: ship.y + sin(ship.angle) * SHIP_RADIUS }
}
