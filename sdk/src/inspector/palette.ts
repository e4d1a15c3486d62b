/** Colours by meaning, alike in style sheets, canvases and ghosts. */
export interface Palette {
  readonly back: string
  readonly raised: string
  readonly line: string
  readonly ink: string
  readonly dim: string
  readonly accent: string
  readonly bad: string
  /** Ticks and values by where they are: drawn, told by the server, simulated here, sent. */
  readonly drawn: string
  readonly received: string
  readonly predicted: string
  readonly sent: string
  /** Kinds of messages, one behind the other. */
  readonly parts: readonly string[]
}

export type Theme = 'dark' | 'light'

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    back: '#14171c',
    raised: '#1d2129',
    line: '#2c323c',
    ink: '#dbe1ea',
    dim: '#96a1b2',
    accent: '#6cb2ff',
    bad: '#ff8078',
    drawn: '#6cb2ff',
    received: '#5cd0a3',
    predicted: '#bba2ff',
    sent: '#eeb45c',
    parts: ['#4f8fd6', '#5cbf99', '#d9a14e', '#a58be0', '#7d8898'],
  },
  light: {
    back: '#fcfdfe',
    raised: '#f0f3f7',
    line: '#d8dee7',
    ink: '#1a212b',
    dim: '#586475',
    accent: '#1560c4',
    bad: '#bd2a24',
    drawn: '#1560c4',
    received: '#0b7a54',
    predicted: '#6a45cf',
    sent: '#96590a',
    parts: ['#3d7fd0', '#2f9c74', '#c08324', '#8a6ad6', '#8a95a5'],
  },
}

/** The palette as custom properties of a style sheet. */
export function applyPalette(style: CSSStyleDeclaration, palette: Palette): void {
  for (const [name, color] of Object.entries(palette)) {
    if (typeof color === 'string') style.setProperty(`--${name}`, color)
  }
}
