// The whole game in one process, on a clock that the test moves: a minute takes a moment.
import { createStepper } from 'tickwire/testing'
import { afterEach, expect, it } from 'vitest'
import { rooms } from '../server/main.ts'
import { coins } from '../shared/game.ts'
import type { Coins } from '../shared/game.ts'

const stepper = createStepper<Coins>({ rooms, impair: { latencyMs: 75, jitterMs: 30 } })
afterEach(() => stepper.close())

it('a hero that walks about finds coins, and is never corrected on the way', async () => {
  const ada = await stepper.join(coins, { name: 'Ada' })
  await stepper.run(60, {
    input: ({ tick }) => ({
      right: Math.floor(tick / 90) % 2 === 0 ? 1 : -1,
      down: Math.floor(tick / 130) % 2 === 0 ? 1 : -1,
    }),
  })
  expect(ada.players.get(ada.seat)?.coins).toBeGreaterThan(0)
  expect(ada.stats.corrections).toBe(0)
}, 60_000)
