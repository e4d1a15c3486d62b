import axe from 'axe-core'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Locator, Page } from 'playwright'
import { readTrace } from '@tickwire/sdk/inspector'
import { build } from 'vite'
import type { Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arena } from '../../demo/shared/simulate.ts'
import { openPilot, seatOf, shipMovedFrom, shipOf } from './arena-page.ts'
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

const DESK = { viewport: { width: 1100, height: 720 }, acceptDownloads: true }

const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'Tickwire inspector' })

/** A page whose inspector is open; a room of its own for each. */
async function openInspector(key: string): Promise<Page> {
  const page = await openPilot(browser, `${demo.url}?key=${key}`, 'Ada', DESK)
  await page.keyboard.press('F2')
  await panelOf(page).waitFor()
  return page
}

/** Polls wait for what a busy machine may take its time with. */
const SOON = { timeout: 20_000 }

/** The number that a readout begins with. */
async function valueOf(page: Page, id: string): Promise<number> {
  return Number.parseFloat(await page.locator(`#value-${id}`).innerText())
}

describe('the inspector', () => {
  it('is not even loaded before it is asked for, opens by key and by button, and leaves nothing when it closes', async () => {
    const page = await openPilot(browser, `${demo.url}?key=inspector-key`, 'Ada', DESK)
    const filesLoaded = (): Promise<string[]> =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    expect((await filesLoaded()).filter((url) => url.includes('inspector'))).toEqual([])
    expect(await page.evaluate(() => window.tickwire.inspector)).toBeUndefined()
    await page.keyboard.press('F2')
    await panelOf(page).waitFor()
    expect((await filesLoaded()).filter((url) => url.includes('inspector'))).toHaveLength(1)
    await page.keyboard.press('F2')
    await panelOf(page).waitFor({ state: 'detached' })
    expect(await page.evaluate(() => [window.tickwire.inspector!.isOpen, window.tickwire.inspector!.frameMs])).toEqual([
      false,
      0,
    ])
    expect(await page.locator('#tickwire-inspector').count()).toBe(0)
    await page.getByText('Settings', { exact: true }).first().click()
    await page.locator('#inspect').click()
    await panelOf(page).waitFor()
    await page.getByRole('button', { name: 'Close the inspector' }).click()
    await panelOf(page).waitFor({ state: 'detached' })
    // The menu does not stay in the picture: behind the choice, or a click elsewhere.
    const menu = page.locator('#settings')
    expect(await menu.getAttribute('open')).toBeNull()
    await menu.locator('summary').click()
    await page.locator('#stage').click({ position: { x: 40, y: 160 } })
    expect(await menu.getAttribute('open')).toBeNull()
  })

  it('shows what the sliders do to the network', async () => {
    const page = await openInspector('inspector-sliders')
    await expect.poll(() => valueOf(page, 'rtt'), SOON).toBeLessThan(80)
    await page.getByLabel('Latency').fill('150')
    await expect.poll(() => valueOf(page, 'rtt'), SOON).toBeGreaterThan(250)
    expect(await valueOf(page, 'lead')).toBeGreaterThan(8)
    await page.getByRole('button', { name: 'None', exact: true }).click()
    expect(await page.getByLabel('Latency').inputValue()).toBe('0')
    await expect.poll(() => valueOf(page, 'rtt'), SOON).toBeLessThan(80)
  })

  it('follows what others do to the network', async () => {
    const page = await openInspector('inspector-console')
    await page.evaluate(() => window.tickwire.client.impair({ lossPercent: 4, throttleKbps: 500 }))
    await expect.poll(() => page.getByLabel('Loss').inputValue(), SOON).toBe('4')
    expect(await page.getByLabel('Bandwidth').inputValue()).toBe('3')
  })

  it('shows a resume after a cut', async () => {
    const page = await openInspector('inspector-cut')
    await expect.poll(() => valueOf(page, 'resumes'), SOON).toBe(0)
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await expect.poll(() => valueOf(page, 'resumes'), SOON).toBe(1)
    await panelOf(page).getByText('online').waitFor()
  })

  it('shows bytes by field, entities by who says so, and messages by their names', async () => {
    const page = await openInspector('inspector-tabs')
    const panel = panelOf(page)
    await page.keyboard.down('KeyA')
    await panel.getByRole('tab', { name: 'Bytes' }).click()
    await panel.locator('tr.kind', { hasText: 'ship' }).waitFor()
    await panel.locator('tr.field', { hasText: 'angle' }).waitFor()
    await panel.getByRole('tab', { name: 'Entities' }).click()
    const angle = panel.locator('details.entity tr', { hasText: 'angle' }).first()
    await expect
      .poll(async () => (await angle.locator('td').allInnerTexts()).filter((text) => text !== ''), SOON)
      .toHaveLength(3)
    await page.keyboard.up('KeyA')
    await panel.getByRole('tab', { name: 'Packets' }).click()
    await page.evaluate(() => window.tickwire.room!.send('chat', { text: 'can you read this' }))
    const line = panel.locator('.list .row', { hasText: 'message chat' }).first()
    await line.waitFor()
    expect(await line.innerText()).toContain('can you read this')
    await line.click()
    await expect
      .poll(() => panel.locator('.detail').innerText(), SOON)
      .toMatch(/text can you read this[^]*0000 {2}[0-9a-f]{2} /)
  })

  it('saves a trace that it can open again, and Node can read', async () => {
    const page = await openInspector('inspector-trace')
    const panel = panelOf(page)
    await panel.getByRole('tab', { name: 'Packets' }).click()
    // A ship that rests is not told of.
    await page.keyboard.down('KeyA')
    await expect.poll(() => panel.locator('.status').innerText(), SOON).toMatch(/last [3-9] s/)
    await page.keyboard.up('KeyA')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Save trace' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('arena.twt')
    const file = await readFile(await download.path())
    const messages = (await readTrace(file, arena)).flatMap((packet) => packet.messages)
    expect(messages.filter(({ type, says }) => type === 'undecodable' || 'why' in says)).toEqual([])
    expect(messages.some(({ changes }) => changes.some(({ kind }) => kind === 'ship'))).toBe(true)
    await panel.locator('#trace-file').setInputFiles({ name: 'yesterday.twt', mimeType: '', buffer: file })
    await panel.getByText(/yesterday\.twt: \d+ packets/).waitFor()
    expect(await panel.locator('.list .row:visible').count()).toBeGreaterThan(10)
    expect(await panel.locator('.row.error').count()).toBe(0)
    await panel.locator('#trace-file').setInputFiles({ name: 'no.twt', mimeType: '', buffer: Buffer.from('no trace') })
    await panel.getByText(/trace: expected a trace of the inspector/).waitFor()
    await panel.getByRole('button', { name: 'Back to live' }).click()
    await panel.getByText(/last \d+ s/).waitFor()
    await page.evaluate((bytes) => window.tickwire.inspector!.openTrace(new Uint8Array(bytes), 'by code'), [...file])
    await panel.getByText(/by code: \d+ packets/).waitFor()
  })

  it('leaves the keys to the game, also after its own buttons and sliders were clicked', async () => {
    const page = await openInspector('inspector-keys')
    const panel = panelOf(page)
    const seat = await seatOf(page)
    await panel.getByRole('tab', { name: 'Entities' }).click()
    await panel.getByLabel('Ghosts over the game').click()
    await panel.locator('summary', { hasText: 'player' }).click()
    await panel.getByRole('tab', { name: 'Network' }).click()
    await panel.getByRole('slider', { name: 'Jitter' }).click({ position: { x: 2, y: 5 } })
    const before = await shipOf(page, seat)
    await page.keyboard.down('ArrowUp')
    await shipMovedFrom(page, seat, before, 20)
    await page.keyboard.up('ArrowUp')
  })

  it('works by keys alone', async () => {
    const page = await openInspector('inspector-tab-keys')
    const panel = panelOf(page)
    await panel.getByRole('tab', { name: 'Network' }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await panel.getByRole('tab', { name: 'Bytes' }).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('ArrowLeft')
    await panel.getByLabel('Latency').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate(() => window.tickwire.inspector!.isOpen)).toBe(true)
    expect(await panel.getByLabel('Latency').inputValue()).toBe('5')
    const { width } = (await panel.boundingBox())!
    await panel.getByRole('separator', { name: 'Width' }).focus()
    await page.keyboard.press('ArrowLeft')
    expect((await panel.boundingBox())!.width).toBe(width + 20)
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  })

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s', async (colorScheme) => {
    const page = await openInspector(`inspector-axe-${colorScheme}`)
    // Pages begin light: that it turns with the system is part of the rule.
    await page.emulateMedia({ colorScheme })
    const back = (): Promise<string> => panelOf(page).evaluate((panel) => getComputedStyle(panel).backgroundColor)
    await expect.poll(back, SOON).toBe(colorScheme === 'light' ? 'rgb(252, 253, 254)' : 'rgb(20, 23, 28)')
    await page.evaluate(axe.source)
    for (const tab of ['Network', 'Bytes', 'Entities', 'Packets']) {
      await panelOf(page).getByRole('tab', { name: tab }).click()
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run('#tickwire-inspector'),
      )
      const findings = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${tab}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      expect(findings).toEqual([])
    }
  })

  it('takes less than a millisecond of a frame', async () => {
    const page = await openInspector('inspector-cost')
    // A busy machine takes its time elsewhere: what counts is what it can be.
    for (const tab of ['Network', 'Bytes', 'Entities', 'Packets']) {
      await panelOf(page).getByRole('tab', { name: tab }).click()
      const read = (): Promise<number> => page.evaluate(() => window.tickwire.inspector!.frameMs)
      await expect.poll(read, SOON).toBeLessThan(1)
    }
  })
})

