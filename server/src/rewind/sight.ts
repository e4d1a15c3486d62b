import { LIMITS } from '@tickwire/protocol'
import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import type { ClientFeed } from '../replication/client-feed.ts'
import type { World } from '../replication/world.ts'

/** Whose eyes the past is seen with. */
export interface Viewer {
  readonly id: number
  readonly feed: ClientFeed
  /** The tick, in 1/16, that it had on screen, or -1. */
  readonly viewStamp: number
  /** Whether a client is there that has a picture. */
  readonly hasListener: boolean
}

/** What a player had on screen: a moment between two snapshots that its client was sent, and which entities were in them. */
export interface Sight {
  /** The tick it shows, with its fraction. */
  readonly tick: number
  /** The snapshot tick at or before that moment; null: nothing but the present. */
  readonly older: number | null
  /** The one after it, or null: there is none yet. */
  readonly newer: number | null
  /** Whether the client holds this entity. */
  sees(slot: number, id: number): boolean
}

/** What the input of the tick being run was made at. */
export function sightOf(world: World, { feed, viewStamp, hasListener }: Viewer): Sight {
  const { own, sentTicks } = feed
  const sees = (slot: number, id: number): boolean => own === null || own.idAt(slot) === id
  const { newest } = sentTicks
  // Who dropped looks at nothing, and a bot at the world itself: a stamp of long ago would be a shield, or a weapon.
  if (!hasListener || newest === null) return { tick: world.tick, older: null, newer: null, sees }
  const asked = viewStamp < 0 ? newest : viewStamp / VIEW_STEPS_PER_TICK
  // However bad a player's connection is, nobody is hit farther back than this: behind cover must mean behind cover.
  const tick = Math.max(asked, world.tick - LIMITS.maxRewindMs / (1000 * world.dt))
  return { tick, older: sentTicks.upTo(tick), newer: sentTicks.after(tick), sees }
}
