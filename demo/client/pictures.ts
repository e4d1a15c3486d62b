// What the moving things look like: drawn around (0, 0), pointing to the right, in world units.
import { Math as PhaserMath } from 'phaser'
import type { GameObjects } from 'phaser'
import { COLOR_COUNT, pilotColor } from './palette.ts'

export type Pen = GameObjects.Graphics

export interface Picture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly draw: (pen: Pen) => void
}

/** One of each per colour, for Canvas knows no tint; the name ends with the number of the colour. */
function inColor(index: number): Picture[] {
  const color = pilotColor(index)
  return [
    { name: `ring${index}`, width: 72, height: 72, draw: (pen) => drawRing(pen, color) },
    { name: `ship${index}`, width: 56, height: 48, draw: (pen) => drawShip(pen, color) },
    { name: `flame${index}`, width: 34, height: 20, draw: (pen) => drawFlame(pen, color) },
    { name: `marker${index}`, width: 20, height: 20, draw: (pen) => drawMarker(pen, color) },
    { name: `bullet${index}`, width: 32, height: 16, draw: (pen) => drawBullet(pen, color) },
    { name: `spark${index}`, width: 12, height: 12, draw: (pen) => drawGlow(pen, color, 5) },
  ]
}

/** All pictures, the highest first, so that rows of them waste little. */
export const PICTURES: readonly Picture[] = [
  ...Array.from({ length: COLOR_COUNT }, (_, index) => inColor(index)).flat(),
  { name: 'star', width: 8, height: 8, draw: (pen: Pen) => drawGlow(pen, 0xdce9ff, 3) },
  { name: 'bar', width: 30, height: 3, draw: (pen: Pen) => pen.fillStyle(0xffffff).fillRect(-15, -1.5, 30, 3) },
].toSorted((a, b) => b.height - a.height)

const hull = [
  [17, 0],
  [-12, 11],
  [-7, 0],
  [-12, -11],
].map(([x, y]) => new PhaserMath.Vector2(x, y))

function drawShip(pen: Pen, color: number): void {
  pen.lineStyle(12, color, 0.05).strokePoints(hull, true, true)
  pen.lineStyle(7, color, 0.12).strokePoints(hull, true, true)
  pen.fillStyle(0x0a1020).fillPoints(hull, true, true)
  pen.fillStyle(color, 0.28).fillPoints(hull, true, true)
  pen.lineStyle(2.2, color).strokePoints(hull, true, true)
  pen.fillStyle(0xffffff, 0.9).fillCircle(2, 0, 2.2)
}

function drawFlame(pen: Pen, color: number): void {
  pen.fillStyle(color, 0.25).fillTriangle(15, -8, 15, 8, -15, 0)
  pen.fillStyle(color, 0.6).fillTriangle(15, -5.5, 15, 5.5, -7, 0)
  pen.fillStyle(0xffffff, 0.85).fillTriangle(15, -3, 15, 3, 3, 0)
}

function drawBullet(pen: Pen, color: number): void {
  pen.fillStyle(color, 0.1).fillRoundedRect(-13, -7, 26, 14, 7)
  pen.fillStyle(color, 0.3).fillRoundedRect(-11, -4.5, 20, 9, 4.5)
  pen.fillStyle(color).fillRoundedRect(-9, -2.4, 16, 4.8, 2.4)
  pen.fillStyle(0xffffff).fillRoundedRect(-3, -1.6, 9, 3.2, 1.6)
}

function drawGlow(pen: Pen, color: number, radius: number): void {
  pen.fillStyle(color, 0.15).fillCircle(0, 0, radius)
  pen.fillStyle(color, 0.4).fillCircle(0, 0, radius * 0.65)
  pen.fillStyle(0xffffff).fillCircle(0, 0, radius * 0.36)
}

function drawRing(pen: Pen, color: number): void {
  pen.lineStyle(8, color, 0.12).strokeCircle(0, 0, 30)
  pen.lineStyle(2.5, color, 0.9).strokeCircle(0, 0, 30)
}

function drawMarker(pen: Pen, color: number): void {
  pen.fillStyle(color, 0.9).fillTriangle(7, 0, -4, -5, -4, 5)
}
