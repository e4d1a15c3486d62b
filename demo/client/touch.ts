import type { Unsubscribe } from 'tickwire/client'
import type { Gun } from './controls.ts'
import { find } from './dom.ts'

/** Thumbs rest on the stick without moving it. */
const DEAD_ZONE = 0.2
/** From here on the stick does not only turn, it thrusts. */
const THRUST_ZONE = 0.55

/** Shows what is for thumbs on a touch screen, and anywhere else at the first touch. */
export function revealTouch(): void {
  const reveal = (): void => document.documentElement.classList.add('touch')
  if (window.matchMedia('(pointer: coarse)').matches) reveal()
  else window.addEventListener('touchstart', reveal, { once: true, passive: true })
}

/** A virtual stick for the left thumb and two triggers for the right. */
export class Touch {
  /** Where the stick points in radians, or undefined while it rests. */
  heading: number | undefined
  thrust = false
  firing = false
  private readonly onTrigger: (gun: Gun) => void

  constructor(onTrigger: (gun: Gun) => void) {
    this.onTrigger = onTrigger
  }

  /** Starts listening; the call returned stops it. */
  listen(): Unsubscribe {
    const listening = new AbortController()
    const { signal } = listening
    this.listenToStick(find('#stick', HTMLElement), signal)
    this.listenToFire(find('#fire', HTMLElement), signal)
    onPress(find('#beam', HTMLElement), signal, () => this.onTrigger('laser'))
    return () => {
      listening.abort()
      this.release()
      this.firing = false
    }
  }

  private listenToStick(stick: HTMLElement, signal: AbortSignal): void {
    const knob = find('#stick span', HTMLElement)
    const move = (event: PointerEvent): void => {
      if (!stick.hasPointerCapture(event.pointerId)) return
      const box = stick.getBoundingClientRect()
      const x = (event.clientX - box.x) / (box.width / 2) - 1
      const y = (event.clientY - box.y) / (box.height / 2) - 1
      const size = Math.hypot(x, y)
      this.heading = size > DEAD_ZONE ? Math.atan2(y, x) : undefined
      this.thrust = size > THRUST_ZONE
      const shown = Math.min(1, 1 / Math.max(size, 0.001)) * 50
      knob.style.translate = `${x * shown}% ${y * shown}%`
    }
    const end = (): void => {
      this.release()
      knob.style.translate = ''
    }
    onPress(stick, signal, move)
    stick.addEventListener('pointermove', move, { signal })
    stick.addEventListener('lostpointercapture', end, { signal })
  }

  private listenToFire(button: HTMLElement, signal: AbortSignal): void {
    onPress(button, signal, () => {
      this.firing = true
      this.onTrigger('fire')
    })
    button.addEventListener('lostpointercapture', () => (this.firing = false), { signal })
  }

  private release(): void {
    this.heading = undefined
    this.thrust = false
  }
}

/** Captured, a thumb may slide off the control without letting go of it. */
function onPress(element: HTMLElement, signal: AbortSignal, press: (event: PointerEvent) => void): void {
  const listener = (event: PointerEvent): void => {
    event.preventDefault()
    element.setPointerCapture(event.pointerId)
    press(event)
  }
  element.addEventListener('pointerdown', listener, { signal })
}
