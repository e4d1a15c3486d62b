// `npm run dev`: the demo with reload on change, page and game server in one process and on one port.
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { gameServerPlugin } from './game-server-plugin.ts'
import { closeHttp, listen, runUntilSignal } from './listen.ts'

await runUntilSignal(async () => {
  const { httpServer, url } = await listen()
  const game = gameServerPlugin({ entry: '/server/main.ts', httpServer })
  // In middleware mode vite leaves the signals to us: its own handler would exit before the game has stopped.
  const starting = createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    appType: 'spa',
    clearScreen: false,
    server: { middlewareMode: true, hmr: { server: httpServer } },
    plugins: [game.plugin],
  })
  // An open tab asks again while vite is still starting; its request waits.
  httpServer.on('request', (request, response) => {
    starting.then(
      (vite) => vite.middlewares(request, response),
      () => response.destroy(),
    )
  })
  const vite = await starting
  await game.start(vite)
  console.log(`\n  Tickwire demo, reloading on change: ${url}   (Ctrl-C stops)\n`)
  return async () => {
    await game.close()
    await vite.close()
    await closeHttp(httpServer)
  }
})
