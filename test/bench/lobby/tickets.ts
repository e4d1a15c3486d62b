import { cpuUsage } from 'node:process'
import { Random } from '@tickwire/protocol'
import { checkTicket, defineQueue, matchTickets } from '@tickwire/server'
import type { Match, MatchTicket, Queue, QueueOptions } from '@tickwire/server'
import { RANKED, randomRequest } from '../../server/matchmaking/crowd.ts'
import { MAX_MATCHES_PER_PASS } from '../../../server/src/matchmaking/matchmaker.ts'
import { explainViolation } from '../../server/matchmaking/violation.ts'
import { median, most, p99, quantile } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { FirstCome } from './first-come.ts'

const TICKETS = 10_000
const ARRIVAL_MS = 10 * 60_000
/** After the last arrival, for who is left to be found. */
const TAIL_MS = 5 * 60_000
const PASS_MS = 500
/** Who was not matched at the end counts as having waited until then. */
const END_MS = ARRIVAL_MS + TAIL_MS
const BACKLOG_PASSES = 500
/** How long some of a crowd have waited. */
const CROWD_MS = 60_000

/** What becomes of the same arrivals under one way of matching. */
interface Outcome {
  readonly waitsMs: number[]
  /** The largest distance between two tickets of a match, in units of `mu`. */
  readonly spreads: number[]
  readonly passMs: number[]
  violations: number
}

type Step = (waiting: MatchTicket[], nowMs: number) => readonly Match[]

/** Ten minutes of arrivals at random moments, in the order in which they come. */
function arrivals(queue: Queue): MatchTicket[] {
  const random = new Random(2026)
  const momentsMs = Array.from({ length: TICKETS }, () => random.int(0, ARRIVAL_MS)).toSorted((a, b) => a - b)
  return momentsMs.map((sinceMs, id) => checkTicket(queue, randomRequest(random, `${id}`), id, sinceMs))
}

function simulate(rules: QueueOptions, tickets: readonly MatchTicket[], step: Step): Outcome {
  const outcome: Outcome = { waitsMs: [], spreads: [], passMs: [], violations: 0 }
  let waiting: MatchTicket[] = []
  let next = 0
  for (let nowMs = 0; nowMs <= END_MS; nowMs += PASS_MS) {
    while (next < tickets.length && tickets[next]!.sinceMs <= nowMs) waiting.push(tickets[next++]!)
    const from = cpuUsage()
    const matches = step(waiting, nowMs)
    outcome.passMs.push(cpuMs(from))
    for (const match of matches) note(outcome, rules, match, nowMs)
    const gone = idsIn(matches)
    waiting = waiting.filter(({ id }) => !gone.has(id))
  }
  for (const { sinceMs } of waiting) outcome.waitsMs.push(END_MS - sinceMs)
  return outcome
}

function note(outcome: Outcome, rules: QueueOptions, match: Match, nowMs: number): void {
  if (explainViolation(match, rules, nowMs) !== null) outcome.violations++
  const skills = match.teams.flat().map(({ skill }) => skill / 1000)
  outcome.spreads.push(Math.max(...skills) - Math.min(...skills))
  for (const { sinceMs } of match.teams.flat()) outcome.waitsMs.push(nowMs - sinceMs)
}

/** All 10 000 at once, after up to a minute of waiting: no service lets it come so far, but one that comes back may find it. */
function crowd(queue: Queue): MatchTicket[] {
  const random = new Random(1)
  return Array.from({ length: TICKETS }, (_, id) =>
    checkTicket(queue, randomRequest(random, `${id}`), id, random.int(0, CROWD_MS)),
  )
}

/** What passes of the driver take while all of them stand there. */
function backlog(queue: Queue): number[] {
  const tickets = crowd(queue)
  return Array.from({ length: BACKLOG_PASSES }, () => {
    const from = cpuUsage()
    matchTickets(queue, tickets, [], CROWD_MS, MAX_MATCHES_PER_PASS)
    return cpuMs(from)
  })
}

/** How many passes of the driver the crowd takes, and whether cutting passes off costs matches. */
function clearing(queue: Queue): { readonly passes: number; readonly lost: number } {
  let waiting = crowd(queue)
  const whole = matchTickets(queue, waiting, [], CROWD_MS).length
  let [passes, made, last] = [0, 0, MAX_MATCHES_PER_PASS]
  while (last === MAX_MATCHES_PER_PASS) {
    const matches = matchTickets(queue, waiting, [], CROWD_MS, MAX_MATCHES_PER_PASS)
    const gone = idsIn(matches)
    waiting = waiting.filter(({ id }) => !gone.has(id))
    last = matches.length
    made += last
    passes++
  }
  return { passes, lost: whole - made }
}

