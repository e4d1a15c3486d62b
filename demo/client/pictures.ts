// What the moving things look like: drawn around (0, 0), pointing to the right, in world units.
import { Math as PhaserMath } from 'phaser'
import type { GameObjects } from 'phaser'
import { PICK_UPS, TEAMS } from '../shared/schema.ts'
import type { PickUp, Team } from '../shared/schema.ts'
import { OWN_EDGE, PICK_UP_COLORS, TEAM_COLORS } from './palette.ts'

export type Pen = GameObjects.Graphics

export interface Picture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly draw: (pen: Pen) => void
}

/** One of each per team, for Canvas knows no tint. */
function ofTeam(team: Team): Picture[] {
  const color = TEAM_COLORS[team]
  const hull = HULLS[team]
  return [
    { name: `ring-${team}`, width: 72, height: 72, draw: (pen) => drawRing(pen, color) },
    { name: `bubble-${team}`, width: 56, height: 56, draw: (pen) => drawBubble(pen, color) },
    { name: `ship-${team}`, width: 56, height: 48, draw: (pen) => drawShip(pen, hull, color, color) },
    { name: `own-${team}`, width: 56, height: 48, draw: (pen) => drawShip(pen, hull, color, OWN_EDGE) },
    { name: `flash-${team}`, width: 56, height: 48, draw: (pen) => drawFlash(pen, hull) },
    { name: `flame-${team}`, width: 34, height: 20, draw: (pen) => drawFlame(pen, color) },
    { name: `marker-${team}`, width: 20, height: 20, draw: (pen) => drawMarker(pen, color) },
    { name: `bullet-${team}`, width: 32, height: 16, draw: (pen) => drawBullet(pen, color) },
    { name: `spark-${team}`, width: 12, height: 12, draw: (pen) => drawGlow(pen, color, 5) },
  ]
}

const points = (...pairs: readonly (readonly [number, number])[]): PhaserMath.Vector2[] =>
  pairs.map(([x, y]) => new PhaserMath.Vector2(x, y))

/** An arrow and a broad wing: teams are told apart by shape as well as by colour. */
const HULLS: Readonly<Record<Team, PhaserMath.Vector2[]>> = {
  azure: points([17, 0], [-12, 11], [-7, 0], [-12, -11]),
  amber: points([15, 0], [3, 8], [-6, 14], [-12, 12], [-8, 0], [-12, -12], [-6, -14], [3, -8]),
}

/** All pictures, the highest first, so that rows of them waste little. */
export const PICTURES: readonly Picture[] = [
  ...TEAMS.flatMap(ofTeam),
  ...PICK_UPS.map((what) => ({
    name: `pick-up-${what}`,
    width: 44,
    height: 44,
    draw: (pen: Pen) => drawPickUp(pen, what),
  })),
  { name: 'spark', width: 12, height: 12, draw: (pen: Pen) => drawGlow(pen, 0xdce9ff, 5) },
  { name: 'star', width: 8, height: 8, draw: (pen: Pen) => drawGlow(pen, 0xdce9ff, 3) },
  { name: 'bar', width: 30, height: 3, draw: (pen: Pen) => pen.fillStyle(0xffffff).fillRect(-15, -1.5, 30, 3) },
].toSorted((a, b) => b.height - a.height)

function drawShip(pen: Pen, hull: PhaserMath.Vector2[], color: number, edge: number): void {
  pen.lineStyle(12, color, 0.05).strokePoints(hull, true, true)
  pen.lineStyle(7, color, 0.12).strokePoints(hull, true, true)
  pen.fillStyle(0x0a1020).fillPoints(hull, true, true)
  pen.fillStyle(color, 0.34).fillPoints(hull, true, true)
  pen.lineStyle(2.2, edge).strokePoints(hull, true, true)
  pen.fillStyle(0xffffff, 0.9).fillCircle(2, 0, 2.2)
}

/** Laid over a hull that was hit. */
function drawFlash(pen: Pen, hull: PhaserMath.Vector2[]): void {
  pen.lineStyle(8, 0xffffff, 0.3).strokePoints(hull, true, true)
  pen.fillStyle(0xffffff).fillPoints(hull, true, true)
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

/** Around a ship that has a shield, or has just appeared. */
function drawBubble(pen: Pen, color: number): void {
  pen.fillStyle(color, 0.1).fillCircle(0, 0, 24)
  pen.lineStyle(5, color, 0.15).strokeCircle(0, 0, 23)
  pen.lineStyle(1.6, color, 0.8).strokeCircle(0, 0, 23)
}

function drawMarker(pen: Pen, color: number): void {
  pen.fillStyle(color, 0.9).fillTriangle(7, 0, -4, -5, -4, 5)
}

/** A token with a sign: a shield, three rays, a cross. */
function drawPickUp(pen: Pen, what: PickUp): void {
  const color = PICK_UP_COLORS[what]
  pen.fillStyle(color, 0.1).fillCircle(0, 0, 19)
  pen.fillStyle(0x0a1020).fillCircle(0, 0, 14)
  pen.lineStyle(2.2, color).strokeCircle(0, 0, 14)
  pen.lineStyle(2.6, color)
  if (what === 'shield') pen.strokePoints(points([-6, -6], [0, -8], [6, -6], [5, 3], [0, 8], [-5, 3]), true, true)
  if (what === 'repair') pen.lineBetween(-7, 0, 7, 0).lineBetween(0, -7, 0, 7)
  if (what === 'spread') for (const y of [-6, 0, 6]) pen.lineBetween(-6, 0, 7, y)
}
