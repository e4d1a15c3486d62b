// All pictures are drawn once at the start: there is no file to load.
import type { GameObjects, Scene } from 'phaser'
import type { Block } from '../shared/map.ts'
import { BLOCK, NEBULAE, WALL } from './palette.ts'
import { PICTURES } from './pictures.ts'
import type { Pen, Picture } from './pictures.ts'

/** Pixels of a texture per world unit: the camera may zoom in, and a phone has three pixels where a laptop has one. */
export const TEXTURE_SCALE = 3
/** The texture that holds all moving pictures, as frames: changing textures between sprites is what costs on a GPU. */
export const SHEET = 'sheet'
const SHEET_WIDTH = 1024
/** Pixels between frames, so that smoothing does not mix neighbours. */
const GAP = 2
/** Pixels of a cloud, which is always enlarged. */
const MIST_SIZE = 256

/** Draws every texture that the game needs; a second call draws nothing. */
export function makeTextures(scene: Scene): void {
  if (scene.textures.exists(SHEET)) return
  makeSheet(scene)
  for (const [index, color] of NEBULAE.entries()) makeMist(scene, `nebula${index}`, color)
}

/** A sprite in world units. */
export function addSprite(scene: Scene, name: string): GameObjects.Image {
  return scene.add.image(0, 0, SHEET, name).setScale(1 / TEXTURE_SCALE)
}

/** The texture of one block of the map, drawn when it is first asked for; returns its key. */
export function blockTexture(scene: Scene, block: Block): string {
  const key = `block-${block.halfWidth}-${block.halfHeight}-${block.radius}`
  if (scene.textures.exists(key)) return key
  const width = 2 * (block.halfWidth + block.radius)
  const height = 2 * (block.halfHeight + block.radius)
  const pen = newPen(scene)
  pen.translateCanvas(width / 2 + 12, height / 2 + 12)
  drawBlock(pen, width, height, block.radius)
  pen.generateTexture(key, (width + 24) * TEXTURE_SCALE, (height + 24) * TEXTURE_SCALE)
  pen.destroy()
  return key
}

function drawBlock(pen: Pen, width: number, height: number, radius: number): void {
  const box = [-width / 2, -height / 2, width, height, radius] as const
  const inset = Math.min(10, radius / 2)
  pen.fillStyle(BLOCK).fillRoundedRect(...box)
  pen.lineStyle(12, WALL, 0.07).strokeRoundedRect(...box)
  pen.lineStyle(6, WALL, 0.14).strokeRoundedRect(...box)
  pen.lineStyle(2.2, WALL).strokeRoundedRect(...box)
  pen.lineStyle(1, WALL, 0.25)
  pen.strokeRoundedRect(box[0] + inset, box[1] + inset, width - 2 * inset, height - 2 * inset, radius - inset)
}

interface Cell {
  readonly picture: Picture
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function makeSheet(scene: Scene): void {
  const { cells, height: sheetHeight } = layOut(PICTURES)
  const pen = newPen(scene)
  for (const { picture, x, y, width, height } of cells) {
    pen.save()
    pen.translateCanvas((x + width / 2) / TEXTURE_SCALE, (y + height / 2) / TEXTURE_SCALE)
    picture.draw(pen)
    pen.restore()
  }
  pen.generateTexture(SHEET, SHEET_WIDTH, sheetHeight)
  pen.destroy()
  const sheet = scene.textures.get(SHEET)
  for (const { picture, x, y, width, height } of cells) sheet.add(picture.name, 0, x, y, width, height)
}

/** Places pictures in rows, from the left to the right and from the top down. */
function layOut(pictures: readonly Picture[]): { cells: Cell[]; height: number } {
  const cells: Cell[] = []
  let [x, y, rowHeight] = [0, 0, 0]
  for (const picture of pictures) {
    const width = picture.width * TEXTURE_SCALE
    const height = picture.height * TEXTURE_SCALE
    if (x + width > SHEET_WIDTH) [x, y, rowHeight] = [0, y + rowHeight + GAP, 0]
    cells.push({ picture, x, y, width, height })
    x += width + GAP
    rowHeight = Math.max(rowHeight, height)
  }
  return { cells, height: y + rowHeight }
}

function newPen(scene: Scene): Pen {
  const pen = scene.make.graphics({}, false)
  pen.scaleCanvas(TEXTURE_SCALE, TEXTURE_SCALE)
  return pen
}

/** A cloud that fades into nothing; Graphics has no gradients of this kind in Canvas. */
function makeMist(scene: Scene, key: string, color: number): void {
  const texture = scene.textures.createCanvas(key, MIST_SIZE, MIST_SIZE)
  const context = texture?.getContext()
  if (!texture || !context) return
  const middle = MIST_SIZE / 2
  const fade = context.createRadialGradient(middle, middle, 0, middle, middle, middle)
  const rgb = `${color >> 16} ${(color >> 8) & 255} ${color & 255}`
  fade.addColorStop(0, `rgb(${rgb} / 0.2)`)
  fade.addColorStop(0.5, `rgb(${rgb} / 0.09)`)
  fade.addColorStop(1, `rgb(${rgb} / 0)`)
  context.fillStyle = fade
  context.fillRect(0, 0, MIST_SIZE, MIST_SIZE)
  texture.refresh()
}
