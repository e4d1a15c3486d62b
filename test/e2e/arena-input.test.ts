import type { Browser, JSHandle, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPilot } from './arena-page.ts'
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
const roomUrl = (name: string): string => `${demo.url}?key=${name}`

const fires = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => [...window.tickwire.room!.view('bullet')].length > 1)
}

/** Listens for the next beam that the page draws; it does so already when this resolves. */
const watchForBeam = (page: Page): Promise<JSHandle<{ beam: Promise<void> }>> =>
  page.evaluateHandle(() => {
    return { beam: new Promise<void>((resolve) => window.tickwire.room!.onEvent('laser', () => resolve())) }
  })

describe('the mouse', () => {
  it('aims the ship at where it points, fires with its left button and uses the laser with its right one', async () => {
    const page = await openPilot(browser, roomUrl('mouse'), 'Ada')
    // A place on the left of its ship, wherever the camera stands: the first team begins turned to the right.
    await page.mouse.move(20, 120)
    await page.waitForFunction(() => Math.abs(window.tickwire.room!.mine('ship')!.angle) > Math.PI / 2)
    const watch = await watchForBeam(page)
    await page.mouse.down({ button: 'right' })
    await page.mouse.up({ button: 'right' })
    await watch.evaluate(({ beam }) => beam)
    await page.mouse.down()
    await fires(page)
    await page.mouse.up()
    await page.waitForFunction(() => [...window.tickwire.room!.view('bullet')].length === 0)
  })
})

describe('a gamepad', () => {
  it('turns by its stick, thrusts by a trigger, fires by A and uses the laser by B', async () => {
    const page = await openPilot(browser, roomUrl('gamepad'), 'Ada')
    const before = await page.evaluate(() => window.tickwire.room!.mine('ship')!.angle)
    await holdGamepad(page, { stick: -0.9, buttons: [THRUST, FIRE] })
    await page.waitForFunction((angle) => {
      const ship = window.tickwire.room!.mine('ship')!
      return ship.thrusting && ship.angle !== angle
    }, before)
    await fires(page)
    const watch = await watchForBeam(page)
    await holdGamepad(page, { stick: 0.1, buttons: [LASER] })
    await watch.evaluate(({ beam }) => beam)
    // A stick that rests near its middle does not turn.
    await page.waitForFunction(() => {
      const { angle, thrusting } = window.tickwire.room!.mine('ship')!
      return new Promise((resolve) => {
        requestAnimationFrame(() => {
          requestAnimationFrame(() => resolve(!thrusting && window.tickwire.room!.mine('ship')!.angle === angle))
        })
      })
    })
  })
})

describe('on a phone', () => {
  it('the stick turns the ship to where it points and the button fires', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
    const page = await openPilot(browser, roomUrl('phone'), 'Ada', phone)
    const devtools = await page.context().newCDPSession(page)
    const stick = await page.locator('#stick').boundingBox()
    const fire = await page.locator('#fire').boundingBox()
    const thumb = (box: typeof stick, dx: number, id: number): { x: number; y: number; id: number } => {
      return { x: box!.x + box!.width * (0.5 + dx), y: box!.y + box!.height / 2, id }
    }
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [thumb(stick, 0, 1)] })
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [thumb(stick, -0.45, 1)] })
    await page.waitForFunction(() => {
      const ship = window.tickwire.room!.mine('ship')
      return ship !== undefined && Math.abs(ship.angle) > 3 && ship.thrusting
    })
    const touchPoints = [thumb(stick, -0.45, 1), thumb(fire, 0, 2)]
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
    await page.waitForFunction(() => [...window.tickwire.room!.view('bullet')].length > 1)
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await page.waitForFunction(() => window.tickwire.room!.mine('ship')?.thrusting === false)
  })

  it('nothing covers anything else, upright and across', async () => {
    for (const [name, width, height] of [
      ['upright', 390, 844],
      ['across', 844, 390],
    ] as const) {
      const page = await openPilot(browser, roomUrl(name), 'Ada', {
        viewport: { width, height },
        isMobile: true,
        hasTouch: true,
      })
      expect(await page.evaluate(overlaps)).toEqual([])
    }
  })
})

/** Of the "standard" layout. */
const FIRE = 0
const LASER = 1
const THRUST = 7

/** Makes the page see a gamepad that is held like this. */
async function holdGamepad(page: Page, held: { stick: number; buttons: readonly number[] }): Promise<void> {
  await page.evaluate(({ stick, buttons }) => {
    const pad = {
      axes: [stick, 0, 0, 0],
      buttons: Array.from({ length: 17 }, (_, index) => {
        const pressed = buttons.includes(index)
        return { pressed, touched: pressed, value: Number(pressed) }
      }),
    }
    navigator.getGamepads = () => [pad as unknown as Gamepad]
  }, held)
}

/** The pairs of visible parts of the display of which one lies over the other, or which leave the window. */
function overlaps(): string[] {
  const names = [
    'round',
    'readout',
    'chat-form',
    'radar',
    'invite',
    'buttons',
    'stick',
    'fire',
    'beam',
    'health',
    'laser',
  ]
  const boxes = names.map((name) => ({ name, box: document.querySelector(`#${name}`)!.getBoundingClientRect() }))
  const found = boxes
    .filter(({ box }) => box.width === 0 || box.left < 0 || box.right > innerWidth || box.bottom > innerHeight)
    .map(({ name }) => `${name} is not within the window`)
  for (const [index, { name, box }] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const { left, right, top, bottom } = other.box
      if (box.left < right && left < box.right && box.top < bottom && top < box.bottom)
        found.push(`${name}, ${other.name}`)
    }
  }
  return found
}
