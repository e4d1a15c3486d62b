/** A rounded box: all places within `radius` of an inner box. With an inner box of no size it is a disc. */
export interface Block {
  readonly x: number
  readonly y: number
  readonly halfWidth: number
  readonly halfHeight: number
  readonly radius: number
}

export const WIDTH = 2048
export const HEIGHT = 1408

const disc = (x: number, y: number, radius: number): Block => ({ x, y, halfWidth: 0, halfHeight: 0, radius })
const bar = (x: number, y: number, halfWidth: number, halfHeight: number): Block => ({
  x,
  y,
  halfWidth,
  halfHeight,
  radius: 24,
})

/** The other half of the arena is this half turned by 180 degrees: no corner is better than another. */
const half: readonly Block[] = [
  bar(420, 330, 110, 0),
  bar(286, 704, 0, 120),
  disc(560, 1060, 62),
  disc(790, 640, 40),
  bar(1024, 250, 0, 70),
]

const turned = (block: Block): Block => ({ ...block, x: WIDTH - block.x, y: HEIGHT - block.y })

export const BLOCKS: readonly Block[] = [disc(WIDTH / 2, HEIGHT / 2, 92), ...half, ...half.map(turned)]

/** Where ships appear; none within reach of a block. */
export const SPAWNS: readonly { readonly x: number; readonly y: number }[] = [
  ...[150, 480, 810, 1238, 1568, 1898].flatMap((x) => [
    { x, y: 150 },
    { x, y: HEIGHT - 150 },
  ]),
  { x: 130, y: HEIGHT / 2 },
  { x: WIDTH - 130, y: HEIGHT / 2 },
  { x: 560, y: HEIGHT / 2 },
  { x: WIDTH - 560, y: HEIGHT / 2 },
]
