import { describe, expect, it } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import { cheer, enter, frame } from './migrating/page.ts'
import { walkersRoom } from './migrating/room.ts'
import { walkers } from './migrating/walkers.ts'
import type { Walkers } from './migrating/walkers.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

describe.each(['from-colyseus', 'from-socket-io'])('docs/guide/%s.md', (page) => {
  it('shows only code of ours that is compiled and played', () =>
    expectCompiled(`docs/guide/${page}.md`, './migrating'))
  it('links only to files that exist', () => expectLinks(`docs/guide/${page}.md`))
})

describe('its game', () => {
  const start = useStepper()

  it('is walked in, talked in, and come back to', async () => {
    const stepper = start<Walkers>({ rooms: [walkersRoom], impair: { latencyMs: 50 } })
    const [client, other] = [stepper.addClient(), stepper.addClient()]
    const said: string[] = []
    const drawn = new Map<number, number>()
    const page = {
      say: (line: string) => void said.push(line),
      moveSprite: (id: number, x: number) => void drawn.set(id, x),
      removeSprite: (id: number) => void drawn.delete(id),
    }
    const ada = await stepper.until(enter(client.client, page))
    other.room = await stepper.until(other.client.joinOrCreate(walkers, { name: 'Bob' }))
    await stepper.run(1, { each: () => frame(ada, new Set(['ArrowRight'])) })
    expect(ada.stats.corrections).toBe(0)
    expect(drawn.get(ada.mine('walker')!.id)).toBeGreaterThan(600)
    expect(await stepper.until(cheer(ada))).toBe(2)
    await stepper.run(0.5, { each: () => frame(ada, new Set()) })
    expect(said).toEqual(['Ada: ready?', 'Ada: hooray! hooray! hooray! '])
    client.network.cut()
    await stepper.run(3, { each: () => frame(ada, new Set()) })
    expect(said.slice(2)).toEqual(['resuming', 'online'])
  })
})
