// All pictures of the game, drawn once: no file to load, and one texture per colour because Canvas knows no tint.
import { Math as PhaserMath } from 'phaser'
import type { GameObjects, Scene } from 'phaser'
import type { Block } from '../shared/map.ts'
import { BLOCK, COLOR_COUNT, NEBULAE, WALL, pilotColor } from './palette.ts'

/** Pixels of a texture per world unit: the camera may zoom in, and a phone has three pixels where a laptop has one. */
export const TEXTURE_SCALE = 3

/** Pixels of a cloud, which is always enlarged. */
const MIST_SIZE = 256

type Draw = (pen: GameObjects.Graphics) => void

/** Draws every texture that the game needs; a second call draws nothing. */
export function makeTextures(scene: Scene): void {
  for (let index = 0; index < COLOR_COUNT; index++) {
    const color = pilotColor(index)
    make(scene, `ship${index}`, 56, 48, (pen) => drawShip(pen, color))
    make(scene, `flame${index}`, 34, 20, (pen) => drawFlame(pen, color))
    make(scene, `bullet${index}`, 32, 16, (pen) => drawBullet(pen, color))
    make(scene, `spark${index}`, 12, 12, (pen) => drawGlow(pen, color, 5))
    make(scene, `ring${index}`, 72, 72, (pen) => drawRing(pen, color))
    make(scene, `marker${index}`, 20, 20, (pen) => drawMarker(pen, color))
  }
  for (const [index, color] of NEBULAE.entries()) makeMist(scene, `nebula${index}`, color)
  make(scene, 'star', 8, 8, (pen) => drawGlow(pen, 0xdce9ff, 3))
  make(scene, 'bar', 30, 3, (pen) => pen.fillStyle(0xffffff).fillRect(-15, -1.5, 30, 3))
}

/** The texture of one block of the map, drawn when it is first asked for; returns its key. */
export function blockTexture(scene: Scene, block: Block): string {
  const key = `block-${block.halfWidth}-${block.halfHeight}-${block.radius}`
  const width = 2 * (block.halfWidth + block.radius)
  const height = 2 * (block.halfHeight + block.radius)
  make(scene, key, width + 24, height + 24, (pen) => {
    const box = [-width / 2, -height / 2, width, height, block.radius] as const
    pen.fillStyle(BLOCK).fillRoundedRect(...box)
    pen.lineStyle(12, WALL, 0.07).strokeRoundedRect(...box)
    pen.lineStyle(6, WALL, 0.14).strokeRoundedRect(...box)
    pen.lineStyle(2.2, WALL).strokeRoundedRect(...box)
    const inset = Math.min(10, block.radius / 2)
    pen.lineStyle(1, WALL, 0.25)
    pen.strokeRoundedRect(box[0] + inset, box[1] + inset, width - 2 * inset, height - 2 * inset, block.radius - inset)
  })
  return key
}

/** Draws with the origin in the middle of a texture of `width` by `height` world units. */
function make(scene: Scene, key: string, width: number, height: number, draw: Draw): void {
  if (scene.textures.exists(key)) return
  const pen = scene.make.graphics({}, false)
  pen.scaleCanvas(TEXTURE_SCALE, TEXTURE_SCALE)
  pen.translateCanvas(width / 2, height / 2)
  draw(pen)
  pen.generateTexture(key, width * TEXTURE_SCALE, height * TEXTURE_SCALE)
  pen.destroy()
}

/** A cloud that fades into nothing; Graphics has no gradients of this kind in Canvas. */
function makeMist(scene: Scene, key: string, color: number): void {
  if (scene.textures.exists(key)) return
  const texture = scene.textures.createCanvas(key, MIST_SIZE, MIST_SIZE)
  const context = texture?.getContext()
  if (!texture || !context) return
  const middle = MIST_SIZE / 2
  const fade = context.createRadialGradient(middle, middle, 0, middle, middle, middle)
  const rgb = `${color >> 16} ${(color >> 8) & 255} ${color & 255}`
  for (const [at, alpha] of [
    [0, 0.2],
    [0.5, 0.09],
    [1, 0],
  ] as const) {
    fade.addColorStop(at, `rgb(${rgb} / ${alpha})`)
  }
  context.fillStyle = fade
  context.fillRect(0, 0, MIST_SIZE, MIST_SIZE)
  texture.refresh()
}

const hull = [
  [17, 0],
  [-12, 11],
  [-7, 0],
  [-12, -11],
].map(([x, y]) => new PhaserMath.Vector2(x, y))

function drawShip(pen: GameObjects.Graphics, color: number): void {
  for (const [width, alpha] of [
    [12, 0.05],
    [7, 0.12],
  ] as const) {
    pen.lineStyle(width, color, alpha).strokePoints(hull, true, true)
  }
  pen.fillStyle(0x0a1020).fillPoints(hull, true, true)
  pen.fillStyle(color, 0.28).fillPoints(hull, true, true)
  pen.lineStyle(2.2, color).strokePoints(hull, true, true)
  pen.fillStyle(0xffffff, 0.9).fillCircle(2, 0, 2.2)
}

function drawFlame(pen: GameObjects.Graphics, color: number): void {
  const tongue = (length: number, half: number): Draw => {
    return (p) => p.fillTriangle(15, -half, 15, half, 15 - length, 0)
  }
  pen.fillStyle(color, 0.25)
  tongue(30, 8)(pen)
  pen.fillStyle(color, 0.6)
  tongue(22, 5.5)(pen)
  pen.fillStyle(0xffffff, 0.85)
  tongue(12, 3)(pen)
}

function drawBullet(pen: GameObjects.Graphics, color: number): void {
  pen.fillStyle(color, 0.1).fillRoundedRect(-13, -7, 26, 14, 7)
  pen.fillStyle(color, 0.3).fillRoundedRect(-11, -4.5, 20, 9, 4.5)
  pen.fillStyle(color).fillRoundedRect(-9, -2.4, 16, 4.8, 2.4)
  pen.fillStyle(0xffffff).fillRoundedRect(-3, -1.6, 9, 3.2, 1.6)
}

function drawGlow(pen: GameObjects.Graphics, color: number, radius: number): void {
  pen.fillStyle(color, 0.15).fillCircle(0, 0, radius)
  pen.fillStyle(color, 0.4).fillCircle(0, 0, radius * 0.65)
  pen.fillStyle(0xffffff).fillCircle(0, 0, radius * 0.36)
}

function drawRing(pen: GameObjects.Graphics, color: number): void {
  pen.lineStyle(8, color, 0.12).strokeCircle(0, 0, 30)
  pen.lineStyle(2.5, color, 0.9).strokeCircle(0, 0, 30)
}

function drawMarker(pen: GameObjects.Graphics, color: number): void {
  pen.fillStyle(color, 0.9).fillTriangle(7, 0, -4, -5, -4, 5)
}
