// The pages of the tests of tabs: one that plays, and any other address as a place to go to.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright'
import { bundle } from '../bundle.ts'
import type { PlayerReport } from './player.ts'

const PAGE = '<!doctype html><title>tab</title><script type="module" src="/player.js"></script>'

export class PlayerPages {
  private readonly server: Server

  private constructor(server: Server) {
    this.server = server
  }

  static async serve(): Promise<PlayerPages> {
    const script = await bundle('./tabs/player.ts')
    const server = createServer(({ url = '' }, response) => {
      response.setHeader('content-type', url === '/player.js' ? 'text/javascript' : 'text/html')
      response.end(url === '/player.js' ? script : url === '/elsewhere' ? '<!doctype html><title>other</title>' : PAGE)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new PlayerPages(server)
  }

  get elsewhere(): string {
    return `${this.origin}/elsewhere`
  }

  /** A new tab that plays on that server. */
  async open(context: BrowserContext, gameUrl: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${this.origin}/?server=${gameUrl}`)
    return page
  }

  close(): Promise<void> {
    return new Promise((resolve) => void this.server.close(() => resolve()))
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }
}

export async function reportOf(page: Page): Promise<PlayerReport> {
  await page.waitForFunction(() => window.report !== undefined)
  return page.evaluate(() => window.report!())
}
