import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { arenaRoom } from '../games/arena/room.ts'
import { launchBrowser } from './browser.ts'
import { bundle } from './bundle.ts'
import type { PlayerReport } from './tabs/player.ts'

let browser: Browser
let context: BrowserContext
let game: GameServer
let pages: Server

beforeAll(async () => {
  const script = await bundle('./tabs/player.ts')
  pages = createServer((request, response) => {
    const isScript = request.url === '/player.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>tab</title><script type="module" src="/player.js"></script>',
    )
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  browser = await launchBrowser()
})

beforeEach(async () => {
  game = await createGameServer({ port: 0, host: '127.0.0.1', rooms: [arenaRoom], signals: false, log: 'silent' })
  context = await browser.newContext()
})

afterEach(async () => {
  await context?.close()
  await game?.close()
})

afterAll(async () => {
  await browser?.close()
  await new Promise((resolve) => pages?.close(resolve))
})

async function open(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/?server=${game.url}`)
  return page
}

async function reportOf(page: Page): Promise<PlayerReport> {
  await page.waitForFunction(() => window.report !== undefined)
  return page.evaluate(() => window.report!())
}

/** A tab that the page opens of itself: the browser copies its sessionStorage into it. */
async function openCopy(page: Page): Promise<Page> {
  const [copy] = await Promise.all([context.waitForEvent('page'), page.evaluate(() => void window.open(location.href))])
  return copy
}

describe('tabs in Chromium', () => {
  it('a reloaded tab takes its own seat back, again and again', async () => {
    const page = await open()
    expect(await reportOf(page)).toEqual({ found: 0, resumed: false, seat: 0, phase: 'online' })
    for (let i = 0; i < 3; i++) {
      await page.reload()
      expect(await reportOf(page)).toEqual({ found: 1, resumed: true, seat: 0, phase: 'online' })
    }
    expect(game.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
    expect(game.stats.counters.joins).toBe(1)
  })

  it('a copy of a tab that plays gets a seat of its own, and the original keeps its seat', async () => {
    const original = await open()
    await reportOf(original)
    const copy = await openCopy(original)
    // The browser did copy the token: without that this would prove nothing.
    expect(await reportOf(copy)).toEqual({ found: 1, resumed: false, seat: 1, phase: 'online' })
    expect(await reportOf(original)).toMatchObject({ seat: 0, phase: 'online' })
    expect(game.stats).toMatchObject({ linksOnline: 2, linksDropped: 0 })
    expect(game.stats.counters).toMatchObject({ takeovers: 0, resumes: 0, joins: 2 })
  })

  it('both go on as themselves when they are reloaded', async () => {
    const original = await open()
    await reportOf(original)
    const copy = await openCopy(original)
    await reportOf(copy)
    await Promise.all([original.reload(), copy.reload()])
    expect(await reportOf(original)).toMatchObject({ resumed: true, seat: 0 })
    expect(await reportOf(copy)).toMatchObject({ resumed: true, seat: 1 })
    expect(game.stats.counters.takeovers).toBe(0)
  })

  it('a tab that is opened by hand has nothing to do with the others', async () => {
    await reportOf(await open())
    expect(await reportOf(await open())).toEqual({ found: 0, resumed: false, seat: 1, phase: 'online' })
  })
})
