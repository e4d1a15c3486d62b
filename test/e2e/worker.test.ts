import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arenaRoom } from '../games/arena/room.ts'
import { launchBrowser } from './browser.ts'
import { bundle } from './bundle.ts'
import { digest } from './worker/digest.ts'
import type { PilotReport } from './worker/pilot.ts'

let browser: Browser
let game: GameServer
let pages: Server

beforeAll(async () => {
  const script = await bundle('./worker/pilot.ts')
  // The page comes from another port than the game: on loopback that is allowed without a word.
  pages = createServer((request, response) => {
    const isScript = request.url === '/pilot.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>worker</title>')
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  game = await createGameServer({ port: 0, host: '127.0.0.1', rooms: [arenaRoom], signals: false, log: 'silent' })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await game?.close()
  await new Promise((resolve) => pages?.close(resolve))
})

describe('the SDK in a dedicated Worker', () => {
  it('joins, predicts its ship and computes bit for bit what Node computes', async () => {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`)
    const report = await page.evaluate(
      (url) =>
        new Promise<PilotReport>((resolve, reject) => {
          const worker = new Worker('/pilot.js', { type: 'module' })
          worker.addEventListener('message', ({ data }: MessageEvent<PilotReport>) => resolve(data))
          worker.addEventListener('error', ({ message }) => reject(new Error(message)))
          worker.postMessage(url)
        }),
      game.url,
    )
    expect(report).toEqual({ seat: 0, hasWindow: false, corrections: expect.any(Number), digest: digest() })
    await page.close()
  })
})
