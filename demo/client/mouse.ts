import type { Unsubscribe } from 'tickwire/client'
import type { Gun } from './controls.ts'

/** Where in the world a point of the window lies. */
export type ToWorld = (clientX: number, clientY: number) => { readonly x: number; readonly y: number }

/** The mouse aims once it was moved, until a key turns; its left button fires, its right one is the laser. */
export class Mouse {
  /** Where it points to in the window, or undefined while it aims at nothing. */
  point: { readonly x: number; readonly y: number } | undefined
  firing = false
  private readonly stage: HTMLElement
  private readonly onTrigger: (gun: Gun) => void

  constructor(stage: HTMLElement, onTrigger: (gun: Gun) => void) {
    this.stage = stage
    this.onTrigger = onTrigger
  }

  /** Starts listening; the call returned stops it. */
  listen(): Unsubscribe {
    const listening = new AbortController()
    const { signal } = listening
    const { stage } = this
    stage.addEventListener('pointermove', (event) => this.move(event), { signal })
    stage.addEventListener('pointerdown', (event) => this.press(event), { signal })
    window.addEventListener('pointerup', (event) => this.release(event), { signal })
    window.addEventListener('blur', () => (this.firing = false), { signal })
    stage.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
    return () => listening.abort()
  }

  private move(event: PointerEvent): void {
    if (event.pointerType === 'mouse') this.point = { x: event.clientX, y: event.clientY }
  }

  private press(event: PointerEvent): void {
    if (event.pointerType !== 'mouse') return
    this.move(event)
    if (event.button === 0) {
      this.firing = true
      this.onTrigger('fire')
    }
    if (event.button === 2) this.onTrigger('laser')
  }

  private release(event: PointerEvent): void {
    if (event.button === 0) this.firing = false
  }
}
