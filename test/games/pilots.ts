import type { Arena } from './arena/arena.ts'
import type { JoinedRoom } from '@tickwire/sdk'

type Steering = Partial<Arena['input']>
interface Point {
  readonly x: number
  readonly y: number
}

/** The way from one angle to another, -pi to pi. */
function turnTo(from: number, to: number): number {
  const difference = to - from
  return Math.atan2(Math.sin(difference), Math.cos(difference))
}

/** Steers the own ship towards a place and stops a shot's length away, turned to it. */
export function flyTo(room: JoinedRoom<Arena>, target: Point): Steering {
  const me = room.mine('ship')
  if (me === undefined) return {}
  const [dx, dy] = [target.x - me.x, target.y - me.y]
  const distance = Math.max(1, Math.hypot(dx, dy))
  const speed = Math.min(250, Math.max(0, distance - 250))
  const wanted = { x: (dx / distance) * speed - me.vx, y: (dy / distance) * speed - me.vy }
  const isThere = distance < 350 && Math.hypot(wanted.x, wanted.y) < 15
  const off = turnTo(me.angle, isThere ? Math.atan2(dy, dx) : Math.atan2(wanted.y, wanted.x))
  return { turn: Math.abs(off) < 0.04 ? 0 : Math.sign(off), thrust: !isThere && Math.abs(off) < 0.3 }
}

/** How far the own ship is turned away from a place, 0 to pi. */
export function bearing(room: JoinedRoom<Arena>, target: Point): number {
  const me = room.mine('ship')
  return me === undefined ? Math.PI : Math.abs(turnTo(me.angle, Math.atan2(target.y - me.y, target.x - me.x)))
}

/** Flies to the first other ship and fires when it is ahead and near. */
export function hunt(room: JoinedRoom<Arena>): Steering {
  const [me, foe] = [room.mine('ship'), foeOf(room)]
  if (me === undefined || foe === undefined) return {}
  const isNear = Math.hypot(foe.x - me.x, foe.y - me.y) < 350
  if (isNear && bearing(room, foe) < 0.05) room.press('fire')
  return flyTo(room, foe)
}

/** The first ship of somebody else. */
export function foeOf(room: JoinedRoom<Arena>): Point | undefined {
  for (const ship of room.view('ship')) if (!ship.mine) return ship
  return undefined
}
