import type { Place } from '@tickwire/protocol'
import type { Entity } from './entity-list.ts'

/** The entities within `radius` of a place, nearest first, equally near ones by id: both ends must agree on the order. */
export function nearest(entities: readonly Entity[], position: readonly string[], at: Place, radius: number): Entity[] {
  const [first, second] = position as [string, string | undefined]
  const found: { readonly entity: Entity; readonly squared: number }[] = []
  for (const entity of entities) {
    const place = second === undefined ? (entity[first] as Place) : null
    const dx = (place === null ? (entity[first] as number) : place.x) - at.x
    const dy = (place === null ? (entity[second!] as number) : place.y) - at.y
    const squared = dx * dx + dy * dy
    if (squared <= radius * radius) found.push({ entity, squared })
  }
  found.sort((a, b) => a.squared - b.squared || a.entity.id - b.entity.id)
  return found.map(({ entity }) => entity)
}
