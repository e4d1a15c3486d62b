import { LIMITS } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import type { ClientFeed } from '../replication/client-feed.ts'
import type { Entity } from '../replication/entity-list.ts'
import type { World } from '../replication/world.ts'
import type { Frame, History } from './history.ts'

/** Whose eyes the past is seen with. */
export interface Viewer {
  readonly id: number
  readonly feed: ClientFeed
  /** The tick, in 1/16, that it had on screen, or -1. */
  readonly viewStamp: number
}

export interface Hit {
  readonly entity: Entity
  readonly x: number
  readonly y: number
  readonly distance: number
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
  private readonly viewer: Viewer
  private readonly older: Frame | null
  private readonly newer: Frame | null
  private readonly fraction: number

  constructor(world: World, history: History, viewer: Viewer) {
    const { feed, viewStamp } = viewer
    const tickRateHz = Math.round(1 / world.dt)
    const newest = feed.sentTicks.at(-1) ?? world.tick
    const asked = viewStamp < 0 ? newest : viewStamp / VIEW_STEPS_PER_TICK
    // However bad a player's connection is, nobody is hit farther back than this: behind cover must mean behind cover.
    this.tick = Math.max(asked, world.tick - (LIMITS.maxRewindMs * tickRateHz) / 1000)
    const olderTick = feed.sentTicks.findLast((tick) => tick <= this.tick) ?? feed.sentTicks[0] ?? newest
    const newerTick = feed.sentTicks.find((tick) => tick > this.tick)
    this.world = world
    this.viewer = viewer
    this.older = history.at(olderTick)
    this.newer = newerTick === undefined ? null : history.at(newerTick)
    this.fraction = newerTick === undefined ? 0 : Math.max(0, (this.tick - olderTick) / (newerTick - olderTick))
  }

  ray(kind: string, from: Place, to: Place, options: { readonly radius?: number } = {}): Hit | null {
    const radius = options.radius ?? DEFAULT_RADIUS
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    let best: Hit | null = null
    for (const one of this.seen(kind)) {
      const reached = meets(from, to, length, one, radius)
      const isNearer = reached !== null && (best === null || reached < best.distance)
      if (isNearer) best = { ...one, distance: reached }
    }
    return best
  }

  circle(kind: string, at: Place, radius: number): Hit[] {
    const hits: Hit[] = []
    for (const one of this.seen(kind)) {
      const distance = Math.hypot(one.x - at.x, one.y - at.y)
      if (distance <= radius) hits.push({ ...one, distance })
    }
    return hits.toSorted((a, b) => a.distance - b.distance || a.entity.id - b.entity.id)
  }

  private *seen(kind: string): Generator<{ entity: Entity; x: number; y: number }> {
    for (const entity of this.world.all(kind)) {
      if (entity.owner === this.viewer.id) continue
      const record = this.world.table.find(entity.id)
      const place = record === undefined ? null : this.placeOf(record.slot, record.id)
      if (place !== null) yield { entity, ...place }
    }
  }

  private placeOf(slot: number, id: number): Place | null {
    const { older, newer, fraction } = this
    const { own } = this.viewer.feed
    if (older === null || !older.has(slot, id) || (own !== null && own.idAt(slot) !== id)) return null
    const [x, y] = [older.xOf(slot), older.yOf(slot)]
    // A jump on purpose is not drawn as a way.
    const isWay = newer !== null && newer.has(slot, id) && newer.jumpsOf(slot) === older.jumpsOf(slot)
    if (!isWay) return { x, y }
    return { x: x + (newer.xOf(slot) - x) * fraction, y: y + (newer.yOf(slot) - y) * fraction }
  }
}

/** How far along the segment it first comes within `radius` of a place, or null. */
function meets(from: Place, to: Place, length: number, at: Place, radius: number): number | null {
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
