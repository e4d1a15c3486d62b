import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchFirefox } from './arena-firefox.ts'
import { hasShip, huntUntilScore, openPage } from './arena-page.ts'
import { launchBrowser } from './browser.ts'
import { startDemoProcess, type DemoProcess } from './demo-process.ts'

let demo: DemoProcess
let chromium: Browser
let firefox: Browser | null

beforeAll(async () => {
  ;[demo, chromium, firefox] = await Promise.all([startDemoProcess(), launchBrowser(), launchFirefox()])
}, 180_000)

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()])
  await demo?.close()
})

it('Firefox plays a round against Chromium, and both tell the same result', { timeout: 120_000 }, async (test) => {
  test.skip(firefox === null, 'there is no Firefox to play with')
  const ada = await openPage(chromium, demo.url, { viewport: { width: 900, height: 640 } })
  await ada.getByLabel('Your name').fill('Ada')
  await ada.getByLabel('Bots in your room').selectOption('No bots')
  await ada.getByLabel('Points to win').selectOption('First to 3')
  await ada.getByRole('button', { name: 'Create private room' }).click()
  await hasShip(ada)
  const code = await ada.locator('#invite b').innerText()
  const fox = await openPage(firefox!, `${demo.url}?quick&name=Fox&room=${code}`)
  await hasShip(fox)

  // Whoever has three first has won: a side that waits for its own three would wait for ever.
  void huntUntilScore(ada, 3).catch(() => undefined)
  void huntUntilScore(fox, 3).catch(() => undefined)
  const results = [ada, fox].map((page) => page.locator('#result'))
  await Promise.all(results.map((result) => result.waitFor({ timeout: 100_000 })))
  const [ours, theirs] = await Promise.all(
    results.map((result) => result.locator('tbody').evaluate((table) => (table as HTMLElement).innerText)),
  )
  expect(ours).toBe(theirs)
  expect(ours).toMatch(/\b3\b/)
})
