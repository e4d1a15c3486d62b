// Pages of the demo, and what tests do in them. They wait for what `window.tickwire` shows, never for a time.
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { expect, onTestFinished } from 'vitest'
// For its types: what `window.tickwire` is.
import '../../demo/client/console.ts'
import { BULLET_SPEED } from '../../demo/shared/guns.ts'

/** Opens a small page, for pixels cost time, in a context of its own; it closes with the test, which fails if the page had an error. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 480, height: 320 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  onTestFinished(async () => {
    // A seat that is dropped is kept for a while, and would fly on in the rooms of other tests.
    await page.evaluate(() => window.tickwire?.client.close()).catch(() => undefined)
    await context.close()
    expect(errors).toEqual([])
  })
  await page.goto(url)
  return page
}

/** Opens a page that joins at once, and waits for its ship. */
export async function openPilot(
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const address = new URL(url)
  address.searchParams.set('quick', '')
  address.searchParams.set('name', name)
  const page = await openPage(browser, address.href, options)
  await hasShip(page)
  return page
}

export async function hasShip(page: Page): Promise<void> {
  await page.waitForFunction(() => window.tickwire?.room?.mine('ship') !== undefined)
}

/** Resolves once the page draws a ship of this seat. */
export async function seesShip(page: Page, seat: number): Promise<void> {
  await page.waitForFunction((owner) => {
    return [...(window.tickwire.room?.view('ship') ?? [])].some((ship) => ship.owner === owner)
  }, seat)
}

export function seatOf(page: Page): Promise<number> {
  return page.evaluate(() => window.tickwire.room!.seat)
}

/** Where the page draws the ship of a seat. */
export function shipOf(page: Page, seat: number): Promise<{ x: number; y: number; angle: number }> {
  return page.evaluate((owner) => {
    const ship = [...window.tickwire.room!.view('ship')].find((one) => one.owner === owner)
    if (!ship) throw new Error(`no ship of seat ${owner}`)
    return { x: ship.x, y: ship.y, angle: ship.angle }
  }, seat)
}

/** Resolves once the page draws the ship of a seat at least `distance` units from a place. */
export async function shipMovedFrom(
  page: Page,
  seat: number,
  place: { x: number; y: number },
  distance: number,
): Promise<void> {
  await page.waitForFunction(
    ({ owner, x, y, least }) => {
      const ship = [...window.tickwire.room!.view('ship')].find((one) => one.owner === owner)
      return ship !== undefined && Math.hypot(ship.x - x, ship.y - y) >= least
    },
    { owner: seat, x: place.x, y: place.y, least: distance },
  )
}

/**
 * Lets a page fly with the keys to the nearest other ship and fire at it, or to above the middle of the arena while it sees
 * none, until it is closed.
 */
async function hunt(page: Page): Promise<void> {
  await page.evaluate((bulletSpeed) => {
    const meeting = { x: 1024, y: 480 }
    const held = new Set<string>()
    const hold = (code: string, isHeld: boolean): void => {
      if (isHeld === held.has(code)) return
      if (isHeld) held.add(code)
      else held.delete(code)
      window.dispatchEvent(new KeyboardEvent(isHeld ? 'keydown' : 'keyup', { code }))
    }
    const step = (): void => {
      requestAnimationFrame(step)
      const { room } = window.tickwire
      const me = room?.mine('ship')
      if (!room || !me) return
      const foe = [...room.view('ship')].find((ship) => ship.team !== me.team) ?? meeting
      const [dx, dy] = [foe.x - me.x, foe.y - me.y]
      const distance = Math.hypot(dx, dy)
      const approach = (me.vx * dx + me.vy * dy) / distance
      // A bullet has the ship's own speed besides: aim so that both together hit.
      const aim = Math.atan2((dy / distance) * bulletSpeed - me.vy, (dx / distance) * bulletSpeed - me.vx)
      // A block may be between the two: now and then fly round.
      const detour = Math.floor(room.tick / 90) % 3 === 2 ? 1.2 : 0
      const turn = Math.atan2(Math.sin(aim + detour - me.angle), Math.cos(aim + detour - me.angle))
      hold('ArrowLeft', turn < -0.06)
      hold('ArrowRight', turn > 0.06)
      hold('ArrowUp', (detour > 0 || distance > 250) && approach < 300 && Math.abs(turn) < 0.6)
      hold('Space', foe !== meeting && distance < 600 && Math.abs(turn) < 0.1)
    }
    step()
  }, BULLET_SPEED)
}

/** Brings the ships of two pages into each other's sight: both fly to above the middle of the arena. */
export async function meet(...pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map(flyToMiddle))
}

async function flyToMiddle(page: Page): Promise<void> {
  await page.evaluate(() => {
    return new Promise<void>((resolve) => {
      const held = new Set<string>()
      const hold = (code: string, isHeld: boolean): void => {
        if (isHeld === held.has(code)) return
        if (isHeld) held.add(code)
        else held.delete(code)
        window.dispatchEvent(new KeyboardEvent(isHeld ? 'keydown' : 'keyup', { code }))
      }
      const step = (): void => {
        const me = window.tickwire.room?.mine('ship')
        if (!me) return void requestAnimationFrame(step)
        const [dx, dy] = [1024 - me.x, 480 - me.y]
        const isThere = Math.hypot(dx, dy) < 250
        const turn = Math.atan2(dy, dx) - me.angle
        const off = Math.atan2(Math.sin(turn), Math.cos(turn))
        hold('ArrowLeft', !isThere && off < -0.06)
        hold('ArrowRight', !isThere && off > 0.06)
        hold('ArrowUp', !isThere && Math.abs(off) < 0.6)
        if (isThere) resolve()
        else requestAnimationFrame(step)
      }
      step()
    })
  })
}

/** Lets a page hunt the other ship of its room until it has at least this score, which it returns. */
export async function huntUntilScore(hunter: Page, score: number): Promise<number> {
  await hunt(hunter)
  await hunter.waitForFunction((least) => {
    const { room } = window.tickwire
    return (room?.players.get(room.seat)?.score ?? 0) >= least
  }, score)
  return scoreOf(hunter)
}

export function scoreOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { room } = window.tickwire
    return room?.players.get(room.seat)?.score ?? -1
  })
}
