import type { JoinedRoom } from 'tickwire/client'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import type { Stepper } from 'tickwire/testing'
import { again, recordedRoom, whenHurt } from './duel/again.ts'
import { duel, PILOT_RADIUS } from './duel/duel.ts'
import type { Duel } from './duel/duel.ts'
import { show } from './duel/page.ts'
import { duelRoom } from './duel/room.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

const start = useStepper()

/** Bob runs to and fro past Ada, who stands below and sees him as he was. */
async function duelOf(
  rooms: Stepper<Duel>,
): Promise<{ readonly ada: JoinedRoom<Duel>; readonly bob: JoinedRoom<Duel> }> {
  const ada = await rooms.join(duel, { name: 'Ada' })
  const bob = await rooms.join(duel, { name: 'Bob' })
  await rooms.run(1)
  return { ada, bob }
}

const foe = (room: JoinedRoom<Duel>) => [...room.view('pilot')].find(({ mine }) => !mine)!
const running = (frame: number): Partial<Duel['input']> => ({ right: frame % 120 < 60 ? 1 : -1 })

describe.each(['docs/guide/lag-compensation.md', 'docs/guide/replay.md'])('%s', (page) => {
  it('shows only code that is compiled and played', () => expectCompiled(page, './duel'))
  it('links only to files that exist', () => expectLinks(page))
})

describe('the duel of the guides', () => {
  it('a beam hits what its shooter sees in front of it, 200 ms of round trip away', async () => {
    const stepper = start<Duel>({ rooms: [duelRoom], impair: { latencyMs: 100, jitterMs: 10 } })
    const { ada, bob } = await duelOf(stepper)
    let [frame, beams, lastFrame] = [0, 0, -60]
    const flashes: number[] = []
    show(ada, (x) => {
      flashes.push(x)
      return { remove: () => void flashes.pop() }
    })
    const input = (room: JoinedRoom<Duel>): Partial<Duel['input']> => {
      if (room === bob) return running(frame++)
      const isAhead = Math.abs(foe(ada).x - ada.mine('pilot')!.x) < PILOT_RADIUS / 2
      if (!isAhead || frame < lastFrame + 30) return {}
      room.press('beam')
      lastFrame = frame
      beams++
      return {}
    }
    await stepper.runUntil(() => beams >= 3, 60, { input })
    await stepper.run(1)
    expect(flashes).toHaveLength(3)
    expect(foe(ada).hp).toBe(25)
  })

  it('a rocket flies on its owner’s timeline and hits where the server has the other now', async () => {
    const stepper = start<Duel>({ rooms: [duelRoom], impair: { latencyMs: 60 } })
    const { ada } = await duelOf(stepper)
    ada.press('rocket')
    await stepper.run(0.05)
    expect(ada.mine('rocket')).toBeDefined()
    await stepper.run(2)
    expect(ada.mine('rocket')).toBeUndefined()
    expect(foe(ada).hp).toBe(60)
  })

  it('is recorded, replayed and looked at', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickwire-duel-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const stepper = start<Duel>({ rooms: [recordedRoom(folder)], impair: { latencyMs: 60 } })
    const { ada } = await duelOf(stepper)
    ada.press('rocket')
    await stepper.run(3)
    await stepper.close()
    stepper.clients.length = 0
    const path = join(folder, (await readdir(folder))[0]!)
    await expect.poll(() => again(path)).toMatch(/^the same for \d+ ticks$/)
    expect(await whenHurt(path)).toBeGreaterThan(60)
  })
})
