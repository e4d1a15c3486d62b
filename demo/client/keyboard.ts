import type { Unsubscribe } from 'tickwire/client'
import type { Gun } from './controls.ts'

type Action = 'thrust' | 'left' | 'right' | Gun

/** By place on the keyboard, not by letter: W A S D lie together on every layout. */
const actions: Readonly<Record<string, Action>> = {
  ArrowUp: 'thrust',
  KeyW: 'thrust',
  ArrowLeft: 'left',
  KeyA: 'left',
  ArrowRight: 'right',
  KeyD: 'right',
  Space: 'fire',
  ShiftLeft: 'laser',
  ShiftRight: 'laser',
  KeyS: 'laser',
}

/** Which of the game's keys are held. */
export class Keyboard {
  private readonly held = new Set<string>()
  private readonly onTrigger: (gun: Gun) => void

  /** `onTrigger` is called once per press of a trigger, also for a tap between two frames. */
  constructor(onTrigger: (gun: Gun) => void) {
    this.onTrigger = onTrigger
  }

  /** Starts listening; the call returned stops it. */
  listen(): Unsubscribe {
    const listening = new AbortController()
    const { signal } = listening
    window.addEventListener('keydown', (event) => this.press(event), { signal })
    window.addEventListener('keyup', (event) => this.held.delete(event.code), { signal })
    // Who switches the tab or writes releases the keys elsewhere, and nobody would tell us.
    window.addEventListener('blur', () => this.held.clear(), { signal })
    document.addEventListener('focusin', () => this.held.clear(), { signal })
    return () => listening.abort()
  }

  isHeld(action: Action): boolean {
    for (const code of this.held) if (actions[code] === action) return true
    return false
  }

  private press(event: KeyboardEvent): void {
    const action = actions[event.code]
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey || isForPage(event.target)) return
    // The page would scroll.
    event.preventDefault()
    if (this.held.has(event.code)) return
    this.held.add(event.code)
    if (action === 'fire' || action === 'laser') this.onTrigger(action)
  }
}

function isForPage(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, button, a') !== null
}
