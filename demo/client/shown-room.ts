import type { EntityView } from 'tickwire'
import type { JoinedRoom, WatchedRoom } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'

/** What pilots and those who look on have in common. */
export type ShownRoom = Pick<JoinedRoom<Arena>, Exclude<keyof WatchedRoom<Arena>, 'advance' | 'look'>>

export type ShipView = EntityView<Arena, 'ship'>

export type PilotView = ShownRoom['players'] extends ReadonlyMap<number, infer P> ? P : never

/** The players, the best first. */
export function ranked({ players }: ShownRoom): PilotView[] {
  return [...players.values()].toSorted((a, b) => b.score - a.score || a.deaths - b.deaths)
}
