import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { arenaSchema } from '../../demo/shared/schema.ts'
import { loadChart } from './load/chart.ts'
import { climb, isMissing, lookInto } from './load/climb.ts'
import type { Step } from './load/climb.ts'
import { DemoServer } from './load/demo-server.ts'
import type { Bench, Figure } from './report.ts'

const STEP_PLAYERS = 200
const MOST_PLAYERS = 3000
const HALF_TICK_MS = 500 / arenaSchema.tickRateHz
const CHART = fileURLToPath(new URL('../../docs/images/load.svg', import.meta.url))

/**
 * How many players of the demo one server process holds: rooms of 32 at 60 ticks and 20 snapshots per second, each told of what is
 * around its ship. Bots are light ones, in one process per step. Draws the chart in docs/images with `--only chart`.
 */
export const load: Bench = {
  name: 'load',
  about: `players of the demo in rooms of 32 until the tick p99 passes ${HALF_TICK_MS.toFixed(1)} ms (--only chart: draws docs/images/load.svg)`,
  async run(say, only = []) {
    const server = await DemoServer.start()
    const options = { by: STEP_PLAYERS, most: MOST_PLAYERS, maxTickMs: HALF_TICK_MS }
    const steps = await climb(server, options, (step) => say(`  ${describe(step)}`))
    await server.close()
    if (only.includes('chart')) writeFileSync(CHART, loadChart(steps, HALF_TICK_MS))
    const held = heldOf(steps)
    say(`  ${await profileOf(held)}`)
    return figuresOf(held)
  },
}

function describe(step: Step): string {
  const { players, tickP99Ms, coreShare, bytesPerPlayerPerSecond, memoryPerPlayerBytes, isBotLimited } = step
  const parts = [
    `${String(players).padStart(5)} players`,
    `tick p99 <= ${tickP99Ms.toFixed(1)} ms`,
    `${(coreShare * 100).toFixed(0)} % of a core`,
    `${bytesPerPlayerPerSecond.toFixed(0)} B/s`,
    `${(memoryPerPlayerBytes / 1000).toFixed(0)} kB each`,
  ]
  return `${parts.join(', ')}${isBotLimited ? ' (the bots are late: fewer bytes and inputs than asked for)' : ''}`
}

/** A server that has too much to do sends fewer snapshots before its ticks become long: then it does not hold its players. */
const LEAST_SHARE = 0.8

/** The last step at which all are there, ticks are in time, and each player is told as much as with few of them. */
function heldOf(steps: readonly Step[]): Step {
  const [few] = steps
  const enough = LEAST_SHARE * few!.bytesPerPlayerPerSecond
  const end = steps.findIndex(
    (step) => isMissing(step) || step.tickP99Ms > HALF_TICK_MS || step.bytesPerPlayerPerSecond < enough,
  )
  return steps[Math.max(0, (end < 0 ? steps.length : end) - 1)]!
}

/** A server of its own, because who is looked into takes more memory. */
async function profileOf({ asked }: Step): Promise<string> {
  const server = await DemoServer.start()
  const busiest = await lookInto(server, { by: STEP_PLAYERS, players: asked })
  await server.close()
  const inWords = busiest.map(({ name, share }) => `${name} ${(share * 100).toFixed(1)} %`)
  return `with ${asked} players the server is in: ${inWords.join(', ')}`
}

function figuresOf(held: Step): Figure[] {
  return [
    { name: 'players', value: held.players, unit: 'players', must: '' },
    { name: 'playersPerCore', value: held.players / held.coreShare, unit: 'players', must: '>= 1000' },
    { name: 'tickP99Ms', value: held.tickP99Ms, unit: 'ms', must: `<= ${HALF_TICK_MS.toFixed(2)}` },
    { name: 'coreShare', value: held.coreShare, unit: 'cores', must: '' },
    { name: 'bytesPerPlayerPerSecond', value: held.bytesPerPlayerPerSecond, unit: 'B/s', must: '' },
    { name: 'memoryPerPlayer', value: held.memoryPerPlayerBytes / 1000, unit: 'kB', must: '< 150' },
    { name: 'isBotLimited', value: Number(held.isBotLimited), unit: '', must: '' },
  ]
}
