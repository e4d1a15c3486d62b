import type { Browser, CDPSession, Page } from 'playwright'
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

interface Weight {
  listeners: number
  nodes: number
  heapBytes: number
}

/** What a page holds on to, after what can be thrown away has been. */
async function weigh(devtools: CDPSession): Promise<Weight> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const read = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { listeners: read('JSEventListeners'), nodes: read('Nodes'), heapBytes: read('JSHeapUsedSize') }
}

async function devtoolsOf(page: Page): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  return devtools
}

async function joinByForm(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Bob')
  await page.keyboard.press('Enter')
  await hasShip(page)
}

async function fireAndLeave(page: Page): Promise<void> {
  await page.keyboard.down('Space')
  await page.keyboard.down('ArrowUp')
  await page.waitForFunction(() => [...window.tickwire.room!.view('bullet')].length > 3)
  await page.keyboard.up('ArrowUp')
  await page.keyboard.up('Space')
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.getByLabel('Your name').waitFor()
}

it('neither who comes and goes nor who stays grows by it', { timeout: 120_000 }, async () => {
  const stays = await openPilot(browser, `${demo.url}?key=growth`, 'Ada')
  const comes = await openPage(browser, `${demo.url}?key=growth`)
  const watched = [await devtoolsOf(stays), await devtoolsOf(comes)] as const
  const visit = async (): Promise<void> => {
    await joinByForm(comes)
    await stays.waitForFunction(() => window.tickwire.room!.players.size === 2)
    await fireAndLeave(comes)
    await stays.waitForFunction(() => window.tickwire.room!.players.size === 1)
    // Sparks and bullets of the visit have gone when nothing but the own ship is drawn.
    await stays.waitForFunction(() => [...window.tickwire.room!.view('bullet')].length === 0)
  }
  // The first rounds fill caches: textures, compiled code, the chat's forty lines.
  for (let round = 0; round < 8; round++) await visit()
  const before = await Promise.all(watched.map(weigh))
  for (let round = 0; round < 10; round++) await visit()
  const after = await Promise.all(watched.map(weigh))
  for (const [index, weight] of after.entries()) {
    expect(weight.listeners).toBeLessThanOrEqual(before[index]!.listeners + 2)
    expect(weight.nodes).toBeLessThanOrEqual(before[index]!.nodes + 60)
    expect(weight.heapBytes).toBeLessThan(before[index]!.heapBytes + 1_500_000)
  }
})
