import type { PredictedEntity } from '../prediction/predicted-entity.ts'

/**
 * How far from the truth an entity is drawn at present: of kinds with a position the distance, of others the largest error
 * of a field, in the field's unit.
 */
export function correctionSize({ kind, correction }: PredictedEntity): number {
  const { left } = correction
  if (kind.position.length > 0) return Math.hypot(...kind.position.flatMap((name) => numbersIn(left.get(name))))
  return Math.max(0, ...[...left.values()].flatMap(numbersIn).map(Math.abs))
}

/** A position is one number per field, or a vector. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}
