import { createStepper } from 'tickwire/testing'
import { afterEach, expect, it } from 'vitest'
import { kick } from '../kick/kick.ts'
import type { Kick } from '../kick/kick.ts'
import { kickRoom } from '../kick/room.ts'

const stepper = createStepper<Kick>({ rooms: [kickRoom], impair: { latencyMs: 75, jitterMs: 30 }, seed: 7 })
afterEach(() => stepper.close())

it('a runner comes to the ball, kicks it, and is never corrected', async () => {
  const ada = await stepper.join(kick, { name: 'Ada' })
  const bob = await stepper.join(kick, { name: 'Bob' })
  await stepper.run(2, {
    // What each player holds down in each frame.
    input: (room) => (room === ada ? { right: room.mine('runner')!.x < 375 ? 1 : 0 } : {}),
  })
  ada.press('kick')
  await stepper.runUntil(() => [...bob.view('ball')][0]!.vx > 0, 1)
  expect(ada.mine('runner')!.breath).toBe(19)
  // Others see of it what they may: not how much breath is left.
  const [seen] = [...bob.view('runner')].filter((runner) => !runner.mine)
  expect(seen!.breath).toBeUndefined()
  expect(ada.stats.corrections).toBe(0)
  await reload()
})

async function reload(): Promise<void> {
  const [adasTab] = stepper.clients
  const before = adasTab!.room!.seat
  // A pulled cable, and the page is loaded again.
  adasTab!.network.stall(Infinity)
  const reloaded = stepper.addClient({ storage: adasTab!.storage })
  reloaded.room = await stepper.until(reloaded.client.resume(kick))
  expect(reloaded.room!.seat).toBe(before)
}
