import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { BotMode } from '../bots/bot.ts'
import { Fleet } from '../bots/fleet.ts'
import type { FleetReport } from '../bots/fleet.ts'
import type { Summary } from '../bots/samples.ts'
import { loadGame } from './load-module.ts'
import { impairment, jsonObject, seconds, serverAddress, whole } from './options.ts'
import { brokenThresholds, parseThreshold } from './thresholds.ts'
import type { Threshold } from './thresholds.ts'
import { readBuckets, tickPercentileMs } from './tick-metrics.ts'
import type { Buckets } from './tick-metrics.ts'
import { UsageError } from './usage.ts'

interface BotsFlags {
  readonly url: string
  readonly game: string
  readonly room: string | undefined
  readonly perRoom?: number
  readonly count: number
  readonly ramp: number
  readonly seconds: number
  readonly behaviour: string | undefined
  readonly join?: Readonly<Record<string, unknown>>
  readonly mode: BotMode
  readonly impair?: ReturnType<typeof impairment>
  readonly processes: number | undefined
  readonly metrics: string | undefined
  readonly failIf?: readonly Threshold[]
  readonly json?: boolean
}

/** What `--json` prints, and what thresholds compare. */
interface Report extends FleetReport {
  readonly bots: number
  readonly mode: BotMode
  readonly seconds: number
  readonly bytesInPerBotPerSecond: number
  /** From the server's metrics; null where it shows none. */
  readonly tick: { readonly p50: number; readonly p99: number } | null
}

/** `tickwire bots --url ws://localhost:2567 --game shared/arena.js --count 200 --fail-if "tick.p99>8"` */
export function botsCommand(): Command {
  return new Command('bots')
    .description('real clients in processes of their own, and what they measured')
    .requiredOption('--url <url>', 'the server, such as ws://localhost:2567', (text) => serverAddress(text, 'url').href)
    .requiredOption(
      '--game <module>',
      'the module that exports the game, such as shared/arena.js or shared/games.js#arena',
    )
    .option('--room <key>', 'the key of the room that all meet in (default: wherever there is a seat)')
    .option(
      '--per-room <bots>',
      'with --room: so many meet in one, the next in another (default: all)',
      whole('per-room', 1),
    )
    .option('--count <bots>', 'how many', whole('count', 1), 10)
    .option('--ramp <seconds>', 'how long it takes until all have joined', seconds('ramp'), 2)
    .option('--seconds <seconds>', 'how long they play after that', seconds('seconds'), 10)
    .option('--behaviour <module>', 'exports by default (bot, index) => () => input (default: random inputs)')
    .option('--join <json>', 'the join fields besides the name', jsonObject('join'))
    .addOption(new Option('--mode <mode>', 'how much of a client').choices(['light', 'full']).default('full'))
    .option('--impair <parts>', 'latency=75,jitter=30,loss=1,kbps=256,stall=300/5000,cut=20000', impairment)
    .option('--processes <count>', 'processes for the bots', whole('processes', 1))
    .option('--metrics <url>', "the server's metrics (default: /metrics of the same host)")
    .option('--fail-if <comparison>', 'such as "tick.p99>8"; exit code 1 if it holds; may be repeated', collect)
    .option('--json', 'one JSON object instead of a report for people')
    .addHelpText('after', EXAMPLES)
    .action(run)
}

const EXAMPLES = `
Exit code: 0, or 1 if a --fail-if holds or no bot could join, or 2 for a mistake in the command.

Examples:
  tickwire bots --url ws://localhost:2567 --game shared/arena.js --count 200 --room load --per-room 32
  tickwire bots --url wss://play.example --game shared/arena.js --impair latency=75,jitter=30,loss=1 --json
  tickwire bots --url ws://localhost:2567 --game shared/arena.js --fail-if "tick.p99>8" --fail-if "open<10"`

async function run(flags: BotsFlags): Promise<void> {
  // Here too, so that a mistake is told once and not by every process.
  await loadGame(flags.game)
  const {
    url,
    game,
    join = {},
    mode,
    impair = {},
    count,
    ramp,
    room = null,
    perRoom = Infinity,
    processes,
    behaviour,
  } = flags
  const fleet = new Fleet({
    url,
    game,
    join,
    mode,
    impair,
    count,
    rampSeconds: ramp,
    room,
    perRoom,
    behaviour: behaviour === undefined ? null : resolve(behaviour),
    ...(processes !== undefined && { processes }),
  })
  await fleet.ready.catch((error: unknown) => {
    fleet.close()
    throw error
  })
  const endMs = performance.now() + (ramp + SETTLE_SECONDS + flags.seconds) * 1000
  if (!flags.json && process.stderr.isTTY) {
    fleet.listener = () => progress(fleet.report, count, (endMs - performance.now()) / 1000)
  }
  await pause(ramp + SETTLE_SECONDS)
  fleet.reset()
  const before = await readMetrics(flags)
  await pause(flags.seconds)
  const after = await readMetrics(flags)
  const report = reportOf(fleet.report, flags, tickOf(before, after))
  fleet.close()
  if (flags.json) console.log(JSON.stringify(report))
  else print(report, metricsUrl(flags))
  conclude(report, flags.failIf ?? [])
}

