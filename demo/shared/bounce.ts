import { BLOCKS, HEIGHT, WIDTH } from './map.ts'
import type { Block } from './map.ts'

/** What bounces: changed in place. */
export interface Body {
  x: number
  y: number
  vx: number
  vy: number
}

/**
 * Moves a disc out of the border and of every block, and turns its speed back. Adds, multiplies and takes square roots
 * only, so both ends get the same bits.
 *
 * @param restitution what is kept of the speed into the wall: 0 sticks, 1 loses nothing
 * @returns the speed into the wall, in units per second; 0 if nothing was touched
 */
export function bounce(body: Body, radius: number, restitution: number): number {
  let impact = bounceOffBorder(body, radius, restitution)
  for (const block of BLOCKS) {
    if (isAround(body, block, radius)) impact = Math.max(impact, bounceOffBlock(body, block, radius, restitution))
  }
  return impact
}

/** Whether the boxes around both overlap: of most blocks no more needs to be known. */
function isAround({ x, y }: Body, block: Block, radius: number): boolean {
  const reach = block.radius + radius
  return Math.abs(x - block.x) < block.halfWidth + reach && Math.abs(y - block.y) < block.halfHeight + reach
}

function bounceOffBorder(body: Body, radius: number, restitution: number): number {
  const x = clamp(body.x, radius, WIDTH - radius)
  const y = clamp(body.y, radius, HEIGHT - radius)
  let impact = 0
  if (x !== body.x) impact = turnBack(body, x > body.x ? 1 : -1, 0, restitution)
  if (y !== body.y) impact = Math.max(impact, turnBack(body, 0, y > body.y ? 1 : -1, restitution))
  body.x = x
  body.y = y
  return impact
}

function bounceOffBlock(body: Body, block: Block, radius: number, restitution: number): number {
  const nearX = clamp(body.x, block.x - block.halfWidth, block.x + block.halfWidth)
  const nearY = clamp(body.y, block.y - block.halfHeight, block.y + block.halfHeight)
  const dx = body.x - nearX
  const dy = body.y - nearY
  const reach = block.radius + radius
  const square = dx * dx + dy * dy
  if (square >= reach * reach) return 0
  const distance = Math.sqrt(square)
  // In the very middle every way out is as good: up.
  const normalX = distance > 0 ? dx / distance : 0
  const normalY = distance > 0 ? dy / distance : -1
  body.x = nearX + normalX * reach
  body.y = nearY + normalY * reach
  return turnBack(body, normalX, normalY, restitution)
}

function turnBack(body: Body, normalX: number, normalY: number, restitution: number): number {
  const into = -(body.vx * normalX + body.vy * normalY)
  if (into <= 0) return 0
  body.vx += (1 + restitution) * into * normalX
  body.vy += (1 + restitution) * into * normalY
  return into
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
