import type { Theme } from './palette.ts'

const KEY = 'tickwire.inspector'
const WIDTH = 380

/** How the inspector was left. */
export interface Preferences {
  /** In CSS pixels. */
  readonly width: number
  /** Null: as the system has it. */
  readonly theme: Theme | null
  readonly tab: string
}

/** Storage may be switched off, or hold what another version wrote. */
export function loadPreferences(): Preferences {
  const { width, theme, tab } = stored()
  return {
    width: typeof width === 'number' && Number.isFinite(width) ? width : WIDTH,
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    tab: typeof tab === 'string' ? tab : '',
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // Not remembered.
  }
}

function stored(): Partial<Record<keyof Preferences, unknown>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
