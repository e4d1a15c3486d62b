import { wrapAngle } from 'tickwire'
import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import { FULL_TURN } from '../shared/schema.ts'
import type { Arena } from '../shared/schema.ts'
import { Keyboard } from './keyboard.ts'
import { Touch } from './touch.ts'

/** Closer to the stick's heading than this, in radians, the ship turns more slowly, so that it does not overshoot. */
const SLOW_TURN_WITHIN = 0.3

/** Keyboard and touch, as the one input that a tick takes. */
export class Controls {
  private readonly room: JoinedRoom<Arena>
  private readonly keyboard: Keyboard
  private readonly touch: Touch

  constructor(room: JoinedRoom<Arena>) {
    this.room = room
    this.keyboard = new Keyboard((gun) => room.press(gun))
    this.touch = new Touch(() => room.press('fire'))
  }

  listen(): Unsubscribe {
    const stops = [this.keyboard.listen(), this.touch.listen()]
    return () => {
      for (const stop of stops) stop()
    }
  }

  sample(): Partial<Arena['input']> {
    const { keyboard, touch } = this
    const keys = Number(keyboard.isHeld('right')) - Number(keyboard.isHeld('left'))
    return {
      thrust: keyboard.isHeld('thrust') || touch.thrust,
      turn: keys === 0 ? this.turnToHeading() : keys * FULL_TURN,
      firing: keyboard.isHeld('fire') || touch.firing,
    }
  }

  private turnToHeading(): number {
    const ship = this.room.mine('ship')
    if (this.touch.heading === undefined || !ship) return 0
    const share = wrapAngle(this.touch.heading - ship.angle) / SLOW_TURN_WITHIN
    return Math.round(Math.min(Math.max(share, -1), 1) * FULL_TURN)
  }
}
