import { Replica, TRACKS } from '@tickwire/protocol/internal'
import { expect } from 'vitest'

export interface Held {
  readonly id: number
  readonly tracks: readonly string[]
}

/**
 * What a joined room holds in memory of each entity, by track: found by walking everything that can be reached from it, so
 * that no public surface can hide what is there.
 */
export function heldTracks(room: object): Held[] {
  const replica = find(room, new Set())
  expect(replica, 'a joined room reaches its replica').not.toBeNull()
  return [...replica!.entities.values()].map(({ id, kind, anchors }) => ({
    id,
    tracks: TRACKS.filter((track) => kind.tracks[track].size > 0 && anchors[track].tick >= 0),
  }))
}

function find(thing: unknown, seen: Set<object>): Replica | null {
  if (thing instanceof Replica) return thing
  if (typeof thing !== 'object' || thing === null || ArrayBuffer.isView(thing) || seen.has(thing)) return null
  seen.add(thing)
  const inside = thing instanceof Map ? [...thing.values()] : thing instanceof Set ? [...thing] : Object.values(thing)
  for (const value of inside) {
    const found = find(value, seen)
    if (found !== null) return found
  }
  return null
}
