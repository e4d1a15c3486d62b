// A vite plugin that runs the demo's game server inside the dev server and restarts it when one of its files changes.
import type { Server } from 'node:http'
import { isRunnableDevEnvironment, type Plugin, type ViteDevServer } from 'vite'

interface RunningGame {
  close: () => Promise<void>
}

interface GameModule {
  startServer: (options: { httpServer: Server }) => Promise<RunningGame>
}

export interface GameServerPlugin {
  plugin: Plugin
  /** Starts the game once vite stands; an error in the game is printed, and the next change tries again. */
  start(vite: ViteDevServer): Promise<void>
  close(): Promise<void>
}

/** `entry` is the module that exports `startServer`, as a path from vite's root; `httpServer` is what it attaches to. */
export function gameServerPlugin({ entry, httpServer }: { entry: string; httpServer: Server }): GameServerPlugin {
  let vite: ViteDevServer | undefined
  let game: RunningGame | undefined
  let broken = false
  // Restarts wait for each other: two at once would leave two games on one HTTP server.
  let queue = Promise.resolve()
  let isQueued = false

  async function restart(): Promise<void> {
    isQueued = false
    try {
      // Load before closing, so that a typing error leaves the old game running.
      const { startServer } = await load(entry, vite)
      await game?.close()
      game = undefined
      game = await startServer({ httpServer })
      broken = false
    } catch (error) {
      broken = true
      console.error('The game server did not start; waiting for a change.')
      console.error(error instanceof Error ? error.stack : error)
    }
  }

  function queueRestart(): Promise<void> {
    if (!isQueued) {
      isQueued = true
      queue = queue.then(restart)
    }
    return queue
  }

  return {
    plugin: {
      name: 'tickwire-game-server',
      hotUpdate({ modules, file }) {
        if (this.environment.name !== 'ssr' || !vite) return undefined
        // A module that failed to load is not in the graph: while broken, any change may be the cure.
        if (modules.length > 0 || broken) {
          console.log(`game server: ${file.replace(`${vite.config.root}/`, '')} changed, restarting`)
          void queueRestart()
        }
        return []
      },
    },
    async start(server) {
      vite = server
      await queueRestart()
    },
    async close() {
      vite = undefined
      await queue
      const last = game
      game = undefined
      await last?.close()
    },
  }
}

async function load(entry: string, vite: ViteDevServer | undefined): Promise<GameModule> {
  const ssr = vite?.environments['ssr']
  if (!ssr || !isRunnableDevEnvironment(ssr)) throw new Error('vite has no environment that runs server modules')
  ssr.moduleGraph.invalidateAll()
  ssr.runner.clearCache()
  return ssr.runner.import<GameModule>(entry)
}
