import { ConfigError } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import type { Entity } from '../replication/entity-list.ts'
import { placeOf } from '../replication/near.ts'
import type { World } from '../replication/world.ts'
import type { History } from './history.ts'
import type { Passage } from './passage.ts'
import type { Sight } from './sight.ts'

export interface Hit {
  readonly entity: Entity
  readonly x: number
  readonly y: number
  readonly distance: number
}

/** A rectangle with its upper left corner at (x, y). */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

interface Seen extends Place {
  readonly entity: Entity
}

/** How near a ray must pass to the place of an entity that was given no radius. */
const DEFAULT_RADIUS = 1

/**
 * The world as one player saw it: every entity between the two snapshots that its client was sent around that moment. Only
 * what it was sent and what still lives can be hit; its own entities are predicted and never stood where the past has them.
 */
export class PastView {
  /** The tick it shows, with its fraction. */
  readonly tick: number
  private readonly world: World
  private readonly history: History
  private readonly viewer: number
  private readonly sight: Sight

  /** @param viewer the seat of the player whose eyes these are */
  constructor(world: World, history: History, viewer: number, sight: Sight) {
    this.tick = sight.tick
    this.world = world
    this.history = history
    this.viewer = viewer
    this.sight = sight
  }

  ray(kind: string, from: Place, to: Place, options?: { readonly radius?: number }): Hit | null {
    return this.segment(kind, from, to, options)[0] ?? null
  }

  segment(kind: string, from: Place, to: Place, options: { readonly radius?: number } = {}): Hit[] {
    const radius = options.radius ?? DEFAULT_RADIUS
    const length = distanceOf(from, to)
    return this.hits(kind, around(from, to, radius), (place) => reached(from, to, length, place, radius))
  }

  circle(kind: string, at: Place, radius: number): Hit[] {
    return this.hits(kind, around(at, at, radius), (place) => {
      const distance = distanceOf(at, place)
      return distance <= radius ? distance : null
    })
  }

  box(kind: string, box: Box, options: { readonly radius?: number } = {}): Hit[] {
    const { x, y, width, height } = box
    if (!(width >= 0 && height >= 0)) throw new ConfigError('past.box', '{ x, y, width, height }', box)
    const radius = options.radius ?? 0
    const far = { x: x + width, y: y + height }
    const middle = { x: x + width / 2, y: y + height / 2 }
    return this.hits(kind, around(box, far, radius), (place) => {
      const nearest = { x: clamp(place.x, x, far.x), y: clamp(place.y, y, far.y) }
      return distanceOf(nearest, place) <= radius ? distanceOf(middle, place) : null
    })
  }

  /** Those whose place `distanceTo` accepts, nearest first, equally near ones by id. */
  private hits(kind: string, bounds: Bounds, distanceTo: (place: Place) => number | null): Hit[] {
    const hits: Hit[] = []
    for (const seen of this.seen(kind, bounds)) {
      const distance = distanceTo(seen)
      if (distance !== null) hits.push({ ...seen, distance })
    }
    return hits.toSorted((a, b) => a.distance - b.distance || a.entity.id - b.entity.id)
  }

  /** All of a kind that may be within bounds, where they were seen. */
  private *seen(kind: string, bounds: Bounds): Generator<Seen> {
    const { older, newer } = this.sight
    const layout = this.world.positioned(kind, 'past')
    if (older === null) {
      for (const entity of this.world.all(kind)) {
        if (this.isVisible(entity)) yield { entity, ...placeOf(entity, layout.position) }
      }
      return
    }
    const passage = this.history.between(layout.index, older, newer)
    if (passage !== null) yield* this.passing(passage, kind, bounds)
  }

  private *passing(passage: Passage, kind: string, { left, top, right, bottom }: Bounds): Generator<Seen> {
    const fraction = passage.fractionAt(this.tick)
    for (const slot of passage.within(left, top, right, bottom)) {
      const entity = this.world.get(kind, passage.idAt(slot))
      if (entity === undefined || !this.isVisible(entity)) continue
      yield { entity, x: passage.xAt(slot, fraction), y: passage.yAt(slot, fraction) }
    }
  }

  private isVisible({ id, owner }: Entity): boolean {
    return owner !== this.viewer && this.sight.sees(this.world.table.find(id)!.slot, id)
  }
}

function around(a: Place, b: Place, margin: number): Bounds {
  return {
    left: Math.min(a.x, b.x) - margin,
    top: Math.min(a.y, b.y) - margin,
    right: Math.max(a.x, b.x) + margin,
    bottom: Math.max(a.y, b.y) + margin,
  }
}

/** Not `Math.hypot`, whose last bit differs from engine to engine: a replay elsewhere must hit the same. */
function distanceOf(a: Place, b: Place): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  return Math.sqrt(dx * dx + dy * dy)
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}

/** How far along the segment it first comes within `radius` of a place, or null. */
function reached(from: Place, to: Place, length: number, at: Place, radius: number): number | null {
  const [px, py] = [at.x - from.x, at.y - from.y]
  const squared = px * px + py * py
  if (squared <= radius * radius) return 0
  if (length === 0) return null
  const along = (px * (to.x - from.x) + py * (to.y - from.y)) / length
  const inside = radius * radius - (squared - along * along)
  if (inside < 0) return null
  const entry = along - Math.sqrt(inside)
  return entry >= 0 && entry <= length ? entry : null
}
