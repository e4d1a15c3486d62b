import type { Unsubscribe } from 'tickwire/client'
import { find } from './dom.ts'

const KEY = 'tickwire.settings'

export interface Settings {
  /** Whether there is sound, once a key was pressed: browsers allow none before. */
  readonly sound: boolean
  /** Whether the picture shakes when the own ship is lost. */
  readonly shake: boolean
}

/** What the player prefers. Who asked the system for less motion gets none that the game does not need. */
export class SettingsPanel {
  private readonly panel = find('#settings', HTMLElement)
  private settings: Settings

  constructor() {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    this.settings = { sound: true, shake: !calm, ...remembered() }
  }

  get current(): Settings {
    return this.settings
  }

  /** Shows the settings as they are and follows the boxes; the call returned stops that. */
  listen(onChange: (settings: Settings) => void): Unsubscribe {
    const listening = new AbortController()
    for (const name of ['sound', 'shake'] as const) {
      const box = find(`#${name}`, HTMLInputElement)
      box.checked = this.settings[name]
      const change = (): void => {
        this.settings = { ...this.settings, [name]: box.checked }
        remember(this.settings)
        onChange(this.settings)
      }
      box.addEventListener('change', change, { signal: listening.signal })
    }
    onChange(this.settings)
    return () => {
      listening.abort()
      this.panel.removeAttribute('open')
    }
  }
}

/** Storage may be switched off, or hold what another version wrote. */
function remembered(): Partial<Settings> {
  try {
    const { sound, shake } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>
    return { ...(typeof sound === 'boolean' && { sound }), ...(typeof shake === 'boolean' && { shake }) }
  } catch {
    return {}
  }
}

function remember(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // Not remembered.
  }
}
