import { createProxy } from '@tickwire/sdk/testing'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasShip, openPage, openPilot } from './arena-page.ts'
import { launchBrowser } from './browser.ts'
import { startOther, startStrict } from './arena-servers.ts'
import { startDemoProcess, type DemoProcess } from './demo-process.ts'

let demo: DemoProcess
let browser: Browser

beforeAll(async () => {
  ;[demo, browser] = await Promise.all([startDemoProcess(), launchBrowser()])
})

afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

/** As large as a laptop's: in a smaller one what is looked for may have to be scrolled to. */
const DESK = { viewport: { width: 1100, height: 700 } }

async function openLobby(query: string, name: string): Promise<Page> {
  const page = await openPage(browser, `${demo.url}${query}`, DESK)
  await page.getByLabel('Your name').fill(name)
  return page
}

const idOf = (page: Page): Promise<string> => page.evaluate(() => window.tickwire.room!.id)

async function quickMatch(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Quick match' }).click()
  await hasShip(page)
}

describe('the lobby', () => {
  it('leads by a quick match into the room that others are in, and remembers the name', async () => {
    const ada = await openLobby('', 'Ada')
    await quickMatch(ada)
    const bob = await openLobby('', 'Bob')
    await quickMatch(bob)
    expect(await idOf(bob)).toBe(await idOf(ada))
    await bob.getByRole('button', { name: 'Leave' }).click()
    await bob.locator('#lobby').waitFor()
    await bob.goto(demo.url)
    await bob.locator('#lobby').waitFor()
    expect(await bob.getByLabel('Your name').inputValue()).toBe('Bob')
  })

  it('shows the public rooms as they are now, and leads into the one that is chosen', async () => {
    const ada = await openLobby('', 'Ada')
    const bob = await openLobby('', 'Bob')
    await quickMatch(ada)
    const title = await ada.evaluate(() => window.tickwire.room!.metadata.title)
    const row = bob.locator('#rooms li', { hasText: title })
    await row.getByText(/^\d+ pilots?$/).waitFor()
    await row.getByText(/first to 25, \d:\d0 left/).waitFor()
    await row.getByRole('button', { name: `Join ${title}` }).click()
    await hasShip(bob)
    expect(await idOf(bob)).toBe(await idOf(ada))
  })

  it('makes a private room, whose link brings a friend in and which no list shows', async () => {
    const ada = await openLobby('', 'Ada')
    await ada.getByLabel('Bots in your room').selectOption('No bots')
    await ada.getByLabel('Points to win').selectOption('First to 10')
    await ada.getByRole('button', { name: 'Create private room' }).click()
    await hasShip(ada)
    expect(await ada.evaluate(() => window.tickwire.room!.options)).toEqual({ ships: 0, points: 10 })
    const code = await ada.locator('#invite b', { hasText: /\w/ }).innerText()
    await ada.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await ada.getByRole('button', { name: 'Copy link' }).click()
    const link = await ada.evaluate(() => navigator.clipboard.readText())
    expect(link).toBe(`${demo.url}?room=${code}`)

    const bob = await openPage(browser, link, DESK)
    await bob.getByLabel('Your name').fill('Bob')
    await bob.keyboard.press('Enter')
    await hasShip(bob)
    expect(await idOf(bob)).toBe(await idOf(ada))

    const carl = await openLobby('', 'Carl')
    await carl.locator('#rooms-note', { hasText: 'Nobody flies yet' }).or(carl.locator('#rooms li').first()).waitFor()
    const title = await ada.evaluate(() => window.tickwire.room!.metadata.title)
    expect(await carl.locator('#rooms').innerText()).not.toContain(title)
    await carl.getByLabel("Code of a friend's room").fill(` ${code.toLowerCase()} `)
    await carl.keyboard.press('Enter')
    await hasShip(carl)
    expect(await idOf(carl)).toBe(await idOf(ada))
  })

  it('takes a party along into the room of its leader, again and again', async () => {
    const ada = await openLobby('', 'Ada')
    await ada.getByRole('button', { name: 'Start a party' }).click()
    const code = await ada.locator('#party-code', { hasText: /\w/ }).innerText()
    const bob = await openLobby(`?party=${code}`, 'Bob')
    await bob.getByRole('button', { name: 'Join the party' }).click()
    await ada.locator('#party-joined li', { hasText: 'Bob' }).waitFor()
    await bob.locator('#party-joined li', { hasText: 'Ada (leads)' }).waitFor()
    for (let round = 0; round < 2; round++) {
      await ada.getByRole('button', { name: 'Quick match' }).click()
      await Promise.all([hasShip(ada), hasShip(bob)])
      expect(await idOf(bob)).toBe(await idOf(ada))
      for (const page of [ada, bob]) await page.getByRole('button', { name: 'Leave' }).click()
      await ada.waitForFunction(() =>
        window.tickwire.client.party?.members.every(({ leader, ready }) => leader || ready),
      )
      await ada.locator('#lobby').waitFor()
    }
  })

  it('is used with the keyboard alone, and so are the chat and the way out', async () => {
    const page = await openPage(browser, `${demo.url}?key=keys`, DESK)
    await page.locator('#name:focus').waitFor()
    await page.keyboard.type('Grace')
    await page.keyboard.press('Enter')
    await hasShip(page)
    expect(await page.locator('#lobby').isHidden()).toBe(true)
    expect(await page.locator('#scores').innerText()).toContain('Grace')
    await page.keyboard.press('Enter')
    await page.keyboard.type('w a d space')
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('Message to all').inputValue()).toBe('w a d space')
    await tabTo(page, 'Leave')
    await page.keyboard.press('Enter')
    await page.locator('#name:focus').waitFor()
    await tabTo(page, 'Create private room')
    await page.keyboard.press('Enter')
    await hasShip(page)
  })
})

