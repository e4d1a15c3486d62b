import type { Ship } from './schema.ts'

export const GUN_DAMAGE = 20
export const LASER_DAMAGE = 34

/** Takes hit points, the shield's first. Only the authority may call it. */
export function damage(target: Ship, points: number, by: number | null, tick: number): void {
  if (tick < target.safeUntil) return
  const held = Math.min(target.shield, points)
  target.shield -= held
  target.hp = Math.max(0, target.hp - (points - held))
  target.hitBy = by
}
