import axe from 'axe-core'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hasShip, openPage, openPilot } from './arena-page.ts'
import { launchBrowser } from './browser.ts'
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

const DESK = { viewport: { width: 1100, height: 700 } }

/** What axe finds that keeps people out, a line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

it('the lobby, with rooms in its list and a problem told, keeps nobody out', async () => {
  await openPilot(browser, demo.url, 'Ada')
  const page = await openPage(browser, `${demo.url}?quick&room=ZZZZZZ`, DESK)
  await page.locator('#rooms li').first().waitFor()
  await page.getByRole('alert').getByText('Nobody is there').waitFor()
  await page.getByLabel('Your name').fill('Bob')
  await page.getByRole('button', { name: 'Start a party' }).click()
  await page.locator('#party-code:not(:empty)').waitFor()
  expect(await findings(page)).toEqual([])
})

it('neither do the game, its settings, the result of a round and the wait for the network', async () => {
  const page = await openPilot(browser, `${demo.url}?key=axe`, 'Ada', DESK)
  await page.locator('#scores li').first().waitFor()
  expect(await findings(page)).toEqual([])
  await page.getByText('Settings', { exact: true }).click()
  await page.getByLabel('Screen shake').waitFor()
  await page.evaluate(() => document.querySelector('#result')!.removeAttribute('hidden'))
  expect(await findings(page)).toEqual([])
  await page.evaluate(() => {
    window.tickwire.client.impair({ latencyMs: 5000 })
    window.tickwire.client.cut()
  })
  await page.locator('#veil', { hasText: 'Reconnecting' }).waitFor()
  await page.locator('#veil').evaluate((veil) => Promise.all(veil.getAnimations().map(({ finished }) => finished)))
  expect(await findings(page)).toEqual([])
})

it('who asked the system for less motion gets less, until the settings say otherwise', async () => {
  const calm = { ...DESK, reducedMotion: 'reduce' } as const
  const page = await openPilot(browser, `${demo.url}?key=calm`, 'Ada', calm)
  const isCalm = (): Promise<boolean> => page.evaluate(() => document.documentElement.classList.contains('calm'))
  expect(await isCalm()).toBe(true)
  await page.getByText('Settings', { exact: true }).click()
  expect(await page.getByLabel('Screen shake').isChecked()).toBe(false)
  await page.getByLabel('Less motion').uncheck()
  expect(await isCalm()).toBe(false)
  await page.reload()
  await hasShip(page)
  expect(await isCalm()).toBe(false)
})
