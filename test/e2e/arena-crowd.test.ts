import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { BULLETS, startCrowd } from './arena-servers.ts'
import { openPilot } from './arena-page.ts'
import { launchBrowser } from './browser.ts'
import { startDemoProcess, type DemoProcess } from './demo-process.ts'

let demo: DemoProcess
let browser: Browser

beforeAll(async () => {
  // Without a GPU Chromium draws WebGL by software only when it is told to.
  ;[demo, browser] = await Promise.all([startDemoProcess(), launchBrowser(['--enable-unsafe-swiftshader'])])
})

afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

const SECONDS = 2

interface Pace {
  readonly framesPerSecond: number
  /** Work of the page's main thread for one frame: game, network and drawing. */
  readonly msPerFrame: number
}

async function measure(page: Page): Promise<Pace> {
  const devtools = await page.context().newCDPSession(page)
  // Time of the processor, not of the clock: others may want the machine too.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busySeconds = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')!.value
  }
  const before = await busySeconds()
  const { frames, seconds } = await page.evaluate(countFrames, SECONDS)
  return { framesPerSecond: frames / seconds, msPerFrame: ((await busySeconds()) - before) * (1000 / frames) }
}

/** Runs in the page. */
function countFrames(least: number): Promise<{ frames: number; seconds: number }> {
  return new Promise((resolve) => {
    let frames = 0
    const start = performance.now()
    const count = (): void => {
      frames++
      const seconds = (performance.now() - start) / 1000
      if (seconds < least) requestAnimationFrame(count)
      else resolve({ frames, seconds })
    }
    requestAnimationFrame(count)
  })
}

it.each(['canvas', 'webgl'])('32 ships and 300 bullets are drawn by %s', async (renderer) => {
  const crowd = await startCrowd()
  onTestFinished(() => crowd.close())
  const query = `?renderer=${renderer}&server=${encodeURIComponent(crowd.url)}`
  const page = await openPilot(browser, `${demo.url}${query}`, 'Ada', { viewport: { width: 1280, height: 720 } })
  await page.waitForFunction((least) => {
    const { room } = window.tickwire
    return [...room!.view('ship')].length === 32 && [...room!.view('bullet')].length >= least
  }, BULLETS)
  const { framesPerSecond, msPerFrame } = await measure(page)
  console.log(`${renderer}: ${framesPerSecond.toFixed(1)} frames per second, ${msPerFrame.toFixed(1)} ms of work each`)
  // Frames per second depend on what draws and on what else runs; the work for one does not. Of a frame at 60 per second it is
  // a half here; twice a whole one is a fault on any machine.
  expect(msPerFrame).toBeLessThan(2000 / 60)
})
