import { FULL_TURN } from '../shared/schema.ts'
import type { Gun } from './controls.ts'

/** Worn sticks do not rest in the middle. */
const DEAD_ZONE = 0.18
/** Of the "standard" layout that browsers map gamepads to. */
const A_BUTTON = 0
const B_BUTTON = 1
const LEFT_SHOULDER = 4
const RIGHT_SHOULDER = 5
const LEFT_TRIGGER = 6
const RIGHT_TRIGGER = 7
const D_PAD_UP = 12
const D_PAD_LEFT = 14
const D_PAD_RIGHT = 15

/** The first gamepad that is connected. It sends no events for buttons: it is asked once a frame. */
export class GamepadInput {
  /** From -FULL_TURN to FULL_TURN. */
  turn = 0
  thrust = false
  firing = false
  private isLaserDown = false
  private readonly onTrigger: (gun: Gun) => void

  constructor(onTrigger: (gun: Gun) => void) {
    this.onTrigger = onTrigger
  }

  poll(): void {
    const pad = navigator.getGamepads().find((found) => found !== null)
    if (!pad) {
      this.turn = 0
      this.thrust = false
      this.firing = false
      return
    }
    const isDown = (...buttons: readonly number[]): boolean => buttons.some((index) => pad.buttons[index]?.pressed)
    const stick = pad.axes[0] ?? 0
    const cross = Number(isDown(D_PAD_RIGHT)) - Number(isDown(D_PAD_LEFT))
    this.turn = cross === 0 ? Math.round(beyond(stick) * FULL_TURN) : cross * FULL_TURN
    this.thrust = isDown(RIGHT_TRIGGER, LEFT_TRIGGER, D_PAD_UP)
    const firing = isDown(A_BUTTON, RIGHT_SHOULDER)
    if (firing && !this.firing) this.onTrigger('fire')
    this.firing = firing
    const isLaserDown = isDown(B_BUTTON, LEFT_SHOULDER)
    if (isLaserDown && !this.isLaserDown) this.onTrigger('laser')
    this.isLaserDown = isLaserDown
  }
}

/** What of a stick's deflection is meant, from -1 to 1. */
function beyond(axis: number): number {
  const size = Math.max(0, Math.abs(axis) - DEAD_ZONE) / (1 - DEAD_ZONE)
  return Math.sign(axis) * Math.min(1, size)
}
