import type { Place } from '@tickwire/protocol'
import type { Entity } from './entity-list.ts'

/** Where an entity stands: two numbers, or one vector. */
export function placeOf(entity: Entity, position: readonly string[]): Place {
  const [first, second] = position as [string, string | undefined]
  if (second === undefined) return entity[first] as Place
  return { x: entity[first] as number, y: entity[second] as number }
}

/** The entities within `radius` of a place, nearest first, equally near ones by id: both ends must agree on the order. */
export function nearest(entities: Iterable<Entity>, position: readonly string[], at: Place, radius: number): Entity[] {
  const found: { readonly entity: Entity; readonly squared: number }[] = []
  for (const entity of entities) {
    const { x, y } = placeOf(entity, position)
    const squared = (x - at.x) * (x - at.x) + (y - at.y) * (y - at.y)
    if (squared <= radius * radius) found.push({ entity, squared })
  }
  found.sort((a, b) => a.squared - b.squared || a.entity.id - b.entity.id)
  return found.map(({ entity }) => entity)
}