const idsIn = (matches: readonly Match[]): Set<number> =>
  new Set(matches.flatMap(({ teams }) => teams.flat().map(({ id }) => id)))

/** Of the process: what else the machine does is not a pass's fault. */
function cpuMs(from: NodeJS.CpuUsage): number {
  const { user, system } = cpuUsage(from)
  return (user + system) / 1000
}

/** The first width of the baseline's window with which it comes to the same spread as ours, and to the same wait. */
const SAME_SPREAD_WIDTH = 1
const SAME_WAIT_WIDTH = 2.3

/** The baseline under the rules of `RANKED`, but for how wide the skill window is at first. */
function firstCome(width: number): Outcome {
  const window = RANKED.skill!.window.map((point) => (point.afterMs === 0 ? { ...point, width } : point))
  const rules = { ...RANKED, skill: { ...RANKED.skill, window } }
  const queue = defineQueue(rules)
  const baseline = new FirstCome(queue)
  return simulate(rules, arrivals(queue), (waiting, nowMs) => baseline.pass(waiting, nowMs))
}

const waitOf = ({ waitsMs }: Outcome): number => median(waitsMs) / 1000
const spreadOf = ({ spreads }: Outcome): number => median(spreads)

function describe(name: string, outcome: Outcome, must: string): Figure[] {
  return [
    { name: `${name}.matches`, value: outcome.spreads.length, unit: 'matches', must: '' },
    { name: `${name}.violations`, value: outcome.violations, unit: 'matches', must },
    { name: `${name}.waitMedian`, value: waitOf(outcome), unit: 's', must: '' },
    { name: `${name}.waitP95`, value: quantile(outcome.waitsMs, 0.95) / 1000, unit: 's', must: '' },
    { name: `${name}.spreadMedian`, value: spreadOf(outcome), unit: 'mu', must: '' },
  ]
}

/**
 * One queue under ten minutes of arrivals, against a matchmaker that fills groups in the order of coming. How long one waits and how
 * even the matches are is one choice, made by the window; so the baseline plays with windows of its own: one with which
 * it is as even as ours, which is compared by wait, and one with which it is as quick, which is compared by spread. The third
 * has our window, and is only printed: there its groups, which never part, wait much longer and are more even.
 */
export async function ticketFigures(): Promise<Figure[]> {
  const queue = defineQueue(RANKED)
  const ours = simulate(RANKED, arrivals(queue), (waiting, nowMs) =>
    matchTickets(queue, waiting, [], nowMs, MAX_MATCHES_PER_PASS),
  )
  const sameSpread = firstCome(SAME_SPREAD_WIDTH)
  const sameWait = firstCome(SAME_WAIT_WIDTH)
  const full = backlog(queue)
  const { passes, lost } = clearing(queue)
  return [
    { name: 'tickets.count', value: ours.waitsMs.length, unit: 'tickets', must: `= ${TICKETS}` },
    ...describe('tickets', ours, '= 0'),
    ...describe('tickets.firstComeSameSpread', sameSpread, ''),
    ...describe('tickets.firstComeSameWait', sameWait, ''),
    ...describe('tickets.firstComeSameWindow', firstCome(RANKED.skill!.window[0]!.width), ''),
    { name: 'tickets.waitBetter', value: waitOf(sameSpread) / waitOf(ours), unit: 'times', must: '>= 1.5' },
    { name: 'tickets.spreadBetter', value: spreadOf(sameWait) / spreadOf(ours), unit: 'times', must: '>= 1.5' },
    { name: 'tickets.passP99', value: p99(ours.passMs), unit: 'ms CPU', must: '< 20' },
    { name: 'tickets.passMax', value: most(ours.passMs), unit: 'ms CPU', must: '< 20' },
    { name: 'tickets.backlogMedian', value: median(full), unit: 'ms CPU', must: '< 20' },
    { name: 'tickets.backlogP99', value: p99(full), unit: 'ms CPU', must: '< 20' },
    { name: 'tickets.backlogMax', value: most(full), unit: 'ms CPU', must: '' },
    { name: 'tickets.backlogPasses', value: passes, unit: 'passes', must: '' },
    { name: 'tickets.backlogLost', value: lost, unit: 'matches', must: '= 0' },
  ]
}
