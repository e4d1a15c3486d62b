// `npm run dev`: the demo with reload on change, page and game server in one process and on one port.
import { fileURLToPath } from 'node:url'
import { tickwire } from 'tickwire/vite'
import { createServer } from 'vite'
import { announce, closeHttp, listen, runUntilSignal } from './listen.ts'

await runUntilSignal(async () => {
  const { httpServer, ...place } = await listen()
  // In middleware mode vite leaves the signals to us: its own handler would exit before the game has stopped.
  const starting = createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    appType: 'spa',
    clearScreen: false,
    server: { middlewareMode: true, hmr: { server: httpServer } },
    plugins: [tickwire({ httpServer })],
  })
  // An open tab asks again while vite is still starting; its request waits.
  httpServer.on('request', (request, response) => {
    starting.then(
      (vite) => vite.middlewares(request, response),
      () => response.destroy(),
    )
  })
  const vite = await starting
  announce('Tickwire demo, reloading on change', place, 'Ctrl-C stops')
  return async () => {
    await vite.close()
    await closeHttp(httpServer)
  }
})
