import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { arenaRoom } from '../games/arena/room.ts'
import { launchBrowser } from './browser.ts'
import { PlayerPages, reportOf } from './tabs/pages.ts'

let browser: Browser
let context: BrowserContext
let game: GameServer
let pages: PlayerPages

beforeAll(async () => {
  pages = await PlayerPages.serve()
  // Playwright turns the back/forward cache off, which players have.
  browser = await launchBrowser([], ['--disable-back-forward-cache'])
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
  await pages?.close()
})

const isOnline = async (page: Page): Promise<void> =>
  void (await page.waitForFunction(() => window.report?.().phase === 'online'))

/** One seat, that of the first join, and nobody else's. */
function expectOneSeat(): void {
  expect(game.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
  expect(game.stats.counters.joins).toBe(1)
}

describe('a page in Chromium', () => {
  it('is kept in the back/forward cache, and has its seat when it is back', async () => {
    const page = await pages.open(context, game.url)
    await isOnline(page)
    await page.evaluate(() => (document.title = 'the same page'))
    await page.goto(pages.elsewhere)
    // No load follows: the page is the one that was left.
    await page.goBack({ waitUntil: 'commit' })
    await isOnline(page)
    expect(await page.title()).toBe('the same page')
    expect(await reportOf(page)).toMatchObject({ resumed: false, seat: 0 })
    expectOneSeat()
    expect(game.stats.counters.resumes).toBe(1)
  })

  it('keeps its seat when the network of its machine goes and comes back', async () => {
    const page = await pages.open(context, game.url)
    await isOnline(page)
    await context.setOffline(true)
    await page.waitForFunction(() => !navigator.onLine)
    await context.setOffline(false)
    await page.waitForFunction(() => navigator.onLine)
    await isOnline(page)
    expect(await reportOf(page)).toMatchObject({ resumed: false, seat: 0 })
    expectOneSeat()
  })

  it('comes back as soon as the network does, also to a server that was started anew meanwhile', async () => {
    const page = await pages.open(context, game.url)
    await isOnline(page)
    await context.setOffline(true)
    await page.waitForFunction(() => !navigator.onLine)
    // Chromium leaves open what is open: the end of the server ends it.
    const { port } = game
    await game.close()
    game = await createGameServer({ port, host: '127.0.0.1', rooms: [arenaRoom], signals: false, log: 'silent' })
    await page.waitForFunction(() => window.report?.().phase !== 'online')
    await context.setOffline(false)
    await isOnline(page)
    expect(game.stats.linksOnline).toBe(1)
  })
})
