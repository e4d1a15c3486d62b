import type { Unsubscribe } from 'tickwire/client'
import { find } from './dom.ts'
import { recall, remember } from './memory.ts'

const KEY = 'tickwire.settings'
const NAMES = ['sound', 'shake', 'calm'] as const

export interface Settings {
  /** Whether there is sound, once a key was pressed: browsers allow none before. */
  readonly sound: boolean
  /** Whether the picture shakes when the own ship is lost. */
  readonly shake: boolean
  /** Nothing moves or flashes that the game does not need. */
  readonly calm: boolean
}

/** What the player prefers. Who asked the system for less motion gets none that the game does not need. */
export class SettingsPanel {
  private readonly panel = find('#settings', HTMLElement)
  private settings: Settings

  constructor() {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    this.settings = { sound: true, shake: !calm, calm, ...remembered() }
    this.style()
  }

  get current(): Settings {
    return this.settings
  }

  /** Shows the settings as they are and follows the boxes; the call returned stops that. */
  listen(onChange: (settings: Settings) => void): Unsubscribe {
    const listening = new AbortController()
    for (const name of NAMES) {
      const box = find(`#${name}`, HTMLInputElement)
      box.checked = this.settings[name]
      const change = (): void => {
        this.settings = { ...this.settings, [name]: box.checked }
        remember(KEY, JSON.stringify(this.settings))
        this.style()
        onChange(this.settings)
      }
      box.addEventListener('change', change, { signal: listening.signal })
    }
    // As menus do: it closes behind the inspector, and when somebody goes on elsewhere.
    const close = (): void => this.panel.removeAttribute('open')
    const closeOutside = ({ target }: Event): void => {
      if (!(target instanceof Node && this.panel.contains(target))) close()
    }
    document.addEventListener('pointerdown', closeOutside, { signal: listening.signal })
    find('#inspect', HTMLButtonElement).addEventListener('click', close, { signal: listening.signal })
    onChange(this.settings)
    return () => {
      listening.abort()
      close()
    }
  }

  /** What style sheets move obeys, too. */
  private style(): void {
    document.documentElement.classList.toggle('calm', this.settings.calm)
  }
}

/** What is stored may be of another version. */
function remembered(): Partial<Settings> {
  try {
    const stored = JSON.parse(recall(KEY) || '{}') as Record<string, unknown>
    return Object.fromEntries(
      NAMES.filter((name) => typeof stored[name] === 'boolean').map((name) => [name, stored[name]]),
    )
  } catch {
    return {}
  }
}
