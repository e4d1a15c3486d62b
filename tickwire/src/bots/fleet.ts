import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Impairment } from '@tickwire/sdk'
import type { BotMode } from './bot.ts'
import { UsageError } from '../cli/usage.ts'
import { Samples } from './samples.ts'
import type { Summary } from './samples.ts'
import type { WorkerMessage, WorkerNews, WorkerOrder } from './worker.ts'

export interface FleetOptions {
  readonly url: string
  /** The module that exports the game. */
  readonly game: string
  /** The module of a behaviour, or null. */
  readonly behaviour: string | null
  readonly join: Readonly<Record<string, unknown>>
  readonly mode: BotMode
  readonly impair: Impairment
  readonly count: number
  /** How long it takes until all have been told to join, in seconds. */
  readonly rampSeconds: number
  /** The key of the room that all meet in, with `perRoom` the beginning of the keys of several; null: no key. */
  readonly room: string | null
  /** Bots that share a key before the next one begins; Infinity: all. */
  readonly perRoom: number
  /** Processes (default: as many as fit beside the server, at most one per 250 bots). */
  readonly processes?: number
}

/** What a fleet has seen since `reset`, or since it began. */
export interface FleetReport {
  readonly open: number
  readonly joins: number
  readonly joinMs: Summary
  readonly rttMs: Summary
  readonly snapshotAgeMs: Summary
  readonly slackTicks: Summary
  /** Of all bots, at the last report. */
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  readonly starvedTicks: number
  readonly resumes: number
  readonly problems: Readonly<Record<string, number>>
  /** Of the bots' own processes: beyond these the clients are what limits, and not the server. */
  readonly clients: { readonly lateMs: number; readonly cpuShare: number; readonly isLimit: boolean }
}

const BOTS_PER_PROCESS = 250
/** A bot that is later than this with its inputs measures itself. */
const LATE_MS = 25
const FULL_CPU = 0.9

/** Bots in processes of their own, so that they do not share the server's core. */
export class Fleet {
  /** Resolves when all processes have loaded the game, which on a busy machine takes seconds; their ramp begins then. Rejects if one cannot. */
  readonly ready: Promise<unknown>
  private readonly workers: Worker[]
  private samples = emptySamples()
  private joins = 0
  private readonly problems: Record<string, number> = {}
  private onNews: () => void = () => undefined

  constructor(options: FleetOptions) {
    const processes = Math.min(options.count, options.processes ?? processesFor(options.count))
    this.workers = Array.from({ length: processes }, (_, index) => {
      return new Worker(orderFor(options, index, processes), (news) => this.heard(news))
    })
    this.ready = Promise.all(this.workers.map(({ ready }) => ready))
  }

  /** Called after each report of a process, about once a second for each. */
  set listener(listener: () => void) {
    this.onNews = listener
  }

  /** Forgets what was measured, but not what went wrong: after a ramp. */
  reset(): void {
    this.samples = { ...emptySamples(), joinMs: this.samples.joinMs }
    for (const worker of this.workers) worker.resetWorst()
  }

  get report(): FleetReport {
    const { joinMs, rttMs, snapshotAgeMs, slackTicks } = this.samples
    const sum = (pick: (news: WorkerNews) => number): number =>
      this.workers.reduce((all, { news }) => all + (news === null ? 0 : pick(news)), 0)
    const lateMs = Math.max(0, ...this.workers.map(({ worstLateMs }) => worstLateMs))
    const cpuShare = Math.max(0, ...this.workers.map(({ worstCpuShare }) => worstCpuShare))
    return {
      open: sum(({ open }) => open),
      joins: this.joins,
      joinMs: joinMs.summary,
      rttMs: rttMs.summary,
      snapshotAgeMs: snapshotAgeMs.summary,
      slackTicks: slackTicks.summary,
      bytesInPerSecond: Math.round(sum((news) => news.bytesInPerSecond)),
      bytesOutPerSecond: Math.round(sum((news) => news.bytesOutPerSecond)),
      starvedTicks: sum((news) => news.starvedTicks),
      resumes: sum((news) => news.resumes),
      problems: this.problems,
      clients: { lateMs, cpuShare, isLimit: lateMs > LATE_MS || cpuShare > FULL_CPU },
    }
  }

  /** Ends all processes; their seats are dropped. */
  close(): void {
    for (const worker of this.workers) worker.close()
  }

  private heard(news: WorkerNews): void {
    this.joins += news.joinMs.length
    for (const name of ['joinMs', 'rttMs', 'snapshotAgeMs', 'slackTicks'] as const) this.samples[name].add(news[name])
    for (const problem of news.problems) this.problems[problem] = (this.problems[problem] ?? 0) + 1
    this.onNews()
  }
}

class Worker {
  news: WorkerNews | null = null
  worstLateMs = 0
  worstCpuShare = 0
  readonly ready: Promise<void>
  private readonly child: ChildProcess

  constructor(order: WorkerOrder, onNews: (news: WorkerNews) => void) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.child = fork(fileURLToPath(new URL(`worker.${extension}`, import.meta.url)))
    this.ready = new Promise((resolve, reject) => {
      this.child.on('message', (message: WorkerMessage) => {
        if (message === 'ready') resolve()
        else if ('failed' in message) reject(new UsageError(`the bots did not start: ${message.failed}`))
        else this.heard(message, onNews)
      })
    })
    this.child.send(order)
  }

  private heard(message: WorkerNews, onNews: (news: WorkerNews) => void): void {
    this.news = message
    this.worstLateMs = Math.max(this.worstLateMs, message.lateMs)
    this.worstCpuShare = Math.max(this.worstCpuShare, message.cpuShare)
    onNews(message)
  }

  resetWorst(): void {
    this.worstLateMs = 0
    this.worstCpuShare = 0
  }

  close(): void {
    if (this.child.connected) this.child.disconnect()
  }
}

type SampleName = 'joinMs' | 'rttMs' | 'snapshotAgeMs' | 'slackTicks'

function emptySamples(): Record<SampleName, Samples> {
  return { joinMs: new Samples(), rttMs: new Samples(), snapshotAgeMs: new Samples(), slackTicks: new Samples() }
}

/** One core is the server's, if it is on this machine. */
function processesFor(count: number): number {
  return Math.max(1, Math.min(availableParallelism() - 1, Math.ceil(count / BOTS_PER_PROCESS)))
}

/** Every n-th bot is a process's own, so that all processes ramp up alike. */
function orderFor(options: FleetOptions, index: number, processes: number): WorkerOrder {
  const { count, rampSeconds, room, perRoom } = options
  const indices: number[] = []
  for (let bot = index; bot < count; bot += processes) indices.push(bot)
  const keys = indices.map((bot) => {
    if (room === null) return null
    return perRoom === Infinity ? room : `${room}-${Math.floor(bot / perRoom)}`
  })
  const { url, game, behaviour, join, mode, impair } = options
  return { url, game, behaviour, join, mode, impair, indices, keys, everyMs: (rampSeconds * 1000 * processes) / count }
}
