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
  await pages?.close()
})

const open = (): Promise<Page> => pages.open(context, game.url)

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
