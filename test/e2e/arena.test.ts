import { createProxy } from '@tickwire/sdk/testing'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  hasShip,
  huntUntilScore,
  meet,
  openPilot,
  scoreOf,
  seatOf,
  seesShip,
  shipMovedFrom,
  shipOf,
} from './arena-page.ts'
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

/** A room of its own for each test: nobody of another test flies in it. */
function roomUrl(name: string, base: string = demo.url): string {
  return `${base}?key=${name}`
}

describe('two pages', () => {
  it('see each other move', async () => {
    const ada = await openPilot(browser, roomUrl('pair'), 'Ada')
    const bob = await openPilot(browser, roomUrl('pair'), 'Bob')
    const [seatA, seatB] = [await seatOf(ada), await seatOf(bob)]
    await meet(ada, bob)
    await seesShip(ada, seatB)
    await seesShip(bob, seatA)
    for (const [mover, watcher, seat] of [
      [ada, bob, seatA],
      [bob, ada, seatB],
    ] as const) {
      const start = await shipOf(watcher, seat)
      await mover.keyboard.down('ArrowUp')
      await shipMovedFrom(watcher, seat, start, 40)
      await mover.keyboard.up('ArrowUp')
    }
  })

  it('see the name and the score of the other, and what it says', async () => {
    const ada = await openPilot(browser, roomUrl('talk'), 'Ada')
    const bob = await openPilot(browser, roomUrl('talk'), 'Bob')
    await ada.keyboard.press('Enter')
    await ada.keyboard.type('hello Bob')
    await ada.keyboard.press('Enter')
    await bob.getByText('hello Bob').waitFor()
    await bob.locator('#scores li', { hasText: 'Ada' }).waitFor()
  })

  it('agree on who was hit, who exploded and who gets the point; the other comes back after two seconds', async () => {
    const ada = await openPilot(browser, roomUrl('fight'), 'Ada')
    const bob = await openPilot(browser, roomUrl('fight'), 'Bob')
    const explosions = bob.evaluate(() => {
      return new Promise<number | null>((resolve) => {
        window.tickwire.room!.onEvent('destroyed', ({ seat }) => resolve(seat))
      })
    })
    const [score] = await Promise.all([huntUntilScore(ada, 1), meet(bob)])
    expect(score).toBe(1)
    expect(await explosions).toBe(await seatOf(bob))
    await hasShip(bob)
  })
})

describe('a page', () => {
  it('moves its own ship in the next frame after a key, with 150 ms of latency each way', async () => {
    const ada = await openPilot(browser, `${roomUrl('local')}&latency=150`, 'Ada')
    await ada.waitForFunction(() => window.tickwire.room!.stats.rttMs > 290)
    const frames: number[] = []
    for (let press = 0; press < 10; press++) {
      const watch = await ada.evaluateHandle(watchForTurn)
      await ada.keyboard.down('ArrowRight')
      frames.push(await watch.evaluate(({ frames: count }) => count))
      await ada.keyboard.up('ArrowRight')
      await ada.waitForFunction(isStill)
    }
    // A frame may come just before the tick that takes the key; then it is the one after.
    frames.sort((a, b) => a - b)
    expect(frames[frames.length / 2]).toBe(1)
    expect(frames.at(-1)).toBeLessThanOrEqual(3)
  })

  it('takes its seat and its score back after its connection was cut', async () => {
    const proxy = await createProxy({ target: demo.url })
    onTestFinished(() => proxy.close())
    const ada = await openPilot(browser, roomUrl('cut', proxy.url), 'Ada')
    const bob = await openPilot(browser, roomUrl('cut'), 'Bob')
    const [score] = await Promise.all([huntUntilScore(ada, 1), meet(bob)])
    const seat = await seatOf(ada)
    proxy.accepting = false
    proxy.cutAll()
    await ada.locator('#veil', { hasText: 'Reconnecting' }).waitFor()
    await bob.locator('#scores li.away', { hasText: 'Ada' }).waitFor()
    proxy.accepting = true
    await ada.waitForFunction(() => window.tickwire.client.connection.phase === 'online')
    await ada.locator('#veil').waitFor({ state: 'hidden' })
    await bob.getByText('Ada is back').waitFor()
    expect(await seatOf(ada)).toBe(seat)
    expect(await scoreOf(ada)).toBeGreaterThanOrEqual(score)
    await hasShip(ada)
  })

  it('finds its seat again after a reload', async () => {
    const ada = await openPilot(browser, roomUrl('reload'), 'Ada')
    const seat = await seatOf(ada)
    await ada.goto(roomUrl('reload'))
    await hasShip(ada)
    expect(await seatOf(ada)).toBe(seat)
    expect(await ada.evaluate(() => window.tickwire.room!.players.size)).toBe(1)
  })

  it('from another loopback port may connect', async () => {
    const proxy = await createProxy({ target: demo.url })
    onTestFinished(() => proxy.close())
    const server = new URL(demo.url)
    const page = `${roomUrl('origin', proxy.url)}&server=ws://${server.host}`
    expect(new URL(page).port).not.toBe(server.port)
    await openPilot(browser, page, 'Ada')
  })

  it('that was hidden goes on where the room is when it is looked at again', async () => {
    const ada = await openPilot(browser, roomUrl('hidden'), 'Ada')
    const bob = await openPilot(browser, roomUrl('hidden'), 'Bob')
    const tick = await bob.evaluate(() => window.tickwire.room!.tick)
    await ada.evaluate(setHidden, true)
    await bob.waitForFunction((from) => window.tickwire.room!.tick > from + 180, tick)
    await ada.evaluate(setHidden, false)
    await ada.waitForFunction((from) => window.tickwire.room!.tick > from + 180, tick)
    const seat = await seatOf(ada)
    await meet(ada, bob)
    const start = await shipOf(bob, seat)
    await ada.keyboard.down('ArrowUp')
    await shipMovedFrom(bob, seat, start, 20)
  })
})

/** Counts the frames from the next key press to the first one in which the own ship has turned, itself included. */
function watchForTurn(): { frames: Promise<number> } {
  const frames = new Promise<number>((resolve) => {
    const onKey = (): void => {
      const { room } = window.tickwire
      const angle = room!.mine('ship')!.angle
      let count = 0
      const look = (): void => {
        count++
        if (room!.mine('ship')!.angle === angle) requestAnimationFrame(look)
        else resolve(count)
      }
      requestAnimationFrame(look)
    }
    window.addEventListener('keydown', onKey, { once: true })
  })
  return { frames }
}

/** Whether the own ship turns no more: true once two frames in a row show the same angle. */
function isStill(): Promise<boolean> {
  const angle = window.tickwire.room!.mine('ship')!.angle
  return new Promise((resolve) => {
    const look = (): void => resolve(window.tickwire.room!.mine('ship')!.angle === angle)
    requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(look)))
  })
}

/** What a page notices when its tab is hidden or shown: the browser under test shows all of them. */
function setHidden(isHidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
  Object.defineProperty(document, 'visibilityState', { value: isHidden ? 'hidden' : 'visible', configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}
