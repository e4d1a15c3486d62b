import { createGameServer } from '@tickwire/server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBot } from '../../../tickwire/src/bots/bot.ts'
import type { Bot, BotMode } from '../../../tickwire/src/bots/bot.ts'
import { wander } from '../../../tickwire/src/bots/wander.ts'
import { arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'

let server: Awaited<ReturnType<typeof createGameServer>>

beforeAll(async () => {
  server = await createGameServer({ port: 0, rooms: [arenaRoom], log: 'silent' })
})
afterAll(() => server.close())

const now = (): number => performance.now()

/** Advances a bot as its process does until something holds. */
async function playUntil(bot: Bot, holds: () => boolean): Promise<void> {
  const sample = wander(arena.schema, now, Math.random)
  const timer = setInterval(() => bot.advance(sample), 1000 / 60)
  await vi.waitFor(() => expect(holds()).toBe(true), 10_000)
  clearInterval(timer)
}

describe.each(['light', 'full'] as const satisfies BotMode[])('a %s bot', (mode) => {
  it('joins, hears of the world, sends inputs in time and leaves', async () => {
    const game = arena as never
    const bot = await openBot({ url: server.url, game, join: { name: 'Bot' }, key: mode, mode, impair: {} }, now)
    expect(bot.joinMs).toBeGreaterThan(0)
    await playUntil(bot, () => bot.stats.slackTicks > 0 && bot.stats.bytesInPerSecond > 0)
    const starved = bot.stats.starvedTicks
    await playUntil(bot, () => bot.stats.bytesOutPerSecond > 100)
    expect(bot.stats.starvedTicks - starved).toBeLessThan(60)
    await bot.close()
    expect((await bot.left).name).toBe('left')
  })
})

it('a bot that is not let in says why', async () => {
  const ask = { url: server.url, game: { ...arena, schema: { ...arena.schema, name: 'chess' } } as never }
  await expect(openBot({ ...ask, join: { name: 'x' }, key: null, mode: 'light', impair: {} }, now)).rejects.toThrow(
    'chess',
  )
})
