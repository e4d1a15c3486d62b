import type { EmitOptions, Owner } from './world.ts'
import { hashRandom } from './random.ts'

/**
 * Numbers what one tick of a simulation makes, so that a client and the server name the same thing alike without talking:
 * the n-th spawn, the n-th emit of an event, the n-th random draw, each by one seat. Seats count for themselves, because a
 * client runs only its own entities and cannot know how often the others' were busy in between.
 *
 * Only what happens inside `simulate` is counted; what game code does before or after it on the server has no key.
 */
export class PredictionCounts {
  private readonly spawns: Map<number, number> = new Map()
  private readonly draws: Map<number, number> = new Map()
  /** By the event's index, then by emitter. */
  private readonly events: Map<number, Map<number, number>> = new Map()

  /** Starts a tick, also one that is run again. */
  begin(): void {
    this.spawns.clear()
    this.draws.clear()
    for (const counts of this.events.values()) counts.clear()
  }

  /** Which spawn of that owner this is in the tick, from 0. */
  nextSpawn(owner: number | null): number {
    return next(this.spawns, owner)
  }

  /** Which emit of that event, by its index in the schema, by that emitter this is in the tick, from 0. */
  nextEvent(event: number, emitter: number | null): number {
    let counts = this.events.get(event)
    if (counts === undefined) this.events.set(event, (counts = new Map()))
    return next(counts, emitter)
  }

  /** Which call of `world.random` for that owner this is in the tick, from 0. */
  nextDraw(owner: number | null): number {
    return next(this.draws, owner)
  }
}

const NOBODY = -1

function next(counts: Map<number, number>, seat: number | null): number {
  const n = counts.get(seat ?? NOBODY) ?? 0
  counts.set(seat ?? NOBODY, n + 1)
  return n
}

/** The seat behind an `owner` option: a seat number, a player, or nobody. */
export function seatOf(owner: Owner): number | null {
  if (owner === null || owner === undefined) return null
  return typeof owner === 'number' ? owner : owner.id
}

/** Whose event it is: the owner of the entity that it happens at, else of an entity passed as its payload, else nobody's. */
export function emitterOf(payload: object, options: EmitOptions | undefined): number | null {
  const at = options?.at
  return at !== undefined && 'owner' in at ? ownerIn(at) : ownerIn(payload)
}

function ownerIn(thing: object): number | null {
  const owner = 'owner' in thing ? thing.owner : null
  return typeof owner === 'number' ? owner : null
}

/** `world.random`: the n-th draw of a tick for an owner, the same on both ends. */
export function drawRandom(simulationSeed: number, tick: number, owner: number | null, n: number): number {
  return hashRandom(simulationSeed, tick, owner ?? NOBODY, n)
}
