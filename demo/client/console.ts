import type { Client, JoinedRoom, WatchedRoom } from 'tickwire/client'
import type { Inspector } from 'tickwire/client/inspector'
import type { Arena } from '../shared/schema.ts'

/** What `window.tickwire` holds, for the console and for tests. */
export interface Console {
  readonly client: Client
  /** Undefined while nothing is played. */
  room: JoinedRoom<Arena> | undefined
  /** Undefined while nothing is only looked at. */
  watched: WatchedRoom<Arena> | undefined
  /** Undefined until it was asked for. */
  inspector: Inspector | undefined
}

declare global {
  interface Window {
    tickwire: Console
  }
}
