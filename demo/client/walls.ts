import type { Scene } from 'phaser'
import { BLOCKS, HEIGHT, WIDTH } from '../shared/map.ts'
import { FLOOR, GRID, WALL } from './palette.ts'
import { TEXTURE_SCALE, blockTexture } from './textures.ts'

const GRID_SIZE = 128

/** Draws what never moves: floor, grid, border and blocks. */
export function drawWalls(scene: Scene): void {
  const floor = scene.add.graphics().setDepth(-30)
  floor.fillStyle(FLOOR).fillRect(0, 0, WIDTH, HEIGHT)
  const lines = scene.add.graphics().setDepth(-10)
  lines.fillStyle(GRID, 0.06)
  for (let x = GRID_SIZE; x < WIDTH; x += GRID_SIZE) lines.fillRect(x - 0.75, 0, 1.5, HEIGHT)
  for (let y = GRID_SIZE; y < HEIGHT; y += GRID_SIZE) lines.fillRect(0, y - 0.75, WIDTH, 1.5)
  for (const [width, alpha] of [
    [14, 0.06],
    [7, 0.14],
    [2.5, 0.9],
  ] as const) {
    lines.lineStyle(width, WALL, alpha).strokeRect(-1, -1, WIDTH + 2, HEIGHT + 2)
  }
  for (const block of BLOCKS) {
    const image = scene.add.image(block.x, block.y, blockTexture(scene, block))
    image.setScale(1 / TEXTURE_SCALE).setDepth(-5)
  }
}