/** Clocks and delays of a bot that has just joined are not yet what they will be. */
const SETTLE_SECONDS = 1

function reportOf(fleet: FleetReport, { count, mode, seconds: played }: BotsFlags, tick: Report['tick']): Report {
  const bytesInPerBotPerSecond = fleet.open === 0 ? 0 : Math.round(fleet.bytesInPerSecond / fleet.open)
  return { bots: count, mode, seconds: played, ...fleet, bytesInPerBotPerSecond, tick }
}

function conclude(report: Report, thresholds: readonly Threshold[]): void {
  if (report.tick === null && thresholds.some(({ path }) => path[0] === 'tick')) {
    throw new UsageError('--fail-if: the server shows no tick metrics; name their address with --metrics')
  }
  const broken = brokenThresholds(report, thresholds)
  // A load test that loaded nothing has not passed.
  if (report.joins === 0)
    broken.push(`no bot could join: ${Object.keys(report.problems)[0] ?? 'the server does not answer'}`)
  for (const line of broken) console.error(`failed: ${line}`)
  process.exitCode = broken.length === 0 ? 0 : 1
}

function print(report: Report, metrics: string): void {
  const row = (name: string, { p50, p95, p99, max }: Summary, unit: string): string =>
    [name.padEnd(14), ...[p50, p95, p99, max].map((value) => value.toFixed(1).padStart(9)), ` ${unit}`].join('')
  const { clients, tick, problems } = report
  console.log(`\n${report.open} of ${report.bots} bots (${report.mode}) after ${report.seconds} s`)
  if (report.joins === 0) return printProblems(problems)
  console.log(
    ['', 'p50', 'p95', 'p99', 'max'].map((name, i) => (i === 0 ? name.padEnd(14) : name.padStart(9))).join(''),
  )
  console.log(row('join', report.joinMs, 'ms'))
  console.log(row('round trip', report.rttMs, 'ms'))
  console.log(row('snapshot age', report.snapshotAgeMs, 'ms'))
  console.log(row('slack', report.slackTicks, 'ticks'))
  console.log(`bytes per bot  ${report.bytesInPerBotPerSecond} B/s in; all bots ${report.bytesOutPerSecond} B/s out`)
  console.log(`starved ticks ${report.starvedTicks}, resumes ${report.resumes}`)
  console.log(
    tick === null ? `server tick    no metrics at ${metrics}` : `server tick    p50 ${tick.p50} ms, p99 ${tick.p99} ms`,
  )
  printProblems(problems)
  if (!clients.isLimit) return
  const cpu = Math.round(clients.cpuShare * 100)
  console.log(
    `The bots' own machine is the limit: ${cpu} % of a core, timers ${clients.lateMs.toFixed(0)} ms late. Use fewer bots, --mode light, or more machines.`,
  )
}

function printProblems(problems: Report['problems']): void {
  for (const [problem, times] of Object.entries(problems)) console.log(`problem        ${problem} (${times}x)`)
}

/** One line that is written over itself. */
function progress({ open, rttMs, bytesInPerSecond }: FleetReport, count: number, secondsLeft: number): void {
  const left = Math.max(0, Math.round(secondsLeft))
  const line = `${open} of ${count} bots, round trip p99 ${rttMs.p99.toFixed(1)} ms, ${bytesInPerSecond} B/s in, ${left} s left`
  process.stderr.write(`\r${line}\u001B[K`)
}

function pause(forSeconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, forSeconds * 1000))
}

/** Null where there are none: a load test of somebody else's server is a load test too. */
async function readMetrics(flags: BotsFlags): Promise<Buckets | null> {
  try {
    const response = await fetch(metricsUrl(flags))
    const buckets = response.ok ? readBuckets(await response.text()) : null
    return buckets === null || buckets.size === 0 ? null : buckets
  } catch {
    return null
  }
}

function metricsUrl({ url, metrics }: BotsFlags): string {
  return metrics ?? new URL('/metrics', url.replace(/^ws/, 'http')).href
}

function tickOf(before: Buckets | null, after: Buckets | null): Report['tick'] {
  if (before === null || after === null) return null
  return { p50: tickPercentileMs(before, after, 0.5), p99: tickPercentileMs(before, after, 0.99) }
}

function collect(text: string, thresholds: readonly Threshold[] = []): readonly Threshold[] {
  return [...thresholds, parseThreshold(text)]
}
