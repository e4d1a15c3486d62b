import type { Client, JoinedRoom } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'

/** What `window.tickwire` holds, for the console and for tests. */
export interface Console {
  readonly client: Client
  /** Undefined in front of the join form. */
  room: JoinedRoom<Arena> | undefined
}

declare global {
  interface Window {
    tickwire: Console
  }
}
