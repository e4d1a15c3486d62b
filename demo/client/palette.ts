/** Colours of the scene, as Phaser takes them. */
export const SPACE = 0x070b16
export const FLOOR = 0x0b1222
export const GRID = 0x9fc6ff
export const WALL = 0x6d90cf
export const BLOCK = 0x16223c
/** Faint clouds far behind the stars. */
export const NEBULAE: readonly number[] = [0x3f6fd8, 0x7a4fd0, 0x2aa7a0]

/** One per seat, repeated: told apart by lightness as well as by hue. */
const pilots: readonly number[] = [
  0x45d6e8, 0xffb454, 0xf0719b, 0x9be564, 0xa78bfa, 0xffe66d, 0xff7a59, 0x5aa9ff, 0x4fe0a6, 0xe39bf2, 0xc9d6ea,
  0xd0b26a,
]

export const COLOR_COUNT: number = pilots.length

/** The number of a seat's colour: from 0 to `COLOR_COUNT` - 1. */
export function colorIndex(seat: number | null): number {
  return (seat ?? 0) % COLOR_COUNT
}

export function pilotColor(index: number): number {
  return pilots[index % COLOR_COUNT] ?? 0xffffff
}

/** A seat's colour for style sheets. */
export function cssColor(seat: number | null): string {
  return `#${pilotColor(colorIndex(seat)).toString(16).padStart(6, '0')}`
}
