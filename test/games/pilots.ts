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

/** Steers the own ship towards a place, stops there, and fires when the target is ahead and near. */
export function chase(room: JoinedRoom<Arena>, target: Point | undefined): Steering {
  const me = room.mine('ship')
  if (me === undefined || target === undefined) return {}
  const [dx, dy] = [target.x - me.x, target.y - me.y]
  const distance = Math.max(1, Math.hypot(dx, dy))
  const isNear = distance < 350
  const speed = Math.min(250, Math.max(0, distance - 250))
  const wanted = { x: (dx / distance) * speed - me.vx, y: (dy / distance) * speed - me.vy }
  const isCalm = Math.hypot(wanted.x, wanted.y) < 15
  const heading = isNear && isCalm ? Math.atan2(dy, dx) : Math.atan2(wanted.y, wanted.x)
  const off = turnTo(me.angle, heading)
  if (isNear && isCalm && Math.abs(off) < 0.05) room.press('fire')
  return { turn: Math.abs(off) < 0.04 ? 0 : Math.sign(off), thrust: !isCalm && Math.abs(off) < 0.3 }
}

/** The first ship of somebody else. */
export function foeOf(room: JoinedRoom<Arena>): Point | undefined {
  for (const ship of room.view('ship')) if (!ship.mine) return ship
  return undefined
}
