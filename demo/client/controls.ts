import { wrapAngle } from 'tickwire'
import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import { FULL_TURN } from '../shared/schema.ts'
import type { Arena, ArenaInput } from '../shared/schema.ts'
import { find } from './dom.ts'
import { GamepadInput } from './gamepad.ts'
import { Keyboard } from './keyboard.ts'
import { Mouse } from './mouse.ts'
import type { ToWorld } from './mouse.ts'
import { Touch } from './touch.ts'

/** The inputs that a tap presses. */
export type Gun = 'fire' | 'laser'

/** Closer to the wished heading than this, in radians, the ship turns more slowly, so that it does not overshoot. */
const SLOW_TURN_WITHIN = 0.3

/** Keyboard, mouse, gamepad and touch, as the one input that a tick takes. */
export class Controls {
  private readonly room: JoinedRoom<Arena>
  private readonly toWorld: ToWorld
  private readonly keyboard: Keyboard
  private readonly mouse: Mouse
  private readonly touch: Touch
  private readonly gamepad: GamepadInput

  constructor(room: JoinedRoom<Arena>, toWorld: ToWorld) {
    this.room = room
    this.toWorld = toWorld
    const trigger = (gun: Gun): void => room.press(gun)
    this.keyboard = new Keyboard(trigger)
    this.mouse = new Mouse(find('#stage', HTMLElement), trigger)
    this.touch = new Touch(trigger)
    this.gamepad = new GamepadInput(trigger)
  }

  listen(): Unsubscribe {
    const stops = [this.keyboard.listen(), this.mouse.listen(), this.touch.listen()]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** The input of this frame's ticks. */
  sample(): Partial<ArenaInput> {
    const { keyboard, mouse, touch, gamepad } = this
    gamepad.poll()
    const keys = Number(keyboard.isHeld('right')) - Number(keyboard.isHeld('left'))
    // Who turns by keys aims by keys, until the mouse moves again.
    if (keys !== 0 || gamepad.turn !== 0) mouse.point = undefined
    return {
      thrust: keyboard.isHeld('thrust') || touch.thrust || gamepad.thrust,
      turn: keys * FULL_TURN || gamepad.turn || this.turnToHeading(),
      firing: keyboard.isHeld('fire') || mouse.firing || touch.firing || gamepad.firing,
    }
  }

  private turnToHeading(): number {
    const ship = this.room.mine('ship')
    const heading = ship && (this.touch.heading ?? this.headingOfMouse(ship))
    if (!ship || heading === undefined) return 0
    const share = wrapAngle(heading - ship.angle) / SLOW_TURN_WITHIN
    return Math.round(Math.min(Math.max(share, -1), 1) * FULL_TURN)
  }

  private headingOfMouse(ship: { readonly x: number; readonly y: number }): number | undefined {
    const { point } = this.mouse
    if (point === undefined) return undefined
    const { x, y } = this.toWorld(point.x, point.y)
    return Math.atan2(y - ship.y, x - ship.x)
  }
}
