import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tickwire } from 'tickwire/vite'
import { createLogger, createServer, type Logger, type ViteDevServer } from 'vite'
import { afterEach, beforeEach, describe, expect, it, type Mock, onTestFinished, vi } from 'vitest'

// A game that only tells what happens to it, through the HTTP server that it is given.
const main = `
import { word } from '../shared/word.ts'
export async function startServer({ httpServer }) {
  httpServer.emit('told', 'started ' + word)
  return {
    http: (request, response, next) => request.url === '/admin' ? response.end(word + ' here') : next(),
    close: async () => { await null; httpServer.emit('told', 'closed ' + word) },
  }
}
`

let root: string
let httpServer: Server
let logger: Logger
let printed: Mock<(line: string) => void>
let vite: ViteDevServer
let told: string[]

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tickwire-dev-')))
  for (const folder of ['server', 'shared']) mkdirSync(join(root, folder))
  writeFileSync(join(root, 'server/main.ts'), main)
  writeFileSync(join(root, 'shared/word.ts'), `export const word = 'one'`)
  told = []
  httpServer = createHttpServer().on('told', (line: string) => told.push(line))
  printed = vi.fn()
  logger = { ...createLogger('silent'), error: printed }
  vite = await createServer({
    root,
    configFile: false,
    customLogger: logger,
    // The tests announce each change themselves: no waiting for the file system.
    server: { middlewareMode: true, ws: false, watch: null },
    plugins: [tickwire({ httpServer })],
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await vite.close()
  rmSync(root, { recursive: true })
})

/** Writes the shared file and lets vite know, as its watcher would. */
function change(code: string): void {
  const file = join(root, 'shared/word.ts')
  writeFileSync(file, code)
  vite.watcher.emit('change', file)
}

function hasTold(line: string): Promise<void> {
  return vi.waitFor(() => expect(told).toContain(line))
}

describe('the dev server and the game on it', () => {
  it('starts the game on the given HTTP server', () => {
    expect(told).toEqual(['started one'])
  })

  it('restarts the game when a file that it imports changes, the old one first', async () => {
    change(`export const word = 'two'`)
    await hasTold('started two')
    expect(told).toEqual(['started one', 'closed one', 'started two'])
  })

  it("answers the game's own paths by the running game, and the others by vite", async () => {
    httpServer.on('request', vite.middlewares).listen(0, '127.0.0.1')
    await once(httpServer, 'listening')
    onTestFinished(() => void httpServer.close())
    const base = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
    const ask = async (path: string): Promise<string> => (await fetch(base + path)).text()
    expect(await ask('/admin')).toBe('one here')
    expect(await ask('/shared/word.ts')).toContain('export const word')
    change(`export const word = 'two'`)
    await hasTold('started two')
    expect(await ask('/admin')).toBe('two here')
  })

  it('keeps the running game while the code does not load, and takes the cure', async () => {
    change(`syntax error(`)
    await vi.waitFor(() => expect(printed).toHaveBeenCalledWith(expect.stringContaining('did not start')))
    expect(told).toEqual(['started one'])
    change(`export const word = 'three'`)
    await hasTold('started three')
    expect(told).toEqual(['started one', 'closed one', 'started three'])
  })

  it('never runs two games at once, however quick the changes', async () => {
    for (const word of ['two', 'three', 'four']) change(`export const word = '${word}'`)
    await hasTold('started four')
    await vite.close()
    const running = told.map((line) => (line.startsWith('started') ? 1 : -1))
    let count = 0
    for (const step of running) expect((count += step)).toBeLessThanOrEqual(1)
    expect(count).toBe(0)
  })

  it('closes the game once, with vite', async () => {
    await vite.close()
    expect(told).toEqual(['started one', 'closed one'])
  })
})
