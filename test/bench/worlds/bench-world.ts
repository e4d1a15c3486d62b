import type { GameSchema } from '@tickwire/protocol'
import type { Body, Ship } from './flying.ts'

/** Where the entities live: the codec's test world, or a room. */
export interface WorldHost {
  /** Returns what the world moves from then on. */
  spawn(kind: string, fields: Body | Ship): Body
  despawn(body: Body): void
}

/** Moves everything on its host, one tick per call. */
export interface MovingWorld {
  /** Entities that are there, and those of them that moved in the newest tick. */
  readonly count: number
  readonly movedCount: number
  step(): void
}

export interface Circle {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** A workload: what moves, and who looks at it. */
export interface BenchWorld {
  readonly schema: GameSchema
  readonly clients: number
  /** What a client may see at a tick; null: everything. */
  viewOf(seat: number, tick: number): Circle | null
  create(host: WorldHost, seed: number): MovingWorld
}
