/** A rounded box: all places within `radius` of an inner box. With an inner box of no size it is a disc. */
export interface Block {
  readonly x: number
  readonly y: number
  readonly halfWidth: number
  readonly halfHeight: number
  readonly radius: number
}

export interface Spot {
  readonly x: number
  readonly y: number
}

export const WIDTH = 2048
export const HEIGHT = 1408
export const SHIP_RADIUS = 14
export const BULLET_RADIUS = 3

const disc = (x: number, y: number, radius: number): Block => ({ x, y, halfWidth: 0, halfHeight: 0, radius })
const bar = (x: number, y: number, halfWidth: number, halfHeight: number): Block => ({
  x,
  y,
  halfWidth,
  halfHeight,
  radius: 24,
})

/** The other half of the arena is this half turned by 180 degrees: no side is better than the other. */
const half: readonly Block[] = [
  bar(420, 330, 110, 0),
  bar(286, 704, 0, 120),
  disc(560, 1060, 62),
  disc(790, 640, 40),
  bar(1024, 250, 0, 70),
]

const turned = <T extends Spot>(spot: T): T => ({ ...spot, x: WIDTH - spot.x, y: HEIGHT - spot.y })

export const BLOCKS: readonly Block[] = [disc(WIDTH / 2, HEIGHT / 2, 92), ...half, ...half.map(turned)]

/** Where ships of the first team appear, on the left; the second has the other half. None is within reach of a block. */
const leftSpawns: readonly Spot[] = [
  ...[150, 480].flatMap((x) => [
    { x, y: 150 },
    { x, y: HEIGHT - 150 },
  ]),
  { x: 130, y: HEIGHT / 2 },
  { x: 150, y: 420 },
  { x: 150, y: HEIGHT - 420 },
  { x: 810, y: 150 },
]
export const SPAWNS: Readonly<Record<'azure' | 'amber', readonly Spot[]>> = {
  azure: leftSpawns,
  amber: leftSpawns.map(turned),
}

const leftPickUps: readonly Spot[] = [
  { x: 560, y: HEIGHT / 2 },
  { x: 420, y: 190 },
  { x: 300, y: 1180 },
]
export const PICK_UP_SPOTS: readonly Spot[] = [
  ...leftPickUps,
  ...leftPickUps.map(turned),
  { x: WIDTH / 2, y: 520 },
  { x: WIDTH / 2, y: HEIGHT - 520 },
]

/** From a place in the arena to the nearest wall or block; 0 or less within one. */
export function distanceToWall(x: number, y: number): number {
  let least = Math.min(x, y, WIDTH - x, HEIGHT - y)
  for (const block of BLOCKS) {
    const dx = Math.max(0, Math.abs(x - block.x) - block.halfWidth)
    const dy = Math.max(0, Math.abs(y - block.y) - block.halfHeight)
    least = Math.min(least, Math.sqrt(dx * dx + dy * dy) - block.radius)
  }
  return least
}
