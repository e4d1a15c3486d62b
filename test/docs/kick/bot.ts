import { createClient } from 'tickwire/client'
import type { JoinedRoom } from 'tickwire/client'
import { WebSocket } from 'ws'
import { kick, KICKING_DISTANCE } from './kick.ts'
import type { Kick } from './kick.ts'

/** One frame of a bot: it runs behind the ball and kicks it to the right. */
export function think(room: JoinedRoom<Kick>): void {
  const me = room.mine('runner')
  const [ball] = room.view('ball')
  room.advance(() => {
    if (me === undefined || ball === undefined) return {}
    return { right: towards(me.x, ball.x - 20), down: towards(me.y, ball.y) }
  })
  if (me === undefined || ball === undefined) return
  const isNear = Math.hypot(ball.x - me.x, ball.y - me.y) < KICKING_DISTANCE
  if (isNear && me.x < ball.x - 10 && ball.vx === 0) room.press('kick')
}

const towards = (from: number, to: number): number => (Math.abs(to - from) < 4 ? 0 : Math.sign(to - from))

/** In Node: 20 has no WebSocket of its own, so ws's is passed. */
export async function runBot(url: string): Promise<void> {
  const client = createClient(url, { WebSocket })
  const room = await client.joinOrCreate(kick, { name: 'Bot' })
  const timer = setInterval(() => think(room), 1000 / 60)
  await room.left
  clearInterval(timer)
  await client.close()
}
