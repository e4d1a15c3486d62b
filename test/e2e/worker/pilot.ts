// Runs in a page's dedicated Worker: there is no window here, no sessionStorage and no frame to draw.
import { createClient } from '@tickwire/sdk'
import { arena } from '../../games/arena/arena.ts'
import { digest } from './digest.ts'

/** What the worker tells its page. */
export interface PilotReport {
  readonly seat: number
  readonly hasWindow: boolean
  readonly corrections: number
  readonly digest: number
}

/** Far enough to be no rounding. */
const FAR = 20

addEventListener('message', (event: MessageEvent<string>) => void fly(event.data))

async function fly(url: string): Promise<void> {
  const room = await createClient(url).joinOrCreate(arena, { name: 'worker' })
  const { x, y } = room.mine('ship')!
  const timer = setInterval(() => {
    room.advance(() => ({ thrust: true }))
    const ship = room.mine('ship')
    if (ship === undefined || Math.hypot(ship.x - x, ship.y - y) < FAR) return
    clearInterval(timer)
    const { corrections } = room.stats
    const report: PilotReport = { seat: room.seat, hasWindow: 'document' in globalThis, corrections, digest: digest() }
    postMessage(report)
  }, 16)
}
