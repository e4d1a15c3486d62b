import type { Place } from '@tickwire/protocol'
import type { WithinReach } from './compiled/within-reach.ts'
import type { Entity } from './entity-list.ts'

/** Where an entity stands: two numbers, or one vector. */
export function placeOf(entity: Entity, position: readonly string[]): Place {
  const [first, second] = position as [string, string | undefined]
  if (second === undefined) return entity[first] as Place
  return { x: entity[first] as number, y: entity[second] as number }
}

const squares: number[] = []

/**
 * The entities within `radius` of a place, nearest first, equally near ones by id: both ends must agree on the order.
 * @param withinReach of the kind of the candidates
 */
export function nearest(candidates: readonly Entity[], withinReach: WithinReach, at: Place, radius: number): Entity[] {
  const found: Entity[] = []
  squares.length = 0
  withinReach(candidates, at, radius, found, squares)
  return found.length < 2 ? found : inOrder(found)
}

function inOrder(found: readonly Entity[]): Entity[] {
  const measured = found.map((entity, i) => ({ entity, squared: squares[i]! }))
  measured.sort((a, b) => a.squared - b.squared || a.entity.id - b.entity.id)
  return measured.map(({ entity }) => entity)
}
