import { createGameServer } from '@tickwire/server'
import type { GameServer, HttpOptions } from '@tickwire/server'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openBot } from '../../tickwire/src/bots/bot.ts'
import type { Bot } from '../../tickwire/src/bots/bot.ts'
import { arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { launchBrowser } from './browser.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

async function start(http: HttpOptions = {}): Promise<GameServer> {
  const server = await createGameServer({ port: 0, rooms: [arenaRoom], log: 'silent', http })
  onTestFinished(() => server.close())
  return server
}

/** A player who flies until it is sent away or the test is over. */
async function play(server: GameServer): Promise<Bot> {
  const options = { url: server.url, game: arena as never, join: { name: 'Ada' }, key: 'duel', impair: {} }
  const bot = await openBot({ ...options, mode: 'light' }, () => performance.now())
  const timer = setInterval(() => bot.advance(() => ({ thrust: true })), 16)
  onTestFinished(() => clearInterval(timer))
  return bot
}

async function openAdmin(server: GameServer): Promise<Page> {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  // The page's policy allows its own script and style and nothing else: a breach of it is told here.
  page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()))
  onTestFinished(async () => {
    await page.close()
    expect(errors).toEqual([])
  })
  await page.goto(`http://localhost:${server.port}/admin`)
  return page
}

describe('the admin page', () => {
  it('shows rooms, who is in them and the world as it changes, and sends players away', async () => {
    const server = await start()
    const bot = await play(server)
    const page = await openAdmin(server)
    await page.getByRole('row', { name: 'arena duel' }).getByRole('button').click()
    await page.getByRole('cell', { name: 'online' }).waitFor()
    await page.getByText('ship (1)').click()
    await page.locator('details details summary', { hasText: '0' }).click()
    const x = page.locator('pre', { hasText: /^x: / })
    const before = await x.innerText()
    await vi.waitFor(async () => expect(await x.innerText()).not.toBe(before), 5000)
    await page.getByRole('button', { name: 'Kick' }).click()
    expect((await bot.left).name).toBe('kicked')
    await page.getByRole('cell', { name: 'online' }).waitFor({ state: 'detached' })
  })

  it('speaks to a room, says what is wrong with a message, and ends the room', async () => {
    const server = await start()
    const bot = await play(server)
    const page = await openAdmin(server)
    await page.getByRole('row', { name: 'arena duel' }).getByRole('button').click()
    await page.getByLabel('Message name').fill('shout')
    await page.getByRole('button', { name: 'Send to all' }).click()
    await page.getByRole('alert').getByText('chat').waitFor()
    page.on('dialog', (dialog) => dialog.accept())
    await page.getByRole('button', { name: 'End the room' }).click()
    expect((await bot.left).name).toBe('room-closed')
    await page.getByText('No room is open.').waitFor()
  })

  it('asks for the token, and with the one for looking has no buttons', async () => {
    const server = await start({ token: 'all', readToken: 'look' })
    await play(server)
    const page = await openAdmin(server)
    await page.getByLabel('Token').fill('look')
    await page.getByRole('button', { name: 'Enter' }).click()
    await page.getByRole('row', { name: 'arena duel' }).getByRole('button').click()
    await page.getByRole('cell', { name: 'online' }).waitFor()
    expect(await page.getByRole('button', { name: 'Kick' }).isVisible()).toBe(false)
    expect(await page.getByRole('button', { name: 'End the room' }).isVisible()).toBe(false)
  })
})
