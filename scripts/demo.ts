// The demo as one process: the page, built in memory, and the game server on the same port.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { startServer } from '../demo/server/main.ts'
import { closeHttp, listen } from './listen.ts'

export interface RunningDemo {
  /** Where the page is, with a slash at the end. */
  url: string
  /** Where other machines find it, if they are let in. */
  lanUrls: readonly string[]
  httpServer: Server
  close: () => Promise<void>
}

/**
 * Builds the page and serves it together with the game.
 *
 * @throws UsageError if the port is taken or `$PORT` is no port
 */
export async function startDemo(): Promise<RunningDemo> {
  // The port first: who mistyped it should not wait for a build to learn so.
  const { httpServer, url, lanUrls } = await listen()
  const starting = buildPage().then(async (page) => ({ page, game: await startServer({ httpServer }) }))
  // An open tab asks again while the page is still being built; its request waits.
  httpServer.on('request', (request, response) => {
    starting.then(
      ({ page, game }) => game.http(request, response, () => servePage(page, request, response)),
      () => response.destroy(),
    )
  })
  const { game } = await starting
  return {
    url,
    lanUrls,
    httpServer,
    close: async () => {
      await game.close()
      await closeHttp(httpServer)
    },
  }
}

/** Path in the URL -> file. A whole page in memory: there is no path to escape from a folder by. */
type Page = Map<string, string | Uint8Array>

async function buildPage(): Promise<Page> {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
  const built = (await build({ configFile, logLevel: 'warn', build: { write: false } })) as Rolldown.RolldownOutput
  const page: Page = new Map(
    built.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  )
  const index = page.get('/index.html')
  if (index) page.set('/', index)
  return page
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

function servePage(page: Page, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const file = page.get(path)
  if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n')
    return
  }
  const type = types[path === '/' ? 'html' : path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  // Names of assets carry a hash of their content; the page itself must be asked for again after a restart.
  const caching = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  response.writeHead(200, { 'content-type': type, 'cache-control': caching, 'x-content-type-options': 'nosniff' })
  response.end(request.method === 'HEAD' ? undefined : file)
}
