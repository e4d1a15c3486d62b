import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isRunnableDevEnvironment } from 'vite'
import type { Plugin, ViteDevServer } from 'vite'

export interface TickwireOptions {
  /** The module that exports `startServer`, from vite's root (default `/server/main.ts`). */
  readonly entry?: string
  /** What the game attaches to. Default: vite's own HTTP server, which there is none of in middleware mode. */
  readonly httpServer?: Server
}

/** What the entry exports: `startServer({ httpServer })` attaches a game server and returns it, or anything to close. */
interface GameModule {
  readonly startServer: (options: { httpServer: Server }) => Promise<RunningGame>
}

interface RunningGame {
  readonly close: () => Promise<void>
  /** What it answers beside the game: health, lists, metrics, the admin page. */
  readonly http?: (request: IncomingMessage, response: ServerResponse, next: () => void) => void
}

/**
 * A vite plugin that runs the game server inside the dev server, on the same port, with its HTTP, and restarts it when one of
 * its files changes. An error in the game is printed, and the next change tries again. In a build it does nothing.
 */
export function tickwire({ entry = '/server/main.ts', httpServer }: TickwireOptions = {}): Plugin {
  let host: GameHost | undefined
  return {
    name: 'tickwire',
    apply: 'serve',
    async configureServer(vite) {
      const attachTo = httpServer ?? (vite.httpServer as Server | null)
      // Vitest serves with the plugins of the game too, without a port: its tests bring their own server.
      if (attachTo === null && process.env['VITEST'] !== undefined) return
      if (attachTo === null) throw new Error('tickwire(): vite has no HTTP server in middleware mode; pass httpServer')
      const started = new GameHost(vite, entry, attachTo)
      host = started
      // Before vite's own, which answers every path that it does not know with the page.
      vite.middlewares.use((request, response, next) => started.http(request, response, next))
      await host.restart()
    },
    hotUpdate({ modules, file }) {
      if (this.environment.name !== 'ssr' || host === undefined) return undefined
      host.changed(file, modules.length > 0)
      return []
    },
    async buildEnd() {
      // Called once for each environment when the dev server closes.
      const last = host
      host = undefined
      await last?.close()
    },
  }
}

/** The one game that runs in a dev server. */
class GameHost {
  private readonly vite: ViteDevServer
  private readonly entry: string
  private readonly httpServer: Server
  private game: RunningGame | undefined
  private isBroken = false
  /** Restarts wait for each other: two at once would leave two games on one HTTP server. */
  private queue: Promise<void> = Promise.resolve()
  private isQueued = false

  constructor(vite: ViteDevServer, entry: string, httpServer: Server) {
    this.vite = vite
    this.entry = entry
    this.httpServer = httpServer
  }

  /** @param isOurs whether the game imports the file */
  changed(file: string, isOurs: boolean): void {
    // A module that failed to load is not in the graph: while broken, any change may be the cure.
    if (!isOurs && !this.isBroken) return
    const { logger, root } = this.vite.config
    logger.info(`game server: ${file.replace(`${root}/`, '')} changed, restarting`)
    void this.restart()
  }

  http(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    if (this.game?.http === undefined) next()
    else this.game.http(request, response, next)
  }

  restart(): Promise<void> {
    if (!this.isQueued) {
      this.isQueued = true
      this.queue = this.queue.then(() => this.replace())
    }
    return this.queue
  }

  async close(): Promise<void> {
    await this.queue
    await this.game?.close()
    this.game = undefined
  }

  private async replace(): Promise<void> {
    this.isQueued = false
    try {
      // Load before closing, so that a typing error leaves the old game running.
      const { startServer } = await this.load()
      await this.game?.close()
      this.game = undefined
      this.game = await startServer({ httpServer: this.httpServer })
      this.isBroken = false
    } catch (error) {
      this.isBroken = true
      const { logger } = this.vite.config
      logger.error('The game server did not start; waiting for a change.')
      logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }

  private async load(): Promise<GameModule> {
    const { ssr } = this.vite.environments
    if (ssr === undefined || !isRunnableDevEnvironment(ssr)) {
      throw new Error('vite has no environment that runs server modules')
    }
    ssr.moduleGraph.invalidateAll()
    ssr.runner.clearCache()
    const module = await ssr.runner.import<Partial<GameModule>>(this.entry)
    if (typeof module.startServer !== 'function') {
      throw new TypeError(`${this.entry} must export startServer({ httpServer }), which returns the game server`)
    }
    return module as GameModule
  }
}
