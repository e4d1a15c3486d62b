import { expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'

it('a found or installed Chromium runs a page', async () => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.setContent('<title>tickwire</title>')
    expect(await page.title()).toBe('tickwire')
  } finally {
    await browser.close()
  }
})