describe('what a game pays for the inspector', () => {
  it('is at most 25 KB gzipped, and nothing before it is asked for', async () => {
    const entry = fileURLToPath(new URL('./inspector/entry.ts', import.meta.url))
    const { output } = (await build({
      configFile: false,
      logLevel: 'error',
      resolve: { conditions: ['@tickwire/source', 'browser', 'module', 'import'] },
      build: { write: false, rollupOptions: { input: entry } },
    })) as Rolldown.RolldownOutput
    const chunks = output.filter((one) => one.type === 'chunk')
    const played = withImports(
      chunks,
      chunks.find(({ isEntry }) => isEntry)!,
    )
    const inspector = chunks.find(({ moduleIds }) =>
      moduleIds.some((id) => id.endsWith('sdk/src/inspector/inspector.ts')),
    )!
    // What it shares with other parts that are loaded later counts, too.
    const own = [...withImports(chunks, inspector)].filter((chunk) => !played.has(chunk))
    expect(own).toContain(inspector)
    const bytes = own.reduce((sum, { code }) => sum + gzipSync(code).length, 0)
    console.log(`inspector: ${bytes} bytes gzipped in ${own.length} files`)
    expect(bytes).toBeLessThan(25_000)
  })
})

/** A chunk and all that it loads at once. */
function withImports(
  chunks: readonly Rolldown.OutputChunk[],
  chunk: Rolldown.OutputChunk,
  found = new Set<Rolldown.OutputChunk>(),
): Set<Rolldown.OutputChunk> {
  if (found.has(chunk)) return found
  found.add(chunk)
  for (const name of chunk.imports) {
    const imported = chunks.find(({ fileName }) => fileName === name)
    if (imported !== undefined) withImports(chunks, imported, found)
  }
  return found
}
