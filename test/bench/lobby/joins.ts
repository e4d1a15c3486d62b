import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createGameServer, defineRoom } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import { median, p99 } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { runnerGame, stormGame } from './joins-game.ts'
import type { Order, Report } from './joins-main.ts'

const ROOMS = 100
const SEATS = 10
/** Rooms that run meanwhile: what joins cost them is measured. */
const RUNNING = 20
const JOINS_PER_SECOND = 1000
const SECONDS = 5
/** Sockets are opened before the storm, no faster than a machine with two cores likes. */
const LINKS_PER_SECOND = 1000
const QUIET_MS = 3000

/** Who sits where, as game code hears it. */
class Census {
  readonly playersOf: Map<string, number> = new Map()
  readonly seatsOf: Map<string, number> = new Map()
  most = 0

  joined(room: string, user: string): void {
    const players = (this.playersOf.get(room) ?? 0) + 1
    this.playersOf.set(room, players)
    this.most = Math.max(this.most, players)
    this.seatsOf.set(user, (this.seatsOf.get(user) ?? 0) + 1)
  }
}

/** By how much the ticks of rooms come later than one interval after the tick before. */
class Lateness {
  private readonly lateMs: number[] = []
  private readonly lastMs = new Map<string, number>()

  tick(room: string): void {
    const nowMs = performance.now()
    const dueMs = (this.lastMs.get(room) ?? nowMs) + 1000 / runnerGame.schema.tickRateHz
    this.lastMs.set(room, nowMs)
    this.lateMs.push(Math.max(0, nowMs - dueMs))
  }

  /** Of all ticks since it was asked last. */
  takeP99(): number {
    const late = p99(this.lateMs)
    this.lateMs.length = 0
    return late
  }
}

/**
 * A thousand joins per second for five seconds, into a hundred rooms of ten: the first second fills them, the others are
 * refused. Over real sockets, with the clients in a process of their own.
 */
export async function joinFigures(): Promise<readonly Figure[]> {
  const [census, lateness] = [new Census(), new Lateness()]
  const server = await startServer(census, lateness)
  const clients = fork(fileURLToPath(new URL('joins-main.ts', import.meta.url)), { execArgv: process.execArgv })
  try {
    await ask(clients, {
      type: 'link',
      url: server.url,
      clients: JOINS_PER_SECOND * SECONDS,
      residents: RUNNING,
      perSecond: LINKS_PER_SECOND,
    })
    lateness.takeP99()
    await pause(QUIET_MS)
    const quietMs = lateness.takeP99()
    const report = await ask(clients, { type: 'join', perSecond: JOINS_PER_SECOND })
    return figuresOf(report, census, quietMs, lateness.takeP99())
  } finally {
    clients.send({ type: 'stop' } satisfies Order)
    await server.close()
  }
}

function figuresOf(report: Report, census: Census, quietMs: number, stormMs: number): Figure[] {
  const inTwo = [...census.seatsOf.values()].filter((seats) => seats > 1).length
  const exact = [...census.playersOf.values()].filter((players) => players === SEATS).length
  return [
    { name: 'joins.seated', value: report.seated, unit: 'players', must: `= ${ROOMS * SEATS}` },
    { name: 'joins.exactRooms', value: exact, unit: 'rooms', must: `= ${ROOMS}` },
    { name: 'joins.mostInARoom', value: census.most, unit: 'players', must: `<= ${SEATS}` },
    { name: 'joins.inTwoRooms', value: inTwo, unit: 'players', must: '= 0' },
    { name: 'joins.refusedAsFull', value: report.refused['server-full'] ?? 0, unit: 'joins', must: '' },
    { name: 'joins.p50Ms', value: median(report.waitsMs), unit: 'ms', must: '' },
    { name: 'joins.p99Ms', value: p99(report.waitsMs), unit: 'ms', must: '< 250' },
    { name: 'joins.tickP99QuietMs', value: quietMs, unit: 'ms', must: '' },
    { name: 'joins.tickP99StormMs', value: stormMs, unit: 'ms', must: '' },
    { name: 'joins.tickP99MovesMs', value: stormMs - quietMs, unit: 'ms', must: '< 2' },
  ]
}

function startServer(census: Census, lateness: Lateness): Promise<GameServer> {
  const room = defineRoom(stormGame, {
    maxPlayers: SEATS,
    emptyRoomMs: 600_000,
    onJoin: (inside, player) => census.joined(inside.id, player.userId),
  })
  const running = defineRoom(runnerGame, { onTick: (inside) => lateness.tick(inside.id) })
  const limits = { maxRoomsPerServer: ROOMS + RUNNING, maxPendingJoins: 10_000, livenessTimeoutMs: 600_000 }
  return createGameServer({ port: 0, rooms: [room, running], limits, log: 'silent' })
}

function ask(child: ChildProcess, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('the process of the clients ended'))
    child.once('exit', onExit)
    child.once('message', (report) => {
      child.off('exit', onExit)
      resolve(report as Report)
    })
    child.send(order)
  })
}
