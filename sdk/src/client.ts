import type { Client, ClientOptions } from './client-api.ts'
import { pageUrl } from './connection/url.ts'
import { webSocketConnect } from './connection/websocket.ts'
import { createClientWith } from './game-client.ts'
import type { ClientParts } from './game-client.ts'
import { openJoinedRoom } from './joined-room.ts'
import { browserPageLife } from './link/page-life.ts'
import { tabStorage } from './link/resume.ts'
import { browserTabLocks } from './link/tab-locks.ts'
import { checkOptions } from './options.ts'
import { atEndOfTurn, realClock, realRandom, realRandomBytes } from './real-clock.ts'
import { consoleReport } from './report.ts'

/**
 * A client of the server at `url`: `'ws://localhost:2567'`, `'https://play.example'`, or `'/'` for the page's own host.
 * Nothing is sent before the first join or resume. Works in a window, in a Worker and in Node (20 needs `{ WebSocket }`).
 * @throws ConfigError for an address or an option that cannot work
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  checkOptions(options)
  return createClientWith(url, options, { ...platformParts(options), openRoom: openJoinedRoom })
}

/** What a client has of the platform that it runs on. */
export function platformParts(options: ClientOptions): Omit<ClientParts, 'openRoom'> {
  return {
    connect: webSocketConnect(options.WebSocket),
    clock: options.clock ?? realClock,
    random: options.random ?? realRandom,
    randomBytes: realRandomBytes,
    schedule: atEndOfTurn,
    storage: options.storage === undefined ? tabStorage() : options.storage,
    page: browserPageLife(),
    locks: browserTabLocks(),
    pageUrl: pageUrl(),
    report: consoleReport,
  }
}
