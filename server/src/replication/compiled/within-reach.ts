import type { Place } from '@tickwire/protocol'
import type { Entity } from '../entity-list.ts'
import { placeOf } from '../near.ts'
import { functionOf, oncePerKind, property } from './function-of.ts'
import type { OfKind } from './function-of.ts'

/** Appends to `found` what stands within `radius` of a place, and to `squares` the squares of their distances. */
export type WithinReach = (
  entities: readonly Entity[],
  at: Place,
  radius: number,
  found: Entity[],
  squares: number[],
) => void

/** Of one kind that has a position. */
export const withinReachOf: OfKind<WithinReach> = oncePerKind((kind) => {
  const [first, second] = kind.position as [string, string | undefined]
  const entity = 'entities[i]'
  const x = second === undefined ? `${property(entity, first)}.x` : property(entity, first)
  const y = second === undefined ? `${property(entity, first)}.y` : property(entity, second)
  const body = `return (entities, at, radius, found, squares) => {
const x = at.x, y = at.y, most = radius * radius
for (let i = 0; i < entities.length; i++) {
  const dx = ${x} - x, dy = ${y} - y, squared = dx * dx + dy * dy
  if (squared <= most) { found.push(entities[i]); squares.push(squared) }
}
}`
  return (functionOf(body) as WithinReach | null) ?? genericOf(kind.position)
})

function genericOf(position: readonly string[]): WithinReach {
  return (entities, at, radius, found, squares) => {
    for (const entity of entities) {
      const { x, y } = placeOf(entity, position)
      const squared = (x - at.x) * (x - at.x) + (y - at.y) * (y - at.y)
      if (squared > radius * radius) continue
      found.push(entity)
      squares.push(squared)
    }
  }
}
