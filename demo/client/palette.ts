import type { PickUp, Team } from '../shared/schema.ts'

/** Colours of the scene, as Phaser takes them. */
export const SPACE = 0x070b16
export const FLOOR = 0x0b1222
export const GRID = 0x9fc6ff
export const WALL = 0x6d90cf
export const BLOCK = 0x16223c
/** Faint clouds far behind the stars. */
export const NEBULAE: readonly number[] = [0x3f6fd8, 0x7a4fd0, 0x2aa7a0]

/**
 * Blue and orange: the pair that all kinds of colour vision tell apart. The hulls differ too, and both differ from the
 * own ship's white edge.
 */
export const TEAM_COLORS: Readonly<Record<Team, number>> = { azure: 0x4cc2ff, amber: 0xffa62b }
export const OWN_EDGE = 0xffffff

export const PICK_UP_COLORS: Readonly<Record<PickUp, number>> = { shield: 0x9db4ff, spread: 0xf7e463, repair: 0x6ee7a8 }

/** As players read them. */
export const PICK_UP_NAMES: Readonly<Record<PickUp, string>> = {
  shield: 'Shield',
  spread: 'Spread shot',
  repair: 'Repair',
}

/** A team's colour for style sheets. */
export function cssColor(team: Team): string {
  return cssHex(TEAM_COLORS[team])
}

export function cssHex(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`
}