describe('who looks on', () => {
  it('follows a pilot, switches by key and by click, looks on after a reload, and leaves with Escape', async () => {
    const ada = await openPilot(browser, demo.url, 'Ada')
    await openPilot(browser, demo.url, 'Bob')
    const eve = await openPage(browser, demo.url, DESK)
    await eve
      .getByRole('button', { name: /^Watch / })
      .first()
      .click()
    await eve.waitForFunction(() => [...(window.tickwire.watched?.view('ship') ?? [])].length === 2)
    const watched = eve.locator('#watched b')
    const first = await watched.innerText()
    await eve.keyboard.press('ArrowRight')
    await eve.waitForFunction((name) => document.querySelector('#watched b')?.textContent !== name, first)
    await eve.getByRole('button', { name: 'Previous pilot' }).click()
    await eve.locator('#watched b', { hasText: first }).waitFor()
    await eve.reload()
    await eve.waitForFunction(() => [...(window.tickwire.watched?.view('ship') ?? [])].length === 2)
    expect(await ada.evaluate(() => window.tickwire.room!.players.size)).toBe(2)
    await eve.keyboard.press('Escape')
    await eve.locator('#lobby').waitFor()
  })
})

describe('what goes wrong is said in words, with what helps', () => {
  it('a code that no room has', async () => {
    const page = await openLobby('?room=ZZZZZZ', 'Ada')
    await page.getByRole('button', { name: 'Join your friends' }).click()
    await page.getByRole('alert').getByText('Nobody is there').waitFor()
    await quickMatch(page)
  })

  it('a server that cannot be reached: the page asks again by itself', async () => {
    const proxy = await createProxy({ target: demo.url })
    onTestFinished(() => proxy.close())
    proxy.accepting = false
    const page = await openLobby(`?key=nobody&server=ws://${new URL(proxy.url).host}`, 'Ada')
    await page.locator('#rooms-note', { hasText: 'cannot be reached' }).waitFor()
    await page.getByRole('button', { name: 'Quick match' }).click()
    await page.locator('#veil', { hasText: 'Next try in' }).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.locator('#veil').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Quick match' }).click()
    await page.locator('#veil', { hasText: 'Next try in' }).waitFor()
    proxy.accepting = true
    await hasShip(page)
  })

  it('a page that is older than its server: there is a button to reload it', async () => {
    const server = await startOther()
    onTestFinished(() => server.close())
    const page = await openLobby(`?server=${encodeURIComponent(server.url)}`, 'Ada')
    await page.getByRole('alert').getByText('There is a new version').waitFor()
    const loaded = page.waitForEvent('load')
    await page.getByRole('button', { name: 'Reload' }).click()
    await loaded
  })

  it('a player who was shut out', async () => {
    const server = await startStrict()
    onTestFinished(() => server.close())
    const page = await openPilot(browser, `${demo.url}?server=${encodeURIComponent(server.url)}`, 'Ada')
    await page.evaluate(() => window.tickwire.room!.send('chat', { text: 'shut me out' }))
    await page.getByRole('alert').getByText('You were shut out').waitFor()
  })

  it('nothing, to who left', async () => {
    const page = await openPilot(browser, `${demo.url}?key=left`, 'Ada')
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.locator('#lobby').waitFor()
    expect(await page.locator('#problem').isHidden()).toBe(true)
  })
})

/** Moves the focus on by the tabulator key until it is on the button of this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate(() => document.activeElement?.textContent)) === name) return
  }
  throw new Error(`the tabulator does not lead to "${name}"`)
}
