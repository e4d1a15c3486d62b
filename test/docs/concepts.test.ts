import { RefusedError } from 'tickwire'
import type { JoinedRoom } from 'tickwire/client'
import { describe, expect, it } from 'vitest'
import { useStepper } from '../scenarios/seams.ts'
import type { Stepper } from 'tickwire/testing'
import { think } from './kick/bot.ts'
import { kick } from './kick/kick.ts'
import type { Kick } from './kick/kick.ts'
import { enter, play } from './kick/page.ts'
import type { Screen } from './kick/page.ts'
import { kickRoom } from './kick/room.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

describe('the page of ideas', () => {
  it('shows only code that stands in the game beside this test, where it is compiled and played', () => {
    expectCompiled('docs/guide/concepts.md', './kick')
  })

  it('links only to files that exist', () => expectLinks('docs/guide/concepts.md'))
})

describe('its game', () => {
  const start = useStepper()
  const stand = (): Stepper<Kick> => start<Kick>({ rooms: [kickRoom], impair: { latencyMs: 50, jitterMs: 10 } })

  function watch(room: JoinedRoom<Kick>): { readonly lines: string[]; readonly flashes: number[] } {
    const seen = { lines: [] as string[], flashes: [] as number[] }
    const screen: Screen = { say: (line) => seen.lines.push(line), flash: (x) => seen.flashes.push(x) }
    play(room, screen)
    return seen
  }

  it('is won by a bot, and everybody is told', async () => {
    const stepper = stand()
    const ada = await stepper.join(kick, { name: 'Ada' })
    const seen = watch(ada)
    const bot = await stepper.join(kick, { name: 'Bot' })
    // It draws its own frames.
    stepper.clients[1]!.room = null
    await stepper.runUntil(() => seen.lines.length > 0, 20, { each: () => think(bot) })
    expect(seen.lines).toEqual(['Bot has scored: 1'])
    await stepper.run(1)
    const { kicks } = bot.players.get(bot.seat)!
    expect(kicks).toBeGreaterThan(0)
    expect(seen.flashes).toHaveLength(kicks!)
    expect(bot.mine('runner')!.breath).toBe(20 - kicks!)
    expect(ada.players.get(bot.seat)!.kicks).toBeUndefined()
    expect([ada.stats.corrections, bot.stats.corrections]).toEqual([0, 0])
    expect(await stepper.until(bot.request('rest', {}))).toEqual({ breath: 20 })
  })

  it('is found by its id, by a key, and again after a reload; it refuses who has no name', async () => {
    const stepper = stand()
    const link = (text: string): URLSearchParams => new URLSearchParams(text)
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => stepper.addClient())
    const ada = await stepper.until(enter(first!.client, 'Ada', link('key=friends')))
    const bob = await stepper.until(enter(second!.client, 'Bob', link(`room=${ada.id}`)))
    const eve = await stepper.until(enter(third!.client, 'Eve', link('key=friends')))
    expect([bob.id, eve.id]).toEqual([ada.id, ada.id])
    await expect(stepper.until(enter(fourth!.client, '', link('')))).rejects.toEqual(
      new RefusedError('no-name', 'Please take a name.'),
    )
    await stepper.run(1)
    second!.network.cut()
    second!.network.stall(Infinity)
    const reloaded = stepper.addClient({ storage: second!.storage })
    const again = await stepper.until(enter(reloaded.client, 'Bob', link('')))
    expect([again.id, again.seat]).toEqual([bob.id, bob.seat])
  })

  it('ends by room time, and the page says so', async () => {
    const stepper = stand()
    const ada = await stepper.join(kick, { name: 'Ada' })
    const seen = watch(ada)
    ada.send('chat', { text: 'hello' })
    await stepper.until(ada.left, 100)
    expect(seen.lines).toEqual([`${ada.seat}: hello`, expect.stringMatching(/^The game is over: /)])
    expect(ada.connection).toMatchObject({ phase: 'closed', reason: { name: 'room-closed' } })
  })
})
