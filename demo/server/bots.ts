import { wrapAngle } from 'tickwire'
import { BULLET_SPEED, LASER_REACH, LASER_TICKS, beamOf } from '../shared/guns.ts'
import { HEIGHT, WIDTH, distanceToWall } from '../shared/map.ts'
import { FULL_TURN, MAX_PLAYERS } from '../shared/schema.ts'
import type { ArenaInput } from '../shared/schema.ts'
import { countOf } from './teams.ts'
import type { ArenaRoom, Pilot, Ship } from './types.ts'

const NAMES = [
  'Vega',
  'Rigel',
  'Altair',
  'Deneb',
  'Mira',
  'Spica',
  'Lyra',
  'Castor',
  'Pollux',
  'Sirius',
  'Nashira',
  'Adhara',
  'Bellatrix',
  'Electra',
  'Maia',
  'Merope',
  'Polaris',
  'Thuban',
  'Alcor',
  'Mizar',
  'Izar',
  'Gemma',
  'Hadar',
  'Naos',
  'Regor',
  'Sabik',
  'Tarazed',
  'Zaurak',
  'Atlas',
]
/** A bot sees no farther than a player's screen shows. */
const SIGHT = 620
/** Units before a wall from which on it turns away. */
const CAUTION = 90
/** It shoots when the target is within so many radians of its aim: well, but not perfectly. */
const AIM = 0.12
const LASER_AIM = 0.04
const CRUISING_SPEED = 230
const KEEP_DISTANCE = 170
/** Bots leave these free: who comes finds a seat, and a bot goes then. */
const SEATS_KEPT = 2

/** Seats bots until as many ships fly as the room's creator wished, and sends them away as players come. */
export function fillWithBots(room: ArenaRoom): void {
  const ships = Math.min(room.options.ships, MAX_PLAYERS - SEATS_KEPT)
  const bots = [...room.players.values()].filter((player) => player.isBot)
  const people = room.players.size - bots.length
  // Where nobody is there is nothing to fill.
  const wanted = people === 0 ? 0 : Math.max(0, ships - people)
  if (bots.length > wanted) leastUseful(room, bots).leave('bots make room')
  if (bots.length < wanted) room.addBot({ name: freeName(bots) }, (bot) => think(room, bot))
}

/** One of the team that has more ships. */
function leastUseful(room: ArenaRoom, bots: readonly Pilot[]): Pilot {
  return bots.toSorted((a, b) => countOf(room, b.state.team) - countOf(room, a.state.team))[0]!
}

function freeName(bots: readonly Pilot[]): string {
  const taken = new Set(bots.map(({ state }) => state.name))
  return NAMES.find((name) => !taken.has(name)) ?? `Nova ${bots.length}`
}

/** What a bot presses: it has the inputs of a player, and no more knowledge than a screen. */
function think(room: ArenaRoom, bot: Pilot): Partial<ArenaInput> {
  const [ship] = bot.owned('ship')
  if (ship === undefined) return {}
  const target = nearestFoe(room, ship)
  const heading = target === null ? wander(room, ship) : leadAngle(ship, target)
  const wall = awayFromWall(ship)
  const turn = wrapAngle((wall ?? heading) - ship.angle)
  const off = Math.abs(turn)
  const distance = target === null ? Infinity : Math.hypot(target.x - ship.x, target.y - ship.y)
  const speed = Math.hypot(ship.vx, ship.vy)
  return {
    turn: Math.round(Math.min(Math.max(turn / 0.3, -1), 1) * FULL_TURN),
    thrust: off < 0.9 && (speed < CRUISING_SPEED || wall !== null) && distance > KEEP_DISTANCE,
    firing: wall === null && off < AIM && distance < SIGHT,
    laser: wall === null && off < LASER_AIM && distance < LASER_REACH && isMoment(room, bot) && isClear(ship, distance),
  }
}

function nearestFoe(room: ArenaRoom, ship: Ship): Ship | null {
  let nearest: Ship | null = null
  let least = SIGHT
  for (const other of room.world.all('ship')) {
    if (other.team === ship.team || room.tick < other.safeUntil) continue
    const distance = Math.hypot(other.x - ship.x, other.y - ship.y)
    if (distance < least) [nearest, least] = [other, distance]
  }
  return nearest
}

/** Where to aim so that a bullet and the target meet, if it goes on as it flies. */
function leadAngle(ship: Ship, target: Ship): number {
  const dx = target.x - ship.x
  const dy = target.y - ship.y
  const seconds = Math.hypot(dx, dy) / BULLET_SPEED
  return Math.atan2(dy + (target.vy - ship.vy) * seconds, dx + (target.vx - ship.vx) * seconds)
}

/** To a place that changes every few seconds, another for each ship. */
function wander(room: ArenaRoom, ship: Ship): number {
  const step = Math.floor(room.tick / 240) + ship.id * 7
  const x = WIDTH * (0.5 + 0.38 * Math.cos(step * 2.4))
  const y = HEIGHT * (0.5 + 0.36 * Math.sin(step * 1.7))
  return Math.atan2(y - ship.y, x - ship.x)
}

/** The way out when a wall comes near, or null. */
function awayFromWall(ship: Ship): number | null {
  const ahead = { x: ship.x + ship.vx * 0.45, y: ship.y + ship.vy * 0.45 }
  if (distanceToWall(ahead.x, ahead.y) > CAUTION) return null
  // Downhill of the distance is into the wall: the other way leads out.
  const step = 4
  const outX = distanceToWall(ahead.x + step, ahead.y) - distanceToWall(ahead.x - step, ahead.y)
  const outY = distanceToWall(ahead.x, ahead.y + step) - distanceToWall(ahead.x, ahead.y - step)
  return outX === 0 && outY === 0 ? null : Math.atan2(outY, outX)
}

/** Nothing but the target stands in the way of the beam. */
function isClear(ship: Ship, distance: number): boolean {
  const { x, y, toX, toY } = beamOf(ship)
  return Math.hypot(toX - x, toY - y) > distance
}

/** Not all at once, and not as often as it could: a laser that never misses is no fun. */
function isMoment(room: ArenaRoom, bot: Pilot): boolean {
  return (room.tick + bot.id * 37) % (2 * LASER_TICKS) < 20
}
