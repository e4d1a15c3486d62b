// One process of a fleet: opens its share of the bots, advances them, and tells its parent once a second how they are.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import type { Impairment } from '@tickwire/sdk'
import { loadGame } from '../cli/load-module.ts'
import { openBot } from './bot.ts'
import type { Bot, BotMode } from './bot.ts'
import type { Sample } from './light-room.ts'
import { wander } from './wander.ts'

/** What a process is told to do, in its first message. */
export interface WorkerOrder {
  readonly url: string
  /** The module that exports the game; see `loadGame`. */
  readonly game: string
  /** The module whose default export is `(bot, index) => sample`, or null: `wander`. */
  readonly behaviour: string | null
  readonly join: Readonly<Record<string, unknown>>
  readonly mode: BotMode
  readonly impair: Impairment
  /** The numbers of its bots; each becomes part of the name. */
  readonly indices: readonly number[]
  /** From one of its bots to the next, in ms. */
  readonly everyMs: number
  /** The key of a bot's room. */
  readonly keys: readonly (string | null)[]
}

/** What a process reports, once a second. */
export interface WorkerNews {
  readonly open: number
  readonly joinMs: readonly number[]
  readonly rttMs: readonly number[]
  readonly snapshotAgeMs: readonly number[]
  readonly slackTicks: readonly number[]
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  readonly starvedTicks: number
  readonly resumes: number
  /** Joins that failed and seats that ended, with why; each once. */
  readonly problems: readonly string[]
  /** Of this process since the last report: how late its timers were at worst, and how much of a core it took. */
  readonly lateMs: number
  readonly cpuShare: number
}

/** All that a process says. */
export type WorkerMessage = WorkerNews | 'ready' | { readonly failed: string }

const REPORT_MS = 1000
const NS_PER_MS = 1e6

interface Playing {
  readonly bot: Bot
  readonly sample: Sample
}

process.once('message', (order: WorkerOrder) => {
  run(order).catch((error: unknown) => {
    tell({ failed: error instanceof Error ? error.message : String(error) })
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit(0))

function tell(message: WorkerMessage): void {
  process.send?.(message)
}

async function run(order: WorkerOrder): Promise<void> {
  const game = await loadGame(order.game)
  const behaviour = await loadBehaviour(order.behaviour)
  const playing = new Set<Playing>()
  const joinMs: number[] = []
  const problems: string[] = []
  const now = (): number => performance.now()
  const tickMs = 1000 / game.schema.tickRateHz
  setInterval(() => {
    for (const { bot, sample } of playing) bot.advance(sample)
  }, tickMs)
  report(playing, joinMs, problems)
  tell('ready')
  for (const [at, index] of order.indices.entries()) {
    setTimeout(() => {
      const join = { ...order.join, ...('name' in game.schema.join && { name: `Bot ${index}` }) }
      const play = async (): Promise<void> => {
        const bot = await openBot({ ...order, game, join, key: order.keys[at] ?? null }, now)
        joinMs.push(bot.joinMs)
        const one = { bot, sample: behaviour?.(bot, index) ?? wander(game.schema, now, Math.random) }
        playing.add(one)
        const reason = await bot.left
        playing.delete(one)
        if (reason.name !== 'left') problems.push(`left: ${reason.name}`)
      }
      play().catch((error: unknown) => problems.push(`join: ${error instanceof Error ? error.message : String(error)}`))
    }, at * order.everyMs)
  }
}

/** Tells the parent what was seen since the last time. */
function report(playing: ReadonlySet<Playing>, joinMs: number[], problems: string[]): void {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let cpu = process.cpuUsage()
  let atMs = performance.now()
  setInterval(() => {
    const used = process.cpuUsage(cpu)
    const elapsedMs = performance.now() - atMs
    const stats = Array.from(playing, ({ bot }) => bot.stats)
    const sum = (pick: (one: (typeof stats)[number]) => number): number =>
      stats.reduce((all, one) => all + pick(one), 0)
    tell({
      open: playing.size,
      joinMs: joinMs.splice(0),
      rttMs: stats.map((one) => one.rttMs),
      snapshotAgeMs: stats.map((one) => one.snapshotAgeMs),
      slackTicks: stats.map((one) => one.slackTicks),
      bytesInPerSecond: sum((one) => one.bytesInPerSecond),
      bytesOutPerSecond: sum((one) => one.bytesOutPerSecond),
      starvedTicks: sum((one) => one.starvedTicks),
      resumes: sum((one) => one.resumes),
      problems: problems.splice(0),
      lateMs: delay.percentile(99) / NS_PER_MS,
      cpuShare: (used.user + used.system) / 1000 / elapsedMs,
    })
    delay.reset()
    cpu = process.cpuUsage()
    atMs = performance.now()
  }, REPORT_MS)
}

/** What a behaviour module exports by default: makes one bot's sampler. */
export type Behaviour = (bot: Bot, index: number) => Sample

async function loadBehaviour(file: string | null): Promise<Behaviour | null> {
  if (file === null) return null
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
  if (typeof module.default === 'function') return module.default as Behaviour
  throw new TypeError(`${file} must export by default a function (bot, index) => () => input`)
}
